"""« Simuler un remboursement » (C33): what a care would cost under one's contract, by the engine that pays."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from sqlalchemy.orm import Session

from member_space.domain.allowance import Allowance, allowances
from member_space.domain.care_choice import CareChoice, choices_of, found_by_words
from member_space.domain.money import Money
from member_space.domain.period import Period
from member_space.domain.reference import TariffKind
from member_space.domain.reimbursement_cover import Cover
from member_space.domain.reimbursement_engine import Outcome, compute
from member_space.domain.reimbursement_errors import CannotComputeError
from member_space.domain.reimbursement_figures import WITHOUT_OPTAM, Figures
from member_space.domain.reimbursement_input import ORDINARY, Care, Glasses, Patient, Practitioner
from member_space.domain.reimbursement_usage import Usage
from member_space.models.base import period_of
from member_space.services.figures import figures_of, shipped_rows
from member_space.services.household import Household, HouseholdMember
from member_space.services.line_insured import insured_in, lines_until
from member_space.services.line_replay import Insured, usage_of

_DENTIST = "dentist"


class Missing(StrEnum):
    """What stops a simulation before the engine; each has its own sentence."""

    STARTS_LATER = "starts_later"
    ENDED = "ended"
    NOT_COVERED = "not_covered"
    NO_TABLE = "no_table"
    FRAME_FEE = "frame_fee"


class CannotSimulateError(ValueError):
    """``missing`` says what; ``day``: the first or the last day of the cover, or the day of care."""

    def __init__(self, missing: Missing, day: date) -> None:
        super().__init__(f"{missing.value}: {day.isoformat()}")
        self.missing = missing
        self.day = day


@dataclass(frozen=True, slots=True)
class Question:
    """A care for a person of the household on a day. ``fee`` and ``base`` are of all the acts, in cents; ``base``
    None: as in the tables. ``frame_fee``: the frame's part of the price of glasses."""

    choice: CareChoice
    member: HouseholdMember
    day: date
    fee: Money
    practitioner: Practitioner = ORDINARY
    out_of_pathway: bool = False
    quantity: int = 1
    frame_fee: Money | None = None
    base: Money | None = None


@dataclass(frozen=True, slots=True)
class Remaining:
    """A cap of the guarantee that pays: what is left before the care and after it."""

    before: Allowance
    after: Allowance


@dataclass(frozen=True, slots=True)
class Beside:
    """The 100 % Santé option at its price limit; ``outcome`` None: our tables lack one of its figures."""

    choice: CareChoice
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Simulation:
    """``member``: the cover that pays. ``asks_doctor``: whether sector and pathway count for this care;
    ``is_too_young``: no pathway is asked at that age. ``is_private``: what this adult used was not read.
    ``is_base_of_others``: no table has the base of doctors without OPTAM for this care: that of the others is used."""

    asked: Question
    member: HouseholdMember
    table_label: str
    care: Care
    outcome: Outcome
    asks_doctor: bool
    is_too_young: bool
    is_private: bool
    is_base_of_others: bool
    remaining: tuple[Remaining, ...]
    beside: Beside | None

    @property
    def choice(self) -> CareChoice:
        return self.asked.choice


@dataclass(frozen=True, slots=True)
class Choices:
    """The cares that may be chosen, by code, with the tables that they are computed with."""

    figures: Figures
    by_code: Mapping[str, CareChoice]

    def found(self, words: str, shown: Callable[[CareChoice], str]) -> tuple[CareChoice, ...]:
        """Those that these words name, in the order of the list."""
        return found_by_words(words, self.by_code.values(), shown)


def choices(db: Session) -> Choices:
    """Every care that may be simulated; one statement."""
    return _choices(figures_of(db))


@lru_cache(maxsize=2)
def _choices(figures: Figures) -> Choices:
    """Kept with the tables that it is made of, which `figures_of` gives again while they are the same."""
    return Choices(figures, choices_of(shipped_rows("simulated_cares.csv"), figures.acts.values()))


@dataclass(frozen=True, slots=True)
class Ground:
    """What the cares of a person on a day are computed with. ``usage``: what was used of each cap until then; each
    care that is answered adds its own. ``is_private``: what this adult used was not read."""

    member: HouseholdMember
    cover: Cover
    usage: Usage
    is_private: bool


def ground_of(
    db: Session,
    household: Household,
    known: Choices,
    person: HouseholdMember,
    day: date,
    without: Collection[int] = (),
) -> Ground:
    """The cover that pays and what was used of it; three statements. ``without``: lines that are not counted, by id.

    Of an adult who keeps his care to himself nothing that he used is read. Raises CannotSimulateError.
    """
    member, period = _covered(household, person, day)
    insured = insured_in(db, household, member.contract_id, member.person_id)
    table = insured.table_on(day)
    if table is None:
        raise CannotSimulateError(Missing.NO_TABLE, day)
    is_private = (member.contract_id, member.person_id) not in set(household.open)
    usage = Usage() if is_private else _used(db, member, insured, known.figures, day, without)
    household.note([member.person_id])
    return Ground(member, Cover(period, table, known.figures), usage, is_private)


def simulate(db: Session, household: Household, known: Choices, asked: Question) -> Simulation:
    """What this care would give, after all that was paid to the person until that day; three statements.

    Raises CannotSimulateError, and CannotComputeError as the engine does: an act without a tariff on that day, two
    tariffs…
    """
    return answer(ground_of(db, household, known, asked.member, asked.day), known, asked)


