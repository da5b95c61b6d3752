"""Sessions ended from elsewhere and devices disowned, on real commits: two tabs at once, a text that is kept."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.config import make_app
from member_space.models import Account, Challenge, Draft, Event, WebSession
from member_space.security.policy import cookie_name
from member_space.services.device import trust_device
from member_space.services.disown import disown_link
from member_space.services.draft import form_of, seal
from member_space.services.sessions import Lifetimes, open_session
from member_space.services.tools import Origin, Tools
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_contract, make_person
from tests.log_guard import Browser
from tests.transactions.together import at_once

CSRF = "a-token-that-both-halves-share"
PAGE = "/securite/appareils"


@pytest.fixture
def wsgi(own_database):
    return make_app(TEST_INI, own_database)


@pytest.fixture
def tools(wsgi):
    return Tools(wsgi.registry.member_space, wsgi.registry.getUtility)


@pytest.fixture
def account(own_database):
    with Session(own_database, expire_on_commit=False) as db:
        person = make_person(db)
        make_contract(db, person)
        account = make_account(db, person)
        db.commit()
        return account


def browser_of(wsgi, tools, engine, account):
    """A browser signed in, and the public id of its session."""
    with Session(engine) as db:
        lifetimes = Lifetimes.of(tools.settings)
        session_id, token = open_session(db, account.id, tools.now(), lifetimes)
        public_id = db.scalar(select(WebSession.public_id).where(WebSession.id == session_id))
        db.commit()
    browser = Browser(wsgi)
    browser.set_cookie(cookie_name(tools.settings), token)
    browser.set_cookie("csrf", CSRF)
    return browser, public_id


def count(engine, model, *where):
    with Session(engine) as db:
        return db.scalar(select(func.count()).select_from(model).where(*where))


def test_two_tabs_that_end_each_other_are_both_answered(wsgi, tools, own_database, account):
    """Whoever comes first stays; the other one is at the door, or ended as well, and nothing breaks."""
    browsers = [browser_of(wsgi, tools, own_database, account) for _ in range(2)]

    def end_the_other(n):
        other = browsers[1 - n][1]
        answer = browsers[n][0].post(f"{PAGE}/{other}/deconnecter", {"csrf_token": CSRF}, expect_errors=True)
        return answer.status_int

    assert set(at_once(end_the_other, range(2))) <= {303}
    left = [browser.get("/contrats").status_int for browser, _id in browsers]
    assert left.count(200) <= 1
    assert count(own_database, Event, Event.kind == "session:revoked") == 2 - left.count(200)


def test_pressed_eight_times_at_once_it_is_noted_once(wsgi, tools, own_database, account):
    ours, _id = browser_of(wsgi, tools, own_database, account)
    _theirs, other = browser_of(wsgi, tools, own_database, account)
    cookies = dict(ours.cookies)

    def press(_n):
        browser = Browser(wsgi)
        for name, value in cookies.items():
            browser.set_cookie(name, value.strip('"'))
        return browser.post(f"{PAGE}/{other}/deconnecter", {"csrf_token": CSRF}).status_int

    assert set(at_once(press, range(8))) == {303}
    assert count(own_database, Event, Event.kind == "session:revoked") == 1


def test_a_session_ended_from_elsewhere_leads_to_the_door_and_the_text_is_kept(wsgi, tools, own_database, account):
    ours, _id = browser_of(wsgi, tools, own_database, account)
    theirs, _id = browser_of(wsgi, tools, own_database, account)
    token = seal(tools, form_of(account.id, "/mes-informations/adresse", ("ligne1",)))
    ours.post(f"{PAGE}/deconnecter-les-autres", {"csrf_token": CSRF})
    typed = {"csrf_token": CSRF, "draft": token, "ligne1": "12 rue des Lilas"}
    answer = theirs.post("/mes-informations/adresse", typed)
    assert answer.location.startswith("http://localhost/connexion?next=%2Fmes-informations%2Fadresse")
    assert count(own_database, Draft, Draft.account_id == account.id) == 1
    assert "12 rue des Lilas" in ours.get("/mes-informations/adresse")


def test_two_tabs_that_save_the_same_form_at_once_leave_one_draft(wsgi, tools, own_database, account):
    ours, _id = browser_of(wsgi, tools, own_database, account)
    cookies = dict(ours.cookies)
    token = seal(tools, form_of(account.id, "/mes-informations/adresse", ("ligne1",)))

    def save(n):
        browser = Browser(wsgi)
        for name, value in cookies.items():
            browser.set_cookie(name, value.strip('"'))
        typed = {"csrf_token": CSRF, "draft": token, "ligne1": f"{n} rue des Lilas"}
        return browser.post("/brouillons", typed, headers={"Accept": "application/json"}).status_int

    assert set(at_once(save, range(8))) == {200}
    assert count(own_database, Draft) == 1


def test_a_code_given_eight_times_at_once_closes_once(wsgi, tools, own_database, account):
    with Session(own_database) as db:
        row = db.get_one(Account, account.id)
        device, _token = trust_device(db, tools, row, Origin("192.0.2.7"))
        path, code = disown_link(db, tools, account.id, device_id=device.id)
        db.commit()
    browser_of(wsgi, tools, own_database, account)

    def answer(_n):
        browser = Browser(wsgi)
        browser.set_cookie("csrf", CSRF)
        return browser.post(path, {"csrf_token": CSRF, "code": code}, expect_errors=True).status_int

    answers = at_once(answer, range(8))
    assert answers.count(303) == 1
    assert set(answers) <= {200, 303}
    assert count(own_database, Event, Event.kind == "device:disowned") == 1
    assert count(own_database, WebSession) == 0


def test_wrong_codes_at_once_are_all_counted(wsgi, tools, own_database, account):
    with Session(own_database) as db:
        path, _code = disown_link(db, tools, account.id)
        db.commit()

    def answer(_n):
        browser = Browser(wsgi)
        browser.set_cookie("csrf", CSRF)
        return browser.post(path, {"csrf_token": CSRF, "code": "AAAAAAAAAA"}, expect_errors=True).status_int

    answers = at_once(answer, range(20))
    assert answers.count(422) == 4, "the fifth is the last: its page says that it is over"
    assert set(answers) <= {410, 422}
    with Session(own_database) as db:
        assert db.scalar(select(Challenge.tries)) == 5
