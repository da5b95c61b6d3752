"""Signing in and out, through the form."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from member_space.adapters.passwords import Argon2Passwords
from member_space.config import make_app
from member_space.domain.events import EventKind
from member_space.interfaces import IPasswordHasher
from member_space.models import Event, SignInFailure, WebSession
from member_space.services.sessions import hash_token
from tests.conftest import TEST_INI
from tests.factories.household import PASSWORD, make_account, make_contract, make_person
from tests.functional.helpers import known_browser, sign_in
from tests.log_guard import Browser


@pytest.fixture
def account(app, db, wsgi_app):
    person = make_person(db, "Nadia", email="nadia@example.org")
    make_contract(db, person)
    account = make_account(db, person, wsgi_app.registry.getUtility(IPasswordHasher).hash(PASSWORD))
    # The browser of these journeys is a trusted one; the others are in test_second_factor.py.
    known_browser(app, db, account)
    return account


def fill(app, email="nadia@example.org", password=PASSWORD, **values):
    form = app.get("/connexion", values).forms[0]
    form["email"], form["password"] = email, password
    return form.submit(expect_errors=True)


def events(db):
    """What the journal learned of signing in and out."""
    told = select(Event.kind, Event.actor_account_id, Event.subject_person_id).where(Event.kind.startswith("account:"))
    return db.execute(told.order_by(Event.id)).all()


def test_a_member_signs_in_and_out(app, db, account):
    answer = fill(app, email="  Nadia@Example.org ")
    assert answer.status_int == 303
    assert answer.location == "http://localhost/"
    row = db.scalars(select(WebSession)).one()
    assert row.token_hash == hash_token(app.cookies["session"])
    assert account.last_signed_in_at is not None or db.refresh(account) or account.last_signed_in_at

    answer = app.post("/deconnexion", {"csrf_token": app.cookies["csrf"]})
    assert (answer.status_int, answer.location) == (303, "http://localhost/connexion?fait=deconnexion")
    assert "Vous êtes déconnecté." in answer.follow().html.select_one("[role=status]").get_text()
    assert "session" not in app.cookies
    assert db.scalar(select(func.count()).select_from(WebSession)) == 0
    assert events(db) == [
        (EventKind.ACCOUNT_SIGNED_IN, account.id, account.person_id),
        (EventKind.ACCOUNT_SIGNED_OUT, account.id, account.person_id),
    ]


def test_the_cookie_is_closed(app, account):
    cookie = next(c for c in fill(app).headers.getall("Set-Cookie") if c.startswith("session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "expires" not in cookie.lower()


@pytest.mark.parametrize(("email", "password"), [("nadia@example.org", "faux"), ("personne@example.org", PASSWORD)])
def test_wrong_and_unknown_get_the_same_answer(app, db, account, email, password):
    answer = fill(app, email=email, password=password)
    assert answer.status_int == 422
    assert "ne vont pas ensemble" in answer
    assert answer.forms[0]["password"].value == ""
    assert "session" not in app.cookies
    assert db.scalar(select(func.count()).select_from(SignInFailure)) == 1
    assert [kind for kind, *_ in events(db)] == [EventKind.ACCOUNT_SIGN_IN_FAILED]


def test_empty_fields_are_named_and_not_counted(app, db, account):
    answer = fill(app, email=" ", password="")
    assert answer.status_int == 422
    assert "Écrivez votre adresse e-mail." in answer
    assert "Écrivez votre mot de passe." in answer
    assert db.scalar(select(func.count()).select_from(SignInFailure)) == 0


def test_signing_in_draws_a_new_session_and_a_new_csrf_token(app, db, account):
    app.get("/connexion")
    csrf = app.cookies["csrf"]
    fill(app)
    first = app.cookies["session"]
    assert app.cookies["csrf"] != csrf
    app.post(
        "/connexion",
        {"email": account.email, "password": PASSWORD, "csrf_token": app.cookies["csrf"]},
        status=303,
    )
    assert app.cookies["session"] != first
    assert db.scalars(select(WebSession.token_hash)).all() == [hash_token(app.cookies["session"])]


def test_a_planted_session_is_not_adopted(app, db, account):
    form = app.get("/connexion").forms[0]
    form["email"], form["password"] = account.email, PASSWORD
    cookies = f"csrf={app.cookies['csrf']}; device={app.cookies['device']}; session=planted-by-somebody"
    form.submit(headers={"Cookie": cookies}, status=303)
    assert db.scalars(select(WebSession.token_hash)).all() != [hash_token("planted-by-somebody")]


def test_who_is_signed_in_goes_home(app, db, account):
    sign_in(app, db, account)
    assert app.get("/connexion").location == "http://localhost/"


def leave(browser):
    browser.post("/deconnexion", {"csrf_token": browser.cookies["csrf"]}, status=303)


def test_after_ten_failures_this_network_waits_and_is_told_for_how_long(app, db, account):
    stranger = Browser(app.app)
    for _ in range(10):
        assert fill(stranger, password="faux").status_int == 422
    answer = fill(stranger)
    assert answer.status_int == 429
    assert 14 * 60 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert "Réessayez dans 15" in answer
    # Elsewhere, and for somebody else here, nothing is locked.
    assert fill(stranger, email="autre@example.org").status_int == 422
    stranger.extra_environ["REMOTE_ADDR"] = "203.0.113.9"
    assert fill(stranger).status_int == 303
    # What was counted leaves the window.
    stranger.extra_environ.clear()
    for row in db.scalars(select(SignInFailure)):
        row.failed_at -= timedelta(minutes=15)
    db.commit()
    assert fill(stranger).status_int == 303


def test_a_known_device_keeps_its_own_quota(app, db, account):
    """Whoever guesses from the same network (C13) does not lock out the browser that the account trusts."""
    stranger = Browser(app.app)
    for _ in range(10):
        assert fill(stranger, password="faux").status_int == 422
    assert fill(stranger).status_int == 429
    assert fill(app).status_int == 303
    # A success of the device forgives nothing to the network.
    assert fill(stranger).status_int == 429
    # The quota of a device is one too, and wherever it is; it is of this account alone.
    leave(app)
    for _ in range(10):
        assert fill(app, password="faux").status_int == 422
    app.extra_environ["REMOTE_ADDR"] = "203.0.113.9"
    assert fill(app).status_int == 429
    assert fill(Browser(app.app, extra_environ=app.extra_environ)).status_int == 303


def test_the_device_of_another_account_keeps_no_quota(app, db, account):
    thief = Browser(app.app)
    known_browser(thief, db, make_account(db, make_person(db, "Ursule", email="ursule@example.org")))
    for _ in range(10):
        assert fill(thief, password="faux").status_int == 422
    assert fill(Browser(app.app)).status_int == 429


def test_without_csrf_token_nothing_happens_and_the_page_says_why(app, db, account):
    answer = app.post("/connexion", {"email": account.email, "password": PASSWORD}, expect_errors=True)
    assert answer.status_int == 400
    assert "Ce formulaire a attendu trop longtemps" in answer
    assert db.scalar(select(func.count()).select_from(WebSession)) == 0


def test_next_is_followed_inside_and_ignored_outside(app, account):
    assert fill(app, next="/remboursements?du=2026-01-01").location == "http://localhost/remboursements?du=2026-01-01"
    app.get("/connexion")
    app.post("/deconnexion", {"csrf_token": app.cookies["csrf"]})
    assert fill(app, next="//evil.example/").location == "http://localhost/"


def test_over_https_a_form_from_elsewhere_is_refused(app, db, account):
    app.get("/connexion")
    fields = {"email": account.email, "password": PASSWORD, "csrf_token": app.cookies["csrf"]}
    https = {"wsgi.url_scheme": "https", "HTTP_HOST": "localhost:443"}
    for origin in ("https://evil.example", "null"):
        app.post("/connexion", fields, headers={"Origin": origin}, extra_environ=https, status=400)
    assert db.scalar(select(func.count()).select_from(WebSession)) == 0
    app.post("/connexion", fields, headers={"Origin": "https://localhost"}, extra_environ=https, status=303)


def test_a_real_installation_binds_its_cookies_to_its_host(app, engine, session_factory, account):
    secure = make_app(TEST_INI | {"session.cookie_secure": "true"}, engine)
    secure.registry.session_factory = session_factory
    browser = Browser(secure, extra_environ={"wsgi.url_scheme": "https", "HTTP_HOST": "localhost"})
    page = browser.get("/connexion")
    token = page.forms[0]["csrf_token"].value
    fields = {"email": account.email, "password": PASSWORD, "csrf_token": token}
    cookies = f"__Host-csrf={token}; __Host-device={app.cookies['device']}"
    headers = {"Cookie": cookies, "Referer": "https://localhost/connexion"}
    answer = browser.post("/connexion", fields, headers=headers, status=303)
    cookies = [*page.headers.getall("Set-Cookie"), *answer.headers.getall("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-csrf", "__Host-session", "__Host-device"}
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
        assert not any(part.startswith("domain") for part in parts)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_session_that_ended_leads_to_the_door(app, db, account):
    sign_in(app, db, account)
    assert app.get("/").status_int == 200
    for row in db.scalars(select(WebSession)):
        row.last_seen_at -= timedelta(minutes=16)
    db.commit()
    assert app.get("/", status=303).location == "http://localhost/connexion"
    # Leaving is not refused to somebody whose session has ended.
    app.get("/connexion")
    app.post("/deconnexion", {"csrf_token": app.cookies["csrf"]}, status=303)


def test_a_hash_of_older_parameters_is_renewed_at_sign_in(app, db, account):
    account.password_hash = Argon2Passwords(time_cost=2, memory_kib=16).hash(PASSWORD)
    before = account.password_hash
    db.commit()
    assert fill(app).status_int == 303
    db.refresh(account)
    assert account.password_hash != before
    app.post("/deconnexion", {"csrf_token": app.cookies["csrf"]})
    assert fill(app).status_int == 303
