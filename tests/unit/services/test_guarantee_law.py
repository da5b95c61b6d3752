"""What the law refuses in a responsible table, and what it leaves free in another (fact sheet, section 3.5)."""

from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from member_space.domain.guarantee import (
    BasePercent,
    Basket,
    Cap,
    CapPeriod,
    FeePercent,
    FullCost,
    GuaranteeLine,
    GuaranteeTable,
    LensClass,
    LumpSum,
    OpticsCeilings,
)
from member_space.domain.period import Period
from member_space.domain.reference_rows import load_acts, load_tariffs, read_rows
from member_space.domain.reimbursement_figures import Figures
from member_space.services.guarantee_file import read_guarantees
from member_space.services.guarantee_law import Breach, breaches_of, days_to_look
from tests.conftest import ROOT
from tests.factories.guarantee import PRODUCTS, make_line, product

DAY = date(2026, 1, 1)
SURGERY, DAILY_CHARGE, EMERGENCY, GP, SPECIALIST, BIOLOGY, PHARMACY = 10, 30, 40, 110, 120, 140, 170
NO_REST, PROSTHESIS, FREE_GLASSES, CLASS_II = 220, 230, 320, 420
CEILINGS = dict.fromkeys(LensClass, 30_000)


@pytest.fixture(scope="module")
def law() -> Figures:
    folder = files("member_space") / "reference"
    acts, tariffs = (read_rows((folder / name).read_text("utf-8").splitlines()) for name in ("acts.csv", "tariffs.csv"))
    return Figures(load_acts(acts), load_tariffs(tariffs))


@pytest.fixture(scope="module")
def tables(law) -> dict[str, GuaranteeTable]:
    """The products of the demonstration on the day."""
    found = {}
    for name in PRODUCTS:
        versions = [one for one in read_guarantees(product(name), law.acts).versions if one.start <= DAY]
        lines = (replace(line, period=Period(DAY)) for line in versions[-1].lines)
        found[name] = GuaranteeTable(name, name, True, tuple(sorted(lines, key=lambda line: line.rank)))
    return found


@pytest.fixture
def confort(tables):
    return tables["confort"]


def changed(table: GuaranteeTable, rank: int, **values) -> GuaranteeTable:
    return replace(table, lines=tuple(replace(line, **values) if line.rank == rank else line for line in table.lines))


def without(table: GuaranteeTable, rank: int) -> GuaranteeTable:
    return replace(table, lines=tuple(line for line in table.lines if line.rank != rank))


def glasses(frame: int = 10_000, **ceilings: int) -> tuple[OpticsCeilings]:
    wanted = CEILINGS | {LensClass(name): amount for name, amount in ceilings.items()}
    return (OpticsCeilings(tuple(wanted.items()), frame),)


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_products_of_the_demonstration_respect_the_law(tables, law, name):
    assert breaches_of(tables[name], law, DAY) == []


@pytest.mark.parametrize(
    ("rank", "values", "field", "said"),
    [
        (BIOLOGY, {"formulas": (BasePercent(9_000),)}, "base_percent", "au moins 100 % de la base, pas 90 %"),
        (BIOLOGY, {"formulas": (FeePercent(8_000),)}, "", "ticket modérateur n’est pas couvert"),
        (BIOLOGY, {"formulas": (LumpSum(3_000),)}, "", "ajoutez base_percent = 100"),
        (BIOLOGY, {"formulas": ()}, "", "ticket modérateur n’est pas couvert"),
        (SPECIALIST, {"formulas": (BasePercent(17_000),)}, "base_percent_without_optam", "150 % au plus"),
        (SPECIALIST, {"formulas": (BasePercent(40_000, 22_000),)}, "base_percent_without_optam", "200 % au plus"),
        (SPECIALIST, {"formulas": (BasePercent(17_000, 16_000),)}, "base_percent_without_optam", "20 points de moins"),
        (GP, {"formulas": (BasePercent(11_000),)}, "base_percent_without_optam", "100 % au plus"),
        (GP, {"formulas": (BasePercent(12_000, 9_000),)}, "base_percent_without_optam", "au moins 100 %"),
        (SURGERY, {"formulas": (FullCost(),)}, "full_cost", "limité par la loi à 200 %"),
        (SURGERY, {"formulas": (FeePercent(10_000),)}, "fee_percent", "limité par la loi à 200 %"),
        (DAILY_CHARGE, {"formulas": (LumpSum(2_000),)}, "full_cost", "FJ : dû en entier"),
        (DAILY_CHARGE, {"caps": (Cap(CapPeriod.CIVIL_YEAR, count=60),)}, "caps", "sans limite de jours"),
        (EMERGENCY, {"formulas": ()}, "full_cost", "FPU, PAS : dû en entier"),
        (NO_REST, {"formulas": (BasePercent(50_000),)}, "full_cost", "rien ne doit rester à payer"),
        (NO_REST, {"caps": (Cap(CapPeriod.CIVIL_YEAR, amount=100_000),)}, "caps", "retirez celui-ci"),
        (310, {"caps": (Cap(CapPeriod.TWO_YEARS, count=1),)}, "caps", "le délai légal s’applique seul"),
        (FREE_GLASSES, {"formulas": glasses(frame=15_000)}, "glasses", "frame : 150 € dépasse les 100 €"),
        (FREE_GLASSES, {"formulas": glasses(simple=42_100)}, "glasses", "simple : 421 €, la loi veut de 50 à 420 €"),
        (FREE_GLASSES, {"formulas": glasses(complex=19_900)}, "glasses", "complex : 199 €, la loi veut de 200 à 700"),
        (FREE_GLASSES, {"formulas": glasses(very_complex=80_001)}, "glasses", "very_complex : 800.01 €"),
        (FREE_GLASSES, {"formulas": (LumpSum(25_000),)}, "glasses", "un plafond par classe de verres"),
        (CLASS_II, {"formulas": (BasePercent(10_000), LumpSum(130_100))}, "lump_sum", "1701 € par oreille"),
        (CLASS_II, {"formulas": (BasePercent(42_600),)}, "base_percent", "1704 € par oreille"),
        (CLASS_II, {"formulas": (FullCost(),)}, "full_cost", "la loi plafonne à 1700 €"),
    ],
)  # fmt: skip
def test_a_responsible_table_that_breaks_a_rule_is_told_where_and_how(confort, law, rank, values, field, said):
    broken = changed(confort, rank, **values)
    [breach] = breaches_of(broken, law, DAY)
    assert (breach.rank, breach.field) == (rank, field)
    assert said in breach.reason
    # The same promise is free in a contract that is not responsible.
    assert breaches_of(replace(broken, responsible=False), law, DAY) == []


