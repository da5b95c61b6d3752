"""The second factor on real commits: of fifty answers at once, one opens the door."""

from datetime import UTC, datetime

import pyotp
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from member_space.adapters.passwords import Argon2Passwords
from member_space.config import make_app
from member_space.domain.notices import Channel
from member_space.interfaces import IClock, IPasswordHasher
from member_space.models import Account, Challenge, CodeSending, Passkey, RecoveryCode, SignInFailure, WebSession
from member_space.services.challenge import Purpose, challenge_of_token, draw_code, open_challenge
from member_space.services.passkey import begin_assertion, begin_registration, register
from member_space.services.recovery_code import draw_codes
from member_space.services.throttling import LIMIT
from member_space.services.tools import INSIDE, Tools
from tests.conftest import TEST_INI
from tests.factories.authenticator import Authenticator
from tests.factories.household import PASSWORD, make_account, make_person
from tests.log_guard import Browser
from tests.transactions.together import at_once

CSRF = "a-token-that-both-halves-share"
NOW = datetime(2026, 11, 20, 10, 0, 15, tzinfo=UTC)
SECRET = pyotp.random_base32(32)


@implementer(IClock)
class Standing:
    """Between two steps of thirty seconds, so that a code stays the same for the whole test."""

    def now(self):
        return NOW

    def today(self):
        return NOW.date()


@pytest.fixture
def wsgi(own_database):
    app = make_app(TEST_INI, own_database)
    hasher = Argon2Passwords(time_cost=1, memory_kib=8)
    app.registry.registerUtility(hasher, IPasswordHasher)
    app.registry.registerUtility(Standing(), IClock)
    with Session(own_database) as db:
        person = make_person(db, email="nadia@example.org", mobile="+33612345601")
        account = make_account(db, person, hasher.hash(PASSWORD))
        account.totp_secret = Tools(app.registry.member_space, app.registry.getUtility).cipher.encrypt(SECRET)
        db.commit()
    return app


def tools_of(wsgi) -> Tools:
    return Tools(wsgi.registry.member_space, wsgi.registry.getUtility)


def ask(wsgi, own_database) -> str:
    """A request to sign in, its first factor given; the token of its cookie."""
    with Session(own_database) as db:
        account = db.scalars(select(Account)).one()
        details = {"method": "password", "why": "new_browser"}
        _row, token = open_challenge(db, tools_of(wsgi), Purpose.SIGN_IN, account_id=account.id, details=details)
        db.commit()
    return token


def give(wsgi, token: str, factor: str, code: str, network: int = 1) -> int:
    browser = Browser(wsgi, extra_environ={"REMOTE_ADDR": f"203.0.{network}.9"})
    browser.set_cookie("csrf", CSRF)
    browser.set_cookie("proof-sign-in", token)
    answer = browser.post("/connexion/code", {"csrf_token": CSRF, "par": factor, "code": code}, expect_errors=True)
    # In, refused, or the request is over.
    return 200 if "session=" in str(answer.headers.getall("Set-Cookie")) else answer.status_int


def count(engine, model, *where) -> int:
    with Session(engine) as db:
        return db.scalar(select(func.count()).select_from(model).where(*where))


def test_one_code_of_an_application_given_fifty_times_at_once_opens_once(wsgi, own_database):
    """Each from a request of its own, on a network of its own: only the step that was used refuses them."""
    code = pyotp.TOTP(SECRET).at(NOW)
    tokens = [ask(wsgi, own_database) for _ in range(50)]
    answers = at_once(lambda one: give(wsgi, one[1], "totp", code, one[0]), enumerate(tokens))
    assert answers.count(200) == 1
    assert answers.count(422) == 49
    assert count(own_database, WebSession) == 1


def test_one_code_of_the_sheet_given_twenty_times_at_once_opens_once(wsgi, own_database):
    with Session(own_database) as db:
        codes = draw_codes(db, tools_of(wsgi), db.scalars(select(Account)).one(), INSIDE)
        db.commit()
    tokens = [ask(wsgi, own_database) for _ in range(20)]
    answers = at_once(lambda one: give(wsgi, one[1], "recovery_code", codes[0], one[0]), enumerate(tokens))
    assert answers.count(200) == 1
    assert count(own_database, WebSession) == 1
    assert count(own_database, RecoveryCode, RecoveryCode.used_at.is_not(None)) == 1


def test_fifty_tries_at_once_on_one_request_count_as_five_at_most(wsgi, own_database):
    token = ask(wsgi, own_database)
    with Session(own_database) as db:
        request = challenge_of_token(db, tools_of(wsgi), Purpose.SIGN_IN, token)
        code = draw_code(tools_of(wsgi), request)
        request.channel, request.sent_at = Channel.SMS.value, NOW
        db.commit()
    wrong = "000000" if code != "000000" else "000001"
    answers = at_once(lambda n: give(wsgi, token, "sms", wrong, n), range(50))
    assert 200 not in answers
    with Session(own_database) as db:
        assert db.scalars(select(Challenge.tries)).one() == 5
    assert give(wsgi, token, "sms", code) != 200
    assert count(own_database, WebSession) == 0


def test_the_right_code_fifty_times_at_once_opens_once(wsgi, own_database):
    token = ask(wsgi, own_database)
    with Session(own_database) as db:
        request = challenge_of_token(db, tools_of(wsgi), Purpose.SIGN_IN, token)
        code = draw_code(tools_of(wsgi), request)
        request.channel, request.sent_at = Channel.EMAIL.value, NOW
        db.commit()
    answers = at_once(lambda n: give(wsgi, token, "email", code, n), range(50))
    assert answers.count(200) == 1
    assert count(own_database, WebSession) == 1


def test_who_knows_the_password_cannot_try_request_after_request(wsgi, own_database):
    tokens = [ask(wsgi, own_database) for _ in range(30)]
    answers = at_once(lambda token: give(wsgi, token, "totp", "000000"), tokens)
    assert answers.count(422) == LIMIT
    assert answers.count(429) == 30 - LIMIT
    assert count(own_database, SignInFailure) == LIMIT


def test_codes_asked_for_at_once_leave_once(wsgi, own_database):
    token = ask(wsgi, own_database)

    def send(_n) -> int:
        browser = Browser(wsgi)
        browser.set_cookie("csrf", CSRF)
        browser.set_cookie("proof-sign-in", token)
        fields = {"csrf_token": CSRF, "par": "sms"}
        return browser.post("/connexion/code/envoi", fields, expect_errors=True).status_int

    answers = at_once(send, range(12))
    assert answers.count(303) == 1
    assert answers.count(422) == 11
    assert count(own_database, CodeSending) == 1


def test_one_answer_of_a_key_sent_twenty_times_at_once_opens_once(wsgi, own_database):
    tools = tools_of(wsgi)
    key = Authenticator(tools.settings.site_url, count=0)
    with Session(own_database) as db:
        account = db.scalars(select(Account)).one()
        options, token = begin_registration(db, tools, account, "Nadia")
        register(db, tools, account, token, key.create(options), "Téléphone")
        options, token = begin_assertion(db, tools)
        db.commit()
    assert count(own_database, Passkey) == 1
    answer = key.get(options)

    def use(_n) -> bool:
        browser = Browser(wsgi)
        browser.set_cookie("csrf", CSRF)
        browser.set_cookie("proof-passkey", token)
        sent = browser.post("/connexion/cle", {"csrf_token": CSRF, "credential": answer})
        return "session=" in str(sent.headers.getall("Set-Cookie"))

    opened = at_once(use, range(20))
    assert opened.count(True) == 1
    assert count(own_database, WebSession) == 1
