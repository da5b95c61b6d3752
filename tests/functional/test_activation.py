"""« Activer mon espace » from end to end, by each door and each channel (C1 to C3, C19, S-HCR-04 to 11)."""

import json
from datetime import date, timedelta

import pytest

from member_space.interfaces import ICipher
from member_space.models import Account, Challenge, Event, Notification, TermsAcceptance, TermsText
from member_space.services.terms import current_terms
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at

PASSWORD = "trois girafes au marché"
DONE = "http://localhost/activation/terminee"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def nadia(db):
    person = make_person(db, "Nadia", email="nadia@example.org", mobile="+33612345612")
    make_contract(db, person, member_number="00442211")
    db.commit()
    return person


def form_at(page, action, having=None):
    forms = [form for form in page.forms.values() if form.action.endswith(action)]
    return next(form for form in forms if having is None or having in form.fields)


def by_email(app, email="nadia@example.org"):
    form = form_at(app.get("/activation"), "/activation", "email")
    form["email"] = email
    return form.submit(expect_errors=True)


def by_number(app, number="00442211", birth="12/04/1985"):
    form = form_at(app.get("/activation"), "/activation", "member_number")
    form["member_number"], form["birth_date"] = number, birth
    return form.submit(expect_errors=True)


def ask_code(app, channel="sms"):
    form = form_at(app.get("/activation/canal"), "/activation/canal")
    form["channel"] = channel
    return form.submit(expect_errors=True)


def messages(app, db, kind="code") -> list[tuple[str, str | None, dict, dict]]:
    """(channel, to, values, secret) of each message, newest last."""
    cipher = app.app.registry.getUtility(ICipher)
    rows = db.query(Notification).filter_by(kind=kind).order_by(Notification.id)
    return [
        (
            row.channel,
            cipher.decrypt(row.target) if row.target else None,
            row.values,
            json.loads(cipher.decrypt(row.secret)) if row.secret else {},
        )
        for row in rows
    ]


def last_code(app, db) -> str:
    return messages(app, db)[-1][3]["code"]


def give_code(app, code, page="/activation/code", **options):
    form = form_at(app.get(page), page, "code")
    form["code"] = code
    return form.submit(expect_errors=True, **options)


def choose_password(app, password=PASSWORD, terms=True, **fields):
    form = form_at(app.get("/activation/mot-de-passe"), "/activation/mot-de-passe")
    form["new_password"] = form["confirmation"] = password
    form["terms"] = terms
    for name, value in fields.items():
        form[name] = value
    return form.submit(expect_errors=True)


@pytest.mark.parametrize("door", [by_email, by_number])
@pytest.mark.parametrize(("channel", "to"), [("sms", "+33612345612"), ("email", "nadia@example.org")])
def test_from_the_door_to_the_sign_in_page(app, db, nadia, door, channel, to):
    assert door(app).location.endswith("/activation/canal")
    assert ask_code(app, channel).location.endswith("/activation/code")
    sent = messages(app, db)[-1]
    assert sent[:2] == (channel, to)
    assert (sent[2].get("link") is not None) == (channel == "email")
    code = sent[3]["code"]
    assert give_code(app, f" {code[:3]} {code[3:]} ").location.endswith("/activation/mot-de-passe")
    page = app.get("/activation/mot-de-passe")
    assert "Bonjour Nadia" in page
    assert "nadia@example.org" in page
    assert choose_password(app).location == DONE
    page = app.get(DONE)
    assert "Votre espace est activé" in page
    assert page.click("Retour à la connexion").request.path == "/connexion"
    account = db.query(Account).one()
    assert (account.person_id, account.email) == (nadia.id, "nadia@example.org")
    assert account.mobile == (to if channel == "sms" else None)
    assert messages(app, db, "account_activated")
    kinds = [event.kind for event in db.query(Event).filter_by(subject_person_id=nadia.id).order_by(Event.id)]
    assert kinds[:4] == ["code:sent", "code:passed", "account:activated", "terms:accepted"]


def test_an_account_activated_in_english_is_written_to_in_english(app, db, nadia):
    app.set_cookie("language", "en")
    by_email(app)
    ask_code(app, "sms")
    give_code(app, messages(app, db)[-1][3]["code"])
    choose_password(app)
    assert db.query(Account).one().language == "en"
    assert {row.language for row in db.query(Notification)} == {"en"}


def test_the_terms_are_kept_in_their_words(app, db, nadia):
    by_email(app)
    ask_code(app)
    give_code(app, last_code(app, db))
    refused = choose_password(app, terms=False)
    assert refused.status_int == 422
    assert "Cochez la case" in refused
    assert db.query(Account).count() == 0
    app.extra_environ["REMOTE_ADDR"] = "192.0.2.7"
    choose_password(app)
    terms = current_terms(app.app.registry.content)
    kept = db.query(TermsAcceptance).one()
    assert (kept.version, str(kept.ip)) == (terms.version, "192.0.2.7")
    assert db.query(TermsText).one().text == terms.text
    assert "Un espace, une personne" in terms.text


