"""The figures in force for an act on a day: what ``reference/tariffs.csv`` and ``reference/acts.csv`` say of it.

A condition of a tariff is a word (``dentist``, ``out_of_pathway``, ``class_1``) or several that hold together
(``gynaecologist+sector_2_without_optam``), an age (``age_0_5`` both included, ``age_under_20``, ``age_from_16``), or
words then an age. Among the rows in force whose condition holds, the one that
says most is taken; two that say as much and differ are an error, never a choice.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeAlias

from member_space.domain.acts import ActFamily
from member_space.domain.birth import age_on
from member_space.domain.guarantee import Basket
from member_space.domain.money import WHOLE, Money, Rate
from member_space.domain.period import breaks_of
from member_space.domain.reference import Act, Deduction, Tariff, TariffKind
from member_space.domain.reimbursement_errors import CannotComputeError, Problem
from member_space.domain.reimbursement_input import Care, Exemption

_AGE = re.compile(r"(?:(?P<word>.+)_)?age_(?:under_(?P<under>\d+)|from_(?P<floor>\d+)|(?P<low>\d+)_(?P<high>\d+))")
_NO_END = 999
OUT_OF_PATHWAY = "out_of_pathway"
WITHOUT_OPTAM = "sector_2_without_optam"
HEAVY_ACT = "heavy_act"
AGE_FROM = "age_from"
PATHWAY = "rule:pathway"
CLASSES = {
    (ActFamily.OPTICS, Basket.NO_REST): "class_a",
    (ActFamily.OPTICS, Basket.FREE): "class_b",
    (ActFamily.HEARING, Basket.NO_REST): "class_1",
    (ActFamily.HEARING, Basket.FREE): "class_2",
}
"""The word of ``tariffs.csv`` for a basket."""


DOCTOR = "doctor"
"""What the kinds of rate of doctors begin with: the OPTAM is theirs alone."""


@dataclass(frozen=True, slots=True)
class LineRules:
    """All that the tables say for one act in one situation; None or 0 where they say nothing.

    ``base`` is for one unit. ``usual_rate``: the rate within the pathway. ``deduction``: of one unit, 0 for an exempt
    patient; its caps are by day (with the acts of its kind) and by civil year. ``copayment``: what a hospital charges
    by day or visit and no fund refunds. ``heavy_from``, ``heavy_copayment``: the base from which a flat amount replaces
    the ticket modérateur, and that amount. ``count_year``: how many the fund refunds in a civil year.
    ``is_without_optam``: a doctor's act, who may charge more and did not sign the OPTAM.
    """

    act: Act
    basket: Basket | None
    base: Money | None
    rate: Rate | None
    usual_rate: Rate | None
    deduction: Money
    cap_day: Money | None
    cap_year: Money | None
    is_exempt: bool
    price_limit: Money | None
    copayment: Money | None
    heavy_from: Money | None
    heavy_copayment: Money
    count_year: int | None
    is_without_optam: bool


Case: TypeAlias = tuple[object, ...]
"""All that the figures of an act depend on, but its day."""


class _Condition(NamedTuple):
    words: frozenset[str]
    low: int
    high: int
    weight: int

    @classmethod
    def read(cls, text: str) -> "_Condition":
        match = _AGE.fullmatch(text)
        if match is None:
            words = _words(text)
            return cls(words, 0, _NO_END, len(words))
        if match["under"]:
            low, high = 0, int(match["under"]) - 1
        elif match["floor"]:
            low, high = int(match["floor"]), _NO_END
        else:
            low, high = int(match["low"]), int(match["high"])
        words = _words(match["word"] or "")
        return cls(words, low, high, 1 + len(words))

    def holds(self, facts: frozenset[str], age: int) -> bool:
        return self.words <= facts and self.low <= age <= self.high


def _words(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split("+")))


class Figures:
    """The two tables, indexed. Answers depend on nothing but them and the question; they are remembered."""

    def __init__(self, acts: Iterable[Act], tariffs: Iterable[Tariff]) -> None:
        self.acts = {act.code: act for act in acts}
        self._rows: dict[tuple[str, TariffKind], list[tuple[Tariff, _Condition]]] = defaultdict(list)
        breaks = breaks_of(act.period for act in self.acts.values())
        ages = {0}
        for tariff in tariffs:
            condition = _Condition.read(tariff.condition)
            self._rows[tariff.act_code, tariff.what].append((tariff, condition))
            breaks |= breaks_of([tariff.period])
            ages |= {condition.low, condition.high + 1}
            if tariff.what is TariffKind.THRESHOLD and tariff.condition == AGE_FROM:
                ages.add(tariff.value)
        self._rows.default_factory = None
        self.breaks = tuple(sorted(breaks))
        """The days when a figure changes, in order."""
        self._ages = sorted(ages)
        self._known: dict[tuple[int, Case], LineRules] = {}
        self._law: dict[tuple[object, ...], int] = {}

    def rules_for(self, care: Care) -> LineRules:
        """Everything for this care. Raises CannotComputeError for an act that no table has on that day."""
        key = bisect_right(self.breaks, care.care_date), self.case_of(care)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._resolve(care)
        return found

    def case_of(self, care: Care) -> Case:
        """What this care has in common with all those that have the same figures on the same day.

        Raises CannotComputeError for a care before the birth.
        """
        patient, day = care.patient, care.care_date
        if day < patient.birth_date:
            raise CannotComputeError(Problem.NOT_BORN, care.act_code, day)
        return (
            care.act_code,
            bisect_right(self._ages, age_on(patient.birth_date, day)),
            care.facts,
            care.glasses and care.glasses.mix,
            care.basket,
            care.out_of_pathway,
            care.practitioner.is_without_optam,
            patient.alsace_moselle,
            patient.exemption,
        )

    def _resolve(self, care: Care) -> LineRules:
        act = self.acts.get(care.act_code)
        if act is None:
            raise CannotComputeError(Problem.UNKNOWN_ACT, care.act_code, care.care_date)
        if not act.period.contains(care.care_date):
            raise CannotComputeError(Problem.ACT_NOT_IN_FORCE, care.act_code, care.care_date)
        basket = care.basket or act.basket
        situation = _Situation(self, care, care.patient.age_on(care.care_date), self._facts(care, act, basket))
        rate, usual = situation.rates(act)
        deduction, is_exempt = situation.deduction(act)
        kind = f"rule:{act.deduction}"
        year = "rule:participation" if act.deduction is Deduction.PARTICIPATION else "rule:franchise"
        heavy = act.family is ActFamily.MEDICAL_ACT or HEAVY_ACT in care.facts
        return LineRules(
            act=act,
            basket=basket,
            base=situation.value(act.code, TariffKind.BASE),
            rate=rate,
            usual_rate=usual,
            deduction=deduction,
            cap_day=situation.value(kind, TariffKind.CAP_DAY) if deduction else None,
            cap_year=situation.value(year, TariffKind.CAP_YEAR) if deduction else None,
            is_exempt=is_exempt,
            price_limit=situation.value(act.code, TariffKind.PRICE_LIMIT),
            copayment=situation.value(act.code, TariffKind.COPAYMENT) if act.code != "PAS" else None,
            heavy_from=situation.value("PAS", TariffKind.THRESHOLD) if heavy else None,
            heavy_copayment=(situation.value("PAS", TariffKind.COPAYMENT) or 0) if heavy else 0,
            count_year=situation.value(act.code, TariffKind.COUNT_YEAR),
            is_without_optam=care.practitioner.is_without_optam and act.rate_kind.startswith(DOCTOR),
        )

    @staticmethod
    def _facts(care: Care, act: Act, basket: Basket | None) -> frozenset[str]:
        exemption = care.patient.exemption
        derived = {
            OUT_OF_PATHWAY: care.out_of_pathway,
            WITHOUT_OPTAM: care.practitioner.is_without_optam,
            "alsace_moselle": care.patient.alsace_moselle,
            "reduced": exemption in (Exemption.ALD, Exemption.MATERNITY),
            str(exemption): exemption is not None,
            CLASSES.get((act.family, basket), "") if basket else "": basket is not None,
        }
        mix = care.glasses.mix if care.glasses else frozenset()
        return care.facts | mix | {word for word, holds in derived.items() if holds and word}

    def find(self, code: str, what: TariffKind, day: date, facts: frozenset[str], age: int) -> Tariff | None:
        """The figure in force in this situation, None when there is none. Raises CannotComputeError for two."""
        holding = [
            (condition.weight, tariff)
            for tariff, condition in self._rows.get((code, what), ())
            if tariff.period.contains(day) and condition.holds(facts, age)
        ]
        if not holding:
            return None
        most = max(weight for weight, _ in holding)
        found = [tariff for weight, tariff in holding if weight == most]
        if len({tariff.value for tariff in found}) > 1:
            detail = ", ".join(tariff.condition for tariff in found)
            raise CannotComputeError(Problem.TWO_TARIFFS, code, day, f"{what.value}: {detail}")
        return found[0]

    def told_of(self, act: Act, day: date) -> list[Tariff]:
        """Every figure in force that the tables say of an act: its own, the rates of its kind, what the fund keeps."""
        codes = (act.code, f"rate:{act.rate_kind}", f"rule:{act.deduction.value}")
        rows = (row for (code, _what), found in self._rows.items() if code in codes for row, _condition in found)
        return [row for row in rows if row.period.contains(day) and row.what is not TariffKind.THRESHOLD]

    def pathway_from(self, day: date) -> int:
        """The age from which a treating doctor is asked for. Raises CannotComputeError when none is in force."""
        found = self.find(PATHWAY, TariffKind.THRESHOLD, day, frozenset({AGE_FROM}), 0)
        if found is None:
            raise CannotComputeError(Problem.NO_TARIFF, PATHWAY, day, AGE_FROM)
        return found.value

    def words_for(self, code: str, what: TariffKind, day: date) -> set[str]:
        """Every word that changes this figure on that day."""
        rows = self._rows.get((code, what), ())
        return {word for tariff, condition in rows if tariff.period.contains(day) for word in condition.words}

    def words_of(self, code: str, what: TariffKind, day: date, age: int, value: int) -> set[str]:
        """The words that every condition which gives this value on that day has: none when the ordinary one does."""
        told = [
            condition.words
            for tariff, condition in self._rows.get((code, what), ())
            if tariff.value == value and tariff.period.contains(day) and condition.low <= age <= condition.high
        ]
        return set(frozenset.intersection(*told)) if told else set()

    def law(self, what: TariffKind, word: str, day: date, age: int = 0) -> int:
        """A figure of responsible contracts. Raises CannotComputeError when none is in force."""
        key = (what, word, bisect_right(self.breaks, day), bisect_right(self._ages, age))
        known = self._law.get(key)
        if known is None:
            found = self.find("rule:responsible", what, day, frozenset({word}), age)
            if found is None:
                raise CannotComputeError(Problem.NO_TARIFF, "rule:responsible", day, f"{what.value} {word}")
            known = self._law[key] = found.value
        return known


class _Situation(NamedTuple):
    """An act on a day for a patient: what every figure of it is looked up with."""

    figures: Figures
    care: Care
    age: int
    facts: frozenset[str]

    def find(self, code: str, what: TariffKind, facts: frozenset[str] | None = None) -> Tariff | None:
        return self.figures.find(code, what, self.care.care_date, self.facts if facts is None else facts, self.age)

    def value(self, code: str, what: TariffKind) -> int | None:
        found = self.find(code, what)
        return None if found is None else found.value

    def rates(self, act: Act) -> tuple[Rate | None, Rate | None]:
        """The rate applied and the one within the pathway; both None for an act that the fund never refunds."""
        if not act.rate_kind:
            return None, None
        code = f"rate:{act.rate_kind}"
        return self._rate(code, self.facts), self._rate(code, self.facts - {OUT_OF_PATHWAY})

    def _rate(self, code: str, facts: frozenset[str]) -> Rate | None:
        """A patient's exemption or local scheme is in the tables for that rate, or the rate is not known."""
        found = self.find(code, TariffKind.RATE, facts)
        if found is None or found.value == WHOLE:
            return None if found is None else found.value
        patient = self.care.patient
        exempt = self.find("rate:exemption", TariffKind.RATE, facts)
        missing = patient.alsace_moselle and "alsace_moselle" not in found.condition
        if exempt is not None and found.condition != patient.exemption:
            if found.condition != OUT_OF_PATHWAY:
                return exempt.value
            missing = True
        if missing:
            words = ", ".join(sorted(facts))
            raise CannotComputeError(Problem.NO_TARIFF, self.care.act_code, self.care.care_date, f"{code}: {words}")
        return found.value

    def deduction(self, act: Act) -> tuple[Money, bool]:
        """What the fund keeps on one unit, and whether this patient is exempt from it."""
        if act.deduction is Deduction.NONE:
            return 0, False
        rule = "rule:participation" if act.deduction is Deduction.PARTICIPATION else "rule:franchise"
        threshold = self.find(rule, TariffKind.THRESHOLD, frozenset({AGE_FROM}))
        found = self.find(f"rule:{act.deduction}", TariffKind.DEDUCTION)
        freed = self.find(rule, TariffKind.DEDUCTION)
        young = threshold is not None and self.age < threshold.value
        free = young or (freed is not None and not freed.value)
        amount = 0 if found is None or free else found.value
        return amount, found is not None and not amount
