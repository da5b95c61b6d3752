"""Two years of statements from the habits, computed by the tables and the one function of the domain."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from importlib.resources import files

from member_space.domain.money import Money, Rate, apply_rate
from member_space.domain.reference import (
    Act,
    Deduction,
    Tariff,
    TariffKind,
    load_acts,
    load_tariffs,
    read_rows,
    tariff_in_force,
)
from member_space.domain.reimbursement import LineAmounts, ZeroReason, derive, explain_zero
from member_space.services.age import is_adult
from member_space.services.demo.habits import HABITS, Habit

HISTORY = timedelta(days=730)
TRANSFER_DAY = 3  # Thursday
SHIPPED = ("acts.csv", "tariffs.csv")


@dataclass(frozen=True, slots=True)
class Insured:
    """What the computation needs of a person: under which contract, since when, born when."""

    contract: str
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


class Tables:
    """Acts and tariffs by code, with the figure in force on a day."""

    def __init__(self, acts: Iterable[Act], tariffs: Iterable[Tariff]) -> None:
        self.acts = {act.code: act for act in acts}
        self._tariffs: dict[str, list[Tariff]] = defaultdict(list)
        for tariff in tariffs:
            self._tariffs[tariff.act_code].append(tariff)

    @classmethod
    def shipped(cls) -> "Tables":
        """The tables of the product."""
        folder = files("member_space") / "reference"
        acts, tariffs = (read_rows((folder / name).read_text("utf-8").splitlines()) for name in SHIPPED)
        return cls(load_acts(acts), load_tariffs(tariffs))

    def value(self, code: str, what: TariffKind, day: date, condition: str = "") -> int:
        """The figure, 0 where the tables have none."""
        found = tariff_in_force(self._tariffs[code], code, what, day, condition)
        return found.value if found else 0


class Care:
    """The statements of all persons up to today."""

    def __init__(self, insured: dict[str, Insured], tables: Tables, today: date) -> None:
        self._insured = insured
        self._tables = tables
        self._today = today

    @cached_property
    def lines(self) -> list[CareLine]:
        """Every line, by day of care."""
        lines = [line for habit in HABITS for line in self._lines_of(habit)]
        return sorted(lines, key=lambda line: (line.care_date, line.person, line.payee, line.act.code))

    def _lines_of(self, habit: Habit) -> Iterator[CareLine]:
        insured = self._insured[habit.person]
        for day in self._days(habit, insured.covered_from):
            amounts = self._amounts(habit, day, insured.birth_date)
            act = self._tables.acts[habit.act]
            paid_on = _transfer_day(day)
            if paid_on <= self._today:
                yield CareLine(
                    habit.person,
                    insured.contract,
                    day,
                    paid_on,
                    act,
                    habit.practitioner,
                    habit.payee,
                    habit.quantity,
                    amounts,
                    explain_zero(amounts, family=act.family),
                )

    def _days(self, habit: Habit, covered_from: date) -> Iterator[date]:
        day = self._today - timedelta(days=habit.first)
        for _ in range(habit.times):
            if day < max(self._today - HISTORY, covered_from):
                return
            yield day - timedelta(days=max(0, day.weekday() - 4))  # nobody is open on the week-end
            day -= timedelta(days=habit.every)

    def _amounts(self, habit: Habit, day: date, birth_date: date) -> LineAmounts:
        act = self._tables.acts[habit.act]
        rate: Rate = self._tables.value(f"rate:{act.rate_kind}", TariffKind.RATE, day) if act.rate_kind else 0
        unit = habit.base or self._tables.value(habit.act, TariffKind.BASE, day, habit.condition)
        base = unit * habit.quantity if rate else 0
        fee = (habit.fee or unit) * habit.quantity
        participation, franchise = self._deductions(act, day, habit.quantity) if is_adult(birth_date, day) else (0, 0)
        gross = apply_rate(base, rate)
        return derive(
            fee=fee,
            base=base,
            amo_rate=rate,
            participation=participation,
            franchise=franchise,
            our_share=_our_share(habit, fee, base, gross, participation + franchise),
        )

    def _deductions(self, act: Act, day: date, quantity: int) -> tuple[Money, Money]:
        if act.deduction is Deduction.NONE:
            return 0, 0
        amount = self._tables.value(f"rule:{act.deduction}", TariffKind.DEDUCTION, day) * quantity
        return (amount, 0) if act.deduction is Deduction.PARTICIPATION else (0, amount)


def _our_share(habit: Habit, fee: Money, base: Money, gross: Money, deducted: Money) -> Money:
    """What the contract pays: never a deduction, never more than the fee (responsible contract)."""
    promised = habit.cover.amount or max(0, apply_rate(base, habit.cover.percent * 100) - gross)
    return max(0, min(promised, fee - max(gross, deducted)))


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
        name = "" if line.payee == "insured" else line.practitioner
        grouped[line.contract, line.payee, name, line.paid_on].append(line)
    return dict(sorted(grouped.items(), key=lambda item: (item[0][3], item[0])))