def test_the_limits_of_the_law_themselves_are_allowed(confort, law):
    for rank, formulas in (
        (SPECIALIST, (BasePercent(50_000, 20_000),)),
        (SPECIALIST, (BasePercent(11_000, 10_000),)),
        (CLASS_II, (BasePercent(10_000), LumpSum(130_000))),
        (FREE_GLASSES, glasses(simple=42_000, mixed=56_000, complex=70_000, very_complex=80_000)),
    ):
        assert breaches_of(changed(confort, rank, formulas=formulas), law, DAY) == []


def test_care_that_the_law_has_covered_cannot_be_left_out(confort, law):
    [breach] = breaches_of(without(confort, BIOLOGY), law, DAY)
    assert breach.rank is None
    assert "aucune garantie pour biology (B, BP, KMB, TB)" in breach.reason.replace("BP, TB, KMB", "BP, KMB, TB")
    [gone] = breaches_of(without(confort, EMERGENCY), law, DAY)  # the family's line would not pay them in full
    assert (gone.field, gone.reason[:8]) == ("full_cost", "FPU, PAS")


@pytest.mark.parametrize("rank", [50, 240, 340, 510, 550])
def test_care_that_no_fund_refunds_and_spas_are_free(confort, law, rank):
    assert breaches_of(without(confort, rank), law, DAY) == []


def test_drugs_of_low_value_may_be_left_out(confort, law):
    only_65 = changed(confort, PHARMACY, families=frozenset(), acts=frozenset({"PH7", "PMR", "PHJ", "PHH", "HD", "HC"}))
    assert breaches_of(only_65, law, DAY) == []


@pytest.mark.parametrize("responsible", [True, False])
def test_two_lines_for_one_care_are_told_once(confort, law, responsible):
    twice = make_line(231, label="Encore", formulas=(BasePercent(10_000),))
    table = replace(confort, responsible=responsible, lines=(*confort.lines, twice))
    found = breaches_of(table, law, DAY)
    assert found == [Breach(231, "", found[0].reason)]
    assert "les rangs 230 et 231 sont pour le même soin" in found[0].reason


def test_a_version_is_looked_at_on_each_day_when_the_law_changes():
    changes = [date(2021, 1, 1), date(2020, 1, 1), date(2020, 1, 1), date(2017, 1, 1)]
    start = date(2019, 6, 1)
    assert days_to_look(start, None, changes) == [start, date(2020, 1, 1), date(2021, 1, 1)]
    assert days_to_look(start, date(2020, 6, 1), changes) == [start, date(2020, 1, 1)]
    assert days_to_look(DAY, None, changes) == [DAY]


def test_a_line_for_a_care_that_does_not_exist_yet_is_no_breach(confort, law):
    line: GuaranteeLine = make_line(900, families=frozenset(), acts=frozenset({"PSY"}), basket=Basket.FREE)
    table = replace(confort, lines=(*confort.lines, line))
    assert breaches_of(table, law, DAY) == []


def test_the_example_of_the_documentation_is_right(law):
    text = (ROOT / "docs" / "guarantees.md").read_text("utf-8").split("```toml\n")[1].split("```")[0]
    file = read_guarantees(text.encode(), law.acts)
    assert file.problems.found == []
    assert [len(version.lines) for version in file.versions] == [7, 6]
    for version in file.versions:
        lines = tuple(replace(line, period=Period(version.start)) for line in version.lines)
        found = breaches_of(GuaranteeTable(file.code, file.label, True, lines), law, version.start)
        assert {breach.reason.partition(" pour")[0] for breach in found} == {"aucune garantie"}
