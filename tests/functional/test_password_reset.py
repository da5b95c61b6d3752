"""« Mot de passe oublié »: a code, a new password, no session; the same for an address that nobody has."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from member_space.interfaces import IPasswordHasher
from member_space.models import Account, Challenge, Device, Event, Notification, WebSession
from tests.factories.household import PASSWORD, make_account, make_contract, make_person
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import known_browser, last_secret, sign_in
from tests.log_guard import Browser

PAGE, CODE, CHOOSE = "/mot-de-passe-oublie", "/mot-de-passe-oublie/code", "/mot-de-passe-oublie/nouveau"
NEW = "quatre loups verts"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def hasher(wsgi_app):
    return wsgi_app.registry.getUtility(IPasswordHasher)


@pytest.fixture
def account(db, hasher):
    person = make_person(db, "Nadia", last_name="Benali", email="nadia@example.org")
    make_contract(db, person)
    account = make_account(db, person, hasher.hash(PASSWORD), mobile="+33612345678")
    db.commit()
    return account


def form_of(page, action):
    return next(form for form in page.forms.values() if form.action == action)


def ask(browser, email="nadia@example.org", channel="email"):
    form = form_of(browser.get(PAGE), PAGE)
    form["email"], form["channel"] = email, channel
    return form.submit(expect_errors=True)


def give(browser, code, path=CODE):
    form = form_of(browser.get(path), path)
    form["code"] = code
    return form.submit(expect_errors=True)


def choose(browser, password=NEW):
    form = form_of(browser.get(CHOOSE), CHOOSE)
    form["new_password"] = form["confirmation"] = password
    return form.submit(expect_errors=True)


def link_of(db):
    return db.scalars(select(Notification.values).where(Notification.kind == "code").order_by(Notification.id)).all()[
        -1
    ]["link"]


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_whole_way(app, db, account, hasher):
    before = sign_in(app, db, account).cookies["session"]
    app.reset()
    assert ask(app, "  Nadia@Example.org ").location == f"http://localhost{CODE}"
    assert give(app, last_secret(app, db)["code"]).location == f"http://localhost{CHOOSE}"
    answer = choose(app)
    assert (answer.status_int, answer.location) == (303, "http://localhost/connexion?fait=mot-de-passe")
    # No session was opened, and the former ones are gone.
    assert "session" not in app.cookies
    assert db.scalar(select(func.count()).select_from(WebSession)) == 0
    app.set_cookie("session", before.strip('"'))
    assert app.get("/", status=303).location == "http://localhost/connexion"
    db.refresh(account)
    assert hasher.verify(account.password_hash, NEW)
    assert not account.must_change_password
    kinds = db.scalars(select(Event.kind).where(Event.subject_person_id == account.person_id).order_by(Event.id)).all()
    assert kinds == ["code:sent", "code:passed", "password:reset"]
    assert db.scalar(select(Notification.account_id).where(Notification.kind == "password_changed")) == account.id


def test_the_second_factor_stays_on(app, db, account, clock):
    """The browser was trusted: after a reset it is asked the second factor all the same, and nothing was removed."""
    known_browser(app, db, account)
    account.totp_secret = b"kept"
    db.commit()
    ask(app)
    give(app, last_secret(app, db)["code"])
    choose(app)
    db.refresh(account)
    assert account.totp_secret == b"kept"
    assert account.mobile == "+33612345678"
    assert all(until <= clock.now() for until in db.scalars(select(Device.trusted_until)))


def test_by_sms_to_the_confirmed_mobile(app, db, account):
    ask(app, channel="sms")
    sent = db.scalars(select(Notification).where(Notification.kind == "code")).one()
    assert (sent.channel, sent.account_id) == ("sms", account.id)
    assert give(app, last_secret(app, db)["code"]).location.endswith(CHOOSE)


def test_the_link_of_the_mail_works_in_another_browser_once(app, db, account, wsgi_app):
    ask(app)
    link, code = link_of(db), last_secret(app, db)["code"]
    assert re.fullmatch(r"/mot-de-passe-oublie/code/[0-9a-f-]{36}", link)
    other = Browser(wsgi_app)
    # A scanner opens the link as often as it likes.
    for _ in range(3):
        other.get(link, status=200)
        other.head(link, status=200)
    assert give(other, code, link).location == f"http://localhost{CHOOSE}"
    # The browser that asked holds nothing any more; the code was given.
    assert app.get(CHOOSE, status=303).location == f"http://localhost{PAGE}"
    third = Browser(wsgi_app)
    replay = give(third, code, link)
    assert replay.status_int == 422
    assert "Ce code ne sert plus" in replay
    assert choose(other).status_int == 303
    assert other.get(CHOOSE, status=303).location == f"http://localhost{PAGE}"
    assert "Ce code ne sert plus" in give(third, code, link)


def test_an_unknown_address_gets_the_same_words_status_and_statements(app, db, account, engine, wsgi_app):
    answers, statements = [], []
    for email in ("nadia@example.org", "personne@example.org"):
        browser = Browser(wsgi_app)
        page = browser.get(PAGE)
        form = form_of(page, PAGE)
        form["email"], form["channel"] = email, "email"
        with counted_statements(engine) as run:
            answer = form.submit()
        statements.append(run)
        answers.append((answer.status_int, answer.location))
        shown = browser.get(CODE)
        answers[-1] += (re.sub(r'value="[^"]*"|nonce[-=]"?[^"\s]*', "", shown.text),)
        with counted_statements(engine) as run:
            refused = give(browser, "000000")
        assert refused.status_int == 422
        statements[-1] = [*statements[-1], *run]
        answers[-1] += (refused.html.select_one(".error-summary").get_text(),)
    assert answers[0] == answers[1]
    assert statements[0] == statements[1]
    assert db.scalar(select(Notification.state).where(Notification.account_id.is_(None))) == "nobody"


def test_a_closed_account_is_an_unknown_one(app, db, account, clock):
    account.closed_at = clock.now()
    db.commit()
    ask(app)
    assert db.scalars(select(Challenge.account_id)).all() == [None]


def test_five_wrong_codes_end_the_request_and_nobody_is_locked_out(app, db, account):
    ask(app)
    code = last_secret(app, db)["code"]
    for left in (4, 3, 2, 1):
        assert f"Essais restants\u00a0: {left}" in give(app, wrong(code))
    assert "dernier essai" in give(app, wrong(code))
    assert "Ce code ne sert plus" in give(app, code)
    # Another request starts afresh, at once.
    ask(app)
    assert give(app, last_secret(app, db)["code"]).location.endswith(CHOOSE)


def test_the_code_ends_after_ten_minutes_and_the_choice_after_fifteen(app, db, account, clock):
    ask(app)
    code = last_secret(app, db)["code"]
    clock.at += timedelta(minutes=10, seconds=1)
    assert app.get(CODE, status=303).location == f"http://localhost{PAGE}"
    assert "Ce code ne sert plus" in give(app, code, link_of(db))
    ask(app)
    give(app, last_secret(app, db)["code"])
    clock.at += timedelta(minutes=14)
    assert app.get(CHOOSE).status_int == 200
    clock.at += timedelta(minutes=2)
    assert app.get(CHOOSE, status=303).location == f"http://localhost{PAGE}"


def test_a_refused_password_leaves_the_request_open(app, db, account):
    ask(app)
    give(app, last_secret(app, db)["code"])
    assert "trop court" in choose(app, "court")
    assert "listes de mots de passe volés" in choose(app, "password1234")
    assert choose(app).status_int == 303


def test_without_the_code_there_is_no_new_password(app, db, account):
    ask(app)
    assert app.get(CHOOSE, status=303).location == f"http://localhost{PAGE}"
    csrf = app.cookies["csrf"]
    fields = {"csrf_token": csrf, "new_password": NEW, "confirmation": NEW}
    assert app.post(CHOOSE, fields, status=303).location == f"http://localhost{PAGE}"


def test_strangers_do_not_use_up_the_codes_of_a_known_browser(app, db, account, clock, wsgi_app):
    """Thirty requests from ten networks: nobody unknown gets another code that day, the member's own browser does."""
    stranger = Browser(wsgi_app)
    for network in range(10):
        stranger.extra_environ["REMOTE_ADDR"] = f"198.51.{network}.7"
        for _ in range(3):
            assert ask(stranger).status_int == 303
    stranger.extra_environ["REMOTE_ADDR"] = "203.0.113.7"
    assert "Plusieurs codes sont déjà partis" in ask(stranger)
    assert ask(known_browser(app, db, account)).location == f"http://localhost{CODE}"
    clock.at += timedelta(minutes=1)
    form = next(form for form in app.get(CODE).forms.values() if "renvoyer" in form.fields)
    assert form.submit("renvoyer").location == f"http://localhost{CODE}?fait=code-envoye"
    other = make_account(db, make_person(db, "Autre"))
    assert "Plusieurs codes sont déjà partis" in ask(known_browser(stranger, db, other))


