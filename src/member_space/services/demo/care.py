"""Two years of statements from the habits, computed by the engine: each person's acts in their order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby

from member_space.domain.guarantee import GuaranteeTable
from member_space.domain.period import Period
from member_space.domain.reference import Act
from member_space.domain.reimbursement import LineAmounts, ZeroReason
from member_space.domain.reimbursement_cover import Cover
from member_space.domain.reimbursement_engine import compute_in_order
from member_space.domain.reimbursement_figures import Figures
from member_space.domain.reimbursement_input import ORDINARY, Care, Patient, Practitioner, Sector
from member_space.domain.reimbursement_usage import Usage
from member_space.services.demo.habits import HABITS, Habit

HISTORY = timedelta(days=730)
TRANSFER_DAY = 3  # Thursday


@dataclass(frozen=True, slots=True)
class Insured:
    """What the computation needs of a person: under which contract and table, since when, born when."""

    contract: str
    table: str
    birth_date: date
    covered_from: date


@dataclass(frozen=True, slots=True)
class CareLine:
    """One line to be, with the day of its transfer."""

    person: str
    contract: str
    care_date: date
    paid_on: date
    act: Act
    practitioner: str
    payee: str
    quantity: int
    amounts: LineAmounts
    zero_reason: ZeroReason | None

    @property
    def payee_name(self) -> str:
        """Whose statement it is on, empty for the insured."""
        return "" if self.payee == "insured" else self.practitioner


class History:
    """The statements of all persons up to today."""

    def __init__(
        self, insured: dict[str, Insured], tables: dict[str, GuaranteeTable], figures: Figures, today: date
    ) -> None:
        self._insured = insured
        self._tables = tables
        self._figures = figures
        self._today = today

    @cached_property
    def lines(self) -> list[CareLine]:
        """Every line, by day of care; those of a person on one day in the order of their statements."""
        planned = [(habit, day) for habit in HABITS for day in self._days(habit)]
        planned.sort(key=lambda one: (one[0].person, one[1], one[0].payee, one[0].payee_name, one[0].act))
        persons = groupby(planned, lambda one: one[0].person)
        lines = [line for person, plan in persons for line in self._lines_of(person, plan)]
        return sorted(lines, key=lambda line: (line.care_date, line.person))

    def _lines_of(self, person: str, plan: Iterable[tuple[Habit, date]]) -> Iterator[CareLine]:
        insured = self._insured[person]
        cover = Cover(Period(insured.covered_from), self._tables[insured.table], self._figures)
        priced = [(habit, care) for habit, day in plan if (care := self._care(habit, day, insured))]
        outcomes = compute_in_order([care for _, care in priced], cover, Usage())
        for (habit, care), outcome in zip(priced, outcomes, strict=True):
            yield CareLine(
                person,
                insured.contract,
                care.care_date,
                _transfer_day(care.care_date),
                self._figures.acts[habit.act],
                habit.practitioner,
                habit.payee,
                habit.quantity,
                outcome.amounts,
                outcome.zero_reason,
            )

    def _days(self, habit: Habit) -> Iterator[date]:
        day = self._today - timedelta(days=habit.first)
        for _ in range(habit.times):
            open_day = day - timedelta(days=max(0, day.weekday() - 4))  # nobody is open on the week-end
            if open_day < max(self._today - HISTORY, self._insured[habit.person].covered_from):
                return
            if _transfer_day(open_day) <= self._today:
                yield open_day
            day -= timedelta(days=habit.every)

    def _care(self, habit: Habit, day: date, insured: Insured) -> Care | None:
        """The act at its price; None when the tables do not go back as far as this day."""
        care = Care(
            habit.act,
            day,
            0,
            Patient(insured.birth_date),
            quantity=habit.quantity,
            practitioner=Practitioner(Sector.TWO) if habit.without_optam else ORDINARY,
            facts=frozenset(habit.facts.split()),
            basket=habit.basket,
            base=habit.base * habit.quantity if habit.base else None,
        )
        rules = self._figures.rules_for(care)
        if rules.act.rate_kind and not (habit.base or rules.base):
            return None
        price = habit.fee or rules.base or rules.copayment or 0
        return replace(care, fee=price * habit.quantity)


def _transfer_day(care: date) -> date:
    """The Thursday of the week after: care, the fund's file, our transfer."""
    return next_transfer(care + timedelta(days=5))


def next_transfer(day: date) -> date:
    """The next Thursday, this day included."""
    return day + timedelta(days=(TRANSFER_DAY - day.weekday()) % 7)


def statements_of(lines: Iterable[CareLine]) -> dict[tuple[str, str, str, date], list[CareLine]]:
    """Lines by (contract, payee, name of the payee, day of transfer): one statement each."""
    grouped: dict[tuple[str, str, str, date], list[CareLine]] = defaultdict(list)
    for line in lines:
        grouped[line.contract, line.payee, line.payee_name, line.paid_on].append(line)
    return dict(sorted(grouped.items(), key=lambda item: (item[0][3], item[0])))
