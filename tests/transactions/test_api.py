"""The API's counts and keys, with real commits: they hold whoever asks at once, and in whatever process."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pyramid.request import Request as WebRequest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from member_space.config import make_app
from member_space.models import ApiAnswer, ApiClient, ApiCount, Message, Request
from member_space.services.api_access import read_access
from member_space.services.api_count import count_question
from tests.conftest import ROOT, TEST_INI
from tests.factories.api import bearer, make_client, make_grant, token_of
from tests.factories.household import make_account, make_contract, make_person
from tests.transactions.together import at_once, wait_for_a_waiter

CLICKS = 20
A_MESSAGE = {"topic": "message.delay", "text": "Où est mon remboursement ?"}
NOW = datetime(2026, 11, 30, 12, 0, 15, tzinfo=UTC)
COUNTING = """
import sys
from datetime import datetime
from sqlalchemy.orm import Session
from member_space.models.session import make_engine
from member_space.services.api_access import read_access
from member_space.services.api_count import count_question
url, token, now, times = sys.argv[1:]
engine = make_engine(url)
for _n in range(int(times)):
    with Session(engine) as db:
        count_question(db, read_access(db, token, datetime.now().astimezone()), 300, datetime.fromisoformat(now))
        db.commit()
engine.dispose()
"""


@pytest.fixture
def token(own_database):
    with Session(own_database) as db:
        holder = make_person(db)
        account = make_account(db, holder)
        make_contract(db, holder)
        made = token_of(db, make_grant(db, account, make_client(db, per_minute=30), [holder]))
        db.commit()
        return made


@pytest.fixture
def ask(own_database, token):
    """POST to the API of a whole application: (status, JSON, headers)."""
    app = make_app(TEST_INI, own_database)

    def post(body=A_MESSAGE, key="a-key-of-these-tests", path="/api/v1/messages"):
        headers = bearer(token) | {"Idempotency-Key": key}
        asked = WebRequest.blank(path, headers=headers, method="POST", json_body=body, content_type="application/json")
        answer = asked.get_response(app)
        return answer.status_int, answer.json, answer.headers

    return post


def rows_of(engine, model) -> list:
    with Session(engine) as db:
        return list(db.scalars(select(model)))


def test_the_same_key_at_once_writes_once(own_database, ask):
    """One answers; who comes meanwhile is told to wait, who comes after reads the same answer."""
    answers = at_once(lambda _n: ask(), range(CLICKS))
    assert {status for status, *_ in answers} <= {201, 409}
    told = [body["request"]["id"] for status, body, _ in answers if status == 201]
    assert told
    assert len(set(told)) == 1
    assert all(headers["Retry-After"] == "1" for status, _, headers in answers if status == 409)
    assert ask()[1]["request"]["id"] == told[0]
    assert [len(rows_of(own_database, model)) for model in (Request, Message, ApiAnswer)] == [1, 1, 1]


def test_a_key_that_is_being_answered_waits_for_nobody(own_database, ask):
    """The first one is held in its transaction; the second is told so at once, and gets its answer once it is there."""
    with Session(own_database) as holder, ThreadPoolExecutor(1) as pool:
        holder.execute(text("lock table request in access exclusive mode"))
        first = pool.submit(ask)
        wait_for_a_waiter(holder)
        assert ask()[0] == 409
        holder.rollback()
        status, body, _ = first.result()
    assert status == 201
    again = ask()
    assert (again[0], again[1], again[2]["Idempotent-Replayed"]) == (201, body, "true")


def test_what_was_refused_leaves_its_key_free(own_database, ask):
    assert ask(A_MESSAGE | {"topic": "message.nothing"})[0] == 422
    assert rows_of(own_database, ApiAnswer) == []
    assert ask()[0] == 201


def test_keys_of_their_own_do_not_wait_for_each_other(own_database, ask):
    answers = at_once(lambda _n: ask(key=str(uuid4())), range(CLICKS))
    assert [status for status, *_ in answers] == [201] * CLICKS
    assert len(rows_of(own_database, Request)) == CLICKS


def test_the_limit_holds_whoever_asks_at_once(own_database, ask):
    """Ten a minute: of twenty at once ten are answered, in one minute of the clock or in two."""
    with Session(own_database) as db:
        db.execute(update(ApiClient).values(per_minute=10))
        db.commit()
    answers = at_once(lambda _n: ask(key=str(uuid4())), range(CLICKS))
    statuses = [status for status, *_ in answers]
    [client, _member] = sorted(rows_of(own_database, ApiCount), key=lambda row: row.who)
    minutes = 1 if client.count == CLICKS else 2
    assert statuses.count(201) == len(rows_of(own_database, Request))
    assert statuses.count(201) == 10 if minutes == 1 else statuses.count(201) >= 10
    assert set(statuses) <= {201, 429}


def test_what_is_counted_stays_counted_when_its_question_is_undone(own_database, token):
    with Session(own_database) as asked, Session(own_database) as counting:
        access = read_access(asked, token, datetime.now(UTC))
        count_question(counting, access, 300, NOW)
        counting.commit()
        asked.rollback()
    assert {row.count for row in rows_of(own_database, ApiCount)} == {1}


def test_processes_count_together(own_database, token):
    """Two processes and this one: none of 90 is lost."""
    url = own_database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", COUNTING, url, token, NOW.isoformat(), "30"]
    with subprocess.Popen(command, cwd=ROOT) as one, subprocess.Popen(command, cwd=ROOT) as other:
        for _n in range(30):
            with Session(own_database) as db:
                count_question(db, read_access(db, token, datetime.now(UTC)), 300, NOW)
                db.commit()
        assert (one.wait(60), other.wait(60)) == (0, 0)
    assert {row.count for row in rows_of(own_database, ApiCount)} == {90}