def test_two_requests_at_once_serve_once(app, db, account, wsgi_app):
    """Both were passed; the first new password ends the other."""
    other = Browser(wsgi_app)
    for browser in (app, other):
        ask(browser)
        give(browser, last_secret(app, db)["code"])
    assert choose(app).location.endswith("fait=mot-de-passe")
    assert other.get(CHOOSE, status=303).location == f"http://localhost{PAGE}"


def test_another_code_after_a_minute_by_the_same_way(app, db, account, clock):
    ask(app, channel="sms")
    form = next(form for form in app.get(CODE).forms.values() if "renvoyer" in form.fields)
    assert "laissez-lui le temps" in form.submit("renvoyer", expect_errors=True)
    clock.at += timedelta(seconds=61)
    first = last_secret(app, db)["code"]
    answer = form.submit("renvoyer")
    assert answer.location == f"http://localhost{CODE}?fait=code-envoye"
    assert "Seul le dernier" in answer.follow()
    second = last_secret(app, db)["code"]
    assert db.scalars(select(Notification.channel).where(Notification.kind == "code")).all() == ["sms", "sms"]
    if first != second:
        assert give(app, first).status_int == 422
    assert give(app, second).location.endswith(CHOOSE)


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "Écrivez l’adresse e-mail de votre compte."),
        ("nadia", "Écrivez une adresse e-mail complète"),
        ("a@b@c", "Écrivez une adresse e-mail complète"),
        ("nadia@example.org\r\nBcc: x@y.fr", "Écrivez une adresse e-mail complète"),
        ("é" * 200 + "@x.fr", "Écrivez une adresse e-mail complète"),
    ],
)
def test_bad_input_says_what_to_write_and_loses_nothing(app, db, email, words):
    answer = ask(app, email)
    assert answer.status_int == 422
    assert words in answer
    assert db.scalar(select(func.count()).select_from(Challenge)) == 0


