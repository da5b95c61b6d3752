"""The card on a telephone: what leaves to be kept, for whom it stays, and what is the same for everybody (C48)."""

import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from member_space.models import Coverage, Event
from member_space.services.device import trust_device
from member_space.services.tools import Origin, Tools
from tests.factories.card import make_card_holder
from tests.factories.household import make_account, make_contract, make_person, period
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in
from tests.log_guard import note

NIR = "1830459350117"
JSON = {"Accept": "application/json"}
STATE = "/carte-hors-ligne/etat"
PUBLIC = ("/carte-hors-ligne/fr", "/carte-hors-ligne/en", "/service-worker-fr.js", "/carte-fr.webmanifest")


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 16) as clock:
        yield clock


@pytest.fixture
def account(db, cipher):
    return make_card_holder(db, cipher, NIR)


@pytest.fixture
def browser(app, db, account):
    return sign_in(app, db, account)


@pytest.fixture
def tools(wsgi_app):
    return Tools(wsgi_app.registry.member_space, wsgi_app.registry.getUtility)


def kept(browser):
    return browser.get("/tiers-payant/telephone", headers=JSON).json


def owner_on(page):
    return page.html.select_one("script[data-card-owner]")["data-card-owner"]


def test_what_is_kept_is_the_card_until_its_last_day(browser):
    (one,) = kept(browser)["cards"]
    assert (one["from"], one["until"]) == ("2026-01-01", "2026-12-31")
    assert "20000101" in one["html"]
    assert "À jour au <b>16 juin 2026" in one["html"]
    assert one["html"].count("<svg xmlns") == 2


def test_it_holds_no_nir_not_even_masked(browser):
    page = browser.get("/tiers-payant")
    assert "1 83 04" in page.html.select_one(".tp-card").get_text().replace("\N{NO-BREAK SPACE}", " ")
    words = re.sub(r"\s", "", json.dumps(kept(browser)))
    assert "18304" not in words
    assert "•" not in words


def test_the_card_of_next_year_is_kept_from_december(app, db, account, clock):
    clock.at = clock.at.replace(month=12, day=2)
    assert [one["from"] for one in kept(sign_in(app, db, account))["cards"]] == ["2026-01-01", "2027-01-01"]


@pytest.mark.usefixtures("account")
def test_nobody_gets_a_card_without_signing_in(app):
    assert app.get("/tiers-payant/telephone", headers=JSON, status=401).json == {}


def test_whoever_left_has_nothing_to_keep(browser, db):
    db.scalars(select(Coverage)).one().period = period(date(2024, 1, 1), date(2026, 6, 16))
    db.flush()
    assert kept(browser)["cards"] == []


def test_keeping_it_is_written_in_the_journal_and_its_updates_are_not(browser, db, account):
    token = browser.get("/tiers-payant").html.select_one("[data-card-keep]")["data-token"]
    given = browser.post("/tiers-payant/telephone", headers=JSON | {"X-CSRF-Token": token}).json
    assert given == kept(browser)
    (fact,) = db.scalars(select(Event).where(Event.kind == "card:downloaded"))
    assert fact.subject_person_id == account.person_id
    assert fact.details["format"] == "phone"
    assert db.scalars(select(Event).where(Event.kind == "nir:revealed")).all() == []


def test_an_update_is_no_sign_of_life(browser, clock):
    for _ in range(4):
        clock.at += timedelta(minutes=4)
        last = browser.get("/tiers-payant/telephone", headers=JSON, expect_errors=True)
    assert last.status_int == 401


def test_an_account_is_known_to_a_telephone_by_an_opaque_name(app, db, browser, account):
    first = owner_on(browser.get("/"))
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert kept(browser)["owner"] == first == owner_on(browser.get("/contrats"))
    somebody = make_person(db, "Zoé")
    make_contract(db, somebody)
    app.reset()
    assert owner_on(sign_in(app, db, make_account(db, somebody)).get("/")) != first


@pytest.fixture
def trusted(app, db, tools, account):
    """A browser that the account trusts, where nobody is signed in; its device."""
    device, token = trust_device(db, tools, account, Origin())
    note(token)
    app.set_cookie("device", token)
    return device


def test_where_the_account_trusts_the_browser_its_card_may_stay(app, db, trusted, account):
    owner = app.get(STATE).json["owner"]
    assert owner == owner_on(sign_in(app, db, account).get("/"))


def test_it_may_not_stay_where_nothing_is_trusted(app, account):
    assert app.get(STATE).json == {"owner": None}
    app.set_cookie("device", "of-nobody")
    assert app.get(STATE).json == {"owner": None}


@pytest.mark.parametrize("change", ["revoked", "closed", "left"])
def test_it_may_not_stay_once(app, db, tools, trusted, account, change):
    if change == "revoked":
        trusted.trusted_until = tools.now()
    elif change == "closed":
        account.closed_at = tools.now()
    else:
        db.scalars(select(Coverage)).one().period = period(date(2024, 1, 1), date(2026, 6, 16))
    db.flush()
    assert app.get(STATE).json == {"owner": None}


@pytest.mark.parametrize("path", PUBLIC)
def test_what_a_browser_caches_is_the_same_whoever_asks(app, db, account, path):
    def body():
        answer = app.get(path)
        assert "Set-Cookie" not in answer.headers
        return re.sub('nonce="[^"]*"', "", answer.text)

    of_nobody = body()
    sign_in(app, db, account)
    app.set_cookie("language", "en")
    assert body() == of_nobody


def test_the_worker_names_what_the_page_needs_and_nothing_else(app):
    page, worker = app.get("/carte-hors-ligne/fr"), app.get("/service-worker-fr.js")
    assert worker.content_type == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    files = json.loads(re.search(r"const ASSETS = (.*);", worker.text)[1])
    assert {one.rpartition("/")[2] for one in files} >= {"phone.js", "phone.css", "card.css", "theme.css", "app.js"}
    named = {one.get("src") or one.get("href") for one in page.html.select("link, script, img")}
    assert {one for one in named if one.startswith("/assets/")} == set(files)
    for one in files:
        app.get(one, status=200)


def test_signing_out_asks_the_browser_to_forget_what_it_kept(browser):
    out = browser.get("/").forms[0].submit()
    assert out.headers["Clear-Site-Data"] == '"storage"'


def test_the_policy_lets_the_worker_and_the_screen_lock_through(app):
    headers = app.get("/carte-hors-ligne/fr").headers
    assert "worker-src 'self'" in headers["Content-Security-Policy"]
    assert "screen-wake-lock=(self)" in headers["Permissions-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