def test_the_password_keeps_the_rule_of_the_house(app, db, nadia):
    by_email(app)
    ask_code(app)
    give_code(app, last_code(app, db))
    for weak in ("petit", "123456789012", "NadiaNadiaNadia"):
        refused = choose_password(app, weak)
        assert refused.status_int == 422
        assert weak not in refused
    assert db.query(Account).count() == 0
    assert choose_password(app).location == DONE


def test_a_link_goes_on_in_another_browser_and_the_first_one_stops(app, db, nadia, wsgi_app):
    """Who asked holds nothing any more: an attacker who asks in the victim's name gains nothing when she clicks."""
    by_email(app)
    ask_code(app, "email")
    link, code = messages(app, db)[-1][2]["link"], last_code(app, db)
    other = type(app)(wsgi_app)
    for _ in range(3):  # a scanner of mails opens every link
        assert other.get(link).status_int == 200
        other.head(link)
    assert db.query(Challenge).one().tries == 0
    assert code not in link
    assert give_code(other, code, link).location.endswith("/activation/mot-de-passe")
    assert app.get("/activation/mot-de-passe").location.endswith("/activation?recommencer=1")
    assert other.get(link).location.endswith("/activation/mot-de-passe")
    assert type(app)(wsgi_app).get(link, status=410).html.find("a", string="Recommencer")
    assert choose_password(other).location == DONE


def test_the_page_of_a_link_that_never_was(app):
    page = app.get("/activation/code/00000000-0000-4000-8000-000000000001", status=410)
    assert "Ce lien ne sert plus" in page
    app.get("/activation/code/n-importe-quoi", status=404)


def test_another_code_may_be_asked_for_after_a_minute(app, db, nadia, clock):
    by_email(app)
    ask_code(app)
    first = last_code(app, db)
    page = app.get("/activation/code")
    assert "Possible à 10\u00a0h\u00a001\u00a0min\u00a000\u00a0s." in page
    button = page.html.select_one("[data-resend]")
    assert button["data-wait"] == "60"
    clock.at += timedelta(seconds=20)
    page = app.get("/activation/code")
    assert page.html.select_one("[data-resend]")["data-wait"] == "40"  # the countdown survives a reload
    refused = form_at(page, "/activation/code", "renvoyer").submit("renvoyer", expect_errors=True)
    assert refused.status_int == 422
    assert "à 10\u00a0h\u00a001\u00a0min\u00a000\u00a0s" in refused
    clock.at += timedelta(seconds=40)
    page = app.get("/activation/code")
    assert "Possible à" not in page
    form_at(page, "/activation/code", "renvoyer").submit("renvoyer", expect_errors=True)
    second = last_code(app, db)
    assert len(messages(app, db)) == 2
    if first != second:
        assert give_code(app, first).status_int == 422
    assert give_code(app, second).location.endswith("/activation/mot-de-passe")


def test_the_other_channel_when_nothing_comes(app, db, nadia, clock):
    by_email(app)
    ask_code(app, "sms")
    clock.at += timedelta(minutes=2)
    page = app.get("/activation/code").click("Je ne reçois pas mon code")
    assert "courriers indésirables" in page
    form_at(page, "/activation/code", "renvoyer").submit("renvoyer", expect_errors=True)
    assert [sent[0] for sent in messages(app, db)] == ["sms", "email"]
    give_code(app, last_code(app, db))
    choose_password(app)
    assert db.query(Account).one().mobile is None  # the number was not proved after all


def test_a_wrong_code_five_times(app, db, nadia):
    by_email(app)
    ask_code(app)
    code = last_code(app, db)
    wrong = "000000" if code != "000000" else "000001"
    said = [give_code(app, wrong) for _ in range(5)]
    assert {answer.status_int for answer in said} == {422}
    assert "Essais restants\u00a0: 4" in said[0]
    assert "c’était le dernier essai" in said[4]
    assert "ne sert plus" in give_code(app, code)
    assert app.get("/activation/mot-de-passe").location.endswith("/activation?recommencer=1")
    # Nothing is locked: a new request has its own tries.
    by_email(app)
    ask_code(app)
    assert give_code(app, last_code(app, db)).location.endswith("/activation/mot-de-passe")


def test_a_code_lives_ten_minutes(app, db, nadia, clock):
    by_email(app)
    ask_code(app)
    code = last_code(app, db)
    page = app.get("/activation/code")
    clock.at += timedelta(minutes=10)
    form = form_at(page, "/activation/code", "code")
    form["code"] = code
    answer = form.submit()
    assert answer.location.endswith("/activation?recommencer=1")
    assert "a plus de dix minutes" in answer.follow()


