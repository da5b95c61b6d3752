"""When what is not urgent may leave: never between nine in the evening and eight in the morning, in Paris."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.notices import (
    CHOSEN,
    GROUPED_WITHIN,
    LOCKED,
    NOTICES,
    Category,
    Notice,
    NoticeKind,
    is_night,
    leaves_at,
    next_digest,
    out_of_night,
    waits_for_digest,
)

PARIS = ZoneInfo("Europe/Paris")
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.timezones())  # noqa: DTZ001 - naive bounds

NIGHTS = [
    # asked for (Paris), leaves (Paris)
    ("2026-11-20 20:59:59", "2026-11-20 20:59:59"),
    ("2026-11-20 21:00:00", "2026-11-21 08:00:00"),
    ("2026-11-20 23:59:59", "2026-11-21 08:00:00"),
    ("2026-11-21 00:00:00", "2026-11-21 08:00:00"),
    ("2026-11-21 07:59:59", "2026-11-21 08:00:00"),
    ("2026-11-21 08:00:00", "2026-11-21 08:00:00"),
    ("2026-12-31 22:00:00", "2027-01-01 08:00:00"),
    ("2028-02-28 22:00:00", "2028-02-29 08:00:00"),
    # The clocks go on an hour in the night of 28 to 29 March 2026, and back in that of 24 to 25 October.
    ("2026-03-28 21:30:00", "2026-03-29 08:00:00"),
    ("2026-03-29 03:30:00", "2026-03-29 08:00:00"),
    ("2026-10-24 21:30:00", "2026-10-25 08:00:00"),
    ("2026-10-25 02:30:00", "2026-10-25 08:00:00"),
]


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(("asked", "leaves"), NIGHTS)
def test_a_night_ends_at_eight(asked, leaves):
    assert out_of_night(paris(asked).astimezone(UTC)) == paris(leaves)


def test_the_second_hour_of_the_night_when_the_clocks_go_back_is_night_too():
    assert is_night(datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=1))


@pytest.mark.parametrize(
    ("evening", "hours"), [("2026-03-28 21:00:00", 10), ("2026-10-24 21:00:00", 12), ("2026-06-01 21:00:00", 11)]
)
def test_a_night_is_an_hour_shorter_or_longer_when_the_clocks_change(evening, hours):
    at = paris(evening).astimezone(UTC)
    assert out_of_night(at) - at == timedelta(hours=hours)


@given(instants)
def test_what_leaves_leaves_by_day_never_earlier_and_within_the_half_day(at):
    leaves = out_of_night(at)
    assert not is_night(leaves)
    assert timedelta(0) <= leaves - at <= timedelta(hours=12)
    assert out_of_night(leaves) == leaves
    assert (leaves == at) == (not is_night(at))
    if leaves != at:
        assert leaves.astimezone(PARIS).time() == time(8)


@given(instants, st.booleans())
def test_what_is_urgent_leaves_at_once_and_the_rest_waits_to_be_grouped(at, urgent):
    leaves = leaves_at(Notice(Category.REIMBURSEMENTS, urgent=urgent), at)
    if urgent:
        assert leaves == at
    else:
        assert leaves >= at + GROUPED_WITHIN
        assert not is_night(leaves)


DIGESTS = [
    # asked for (Paris), leaves (Paris)
    ("2026-11-20 00:00:00", "2026-11-20 18:00:00"),
    ("2026-11-20 17:59:59", "2026-11-20 18:00:00"),
    ("2026-11-20 18:00:00", "2026-11-21 18:00:00"),
    ("2026-12-31 23:30:00", "2027-01-01 18:00:00"),
    ("2026-03-28 20:00:00", "2026-03-29 18:00:00"),
    ("2026-10-24 20:00:00", "2026-10-25 18:00:00"),
]


@pytest.mark.parametrize(("asked", "leaves"), DIGESTS)
def test_the_mail_of_the_day_leaves_at_six_in_the_evening(asked, leaves):
    assert next_digest(paris(asked).astimezone(UTC)) == paris(leaves)


@given(instants)
def test_the_mail_of_the_day_is_within_a_day_later_and_by_day(at):
    leaves = next_digest(at)
    assert timedelta(0) < leaves - at <= timedelta(hours=25)
    assert leaves.astimezone(PARIS).time() == time(18)
    assert not is_night(leaves)


@given(instants)
def test_only_what_is_neither_urgent_nor_important_nor_locked_waits_for_the_mail_of_the_day(at):
    for kind, notice in NOTICES.items():
        waits = leaves_at(notice, at, digest=True) == next_digest(at) != leaves_at(notice, at)
        if notice.urgent or notice.important or notice.category in LOCKED:
            assert leaves_at(notice, at, digest=True) == leaves_at(notice, at), kind
            assert not waits_for_digest(notice)
        else:
            assert waits or leaves_at(notice, at) == next_digest(at), kind


def test_what_can_wait_is_what_we_think():
    assert {kind.value for kind, notice in NOTICES.items() if waits_for_digest(notice)} == {
        "new_reimbursement",
        "request_piece_reminded",
        "request_closed",
        "draft_waits",
    }


@pytest.mark.parametrize("rule", [is_night, out_of_night, next_digest])
def test_an_instant_without_a_zone_is_refused(rule):
    with pytest.raises(ValueError, match="zone"):
        rule(datetime(2026, 11, 20, 22, 0))  # noqa: DTZ001 - on purpose


def test_every_kind_has_its_rule_and_what_is_locked_is_not_chosen():
    assert set(NOTICES) == set(NoticeKind)
    assert not set(CHOSEN) & LOCKED
    assert {notice.category for notice in NOTICES.values()} == LOCKED | set(CHOSEN)


def test_what_holds_a_code_waits_for_nothing():
    assert [kind for kind, notice in NOTICES.items() if notice.holds_code and not notice.urgent] == []
