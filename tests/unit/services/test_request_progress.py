"""The next day of a request under way: what is due, taken up again, wanted by the law, or usual."""

from datetime import UTC, date, datetime, timedelta

import pytest

from member_space.models import Request
from member_space.services.opening import read_opening_hours
from member_space.services.request_progress import NextDay, next_day_of
from member_space.services.usual_time import Usual

HOURS = read_opening_hours("Mon-Fri 08:30-18:00")
MONDAY = datetime(2026, 6, 15, 6, 30, tzinfo=UTC)
"""The opening."""
A_DAY = timedelta(hours=9, minutes=30)
USUAL = Usual(A_DAY, 3 * A_DAY - timedelta(hours=1))
"""Nine of ten before five in the afternoon of the third working day."""
TWO_DAYS = 2 * 570


def request_in(state, **facts):
    """Sent on Monday at the opening, due on Tuesday at the closing."""
    due_at = MONDAY + timedelta(days=1) + A_DAY
    of = {"kind": "claim", "state": state, "details": {}, "sent_at": MONDAY, "due_at": due_at}
    return Request(**of | {"target_minutes": TWO_DAYS} | facts)


def next_of(row, *, now=MONDAY, usual=USUAL, due_on=None):
    return next_day_of(row, HOURS, now, usual, due_on)


@pytest.mark.parametrize("state", ["to_do", "in_review"])
def test_nine_of_ten_are_settled_by_then(state):
    assert next_of(request_in(state)) == (NextDay.USUAL, date(2026, 6, 17))
    assert next_of(request_in(state), usual=None) is None


def test_what_it_waited_for_its_member_is_left_out():
    """The end of its target moved by the three days that it waited; over the week-end nobody works."""
    row = request_in("in_review", due_at=MONDAY + timedelta(days=4) + A_DAY)
    assert next_of(row) == (NextDay.USUAL, date(2026, 6, 22))


def test_a_usual_day_that_has_passed_is_not_told():
    late = datetime(2026, 6, 17, 15, 1, tzinfo=UTC)
    assert next_of(request_in("in_review"), now=late) is None
    assert next_of(request_in("in_review"), now=late - timedelta(minutes=2)) == (NextDay.USUAL, date(2026, 6, 17))


def test_a_paper_is_due_on_its_day():
    row = request_in("waiting_member", due_at=None)
    assert next_of(row, due_on=date(2026, 6, 25)) == (NextDay.PIECE, date(2026, 6, 25))
    assert next_of(row) is None


def test_one_on_hold_is_taken_up_again():
    row = request_in("on_hold", wake_at=datetime(2026, 6, 21, 22, 30, tzinfo=UTC))
    assert next_of(row) == (NextDay.WAKE, date(2026, 6, 22)), "in Paris it is past midnight"
    assert next_of(row, now=datetime(2026, 6, 23, tzinfo=UTC)) is None


def test_of_a_complaint_the_law_says_the_day():
    row = request_in("in_review", kind="complaint", details={"answer_by": "2026-08-15"})
    assert next_of(row) == (NextDay.LEGAL, date(2026, 8, 15))


@pytest.mark.parametrize("state", ["decided", "closed", "withdrawn", "duplicate"])
def test_nothing_comes_after_the_end(state):
    assert next_of(request_in(state)) is None
