"""A request for the second factor planted in somebody's browser: nobody else than its owner is ever signed in by it."""

import pytest
from sqlalchemy import select

from member_space.interfaces import IPasswordHasher
from member_space.models import Challenge, WebSession
from member_space.services.challenge import Purpose, draw_code, open_challenge
from tests.factories.household import PASSWORD, make_account, make_contract, make_person
from tests.functional.helpers import last_secret, tools_of
from tests.functional.test_second_factor import CODE, account, ask_code, clock, give
from tests.log_guard import Browser

__all__ = ["account", "clock"]


@pytest.fixture
def mallory(db, wsgi_app):
    """Somebody else, who gave his own password elsewhere: his account, and the cookie of his request."""
    person = make_person(db, "Mallory", email="mallory@example.org", mobile="+33612345666")
    make_contract(db, person)
    account = make_account(db, person, wsgi_app.registry.getUtility(IPasswordHasher).hash(PASSWORD))
    db.commit()
    browser = Browser(wsgi_app)
    form = browser.get("/connexion").forms[0]
    form["email"], form["password"] = "mallory@example.org", PASSWORD
    ask_code(browser, form.submit(status=303).follow())
    return account, browser.cookies["proof-sign-in"].strip('"')


def plant(app, token):
    """Put the cookie of a request where the site puts its own: there is one in the browser, not two."""
    app.set_cookie("proof-sign-in", token)
    cookie = next(one for one in app.cookiejar if one.domain == ".localhost" and one.name == "proof-sign-in")
    app.cookiejar.clear(cookie.domain, cookie.path, cookie.name)
    cookie.domain = "localhost.local"
    app.cookiejar.set_cookie(cookie)


def signed_in(db):
    return db.scalars(select(WebSession.account_id)).all()


def test_a_request_planted_before_the_password_signs_in_nobody_else(app, db, account, mallory):
    """Fixation: whoever plants the cookie of his own request gets neither the session nor the request of the other."""
    other, planted = mallory
    plant(app, planted)
    page = ask_code(app)
    assert app.cookies["proof-sign-in"].strip('"') != planted
    csrf = app.cookies["csrf"]
    answer = give(page, last_secret(app, db)["code"])
    session = next(c for c in answer.headers.getall("Set-Cookie") if c.startswith("session="))
    assert "HttpOnly" in session
    assert app.cookies["csrf"] != csrf
    assert "proof-sign-in" not in app.cookies
    assert signed_in(db) == [account.id]
    # What he planted still wants its own code, in his browser as in any other.
    elsewhere = Browser(app.app)
    elsewhere.set_cookie("proof-sign-in", planted)
    assert elsewhere.get("/").location.startswith("http://localhost/connexion")
    assert db.scalars(select(Challenge.passed_at).where(Challenge.account_id == other.id)).all() == [None]


def test_a_request_planted_between_the_factors_takes_no_code_of_another(app, db, account, mallory):
    """The code that came to one telephone says nothing for the account of the other."""
    _other, planted = mallory
    page = ask_code(app)
    code = last_secret(app, db)["code"]
    plant(app, planted)
    assert "Ce n’est pas le bon code" in give(page, code, status=422)
    assert signed_in(db) == []
    assert db.scalars(select(Challenge.tries).order_by(Challenge.id)).all() == [1, 0]


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.SIGN_IN])
def test_a_request_of_another_purpose_planted_is_none(app, db, account, purpose):
    """Its code passed elsewhere opens no door here."""
    request, token = open_challenge(db, tools_of(app), purpose, account_id=account.id)
    request.passed_at = tools_of(app).now()
    code = draw_code(tools_of(app), request)
    db.commit()
    app.get("/connexion")
    plant(app, token)
    assert app.get(CODE).location.startswith("http://localhost/connexion?")
    answer = app.post(CODE, {"par": "sms", "code": code, "csrf_token": app.cookies["csrf"]})
    assert answer.location.startswith("http://localhost/connexion?")
    assert signed_in(db) == []
