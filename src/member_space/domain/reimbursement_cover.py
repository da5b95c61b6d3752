"""Under what acts are computed, and what is decided once for all the acts of a case."""

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from typing import NamedTuple

from member_space.domain.guarantee import AmbiguousTableError, Basket, GuaranteeLine, GuaranteeTable
from member_space.domain.period import Period, breaks_of
from member_space.domain.reimbursement_errors import CannotComputeError, Problem
from member_space.domain.reimbursement_figures import Case, Figures, LineRules
from member_space.domain.reimbursement_input import Care
from member_space.domain.reimbursement_usage import Usage, Used


class Terms(NamedTuple):
    """What is decided once for all the acts of a case: the figures in force and the line of the guarantee table."""

    rules: LineRules
    line: GuaranteeLine | None


class Cover:
    """The contract's days, its guarantee table, the tables in force.

    Between two days when something changes, the terms of a case are decided once and remembered.
    """

    __slots__ = ("_breaks", "_known", "_lines", "_of_day", "figures", "period", "table")

    def __init__(self, period: Period, table: GuaranteeTable, figures: Figures) -> None:
        self.period = period
        self.table = table
        self.figures = figures
        own = breaks_of((period, *(line.period for line in table.lines)))
        self._breaks = sorted(own.union(figures.breaks))
        self._known: dict[int, dict[Case, Terms]] = defaultdict(dict)
        self._of_day: dict[date, dict[Case, Terms]] = {}
        self._lines: dict[tuple[int, str, Basket | None], GuaranteeLine | None] = {}

    def terms_for(self, care: Care) -> Terms:
        """Raises CannotComputeError: an act that no table has, a day out of the contract, two lines as close."""
        day = care.care_date
        known = self._of_day.get(day)
        if known is None:
            known = self._of_day[day] = self._known[bisect_right(self._breaks, day)]
        case = self.figures.case_of(care)
        terms = known.get(case)
        if terms is None:
            terms = known[case] = self._decide(care)
        return terms

    def line_for(self, act_code: str, basket: Basket | None, day: date) -> GuaranteeLine | None:
        """The line of the table closest to a known act. Raises CannotComputeError when two are as close."""
        key = bisect_right(self._breaks, day), act_code, basket
        if key not in self._lines:
            family = self.figures.acts[act_code].family
            try:
                self._lines[key] = self.table.line_for(act_code, family, basket, day)
            except AmbiguousTableError as error:
                raise CannotComputeError(Problem.TWO_GUARANTEES, act_code, day, str(error)) from error
        return self._lines[key]

    def uses_of(self, line: GuaranteeLine, kind: str, usage: Usage, day: date) -> list[Used]:
        """What was used of a line's caps (``CARE``) or yearly lump sum (``LUMP``): by the acts that are its own on that
        day, whichever line paid them then. So who changes product keeps what he used."""
        return [
            use
            for key in usage.keys_of(kind)
            if self.line_for(key.act_code, key.basket, day) is line
            for use in usage.uses_of(key)
        ]

    def _decide(self, care: Care) -> Terms:
        day = care.care_date
        if not self.period.contains(day):
            raise CannotComputeError(Problem.OUT_OF_RIGHTS, care.act_code, day, _days(self.period))
        rules = self.figures.rules_for(care)
        return Terms(rules, self.line_for(care.act_code, rules.basket, day))


def _days(period: Period) -> str:
    end = f" – {period.end.isoformat()}" if period.end else ""
    return f"{period.start.isoformat()}{end}"
