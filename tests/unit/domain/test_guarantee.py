"""Which line of a guarantee table is for a care."""

from dataclasses import replace
from datetime import date

import pytest

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import (
    AmbiguousTableError,
    BasePercent,
    Basket,
    Cap,
    CapPeriod,
    FullCost,
    GuaranteeLine,
    GuaranteeTable,
    Heading,
    LensClass,
    OpticsCeilings,
)
from member_space.domain.period import Period

DAY = date(2026, 11, 29)
DENTURES = GuaranteeLine(
    rank=1,
    heading=Heading.DENTAL,
    label="Autres prothèses",
    article="4.3",
    period=Period(date(2026, 1, 1)),
    families=frozenset({ActFamily.DENTAL_PROSTHESIS}),
    formulas=(BasePercent(30_000),),
)
FULL = replace(DENTURES, rank=2, label="Prothèses 100 % Santé", basket=Basket.NO_REST, formulas=(FullCost(),))
IMPLANT = replace(DENTURES, rank=3, label="Implant", families=frozenset(), acts=frozenset({"IMP"}))
TABLE = GuaranteeTable("T", "Essai", responsible=True, lines=(DENTURES, FULL, IMPLANT))


@pytest.mark.parametrize(
    ("act", "basket", "line"),
    [
        ("PFC", Basket.FREE, DENTURES),
        ("PFC", None, DENTURES),
        ("CM0", Basket.NO_REST, FULL),
        ("IMP", None, IMPLANT),
        ("IMP", Basket.NO_REST, IMPLANT),
    ],
)
def test_the_closest_line_is_for_the_act_then_for_its_basket_then_for_its_family(act, basket, line):
    assert TABLE.line_for(act, ActFamily.DENTAL_PROSTHESIS, basket, DAY) is line


def test_a_line_is_for_its_days_and_its_families_alone():
    assert TABLE.line_for("PFC", ActFamily.DENTAL_PROSTHESIS, None, date(2025, 12, 31)) is None
    assert TABLE.line_for("G", ActFamily.CONSULTATION, None, DAY) is None


def test_two_lines_as_close_are_told_by_their_ranks():
    twice = replace(TABLE, lines=(*TABLE.lines, replace(DENTURES, rank=9)))
    with pytest.raises(AmbiguousTableError, match="lines 1, 9: each is for PFC on 29/11/2026"):
        twice.line_for("PFC", ActFamily.DENTAL_PROSTHESIS, None, DAY)


def test_a_cap_says_an_amount_or_a_count():
    with pytest.raises(ValueError, match="amount or a count"):
        Cap(CapPeriod.CIVIL_YEAR)


def test_lenses_that_the_line_does_not_name_have_no_ceiling():
    ceilings = OpticsCeilings(((LensClass.SIMPLE, 42_000),), frame=10_000)
    assert ceilings.of(LensClass.SIMPLE) == 42_000
    assert ceilings.of(LensClass.COMPLEX) == 0
