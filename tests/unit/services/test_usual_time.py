"""What usually takes how long: from the log, without the member's wait, and nothing of too few cases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from member_space.domain.request import Act
from member_space.models import UsualTime
from member_space.services import request as requests
from member_space.services.request import Actor
from member_space.services.usual_time import Measure, Usual, compute_usual_times, usual_time_of
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.factories.request import MEMBER, OFFICE, make_request, take
from tests.functional.clock import SetClock

MONDAY = datetime(2026, 6, 15, 6, 30, tzinfo=UTC)
"""The opening."""
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    return SetClock(MONDAY)


@pytest.fixture
def office(db, tools, clock):
    """Sends a message on Monday and answers it after so many hours; `wait`: of which the member had the hand."""
    holder = make_person(db)
    account, contract, colleague = make_account(db, holder), make_contract(db, holder), make_colleague(db, "handler")
    who = Actor(OFFICE, colleague.id)

    def answer(hours, *, wait=0, sent=MONDAY, topic="message.amount", reply=None):
        clock.at = sent
        row = make_request(db, tools, account, contract, topic=topic)
        take(db, tools, row, colleague)
        if wait:
            requests.move(db, tools, row, Act.ASK_PIECE, who)
            clock.at = sent + wait * HOUR
            requests.move(db, tools, row, Act.PROVIDE, Actor(MEMBER, account.id))
            take(db, tools, row, colleague)
        if reply:
            clock.at = sent + reply * HOUR
            requests.say(db, tools, row, who, "Nous regardons.")
        clock.at = sent + hours * HOUR
        requests.say(db, tools, row, who, "Voici.")
        requests.move(db, tools, row, Act.ANSWER, who, outcome="answered")
        return row

    return answer


def usual(db, tools, clock, *about, day=5, **named):
    clock.at = MONDAY + timedelta(days=day)
    compute_usual_times(db, tools)
    return usual_time_of(db, "message", *about, **named)


def test_half_and_nine_of_ten(db, tools, clock, office):
    for n in range(20):
        office(8 if n >= 17 else 1 + n // 10)
    assert usual(db, tools, clock) == Usual(1 * HOUR, 8 * HOUR)


def test_nineteen_cases_say_nothing_and_take_back_what_was_said(db, tools, clock, office):
    for _ in range(19):
        office(1)
    assert usual(db, tools, clock) is None
    office(1)
    assert usual(db, tools, clock) == Usual(HOUR, HOUR)
    assert usual(db, tools, clock, day=40) is None
    assert db.scalars(select(UsualTime)).all() == []


def test_the_time_that_the_member_took_is_not_ours(db, tools, clock, office):
    for _ in range(20):
        office(8, wait=6)
    assert usual(db, tools, clock) == Usual(2 * HOUR, 2 * HOUR)


def test_neither_nights_nor_week_ends_count(db, tools, clock, office):
    for _ in range(20):
        office(72 + 1, sent=datetime(2026, 6, 12, 6, 30, tzinfo=UTC))  # Friday 8:30 to Monday 9:30
    assert usual(db, tools, clock) == Usual(10.5 * HOUR, 10.5 * HOUR)


def test_one_that_slept_nine_months_moves_nothing(db, tools, clock, office):
    """R9: « 9 mois » was told where a month was usual."""
    for _ in range(29):
        office(2)
    office(24 * 270, sent=MONDAY - timedelta(days=269))
    assert usual(db, tools, clock) == Usual(2 * HOUR, 2 * HOUR)


def test_the_first_reply_is_another_figure(db, tools, clock, office):
    for _ in range(20):
        office(6, reply=1)
    assert usual(db, tools, clock, None, Measure.FIRST_REPLY) == Usual(HOUR, HOUR)
    assert usual(db, tools, clock) == Usual(6 * HOUR, 6 * HOUR)


def test_an_object_with_its_cases_has_its_own(db, tools, clock, office):
    for _ in range(20):
        office(1)
    for _ in range(19):
        office(9, topic="message.other")
    assert usual(db, tools, clock, "message.amount") == Usual(HOUR, HOUR)
    assert usual(db, tools, clock, "message.other") == Usual(HOUR, 9 * HOUR)
    assert usual_time_of(db, "quote") is None


def test_what_was_opened_again_keeps_its_first_answer(db, tools, clock, office):
    rows = [office(1) for _ in range(20)]
    for row in rows:
        clock.at = MONDAY + timedelta(days=3)
        requests.move(db, tools, row, Act.REOPEN, Actor(OFFICE, row.handler_id))
    assert usual(db, tools, clock) == Usual(HOUR, HOUR)
