"""« Mes appareils »: each browser in words, named, ended, alone or all the others at once (C11)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from member_space.models import Device, Event, WebSession
from member_space.services.device import trust_device
from member_space.services.sessions import Lifetimes, open_session
from member_space.services.tools import Origin
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in, tools_of

PAGE = "/securite/appareils"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
HOSTILE = "<script>alert(1)</script>" + "x" * 300


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def account(db):
    person = make_person(db, "Hélène", last_name="Morel")
    make_contract(db, person)
    return make_account(db, person)


def add_session(app, db, account, user_agent=FIREFOX, device=None, ago=timedelta(0)):
    tools = tools_of(app)
    lifetimes = Lifetimes.of(tools.settings)
    origin = Origin("192.0.2.7", user_agent)
    device_id = device.id if device else None
    session_id, _token = open_session(db, account.id, tools.now() - ago, lifetimes, origin, device_id=device_id)
    db.commit()
    return db.get(WebSession, session_id)


def add_device(app, db, account, user_agent=FIREFOX):
    device, _token = trust_device(db, tools_of(app), account, Origin("192.0.2.7", user_agent))
    db.commit()
    return device


def cards(page):
    """What each browser's card says, by its title."""
    return {
        card.h2.get_text(): " ".join(card.get_text(" ", strip=True).split())
        for card in page.html.select("section.card-box")
    }


def form_of(page, path):
    return next(form for form in page.forms.values() if form.action == path)


def revoke(page, browser):
    return form_of(page, f"{PAGE}/{browser.public_id}/deconnecter").submit()


def test_each_browser_is_a_line_in_words(app, db, account):
    phone = add_device(app, db, account, SAFARI)
    add_session(app, db, account, SAFARI, phone)
    add_session(app, db, account, FIREFOX, ago=timedelta(minutes=5))
    shown = cards(sign_in(app, db, account).get(PAGE))
    assert set(shown) == {"Safari sur iPhone", "Firefox sur Windows", "Navigateur inconnu"}
    assert "Connecté" in shown["Safari sur iPhone"]
    assert "Reconnu jusqu’au 18 février 2027" in shown["Safari sur iPhone"]
    assert "Dernière utilisation : 20 novembre 2026, 9 h 55" in shown["Firefox sur Windows"]
    assert "un code y est demandé" in shown["Firefox sur Windows"]
    assert "Cet appareil" in shown["Navigateur inconnu"]


def test_several_sessions_of_a_trusted_browser_are_one_line(app, db, account):
    device = add_device(app, db, account)
    for _ in range(3):
        add_session(app, db, account, FIREFOX, device)
    assert len(cards(sign_in(app, db, account).get(PAGE))) == 2


def test_what_is_over_is_not_there(app, db, account, clock):
    add_session(app, db, account, FIREFOX, ago=timedelta(minutes=16))
    add_device(app, db, account, SAFARI)
    clock.at += timedelta(days=91)
    assert list(cards(sign_in(app, db, account).get(PAGE))) == ["Navigateur inconnu"]


def test_a_header_is_text(app, db, account):
    add_session(app, db, account, HOSTILE)
    page = sign_in(app, db, account).get(PAGE)
    assert "<script>alert" not in page


def test_one_is_ended_and_its_browser_is_out(app, db, account):
    other = sign_in(app, db, account)
    kept = dict(other.cookies)
    first = db.scalars(select(WebSession)).one()
    app.reset()
    page = sign_in(app, db, account).get(PAGE)
    answer = revoke(page, first)
    assert (answer.status_int, answer.location) == (303, f"http://localhost{PAGE}?fait=appareil-retire")
    assert "Cet appareil est déconnecté" in answer.follow().html.select_one("[role=status]").get_text()
    app.reset()
    for name, value in kept.items():
        app.set_cookie(name, value.strip('"'))
    assert app.get("/contrats").location.startswith("http://localhost/connexion")


def test_a_trusted_browser_loses_its_trust_and_all_its_sessions(app, db, account):
    device = add_device(app, db, account)
    add_session(app, db, account, FIREFOX, device)
    add_session(app, db, account, FIREFOX, device)
    page = sign_in(app, db, account).get(PAGE)
    page = revoke(page, device).follow()
    assert "Firefox sur Windows" not in cards(page)
    db.refresh(device)
    assert device.trusted_until <= tools_of(app).now()
    event = db.query(Event).filter_by(kind="device:revoked").one()
    assert (event.actor_account_id, event.details) == (account.id, {"device_id": device.id})


def test_pressed_twice_or_in_two_tabs_it_says_the_same_and_is_noted_once(app, db, account):
    device, session = add_device(app, db, account), add_session(app, db, account)
    page = sign_in(app, db, account).get(PAGE)
    for browser in (device, session):
        assert revoke(page, browser).location == revoke(page, browser).location
    assert db.query(Event).filter(Event.kind.in_(("device:revoked", "session:revoked"))).count() == 2


