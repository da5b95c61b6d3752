"""Races of a forgotten password, with real commits: tries of one code, and two new passwords by one code."""

import json

import pytest
from sqlalchemy import func, select

from member_space.domain.notices import Channel
from member_space.models import Account, Challenge, Event, Notification
from member_space.services.challenge import CodeRefused, CodeSpent, Purpose, challenge_of_token
from member_space.services.password_reset import ask_reset, give_code, give_code_of_link, reset_password
from member_space.services.tools import Origin
from tests.factories.household import make_account, make_person
from tests.log_guard import note
from tests.transactions.together import at_once

HERE = Origin("192.0.2.1", "the suite")


@pytest.fixture
def asked(sessions, tools):
    """(public id of the request, token of the browser, code)."""
    with sessions.begin() as db:
        account = make_account(db, make_person(db))
        token = ask_reset(db, tools, account.email, Channel.EMAIL, HERE, proved=True, language="fr")
    with sessions() as db:
        code = json.loads(tools.cipher.decrypt(db.scalar(select(Notification.secret))))["code"]
        note(code)
        return db.scalar(select(Challenge.public_id)), token, code


def test_fifty_tries_at_once_are_five_at_most(sessions, tools, asked):
    _public_id, token, code = asked

    def guess(number):
        wrong = f"{(int(code) + 1 + number) % 1_000_000:06d}"
        with sessions.begin() as db:
            request = challenge_of_token(db, tools, Purpose.PASSWORD_RESET, token)
            try:
                give_code(db, tools, request, wrong, HERE)
            except CodeRefused:
                return "refused"
            except CodeSpent:
                return "spent"
        return "passed"

    answers = at_once(guess, range(50))
    assert (answers.count("refused"), answers.count("spent")) == (5, 45)


def test_one_code_given_in_fifty_browsers_serves_one(sessions, tools, asked):
    public_id, _token, code = asked

    def give(_number):
        with sessions.begin() as db:
            try:
                give_code_of_link(db, tools, Purpose.PASSWORD_RESET, public_id, code, HERE)
            except CodeSpent:
                return "spent"
        return "passed"

    assert sorted(at_once(give, range(50))) == ["passed"] + ["spent"] * 49


def test_two_new_passwords_at_once_are_one(sessions, tools, asked):
    _public_id, token, code = asked
    with sessions.begin() as db:
        give_code(db, tools, challenge_of_token(db, tools, Purpose.PASSWORD_RESET, token), code, HERE)

    def choose(number):
        with sessions.begin() as db:
            request = challenge_of_token(db, tools, Purpose.PASSWORD_RESET, token)
            if request is None:
                return "spent"
            try:
                reset_password(db, tools, request, f"quatre loups verts {number}", HERE)
            except CodeSpent:
                return "spent"
        return "changed"

    assert sorted(at_once(choose, range(2))) == ["changed", "spent"]
    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(Event).where(Event.kind == "password:reset")) == 1
        encoded = db.scalar(select(Account.password_hash))
        fits = [tools.hasher.verify(encoded, f"quatre loups verts {number}") for number in (0, 1)]
        assert sorted(fits) == [False, True]
