"""Activation on real commits: nothing tells who is known, and fifty at once are no more than one."""

import itertools
import json
from datetime import date

import pytest
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from member_space.adapters.passwords import Argon2Passwords
from member_space.config import make_app
from member_space.domain.notices import Channel
from member_space.interfaces import ICipher, IPasswordHasher
from member_space.models import Account, Challenge, CodeSending, Notification
from member_space.services.challenge import Purpose, open_challenge
from member_space.services.code_sending import PER_TARGET_HOUR, TooManySendings, send_code
from member_space.services.human_check import new_puzzle, solve
from member_space.services.tools import Origin, Tools
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_contract, make_person
from tests.log_guard import Browser
from tests.transactions.together import at_once

CSRF = "a-token-that-both-halves-share"


class CountingPasswords(Argon2Passwords):
    """Says how many hashes were worked out."""

    hashes = 0

    def hash(self, password):
        self.hashes += 1
        return super().hash(password)

    def verify(self, encoded, password):
        self.hashes += 1
        return super().verify(encoded, password)


@pytest.fixture
def hasher():
    return CountingPasswords(time_cost=1, memory_kib=8)


@pytest.fixture
def wsgi(own_database, hasher):
    app = make_app(TEST_INI, own_database)
    app.registry.registerUtility(hasher, IPasswordHasher)
    with Session(own_database) as db:
        known = make_person(db, "Nadia", email="nadia@example.org", mobile="+33612345612")
        make_contract(db, known, member_number="00442211")
        active = make_person(db, "Ali", date(1970, 1, 1), email="ali@example.org", mobile="+33612345699")
        make_contract(db, active, member_number="00442299")
        make_account(db, active)
        premium = make_person(db, "Zoé", date(1971, 1, 1), email="zoe@example.org", mobile="+33899123456")
        make_contract(db, premium, member_number="00442288")
        bare = make_person(db, "Bao", date(1972, 1, 1), email=None)
        make_contract(db, bare, member_number="00442277")
        db.commit()
    return app


def browser_of(wsgi) -> Browser:
    browser = Browser(wsgi)
    browser.set_cookie("csrf", CSRF)
    return browser


def post(browser, path, **fields):
    return browser.post(path, fields | {"csrf_token": CSRF}, expect_errors=True)


def journey(wsgi, channel, **door):
    """What somebody sees from the door to a wrong code: status, place and text of each answer."""
    browser = browser_of(wsgi)
    # Each from a network of its own: their number is another limit.
    browser.extra_environ["REMOTE_ADDR"] = f"192.0.{next(NETWORKS)}.1"
    answers = [
        post(browser, "/activation", **door),
        browser.get("/activation/canal"),
        post(browser, "/activation/canal", channel=channel),
        browser.get("/activation/code"),
        browser.get("/activation/sans-code"),
        post(browser, "/activation/code", code="12345"),
        post(browser, "/activation/code", renvoyer="1"),
        browser.get("/activation/mot-de-passe"),
        browser.get("/activation/adresse"),
    ]
    return [(one.status_int, one.headers.get("Location"), shown(one)) for one in answers]


def shown(answer) -> str:
    """The words, without the hours that pass nor what is drawn by lot."""
    words = answer.html.main.get_text() if answer.content_type == "text/html" else ""
    return "".join("#" if sign.isdigit() else sign for sign in words)


NETWORKS = itertools.count(1)
DOORS = {
    "unknown": {"door": "email", "email": "personne@example.org"},
    "known": {"door": "email", "email": "nadia@example.org"},
    "has an account": {"door": "email", "email": "ali@example.org"},
    "unknown number": {"door": "number", "member_number": "99999999", "birth_date": "12/04/1985"},
    "wrong birth date": {"door": "number", "member_number": "00442211", "birth_date": "13/04/1985"},
    "known number": {"door": "number", "member_number": "00442211", "birth_date": "12/04/1985"},
    "premium number": {"door": "number", "member_number": "00442288", "birth_date": "01/01/1971"},
    "no contact": {"door": "number", "member_number": "00442277", "birth_date": "01/01/1972"},
    "active number": {"door": "number", "member_number": "00442299", "birth_date": "01/01/1970"},
}


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_the_same_words_statements_and_hashes_whoever_it_is(wsgi, own_database, hasher, channel):
    """Time follows from them: no slow hash, and the very statements in their order."""
    run: list[str] = []
    event.listen(own_database, "before_cursor_execute", lambda *args: run.append(args[2]))
    seen, statements = {}, {}
    for name, door in DOORS.items():
        run.clear()
        seen[name] = journey(wsgi, channel, **door)
        statements[name] = list(run)
    assert hasher.hashes == 0
    for kind, names in (
        ("email", ["unknown", "known", "has an account"]),
        ("number", [name for name, door in DOORS.items() if door["door"] == "number"]),
    ):
        assert {str(seen[name]) for name in names} == {str(seen[names[0]])}, kind
        assert [name for name in names if statements[name] != statements[names[0]]] == [], kind
    assert len(statements["known"]) > 20