def test_half_an_hour_to_choose_the_password(app, db, nadia, clock):
    by_email(app)
    ask_code(app)
    clock.at += timedelta(minutes=9)
    give_code(app, last_code(app, db))
    clock.at += timedelta(minutes=29)
    assert choose_password(app).location == DONE


def test_a_double_click_two_tabs_and_back(app, db, nadia):
    by_email(app)
    ask_code(app)
    code_page, code = app.get("/activation/code"), last_code(app, db)
    form = form_at(code_page, "/activation/code", "code")
    form["code"] = code
    assert form.submit().location == form.submit().location
    tab = form_at(app.get("/activation/mot-de-passe"), "/activation/mot-de-passe")
    tab["new_password"] = tab["confirmation"] = PASSWORD
    tab["terms"] = True
    assert choose_password(app).location == DONE
    assert tab.submit().location == DONE
    for path in ("/activation/mot-de-passe", "/activation/code", "/activation/canal"):
        assert app.get(path).location == DONE
    assert db.query(Account).count() == 1


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/activation/canal", "/activation?recommencer=1"),
        ("/activation/code", "/activation?recommencer=1"),
        ("/activation/adresse", "/activation?recommencer=1"),
        ("/activation/mot-de-passe", "/activation?recommencer=1"),
    ],
)
def test_a_step_cannot_be_skipped(app, nadia, path, where):
    assert app.get(path).location.endswith(where)
    by_email(app)
    assert app.get("/activation/code").location.endswith("/activation/canal")
    assert app.get("/activation/mot-de-passe").location.endswith(where)
    assert app.get("/activation/adresse").location.endswith(where)


@pytest.mark.parametrize(
    ("door", "fields", "words"),
    [
        ("email", {"email": ""}, "Écrivez votre adresse e-mail."),
        ("email", {"email": "nadia"}, "n’est pas complète"),
        ("number", {"member_number": "", "birth_date": ""}, "Écrivez votre numéro"),
        ("number", {"member_number": "1", "birth_date": "31/02/1985"}, "comme 12/04/1985"),
        ("number", {"member_number": "1" * 41, "birth_date": "12/04/1985"}, "plus court"),
        ("letter", {"letter": "ABC", "letter_birth_date": "12/04/1985"}, "10 lettres et chiffres"),
        ("letter", {"letter": "ABCDEFGHJK", "letter_birth_date": "12/04/1985"}, "ne vont pas ensemble"),
        ("fenêtre", {}, "Écrivez votre adresse e-mail."),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_lost(app, door, fields, words):
    token = app.get("/activation").html.find("input", {"name": "csrf_token"})["value"]
    answer = app.post("/activation", {"csrf_token": token, "door": door, **fields}, status=422)
    assert words in answer.html.select_one(".error-summary").get_text()
    for name, value in fields.items():
        if value and name != "letter":
            assert answer.html.find("input", {"name": name})["value"] == value


@pytest.mark.parametrize("birth", ["12/04/1985", "12.4.1985", "12-04-1985", "12 04 1985", "12041985"])
def test_a_birth_date_as_people_write_it(app, db, nadia, birth):
    by_number(app, "00 44.22-11", birth)
    ask_code(app)
    assert messages(app, db)[-1][1] == "+33612345612"


@pytest.mark.parametrize(
    "name",
    ["D’Arc-Élise", "Zoë 🦒", "نادية", "x" * 200, "<b>Bob</b>", "O'Neil \\ {{ 7*7 }}"],
)
def test_any_name(app, db, name):
    person = make_person(db, name, email="quelquun@example.org")
    make_contract(db, person)
    db.commit()
    by_email(app, "quelquun@example.org")
    ask_code(app, "email")
    give_code(app, last_code(app, db))
    page = app.get("/activation/mot-de-passe")
    assert f"Bonjour {name}," in page.html.main.get_text()
    assert choose_password(app).location == DONE


def test_signed_in_one_has_nothing_to_activate(app, db, nadia):
    from tests.functional.helpers import sign_in

    sign_in(app, db, make_account(db, nadia))
    assert app.get("/activation").location == "http://localhost/"


def test_a_minor_of_sixteen_has_an_account_a_younger_one_has_not(app, db, nadia):
    for years, sends in ((16, "email"), (15, None)):
        child = make_person(db, "Zoé", date(2026 - years, 11, 20), email=f"zoe{years}@example.org")
        make_contract(db, child)
        db.commit()
        by_email(app, f"zoe{years}@example.org")
        ask_code(app, "email")
        assert (messages(app, db)[-1][1] is not None) is bool(sends)


def test_the_last_page_is_for_who_came_to_the_end(app):
    assert app.get("/activation/terminee").location == "http://localhost/activation?recommencer=1"
