"""The shipped tables, and short ways to write cares and guarantees, for the tests of the engine."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import member_space.domain
from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import GuaranteeLine, GuaranteeTable, Heading
from member_space.domain.period import Period
from member_space.domain.reference_rows import Row, load_acts, load_tariffs, read_rows
from member_space.domain.reimbursement_cover import Cover
from member_space.domain.reimbursement_engine import Outcome, compute
from member_space.domain.reimbursement_figures import Figures
from member_space.domain.reimbursement_input import Care, Patient
from member_space.domain.reimbursement_usage import Usage

DAY = date(2026, 11, 16)
ADULT = Patient(date(1986, 5, 2))
SINCE_2024 = Period(date(2024, 1, 1))
ARTICLE = "7.2"


def table(name: str) -> list[Row]:
    path = Path(member_space.domain.__file__).parents[1] / "reference" / name
    return read_rows(path.read_text("utf-8").splitlines())


FIGURES = Figures(load_acts(table("acts.csv")), load_tariffs(table("tariffs.csv")))


def line(*formulas, families=frozenset(ActFamily), rank=1, **values) -> GuaranteeLine:
    return GuaranteeLine(
        rank, Heading.ROUTINE_CARE, "Garantie", ARTICLE, SINCE_2024, frozenset(families), formulas=formulas, **values
    )


def cover(*lines, responsible=True) -> Cover:
    return Cover(SINCE_2024, GuaranteeTable("T", "Essai", responsible, lines), FIGURES)


def care(act="G", fee=3000, **values) -> Care:
    return replace(Care(act, DAY, fee, ADULT), **values)


def result(asked: Care, under: Cover, usage: Usage | None = None) -> Outcome:
    return compute(asked, under, usage or Usage())


def rules(outcome: Outcome) -> list[str]:
    return [step.rule.value for step in outcome.steps]