def test_this_browser_can_be_ended_too(app, db, account):
    page = sign_in(app, db, account).get(PAGE)
    answer = revoke(page, db.scalars(select(WebSession)).one())
    assert answer.location == "http://localhost/connexion?fait=appareil-retire"
    assert app.get("/contrats").status_int == 303


def test_all_the_others_are_ended_and_this_one_stays(app, db, account):
    stranger = make_account(db, make_person(db, "Autre"))
    add_session(app, db, stranger)
    add_device(app, db, stranger)
    devices = [add_device(app, db, account), add_device(app, db, account, SAFARI)]
    for device in (None, *devices):
        add_session(app, db, account, FIREFOX, device)
    page = sign_in(app, db, account).get(PAGE)
    page = form_of(page, f"{PAGE}/deconnecter-les-autres").submit().follow()
    assert len(cards(page)) == 1
    assert not [form for form in page.forms.values() if form.action.endswith("deconnecter-les-autres")]
    tools = tools_of(app)
    trusted = db.scalars(select(Device.account_id).where(Device.trusted_until > tools.now())).all()
    assert trusted == [stranger.id]
    still_open = db.scalars(select(WebSession.account_id).where(WebSession.expires_at > tools.now())).all()
    assert sorted(still_open) == sorted([stranger.id, account.id])
    event = db.query(Event).filter_by(kind="session:revoked").one()
    assert event.details == {"sessions": 3, "devices": 2}


def test_a_name_is_given_changed_and_taken_away(app, db, account):
    device = add_device(app, db, account)
    path = f"{PAGE}/{device.public_id}/nom"
    page = sign_in(app, db, account).get(PAGE)
    for typed, shown in (
        ("  Ordinateur   d’Hélène 🖥️ ", "Ordinateur d’Hélène 🖥️"),
        ("شاشة", "شاشة"),
        ("", "Firefox sur Windows"),
    ):
        form = form_of(page, path)
        form["name"] = typed
        page = form.submit().follow()
        assert shown in cards(page)


@pytest.mark.parametrize(("typed", "words"), [("x" * 41, "40 caractères"), ("a\u202eb", "caractère invisible")])
def test_a_name_that_cannot_be_keeps_what_was_typed(app, db, account, typed, words):
    device = add_device(app, db, account)
    form = form_of(sign_in(app, db, account).get(PAGE), f"{PAGE}/{device.public_id}/nom")
    form["name"] = typed
    page = form.submit(expect_errors=True)
    assert page.status_int == 422
    assert words in page.html.select_one("[role=alert]").get_text()
    assert form_of(page, f"{PAGE}/{device.public_id}/nom")["name"].value == typed
    db.refresh(device)
    assert device.name is None


def test_somebody_else_s_is_not_found(app, db, account):
    theirs = make_account(db, make_person(db, "Autre"))
    device, session = add_device(app, db, theirs), add_session(app, db, theirs)
    sign_in(app, db, account)
    app.set_cookie("csrf", "known")
    for one in (device.public_id, session.public_id, "00000000-0000-4000-8000-000000000000", "x"):
        for act in ("nom", "deconnecter"):
            app.post(f"{PAGE}/{one}/{act}", {"csrf_token": "known", "name": "à moi"}, status=404)
    db.refresh(device)
    assert device.name is None


def test_a_session_has_no_name(app, db, account):
    session = add_session(app, db, account)
    sign_in(app, db, account)
    app.set_cookie("csrf", "known")
    app.post(f"{PAGE}/{session.public_id}/nom", {"csrf_token": "known", "name": "x"}, status=404)


def test_a_thousand_sessions_are_read_page_by_page_with_as_many_statements(app, db, engine, account, clock):
    with counted_statements(engine) as few:
        sign_in(app, db, account).get(PAGE)
    tools = tools_of(app)
    for n in range(1000):
        db.add(
            WebSession(
                token_hash=n.to_bytes(32, "big"),
                account_id=account.id,
                last_seen_at=tools.now() - timedelta(milliseconds=n // 2),  # by two at the same instant
                expires_at=tools.now() + timedelta(hours=1),
                user_agent=FIREFOX,
            )
        )
    db.commit()
    with counted_statements(engine) as many:
        page = app.get(PAGE)
    assert len([one for one in many if "web_session" in one]) <= len([one for one in few if "web_session" in one])
    seen = []
    while True:
        seen += [form.action for form in page.forms.values() if form.action.endswith("/deconnecter")]
        link = page.html.select_one("a[rel=next]")
        if link is None:
            break
        page = app.get(link["href"])
    assert len(seen) == len(set(seen)) == 1001
    back = page.html.select_one("a[rel=prev]")
    assert len(cards(app.get(back["href"]))) <= 20


@pytest.mark.parametrize("place", ["avant=hier", "apres=1_", "avant=99999999999999999_1", "apres=" + "9" * 60])
def test_a_place_that_is_none_is_the_beginning(app, db, account, place):
    assert len(cards(sign_in(app, db, account).get(f"{PAGE}?{place}"))) <= 1
