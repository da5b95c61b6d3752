"""Between a first factor and the door: which second one is asked, how it is given, what is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from member_space.interfaces import IPasswordHasher
from member_space.models import Challenge, Device, Event, Notification, Person, WebSession
from member_space.services.challenge import Purpose, draw_code, open_challenge
from member_space.services.recovery_code import draw_codes
from tests.factories.household import PASSWORD, make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import HERE, known_browser, last_secret, tools_of

CODE, OTHERS, SEND = "/connexion/code", "/connexion/code/autrement", "/connexion/code/envoi"
MOBILE = "+33612345601"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def account(db, wsgi_app):
    person = make_person(db, "Nadia", email="nadia@example.org", mobile=MOBILE)
    make_contract(db, person)
    account = make_account(db, person, wsgi_app.registry.getUtility(IPasswordHasher).hash(PASSWORD))
    db.commit()
    return account


def give_password(app, **values):
    form = app.get("/connexion", values).forms[0]
    form["email"], form["password"] = "nadia@example.org", PASSWORD
    return form.submit(status=303)


def ask_code(app, page=None):
    """From the page that offers to send a code, the one that takes it."""
    return (page or give_password(app).follow()).forms[0].submit(status=303).follow()


def give(page, code, *, trust=True, status=303):
    form = page.forms[0]
    form["code"] = code
    if "confiance" in form.fields:
        form["confiance"] = trust
    return form.submit(status=status)


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def test_a_number_that_another_of_the_family_gave_first_is_not_offered(app, db, account):
    """The codes of a couple's telephone would let the holder into the space of the other."""
    db.get(Person, account.person_id).mobile = None
    holder, member = make_person(db, "Paul", mobile=MOBILE), make_person(db, "Nadia", mobile=MOBILE)
    make_contract(db, holder, (member, "spouse"))
    account.person_id = member.id
    db.commit()
    page = give_password(app).follow()
    assert "Confirmez votre numéro" not in page
    ask_code(app, page)
    assert db.scalars(select(Notification.channel).where(Notification.kind == "code")).all() == ["email"]


def test_a_new_browser_confirms_the_number_we_know_and_is_trusted_from_then_on(app, db, account, clock):
    answer = give_password(app, next="/remboursements")
    assert answer.location == "http://localhost/connexion/code?next=%2Fremboursements"
    assert "session" not in app.cookies
    assert count(db, WebSession) == 0
    page = answer.follow()
    assert "Nous ne connaissons pas encore cet appareil" in page
    assert "Confirmez votre numéro" in page
    assert "06\xa0••\xa0••\xa0••\xa001" in page
    assert MOBILE[-8:] not in page
    page = ask_code(app, page)
    assert "session" not in app.cookies
    answer = give(page, last_secret(app, db)["code"])
    assert answer.location == "http://localhost/remboursements"
    db.refresh(account)
    assert account.mobile == MOBILE
    session = db.scalars(select(WebSession)).one()
    assert session.proved_at == clock.now()
    device = db.scalars(select(Device)).one()
    assert (session.device_id, device.account_id) == (device.id, account.id)
    assert device.trusted_until == clock.now() + timedelta(days=90)
    # Signing out keeps the trust, and the next sign-in prolongs it.
    app.get("/")
    app.post("/deconnexion", {"csrf_token": app.cookies["csrf"]})
    clock.at += timedelta(days=80)
    assert give_password(app).location == "http://localhost/"
    db.refresh(device)
    assert device.trusted_until == clock.now() + timedelta(days=90)


def test_without_trust_the_next_sign_in_asks_again(app, db, account):
    give(ask_code(app), last_secret(app, db)["code"], trust=False)
    assert "device" not in app.cookies
    assert count(db, Device) == 0
    app.get("/")
    app.post("/deconnexion", {"csrf_token": app.cookies["csrf"]})
    assert "/connexion/code" in give_password(app).location


def test_three_months_later_the_code_is_asked_again(app, db, account, clock):
    known_browser(app, db, account)
    clock.at += timedelta(days=89)
    assert "Vous n’êtes pas venu depuis longtemps" in give_password(app).follow()


def test_another_address_is_asked_only_by_the_strict_policy(app, db, account, monkeypatch):
    known_browser(app, db, account)
    app.extra_environ["REMOTE_ADDR"] = "203.0.113.9"
    settings = app.app.registry.member_space
    object.__setattr__(settings, "second_factor_policy", "strict")
    try:
        assert "d’un autre endroit que d’habitude" in give_password(app).follow()
    finally:
        object.__setattr__(settings, "second_factor_policy", "scored")
    assert give_password(app).location == "http://localhost/"