def answer(ground: Ground, known: Choices, asked: Question) -> Simulation:
    """What this care would give on its day's ground, of which it takes its part: the next one comes after it.

    Raises as ``simulate``; then nothing is taken.
    """
    if asked.choice.lenses and asked.frame_fee is None:
        raise CannotSimulateError(Missing.FRAME_FEE, asked.day)
    cover, usage = ground.cover, ground.usage
    asked = replace(asked, member=ground.member)  # of two coverages, the one that pays says the fund's scheme
    asks_doctor, is_too_young = _asks_doctor(asked, known.figures), _is_too_young(asked, known.figures)
    care = _care(asked, asks_doctor, is_too_young)
    outcome = compute(care, cover, usage)
    beside = _beside(asked, known, cover, usage)
    remaining = _taken(ground, outcome, care)
    return Simulation(
        asked=asked,
        member=ground.member,
        table_label=cover.table.label,
        care=care,
        outcome=outcome,
        asks_doctor=asks_doctor,
        is_too_young=is_too_young,
        is_private=ground.is_private,
        is_base_of_others=_is_base_of_others(care, known.figures),
        remaining=() if ground.is_private else remaining,
        beside=beside,
    )


def _covered(household: Household, person: HouseholdMember, day: date) -> tuple[HouseholdMember, Period]:
    """The person's coverage on that day; of two, the first in the order of the card."""
    mine = [one for one in household.members if one.person_id == person.person_id]
    periods = [period_of(one.period) for one in mine]
    for member, period in zip(mine, periods, strict=True):
        if period.contains(day):
            return member, period
    start = min(period.start for period in periods)
    if day < start:
        raise CannotSimulateError(Missing.STARTS_LATER, start)
    last = max(period.end or date.max for period in periods)
    if day > last:
        raise CannotSimulateError(Missing.ENDED, last)
    raise CannotSimulateError(Missing.NOT_COVERED, day)


def _used(
    db: Session, member: HouseholdMember, insured: Insured, figures: Figures, day: date, without: Collection[int]
) -> Usage:
    """What the person's lines, those left out apart, took of each cap until that day, included."""
    lines = lines_until(db, member.contract_id, member.person_id, day)
    return usage_of((line for line in lines if line.id not in without), insured, figures)


def _asks_doctor(asked: Question, figures: Figures) -> bool:
    act = figures.acts[asked.choice.act_code]
    return act.rate_kind.startswith("doctor") and _DENTIST not in asked.choice.facts


def _is_base_of_others(care: Care, figures: Figures) -> bool:
    if care.base is not None or not care.practitioner.is_without_optam:
        return False
    age, facts = care.patient.age_on(care.care_date), care.facts | {WITHOUT_OPTAM}
    found = figures.find(care.act_code, TariffKind.BASE, care.care_date, facts, age)
    return found is not None and WITHOUT_OPTAM not in found.condition


def _is_too_young(asked: Question, figures: Figures) -> bool:
    return Patient(asked.member.birth_date).age_on(asked.day) < figures.pathway_from(asked.day)


def _care(asked: Question, asks_doctor: bool, is_too_young: bool) -> Care:
    choice = asked.choice
    glasses = None
    if choice.lenses and choice.basket and asked.frame_fee is not None:
        glasses = Glasses(choice.lenses, asked.frame_fee, choice.basket, choice.basket)
    return Care(
        choice.act_code,
        asked.day,
        asked.fee,
        Patient(asked.member.birth_date, alsace_moselle=asked.member.local_scheme),
        quantity=asked.quantity,
        practitioner=asked.practitioner if asks_doctor else ORDINARY,
        out_of_pathway=asked.out_of_pathway and asks_doctor and not is_too_young,
        facts=choice.facts,
        basket=choice.basket,
        glasses=glasses,
        base=asked.fee if choice.base_is_price and asked.base is None else asked.base,
    )


def _taken(ground: Ground, outcome: Outcome, care: Care) -> tuple[Remaining, ...]:
    """The care takes its part of the caps; those of the line that pays, before it and after."""
    table, figures, usage = ground.cover.table, ground.cover.figures, ground.usage
    birth, line = care.patient.birth_date, outcome.line
    before = allowances(table, figures, usage, birth, care.care_date) if line else []
    for use in outcome.used:
        usage.add(use)
    usage.deferred = outcome.deferred
    after = allowances(table, figures, usage, birth, care.care_date) if line else []
    pairs = zip(before, after, strict=True)
    return tuple(Remaining(one, then) for one, then in pairs if line and one.line.rank == line.rank)


def _beside(asked: Question, known: Choices, cover: Cover, usage: Usage) -> Beside | None:
    choice = known.by_code.get(asked.choice.beside)
    if choice is None:
        return None
    try:
        option = replace(asked, choice=choice, frame_fee=_frame_limit(asked, known.figures), base=None)
        care = _care(option, asks_doctor=False, is_too_young=False)
        limit = known.figures.rules_for(care).price_limit
        outcome = None if limit is None else compute(replace(care, fee=limit * care.quantity), cover, usage)
    except CannotComputeError:
        outcome = None
    return Beside(choice, outcome)


def _frame_limit(asked: Question, figures: Figures) -> Money | None:
    """The most that a frame of class A costs; None for other care."""
    if not asked.choice.lenses:
        return None
    age = Patient(asked.member.birth_date).age_on(asked.day)
    found = figures.find("LUN", TariffKind.PRICE_LIMIT, asked.day, frozenset({"class_a"}), age)
    return found.value if found else None