def test_an_empty_code_costs_no_try(app, db, account):
    ask(app)
    assert "Écrivez le code que vous avez reçu" in give(app, "  ")
    assert db.scalar(select(Challenge.tries)) == 0


def test_every_code_page_leads_to_why_nothing_comes(app, db, account):
    ask(app)
    assert app.get(CODE).html.select_one('a[href="/je-ne-recois-rien"]')
    page = app.get("/je-ne-recois-rien")
    assert len(page.html.select("main section h2")) == 5


def test_the_account_of_a_colleague_too(app, db, hasher):
    """Only the factor differs: a colleague's password is forgotten like anybody's."""
    account = Account(
        email="gilles@example.org", role="handler", office_name="Gilles Roy", password_hash=hasher.hash(PASSWORD)
    )
    db.add(account)
    db.commit()
    ask(app, "gilles@example.org")
    give(app, last_secret(app, db)["code"])
    assert "votre nom" in choose(app, "Gilles Roy gilles")
    assert choose(app).status_int == 303
    db.refresh(account)
    assert hasher.verify(account.password_hash, NEW)


@pytest.mark.parametrize(("channel", "kept", "gone"), [("email", "sms", "email"), ("sms", "email", "sms")])
def test_the_channel_that_replaced_the_password_is_no_second_factor(app, db, account, channel, kept, gone):
    """Who holds the mailbox would give it twice; the other channel is asked, until the next sign-in."""
    ask(app, channel=channel)
    give(app, last_secret(app, db)["code"])
    choose(app)
    form = form_of(app.get("/connexion"), "/connexion")
    form["email"], form["password"] = account.email, NEW
    form.submit(status=303)
    for asked in (gone, kept):
        page = app.get("/connexion/code", {"par": asked})
        assert form_of(page, "/connexion/code/envoi")["par"].value == kept