@pytest.mark.parametrize("what", ["revoked", "another's", "made up"])
def test_a_device_that_is_not_this_accounts_is_unknown(app, db, account, what, clock):
    other = make_account(db, make_person(db, email="paul@example.org"))
    known_browser(app, db, other if what == "another's" else account)
    if what == "revoked":
        db.scalars(select(Device)).one().trusted_until = clock.now()
        db.commit()
    if what == "made up":
        app.set_cookie("device", "x" * 43)
    assert "/connexion/code" in give_password(app).location


def test_no_sms_comes_then_a_mail_does(app, db, account, clock):
    page = ask_code(app)
    others = page.click("Je ne reçois pas mon code")
    assert "n•••@e•••.org" in others
    clock.at += timedelta(seconds=61)
    by_mail = next(form for form in others.forms.values() if form["par"].value == "email")
    page = by_mail.submit().follow()
    assert "par e-mail à" in page
    sent = db.scalars(select(Notification).where(Notification.kind == "code").order_by(Notification.id)).all()
    assert [row.channel for row in sent] == ["sms", "email"]
    assert give(page, last_secret(app, db)["code"]).location == "http://localhost/"
    db.refresh(account)
    assert account.mobile is None


def test_a_code_of_the_sheet_serves_once(app, db, account):
    codes = draw_codes(db, tools_of(app), account, HERE)
    db.commit()
    for written, expected in ((codes[0].lower(), 303), (codes[0], 422), (codes[1].replace("-", " "), 303)):
        app.reset()
        give_password(app)
        page = app.get(CODE, {"par": "recovery_code"})
        give(page, written, status=expected)
    assert db.scalar(select(func.count()).where(Event.kind == "recovery_code:used")) == 2


def test_the_code_of_a_handler_serves_once_and_only_for_his_member(app, db, account):
    tools = tools_of(app)
    other = make_account(db, make_person(db, email="paul@example.org"))
    codes = {}
    for one in (account, other):
        row, _token = open_challenge(db, tools, Purpose.RECOVERY, account_id=one.id)
        codes[one.email] = draw_code(tools, row)
    db.commit()
    for code, expected in (
        (codes["paul@example.org"], 422),
        (codes["nadia@example.org"], 303),
        (codes["nadia@example.org"], 422),
    ):
        app.reset()
        give_password(app)
        give(app.get(CODE, {"par": "handler"}), code, status=expected)


def test_five_wrong_codes_end_the_request_and_ten_make_this_network_wait(app, db, account):
    page = ask_code(app)
    code = last_secret(app, db)["code"]
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(4):
        page = give(page, wrong, status=422)
    # The fifth ends the request: the password again. The right code is too late.
    proof = app.cookies["proof-sign-in"]
    answer = give(page, wrong)
    assert answer.location.endswith("/connexion?fait=recommencer")
    assert "Rien n’est bloqué" in answer.follow()
    app.set_cookie("proof-sign-in", proof)
    assert give(page, code).location.endswith("/connexion?fait=recommencer")
    assert count(db, WebSession) == 0
    # Another request starts from a fresh count, until the account and the network have ten failures.
    for _ in range(5):
        app.reset()
        give_password(app)
        give(app.get(CODE, {"par": "handler"}), "0", status=422)
    app.reset()
    give_password(app)
    answer = give(app.get(CODE, {"par": "handler"}), "0", status=429)
    assert int(answer.headers["Retry-After"]) > 0
    # From elsewhere the member is not kept out.
    app.reset()
    app.extra_environ["REMOTE_ADDR"] = "203.0.113.9"
    give_password(app)
    give(app.get(CODE, {"par": "handler"}), "0", status=422)


@pytest.mark.parametrize("path", [CODE, OTHERS])
def test_without_a_right_password_there_is_no_page_of_the_code(app, account, path):
    assert app.get(path).location.startswith("http://localhost/connexion")
    app.set_cookie("proof-sign-in", "x" * 43)
    assert app.get(path).location.startswith("http://localhost/connexion")


def test_ten_minutes_later_the_password_is_asked_again(app, db, account, clock):
    page = give_password(app).follow()
    clock.at += timedelta(minutes=10)
    answer = page.forms[0].submit()
    assert answer.location.endswith("/connexion?fait=recommencer")
    assert "trop de temps a passé" in answer.follow()