def test_only_who_is_known_receives_something(wsgi, own_database):
    for name, door in DOORS.items():
        for channel in ("sms", "email"):
            journey(wsgi, channel, **door)
            with Session(own_database) as db:
                sent = [row.kind for row in db.query(Notification).filter(Notification.state != "nobody")]
                for model in (Notification, CodeSending, Challenge):
                    db.execute(delete(model))
                db.commit()
            expected = {
                "known": ["code"],
                "known number": ["code"],
                "has an account": ["account_exists"],
                "active number": ["account_exists"],
                "premium number": ["code"] if channel == "email" else [],
            }.get(name, [])
            assert sent == expected, (name, channel)


def tools_of(wsgi) -> Tools:
    return Tools(wsgi.registry.member_space, wsgi.registry.getUtility)


def waiting_for_a_code(wsgi, own_database) -> tuple[dict[str, str], str]:
    """A browser that asked for a code (its cookies), and that code."""
    browser = browser_of(wsgi)
    post(browser, "/activation", **DOORS["known"])
    post(browser, "/activation/canal", channel="sms")
    with Session(own_database) as db:
        secret = db.scalar(select(Notification.secret).where(Notification.kind == "code").order_by(Notification.id))
    cipher = wsgi.registry.getUtility(ICipher)
    return dict(browser.cookies), json.loads(cipher.decrypt(secret))["code"]


def browser_with(wsgi, cookies) -> Browser:
    """Another window of that browser."""
    browser = browser_of(wsgi)
    browser.set_cookie("proof-activation", cookies["proof-activation"].strip('"'))
    return browser


def attempt(wsgi, cookies, code) -> str:
    answer = post(browser_with(wsgi, cookies), "/activation/code", code=code)
    return answer.headers.get("Location", str(answer.status_int)).rpartition("/")[2]


def test_fifty_tries_at_once_on_one_code(wsgi, own_database):
    """Five are counted and compared, the right one among them at most once; no error anywhere."""
    cookies, code = waiting_for_a_code(wsgi, own_database)
    wrong = [f"{n:06d}" for n in range(50) if f"{n:06d}" != code][:49]
    tries = [*wrong[:25], code, *wrong[25:]]
    answers = at_once(lambda one: attempt(wsgi, cookies, one), tries)
    assert set(answers) <= {"422", "mot-de-passe"}
    with Session(own_database) as db:
        row = db.query(Challenge).one()
        assert row.tries <= row.max_tries
        assert (row.passed_at is not None) == ("mot-de-passe" in answers)


def test_the_right_code_fifty_times_at_once_passes_once(wsgi, own_database):
    cookies, code = waiting_for_a_code(wsgi, own_database)
    at_once(lambda _: attempt(wsgi, cookies, code), range(50))
    with Session(own_database) as db:
        assert db.query(Challenge).one().tries == 1


def test_fifty_sendings_at_once_to_one_number(wsgi, own_database):
    tools = tools_of(wsgi)

    def send(_n) -> bool:
        with Session(own_database) as db:
            challenge, _token = open_challenge(db, tools, Purpose.SIGN_IN)
            try:
                send_code(db, tools, challenge, Channel.SMS, "+33612345612", Origin("192.0.2.1"))
            except TooManySendings:
                db.rollback()
                return False
            db.commit()
            return True

    left = at_once(send, range(50))
    assert left.count(True) == PER_TARGET_HOUR
    with Session(own_database) as db:
        assert db.query(CodeSending).count() == db.query(Notification).count() == PER_TARGET_HOUR


def test_the_last_step_ten_times_at_once_opens_one_account(wsgi, own_database):
    cookies, code = waiting_for_a_code(wsgi, own_database)
    assert attempt(wsgi, cookies, code) == "mot-de-passe"
    password = "trois girafes au marché"

    def finish(_n) -> str:
        fields = {"new_password": password, "confirmation": password, "terms": "1"}
        answer = post(browser_with(wsgi, cookies), "/activation/mot-de-passe", **fields)
        return answer.headers["Location"]

    answers = set(at_once(finish, range(10)))
    assert answers == {"http://localhost/activation/terminee"}
    with Session(own_database) as db:
        assert db.query(Account).filter_by(email="nadia@example.org").count() == 1


def test_one_proof_of_work_serves_once_even_twenty_times_at_once(wsgi, own_database):
    from member_space.services.human_check import accept

    tools = tools_of(wsgi)
    puzzle = new_puzzle(tools)
    answer = solve(puzzle)

    def bring(_n) -> bool:
        with Session(own_database) as db:
            accepted = accept(db, tools, puzzle, answer)
            db.commit()
            return accepted

    assert at_once(bring, range(20)).count(True) == 1
