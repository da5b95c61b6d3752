"""« Ce n’est pas moi »: from any browser, the code of a security mail closes everything, once (C11)."""

import json
from datetime import timedelta

import pytest

from member_space.interfaces import ICipher
from member_space.models import (
    Account,
    Challenge,
    Device,
    Draft,
    Event,
    Notification,
    OidcLink,
    Passkey,
    RecoveryCode,
    WebSession,
)
from member_space.services import totp
from member_space.services.challenge import Purpose, details_of, draw_code, open_challenge
from member_space.services.device import trust_device
from member_space.services.disown import announce_new_browser, disown_link
from member_space.services.recovery_code import draw_codes
from member_space.services.second_factor import factor_changed
from member_space.services.sessions import Lifetimes, open_session
from member_space.services.tools import Origin, Tools
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import HERE, sign_in, tools_of

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def tools(app):
    return Tools(app.app.registry.member_space, app.app.registry.getUtility)


@pytest.fixture
def account(db):
    person = make_person(db, "Hélène", last_name="Morel")
    make_contract(db, person)
    return make_account(db, person)


@pytest.fixture
def device(db, tools, account):
    device, _token = trust_device(db, tools, account, Origin("192.0.2.7", FIREFOX))
    db.commit()
    return device


@pytest.fixture
def mail(db, tools, account, device):
    """The path and the code of the mail about that device."""
    link = disown_link(db, tools, account.id, device_id=device.id)
    db.commit()
    return link


def answer(app, path, code):
    form = app.get(path).forms[0]
    form["code"] = code
    return form.submit(expect_errors=True)


def test_the_code_closes_everything_and_asks_for_a_new_password(app, db, tools, account, device, mail):
    path, code = mail
    sign_in(app, db, account)
    app.reset()
    sign_in(app, db, account)
    app.reset()
    done = answer(app, path, code)
    assert (done.status_int, done.location) == (303, f"http://localhost{path}?fait=tout-ferme")
    page = done.follow()
    assert "tous les appareils sont déconnectés" in page.html.select_one("[role=status]").get_text()
    assert "choisissez un mot de passe que vous n’utilisez nulle part ailleurs" in page
    assert db.query(WebSession).filter_by(account_id=account.id).count() == 0
    db.expire_all()
    assert db.get(Account, account.id).must_change_password
    # Whoever was in could have given a bank account of his own: nothing is paid elsewhere before a talk.
    assert "virements sont suspendus" in page
    assert db.get(Account, account.id).payments_frozen_at == tools.now()
    assert db.query(Event).filter_by(kind="payments:frozen").one().subject_person_id == account.person_id
    assert db.get(Device, device.id).trusted_until < tools.now()
    event = db.query(Event).filter_by(kind="device:disowned").one()
    assert (event.actor_account_id, event.subject_person_id) == (None, account.person_id)
    assert (event.details["device_id"], event.details["sessions"], event.details["devices"]) == (device.id, 2, 1)


def test_the_sessions_and_drafts_of_others_stay(app, db, tools, account, mail):
    other = make_account(db, make_person(db, "Autre"))
    sign_in(app, db, other)
    now = tools.now()
    for one in (account, other):
        db.add(Draft(account_id=one.id, form="/x", values=tools.cipher.encrypt("{}"), updated_at=now))
    db.commit()
    browser_of_other = dict(app.cookies)
    app.reset()
    answer(app, *mail)
    assert db.query(WebSession).filter_by(account_id=other.id).count() == 1
    assert [draft.account_id for draft in db.query(Draft)] == [other.id]
    for name, value in browser_of_other.items():
        app.set_cookie(name, value.strip('"'))
    assert app.get("/").status_int == 200


@pytest.fixture
def four_ways_in(app, db, account):
    """Adds the four factors that open the door, told by mail as they are when their pages add them."""

    def add(at):
        tools = tools_of(app)
        account.totp_secret = tools.cipher.encrypt(totp.new_secret())
        key = {"credential_id": b"a key", "public_key": b"none", "sign_count": 0, "name": "Téléphone"}
        db.add(Passkey(account_id=account.id, created_at=at, **key))
        db.add(OidcLink(account_id=account.id, issuer="https://id.example", subject_index=b"s", linked_at=at))
        draw_codes(db, tools, account, HERE)
        for factor in ("totp", "passkey", "identity", "recovery_codes"):
            factor_changed(db, tools, account, factor, added=True, origin=HERE)
        db.commit()

    return add


def ways_left(db, account):
    db.expire_all()
    rows = [db.query(model).filter_by(account_id=account.id).count() for model in (Passkey, OidcLink, RecoveryCode)]
    return [db.get(Account, account.id).totp_secret is not None, *rows]


def test_a_way_in_added_by_whoever_was_there_opens_nothing_any_more(app, db, account, mail, clock, four_ways_in):
    four_ways_in(clock.now())
    answer(app, *mail)
    assert ways_left(db, account) == [False, 0, 0, 0]
    removed = db.query(Event).filter_by(kind="factor:removed").order_by(Event.id)
    assert [one.details["factor"] for one in removed] == ["identity", "passkey", "recovery_codes", "totp"]