def test_the_same_answer_twice_opens_one_session(app, db, account):
    """Two tabs, or a button pressed twice: the second finds the request used, and who is in already goes on."""
    page = ask_code(app)
    code = last_secret(app, db)["code"]
    proof = app.cookies["proof-sign-in"]
    give(page, code)
    app.set_cookie("proof-sign-in", proof)
    fields = {"csrf_token": app.cookies["csrf"], "par": "sms", "code": code}
    assert app.post(CODE, fields).location == "http://localhost/"
    assert count(db, WebSession) == 1


def test_two_tabs_each_with_its_password_the_last_one_counts(app, db, account, clock):
    first = give_password(app).follow()
    second = give_password(app).follow()
    assert count(db, Challenge) == 2
    # The first tab's form goes with the cookie of the second's request: it is the same browser.
    page = first.forms[0].submit().follow()
    assert give(page, last_secret(app, db)["code"]).status_int == 303
    # What is left open in the other is a page of before: it says so.
    assert "a attendu trop longtemps" in second.forms[0].submit(status=400)


def test_after_signing_out_the_back_button_shows_nothing(app, db, account):
    give(ask_code(app), last_secret(app, db)["code"])
    page = app.get("/")
    assert page.headers["Cache-Control"] == "no-store"
    app.post("/deconnexion", {"csrf_token": app.cookies["csrf"]})
    for path in ("/", "/securite", CODE):
        assert app.get(path).location.startswith("http://localhost/connexion")


def test_a_new_browser_is_told_by_mail_with_a_way_to_disown_it(app, db, account):
    give(ask_code(app), last_secret(app, db)["code"])
    told = db.scalars(select(Notification).where(Notification.kind == "new_device")).all()
    assert [(row.channel, row.account_id) for row in told] == [("email", account.id)]
    link = told[0].values["link"]
    code = last_secret(app, db, "new_device")["code"]
    assert code not in link
    page = app.get(link)
    assert count(db, WebSession) == 1  # opening the page closed nothing
    form = next(form for form in page.forms.values() if "code" in form.fields)
    form["code"] = code
    form.submit(status=303)
    assert count(db, WebSession) == 0
    assert "/connexion/code" in give_password(app).location


def test_who_has_no_number_known_gives_one_after_a_code_by_mail(app, db, account):
    db.get_one(Person, account.person_id).mobile = None
    db.commit()
    page = give_password(app).follow()
    assert "par e-mail à" in page
    answer = give(page.forms[0].submit().follow(), last_secret(app, db)["code"])
    assert answer.location == "http://localhost/securite/numero"
    page = answer.follow()
    assert page.click("Plus tard").request.path == "/"


def test_a_number_that_is_only_typed_never_gets_the_code(app, db, account):
    """Who knows the password would make his own telephone the second factor."""
    page = give_password(app).follow()
    fields = {"csrf_token": app.cookies["csrf"], "par": "sms", "number": "+33698765432", "to": "+33698765432"}
    app.post(SEND, fields, status=303)
    sent = db.scalars(select(Notification).where(Notification.kind == "code")).one()
    assert tools_of(app).cipher.decrypt(sent.target) == MOBILE
    assert page.status_int == 200


def test_a_premium_number_gets_no_sms(app, db, account):
    account.mobile = "+33899123456"
    db.commit()
    page = give_password(app).follow().forms[0].submit(status=422)
    assert "Ce numéro ne reçoit pas nos codes" in page
    assert db.scalar(select(func.count()).where(Notification.kind == "code")) == 0


def test_another_code_too_soon_is_told_when(app, db, account):
    page = ask_code(app)
    resend = next(form for form in page.forms.values() if "renvoyer" in form.fields)
    refused = resend.submit("renvoyer", status=422)
    assert "laissez-lui le temps d’arriver" in refused
    assert refused.forms[0].action == CODE  # the code already sent can still be given
    assert give(refused, last_secret(app, db)["code"]).status_int == 303


def test_a_passkey_is_proposed_after_the_second_sms(app, db, account, clock):
    for round_ in (1, 2):
        answer = give(ask_code(app), last_secret(app, db)["code"], trust=False)
        assert ("proposer-cle" in answer.location) == (round_ == 2)
        page = answer.follow()
        assert ("une clé d’accès vous en dispense" in page) == (round_ == 2)
        app.post("/deconnexion", {"csrf_token": app.cookies["csrf"]})
        db.query(Challenge).delete()  # what retention does after 30 days: the journal remembers
        db.commit()
        clock.at += timedelta(minutes=30)


def test_the_link_of_a_mail_scanner_uses_nothing_up(app, db, account):
    page = ask_code(app)
    for path in (CODE, OTHERS, SEND):
        app.get(path, expect_errors=True)
        app.head(path, expect_errors=True)
    assert give(page, last_secret(app, db)["code"]).status_int == 303
