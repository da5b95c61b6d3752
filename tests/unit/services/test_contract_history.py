"""The facts of a contract by date: runs of equal terms, versions of a table, changes."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.guarantee import BasePercent, GuaranteeLine, GuaranteeTable, Heading
from member_space.domain.period import Period
from member_space.services.contract_history import (
    TERMS,
    ChangeKind,
    History,
    Terms,
)
from tests.factories.guarantee import make_line

START = date(2024, 1, 1)
BASE = {
    "plan_label": "Confort",
    "table_label": None,
    "amc_number": "0775999998",
    "amc_name": "Mutuelle",
    "csr": None,
    "convention_type": "SP",
    "responsible": True,
}


def terms(start: date, end: date | None, table: int | None = None, **values) -> Terms:
    return Terms(Period(start, end), table, BASE | values)


def line(percent: int, start: date, end: date | None = None, rank: int = 1) -> GuaranteeLine:
    return make_line(rank, period=Period(start, end), formulas=(BasePercent(percent * 100),))


def table(*lines: GuaranteeLine) -> GuaranteeTable:
    return GuaranteeTable("T1", "Confort", True, lines)


def test_a_fact_dates_from_the_first_of_the_rows_that_say_the_same():
    history = History(
        (
            terms(START, date(2024, 12, 31), csr="A"),
            terms(date(2025, 1, 1), date(2025, 12, 31), csr="B"),
            terms(date(2026, 1, 1), None, csr="B", plan_label="Premium"),
        ),
        {},
    )
    facts = history.facts_on(date(2026, 6, 1))
    assert (facts["plan_label"].since, facts["csr"].since, facts["amc_number"].since) == (
        date(2026, 1, 1),
        date(2025, 1, 1),
        START,
    )


def test_a_gap_breaks_the_run_and_leaves_a_day_without_facts():
    history = History((terms(START, date(2024, 6, 30)), terms(date(2025, 1, 1), None)), {})
    assert history.facts_on(date(2025, 6, 1))["plan_label"].since == date(2025, 1, 1)
    assert history.facts_on(date(2024, 9, 1)) == {}


@given(plans=st.lists(st.sampled_from("ABC"), min_size=1, max_size=8), day=st.integers(0, 79))
def test_a_fact_held_every_day_since_it_is_dated(plans, day):
    starts = [START + timedelta(days=10 * n) for n in range(len(plans))]
    rows = tuple(
        terms(start, start + timedelta(days=9), plan_label=plan) for start, plan in zip(starts, plans, strict=True)
    )
    history = History(rows, {})
    on = START + timedelta(days=day)
    facts = history.facts_on(on)
    if not facts:
        assert day >= 10 * len(plans)
        return
    fact = facts["plan_label"]
    days = [fact.since + timedelta(days=n) for n in range((on - fact.since).days + 1)]
    assert {history.facts_on(one)["plan_label"].value for one in days} == {fact.value}
    before = history.facts_on(fact.since - timedelta(days=1))
    assert not before or before["plan_label"].value != fact.value
    # And every change is told, on its day.
    changes = {change.on for change in history.changes()}
    assert changes == {new.period.start for old, new in pairwise(rows) if old.values != new.values}


def test_a_line_is_dated_from_the_day_when_the_contract_had_it():
    history = History((terms(START, None, 1),), {1: table(line(200, date(2020, 1, 1), date(2025, 6, 30)))})
    ((heading, promises),) = history.table_on(date(2025, 1, 1))
    assert heading is Heading.DENTAL
    assert promises[0].since == START
    assert history.table_on(date(2025, 7, 1)) == ()


def test_a_change_inside_the_table_is_told_and_one_before_the_contract_is_not():
    tables = {
        1: table(
            line(150, date(2020, 1, 1), date(2023, 6, 30)),
            line(200, date(2023, 7, 1), date(2025, 6, 30)),
            line(250, date(2025, 7, 1)),
            line(50, date(2025, 9, 1), rank=2),
        ),
        2: table(line(300, date(2025, 8, 1))),
    }
    changes = list(History((terms(START, None, 1),), tables).changes())
    assert [(change.on, change.kind, change.before and change.before.formulas) for change in changes] == [
        (date(2025, 7, 1), ChangeKind.GUARANTEE, (BasePercent(20_000),)),
        (date(2025, 9, 1), ChangeKind.GUARANTEE, None),
    ]


def test_every_term_is_a_fact():
    assert set(History((terms(START, None),), {}).facts_on(START)) == set(TERMS)
