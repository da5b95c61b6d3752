"""What pages read of the reference tables, as they come with the product."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.acts import ActFamily
from member_space.domain.period import Period
from member_space.domain.reference import TariffKind
from member_space.models import ActFamilyRow, Regime
from member_space.models.base import period_of
from member_space.services.figures import figures_of
from member_space.services.reference import act_labels, family_labels, load_reference


@pytest.fixture
def loaded(db: Session) -> Session:
    load_reference(db)
    return db


def test_every_family_has_its_label_in_the_order_of_the_screen(loaded):
    assert list(family_labels(loaded)) == [family.value for family in ActFamily]


def test_acts_and_regimes_have_french_labels(loaded):
    assert len(act_labels(loaded)) >= 120
    assert loaded.get_one(Regime, "01").label == "Régime général"


@pytest.mark.parametrize("model", [Regime, ActFamilyRow])
def test_regimes_and_families_have_their_dates_of_effect(loaded, model):
    periods = loaded.scalars(select(model.period)).all()
    assert {period_of(period) for period in periods} == {Period(date(2000, 1, 1))}


def participation_on(db, day):
    return figures_of(db).find("rule:participation", TariffKind.DEDUCTION, day, frozenset(), 40)


@pytest.mark.parametrize(
    ("day", "cents"), [(date(2024, 5, 14), 100), (date(2024, 5, 15), 200), (date(2026, 3, 1), 200)]
)
def test_a_figure_is_the_one_of_its_day(loaded, day, cents):
    tariff = participation_on(loaded, day)
    assert tariff is not None
    assert tariff.value == cents


def test_no_figure_before_the_first_one(loaded):
    assert participation_on(loaded, date(1999, 1, 1)) is None


def test_loading_twice_changes_nothing(loaded):
    assert not any(load_reference(loaded).values())