def test_a_way_in_older_than_its_warning_stays(app, db, account, clock, tools, four_ways_in):
    four_ways_in(clock.now())
    clock.at += timedelta(days=7)
    path, code = disown_link(db, tools, account.id)
    db.commit()
    answer(app, path, code)
    assert ways_left(db, account) == [True, 1, 1, 10]


def test_a_colleague_keeps_his_second_factor(app, db, account, mail, clock, four_ways_in):
    """With none left, the password that somebody else knows would be enough to enrol an application."""
    four_ways_in(clock.now())
    account.person_id, account.office_name, account.role = None, "Ana Ruiz", "handler"
    db.commit()
    answer(app, *mail)
    assert ways_left(db, account) == [True, 1, 1, 10]


def test_opening_the_link_uses_nothing_and_tells_nothing(app, db, account, mail):
    """A mail gateway that opens every link, with GET and HEAD, as often as it likes."""
    path, code = mail
    sign_in(app, db, account)
    for _ in range(7):
        app.head(path)
        page = app.get(path)
        for fact in (account.email, "Hélène", "Morel", "Firefox", code):
            assert fact not in page
    assert db.query(WebSession).filter_by(account_id=account.id).count() == 1
    assert answer(app, path, code).status_int == 303


def test_the_browser_that_answers_is_signed_out_too_when_it_is_of_that_account(app, db, account, mail):
    sign_in(app, db, account)
    answer(app, *mail).follow(status=200)
    assert app.get("/contrats").location.startswith("http://localhost/connexion")


def test_a_wrong_code_says_how_many_tries_are_left_then_that_it_is_over(app, db, account, mail):
    path, _code = mail
    sign_in(app, db, account)
    app.reset()
    for left in (4, 3, 2, 1):
        page = answer(app, path, "AAAAAAAAAA")
        assert page.status_int == 422
        assert f"Essais restants\u00a0: {left}" in page.html.select_one("[role=alert]").get_text()
        assert page.forms[0]["code"].value == ""
    assert "c’était le dernier essai" in answer(app, path, "AAAAAAAAAA")
    page = app.get(path, status=410)
    assert not [form for form in page.forms.values() if "code" in form.fields]
    assert "Appelez-nous" in page
    assert db.query(WebSession).filter_by(account_id=account.id).count() == 1


def test_an_empty_code_costs_no_try(app, db, mail):
    page = answer(app, mail[0], "  ")
    assert page.status_int == 422
    assert "Écrivez le code" in page
    assert db.query(Challenge).one().tries == 0


def test_a_code_as_people_type_it(app, mail):
    path, code = mail
    assert answer(app, path, f" {code[:5].lower()}-{code[5:].lower()} ").status_int == 303


def test_once_used_the_page_says_so_and_the_code_does_nothing_more(app, db, account, mail):
    path, code = mail
    answer(app, path, code)
    sign_in(app, db, account)
    assert "Ce message a servi" in app.get(path)
    app.set_cookie("csrf", "the token of a form that stayed open")
    late = app.post(path, {"csrf_token": "the token of a form that stayed open", "code": code})
    assert "Ce message a servi" in late
    assert db.query(WebSession).filter_by(account_id=account.id).count() == 1


def test_after_seven_days_or_with_an_unknown_id_it_is_over(app, clock, mail):
    assert app.get(mail[0]).status_int == 200
    clock.at += timedelta(days=7)
    late, unknown = app.get(mail[0], status=410), app.get("/ce-n-est-pas-moi/" + "0" * 32, status=410)
    assert late.html.main.get_text() == unknown.html.main.get_text()
    app.get("/ce-n-est-pas-moi/pas-un-numero", status=404)


def test_a_code_of_another_purpose_opens_nothing(app, db, tools, account):
    row, _token = open_challenge(db, tools, Purpose.UNDO_CHANGE, account_id=account.id)
    draw_code(tools, row)
    db.commit()
    app.get(f"/ce-n-est-pas-moi/{row.public_id}", status=410)


def test_the_mail_of_a_new_browser_names_it_and_hides_the_code(app, db, tools, account):
    session_id, _token = open_session(db, account.id, tools.now(), Lifetimes.of(tools.settings))
    announce_new_browser(db, tools, account, Origin("192.0.2.7", FIREFOX), session_id=session_id)
    db.commit()
    message = db.query(Notification).one()
    assert (message.kind, message.channel, message.account_id) == ("new_device", "email", account.id)
    assert message.values["device"] == "Firefox, Windows"
    path = message.values["link"]
    code = json.loads(app.app.registry.getUtility(ICipher).decrypt(message.secret))["code"]
    assert code not in json.dumps(message.values)
    assert answer(app, path, code).status_int == 303


def test_the_device_of_the_session_is_kept_from_the_day_of_the_mail(db, tools, account, device):
    """The session may be long gone when the mail is read."""
    now, lifetimes = tools.now(), Lifetimes.of(tools.settings)
    session_id, _token = open_session(db, account.id, now, lifetimes, device_id=device.id)
    disown_link(db, tools, account.id, session_id=session_id)
    assert details_of(tools, db.query(Challenge).one())["device_id"] == device.id
