"""What is told as left of a cap is what the engine would still pay, and it comes back on the day that is told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.allowance import Allowance, Measure, allowances, uses_as_paid
from member_space.domain.guarantee import Basket, Cap, CapPeriod, GuaranteeTable, LensClass
from member_space.domain.period import Period
from member_space.domain.reimbursement_cover import Cover
from member_space.domain.reimbursement_engine import compute, compute_in_order
from member_space.domain.reimbursement_input import Care, Glasses, Patient
from member_space.domain.reimbursement_usage import Usage
from member_space.services.guarantee_file import read_guarantees
from tests.factories.guarantee import product
from tests.unit.domain.engine import FIGURES

ALWAYS = Period(date(2000, 1, 1))
VERSION = read_guarantees(product("confort"), FIGURES.acts).versions[-1]
TABLE = GuaranteeTable(
    "CONFORT",
    "Confort",
    True,
    tuple(sorted((replace(one, period=ALWAYS) for one in VERSION.lines), key=lambda one: one.rank)),
)
COVER = Cover(ALWAYS, TABLE, FIGURES)
ADULT = date(1980, 5, 5)
DAY = date(2026, 3, 12)
ROOM, IMPLANT, GLASSES, LENSES, LASER, EARS, OSTEOPATH = 50, 240, 320, 340, 350, 420, 510


def care(act: str, day: date, fee: int, *, born: date = ADULT, quantity: int = 1, **values) -> Care:
    return Care(act, day, fee, Patient(born), quantity, **values)


def pair(day: date, born: date = ADULT) -> Care:
    return care("OPT", day, 60_000, born=born, basket=Basket.FREE, glasses=Glasses(LensClass.SIMPLE, 10_000))


def used_by(*cares: Care) -> Usage:
    usage = Usage()
    list(compute_in_order(cares, COVER, usage))
    return usage


def find(rank: int, usage: Usage, day: date, measure: Measure | None = None, born: date = ADULT) -> Allowance:
    [found] = [
        one
        for one in allowances(TABLE, FIGURES, usage, born, day)
        if one.line.rank == rank and measure in (None, one.measure)
    ]
    return found


def test_nothing_used_leaves_everything_and_waits_for_nothing():
    for one in allowances(TABLE, FIGURES, Usage(), ADULT, DAY):
        assert (one.used, one.left, one.again_on) == (0, one.limit, None)
    assert [one.line.rank for one in allowances(TABLE, FIGURES, Usage(), ADULT, DAY)] == sorted(
        one.line.rank for one in allowances(TABLE, FIGURES, Usage(), ADULT, DAY)
    )


def test_a_yearly_amount_is_told_with_what_is_left_until_january():
    usage = used_by(care("OST", DAY, 6_000), care("OST", DAY + timedelta(7), 6_000))
    found = find(OSTEOPATH, usage, date(2026, 6, 1))
    assert (found.measure, found.period, found.limit, found.used, found.left, found.again_on) == (
        Measure.AMOUNT, CapPeriod.CIVIL_YEAR, 9_000, 6_000, 3_000, date(2027, 1, 1),
    )  # fmt: skip
    assert find(OSTEOPATH, usage, date(2027, 1, 1)).left == 9_000


def test_a_count_of_nights_counts_each_of_them():
    found = find(ROOM, used_by(care("CHP", DAY, 24_000, quantity=4)), DAY)
    assert (found.measure, found.limit, found.used, found.left) == (Measure.COUNT, 60, 4, 56)


def test_a_yearly_lump_sum_is_told_too():
    found = find(LENSES, used_by(care("LNR", DAY, 7_000)), DAY)
    assert (found.measure, found.used, found.left, found.again_on) == (Measure.AMOUNT, 7_000, 3_000, date(2027, 1, 1))


def test_a_cap_of_two_years_comes_back_two_years_after_the_day_of_care():
    usage = used_by(care("CRE", DAY, 90_000), care("CRE", date(2026, 9, 1), 90_000))
    found = find(LASER, usage, date(2026, 10, 1))
    assert (found.left, found.again_on) == (0, date(2028, 3, 12))
    assert find(LASER, usage, date(2028, 3, 12)).left == 1


def test_the_second_ear_is_not_waited_for():
    usage = used_by(care("PAU", DAY, 160_000, basket=Basket.FREE))
    assert (find(EARS, usage, DAY).left, find(EARS, usage, DAY).again_on) == (1, None)
    both = used_by(*(care("PAU", DAY, 160_000, basket=Basket.FREE) for _ in range(2)))
    assert (find(EARS, both, DAY).left, find(EARS, both, DAY).again_on) == (0, date(2030, 3, 12))


@pytest.mark.parametrize(
    ("born", "bought", "again"),
    [
        (ADULT, date(2026, 3, 12), date(2028, 3, 12)),
        (ADULT, date(2024, 2, 29), date(2026, 3, 1)),
        (date(2016, 1, 1), date(2026, 3, 12), date(2027, 3, 12)),
        (date(2022, 1, 1), date(2026, 3, 12), date(2026, 9, 12)),
        (date(2022, 1, 1), date(2026, 8, 31), date(2027, 3, 1)),
        # Fifteen when bought, sixteen a year after: the delay is then of two years.
        (date(2010, 9, 1), date(2026, 3, 12), date(2028, 3, 12)),
        # Six on the way: the delay is then of a year.
        (date(2020, 6, 1), date(2026, 3, 12), date(2027, 3, 12)),
    ],
)
def test_the_next_glasses_are_due_by_age_and_the_engine_agrees(born, bought, again):
    usage = used_by(pair(bought, born))
    assert find(GLASSES, usage, bought, born=born).again_on == again
    floor = compute(pair(again - timedelta(1), born), COVER, usage).amounts.our_share
    assert compute(pair(again, born), COVER, usage).amounts.our_share > floor
    assert find(GLASSES, usage, again, born=born).left == 1


@given(
    st.lists(st.tuples(st.integers(0, 700), st.sampled_from(["OST", "IMP", "CRE", "LNR"])), max_size=12),
    st.integers(0, 700),
)
def test_what_is_left_is_what_the_engine_would_still_pay(cares, asked):
    start = date(2025, 1, 1)
    usage = used_by(*(care(act, start + timedelta(day), 90_000) for day, act in cares if day <= asked))
    day = start + timedelta(asked)
    for act, rank, most in (
        ("OST", OSTEOPATH, 3_000),
        ("IMP", IMPLANT, 40_000),
        ("CRE", LASER, 25_000),
        ("LNR", LENSES, 10_000),
    ):
        found = find(rank, usage, day)
        paid = compute(care(act, day, 90_000), COVER, usage).amounts.our_share
        assert paid == (min(found.left, most) if found.measure is Measure.AMOUNT else most * (found.left > 0))
        if found.again_on:
            assert found.again_on > day
            assert find(rank, usage, found.again_on).left > found.left


def test_what_is_not_covered_has_nothing_to_wait_for():
    bare = replace(TABLE, lines=tuple(line for line in TABLE.lines if line.rank < 200))
    assert {one.line.rank for one in allowances(bare, FIGURES, Usage(), ADULT, DAY)} == {ROOM, 60}
    free = replace(TABLE, responsible=False)
    assert Measure.EQUIPMENT not in {one.measure for one in allowances(free, FIGURES, Usage(), ADULT, DAY)}


def with_caps(rank: int, *caps: Cap, responsible: bool = False) -> GuaranteeTable:
    lines = tuple(replace(line, caps=caps) if line.rank == rank else line for line in TABLE.lines)
    return replace(TABLE, lines=lines, responsible=responsible)


@given(st.lists(st.integers(0, 1400), max_size=4), st.integers(0, 1400), st.sampled_from([ADULT, date(2018, 7, 9)]))
def test_a_cap_by_renewal_leaves_what_the_engine_would_still_pay(days, asked, born):
    start, cap = date(2024, 7, 1), Cap(CapPeriod.RENEWAL, 40_000)
    table = with_caps(GLASSES, cap)
    cover = Cover(ALWAYS, table, FIGURES)
    usage, day = Usage(), start + timedelta(asked)
    bought = [start + timedelta(days_after) for days_after in sorted(days) if days_after <= asked]
    list(compute_in_order([pair(on, born) for on in bought], cover, usage))
    [found] = [one for one in allowances(table, FIGURES, usage, born, day) if one.line.rank == GLASSES]
    assert (found.measure, found.period, found.limit) == (Measure.AMOUNT, CapPeriod.RENEWAL, 40_000)
    free = compute(pair(day, born), COVER, Usage()).amounts.our_share
    assert compute(pair(day, born), cover, usage).amounts.our_share == min(found.left, free)
    if found.used:
        later = allowances(table, FIGURES, usage, born, found.again_on)
        assert next(one.left for one in later if one.line.rank == GLASSES) > found.left


def test_a_count_by_renewal_is_told_once_beside_the_delay_of_the_law():
    def told(count: int, *, responsible: bool) -> list[tuple[Measure, int]]:
        table = with_caps(EARS, Cap(CapPeriod.RENEWAL, count=count), responsible=responsible)
        found = allowances(table, FIGURES, Usage(), ADULT, DAY)
        return [(one.measure, one.limit) for one in found if one.line.rank == EARS]

    assert told(2, responsible=False) == [(Measure.COUNT, 2)]
    assert told(2, responsible=True) == [(Measure.EQUIPMENT, 2)]
    assert sorted(told(1, responsible=True)) == [(Measure.COUNT, 1), (Measure.EQUIPMENT, 2)]


def test_a_cap_by_renewal_of_what_no_law_renews_is_not_told():
    table = with_caps(OSTEOPATH, Cap(CapPeriod.RENEWAL, count=1))
    assert OSTEOPATH not in {one.line.rank for one in allowances(table, FIGURES, Usage(), ADULT, DAY)}


@pytest.mark.parametrize(
    "asked",
    [
        care("OST", DAY, 6_000),
        care("CHP", DAY, 24_000, quantity=4),
        care("LNR", DAY, 7_000),
        care("PFC", DAY, 65_000, facts=frozenset({"crown"})),
        care("PAU", DAY, 160_000, basket=Basket.FREE),
        pair(DAY),
        care("G", DAY, 3_000),
        care("IMP", DAY, 30_000),
    ],
    ids=lambda asked: asked.act_code,
)
def test_a_line_counted_by_its_amounts_takes_what_the_engine_takes_and_its_cancellation_gives_it_back(asked):
    outcome = compute(asked, COVER, Usage())
    paid = asked.act_code, asked.care_date, asked.quantity
    taken = uses_as_paid(TABLE, FIGURES, *paid, outcome.amounts)
    of_the_line = [use for use in outcome.used if isinstance(use.key, tuple)]
    assert sorted(taken) == sorted(of_the_line)
    usage = Usage([*taken, *uses_as_paid(TABLE, FIGURES, *paid, -outcome.amounts)])
    assert all((one.used, one.again_on) == (0, None) for one in allowances(TABLE, FIGURES, usage, ADULT, DAY))


def test_an_act_that_no_table_has_or_that_was_not_paid_takes_nothing():
    nothing = compute(care("G", DAY, 3_000), COVER, Usage()).amounts
    assert uses_as_paid(TABLE, FIGURES, "????", DAY, 1, nothing) == []
    assert uses_as_paid(TABLE, FIGURES, "OST", DAY, 1, nothing._replace(our_share=0)) == []
