"""Signing in on real commits: what is counted stays, at once or fifty at a time."""

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from member_space.adapters.passwords import Argon2Passwords
from member_space.config import make_app
from member_space.interfaces import IPasswordHasher
from member_space.models import Challenge, Event, SignInFailure
from member_space.services.throttling import LIMIT
from tests.conftest import TEST_INI
from tests.factories.household import PASSWORD, make_account, make_person
from tests.log_guard import Browser
from tests.transactions.together import at_once

CSRF = "a-token-that-both-halves-share"


@pytest.fixture
def wsgi(own_database):
    app = make_app(TEST_INI, own_database)
    hasher = Argon2Passwords(time_cost=1, memory_kib=8)
    app.registry.registerUtility(hasher, IPasswordHasher)
    with Session(own_database) as db:
        make_account(db, make_person(db, email="nadia@example.org"), hasher.hash(PASSWORD))
        db.commit()
    return app


def attempt(wsgi, email="nadia@example.org", password="faux", device="") -> int:
    browser = Browser(wsgi)
    browser.set_cookie("csrf", CSRF)
    if device:
        browser.set_cookie("device", device)
    fields = {"email": email, "password": password, "csrf_token": CSRF}
    return browser.post("/connexion", fields, expect_errors=True).status_int


def count(engine, model) -> int:
    with Session(engine) as db:
        return db.scalar(select(func.count()).select_from(model))


def test_a_refusal_is_kept_although_the_answer_is_a_422(wsgi, own_database):
    assert attempt(wsgi) == 422
    assert count(own_database, SignInFailure) == 1
    assert count(own_database, Event) == 1


def test_an_error_keeps_nothing(wsgi, own_database, monkeypatch):
    def broken(*_args):
        raise RuntimeError("after the request for a second factor was written")

    monkeypatch.setattr("member_space.views.sign_in.keep_challenge", broken)
    assert attempt(wsgi, password=PASSWORD) == 500
    assert count(own_database, Challenge) == 0
    assert count(own_database, Event) == 0


def test_thirty_tries_at_once_count_as_thirty(wsgi, own_database):
    """The right password is not among the first ten that pass: no more than ten are ever compared."""
    answers = at_once(lambda _: attempt(wsgi), range(30))
    assert answers.count(422) == LIMIT
    assert answers.count(429) == 30 - LIMIT
    assert count(own_database, SignInFailure) == LIMIT
    assert attempt(wsgi, password=PASSWORD) == 429


@pytest.mark.parametrize("device", ["", "a-device-of-somebody"])
def test_unknown_and_wrong_run_the_same_statements(wsgi, own_database, device):
    run: list[str] = []
    event.listen(own_database, "before_cursor_execute", lambda *args: run.append(args[2]))
    seen = []
    for email in ("nadia@example.org", "personne@example.org"):
        run.clear()
        attempt(wsgi, email=email, device=device)
        seen.append(list(run))
    assert seen[0] == seen[1]
    assert len(seen[0]) > 3


def test_the_first_sight_of_a_page_writes_nothing(wsgi, own_database):
    statements = []
    event.listen(own_database, "before_cursor_execute", lambda *args: statements.append(args[2]))
    Browser(wsgi).get("/connexion")
    assert statements == []
