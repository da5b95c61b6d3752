"""Versions of a table: one in force a day, what has begun stays, the next one closes the former."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import BasePercent, GuaranteeLine, Heading
from member_space.domain.guarantee_versions import (
    GapError,
    InForceError,
    Version,
    dated_lines,
    next_versions,
    versions_of,
)
from member_space.domain.period import Period, first_overlap

TODAY = date(2026, 11, 29)
JANUARY, JULY, NEXT = date(2026, 1, 1), date(2026, 7, 1), date(2027, 1, 1)


def line(rank: int, percent: int) -> GuaranteeLine:
    return GuaranteeLine(
        rank=rank,
        heading=Heading.ROUTINE_CARE,
        label=f"Ligne {rank}",
        article="",
        period=Period(JANUARY),
        families=frozenset({ActFamily.CONSULTATION}),
        formulas=(BasePercent(percent * 100),),
    )


def version(start: date, **percents: int) -> Version:
    return Version.of(start, [line(int(rank[1:]), percent) for rank, percent in percents.items()])


def told(*versions: Version, known: list[Version] | None = None) -> list[tuple[int, int, date, date | None]]:
    lines = dated_lines(next_versions(known or [], versions, TODAY))
    return [(one.rank, one.formulas[0].rate // 100, one.period.start, one.period.end) for one in lines]


def test_a_new_version_closes_on_the_eve_what_it_changes_and_leaves_open_what_it_repeats():
    known = [version(JANUARY, n1=100, n2=200)]
    assert told(version(NEXT, n1=100, n2=250, n3=50), known=known) == [
        (1, 100, JANUARY, None),
        (2, 200, JANUARY, date(2026, 12, 31)),
        (2, 250, NEXT, None),
        (3, 50, NEXT, None),
    ]


def test_a_line_that_the_new_version_no_longer_has_ends_on_the_eve():
    assert told(version(NEXT, n1=100), known=[version(JANUARY, n1=100, n2=200)])[1][3] == date(2026, 12, 31)


def test_the_same_again_changes_nothing_whether_the_file_tells_all_or_the_last_only():
    known = [version(JANUARY, n1=100), version(JULY, n1=150)]
    for file in (known, known[1:], known[:1]):
        assert next_versions(known, file, TODAY) == known


def test_an_old_file_does_not_take_away_the_version_to_come():
    known = [version(JANUARY, n1=100), version(NEXT, n1=150)]
    assert next_versions(known, [version(JANUARY, n1=100)], TODAY) == known


@pytest.mark.parametrize(
    "file",
    [
        [version(JULY, n1=175)],
        [version(JANUARY, n1=110), version(JULY, n1=150)],
        [version(date(2026, 3, 1), n1=100, n2=1)],
        [version(JANUARY, n1=100), version(date(2026, 4, 1), n1=3), version(JULY, n1=150)],
    ],
    ids=["in force", "before", "between", "between, all told"],
)
def test_what_has_begun_is_never_told_otherwise(file):
    with pytest.raises(InForceError) as caught:
        next_versions([version(JANUARY, n1=100), version(JULY, n1=150)], file, TODAY)
    assert caught.value.day == JULY


def test_what_has_not_begun_may_be_told_otherwise():
    known = [version(JANUARY, n1=100), version(NEXT, n1=150)]
    assert told(version(NEXT, n1=160), known=known)[1] == (1, 160, NEXT, None)


def test_a_new_version_that_comes_in_some_days_late_is_taken():
    assert told(version(date(2026, 11, 1), n1=160), known=[version(JANUARY, n1=100)])[1][2] == date(2026, 11, 1)


def test_days_without_a_version_are_refused():
    ended = [version(JANUARY, n1=100), Version(JULY, frozenset())]
    with pytest.raises(GapError) as caught:
        next_versions(ended, [version(date(2026, 9, 1), n1=100)], TODAY)
    assert caught.value.day == JULY
    with pytest.raises(GapError):
        next_versions([], [ended[0], ended[1], version(NEXT, n1=1)], TODAY)


def test_a_table_that_ended_goes_on_from_the_day_after():
    ended = [version(JANUARY, n1=100), Version(JULY, frozenset())]
    assert told(version(JULY, n1=120), known=ended) == [
        (1, 100, JANUARY, date(2026, 6, 30)),
        (1, 120, JULY, None),
    ]


def test_a_last_day_on_the_eve_of_a_known_version_lets_it_follow():
    known = [version(JANUARY, n1=100), version(NEXT, n1=150)]
    assert next_versions(known, [version(JANUARY, n1=100), Version(NEXT, frozenset())], TODAY) == known


changes = st.lists(
    st.tuples(st.integers(1, 40), st.dictionaries(st.integers(1, 4), st.integers(1, 3), min_size=1)),
    min_size=1,
    max_size=6,
    unique_by=lambda change: change[0],
)


@given(changes)
def test_each_day_has_the_lines_of_its_version_and_no_line_overlaps_itself(told_changes):
    versions = [
        Version.of(JANUARY + timedelta(days=day), [line(*pair) for pair in lines.items()])
        for day, lines in sorted(told_changes)
    ]
    lines = dated_lines(versions)
    for rank in range(1, 5):
        assert first_overlap(one.period for one in lines if one.rank == rank) is None
    for day in (JANUARY + timedelta(days=n) for n in range(45)):
        expected = next((one.lines for one in reversed(versions) if one.start <= day), frozenset())
        undated = Period(date.min)
        assert {replace(one, period=undated) for one in lines if one.period.contains(day)} == expected
    assert dated_lines(versions_of(lines)) == lines
    assert dated_lines(next_versions(versions_of(lines), versions, TODAY)) == lines
