"""The lines of a person, run again through the engine: what was paid beside what it finds, and why they differ.

What was paid is the truth. The engine reads each line after those before it (day of care, then order of the
statements), so that caps and lump sums are used as they were. One code for the explanation of a line and for the
replay of all of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from member_space.domain.allowance import uses_as_paid
from member_space.domain.guarantee import GuaranteeTable
from member_space.domain.period import Period
from member_space.domain.reimbursement import LineAmounts, ZeroReason
from member_space.domain.reimbursement_cover import Cover
from member_space.domain.reimbursement_engine import Outcome, compute
from member_space.domain.reimbursement_errors import CannotComputeError
from member_space.domain.reimbursement_figures import Figures
from member_space.domain.reimbursement_input import Care, Patient
from member_space.domain.reimbursement_stored import StoredLine, readings
from member_space.domain.reimbursement_usage import Usage, Used

AMOUNTS = LineAmounts._fields


class Verdict(StrEnum):
    """How a line that was paid stands beside the engine; every one but ``UNEXPLAINED`` is a reason."""

    SAME = "same"
    TOLD_BY_FUND = "told_by_fund"
    DECIDED = "decided"
    CANCELLED = "cancelled"
    ADJUSTED = "adjusted"
    OUT_OF_RIGHTS = "out_of_rights"
    NO_TABLE = "no_table"
    NOT_KNOWN = "not_known"
    UNEXPLAINED = "unexplained"


FOUND = frozenset({Verdict.SAME, Verdict.TOLD_BY_FUND})
"""The engine finds our share as it was paid, and its steps explain the line."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An amount of the line: as paid, and as found, in cents (the rate in hundredths of a percent)."""

    name: str
    paid: int
    found: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """A line and what the engine says of it; ``error``: why it says nothing."""

    line: StoredLine
    verdict: Verdict
    outcome: Outcome | None = None
    differences: tuple[Difference, ...] = ()
    error: CannotComputeError | None = None


@dataclass(frozen=True, slots=True)
class Insured:
    """What lines of a person under a contract are computed with: days covered, guarantee table from day to day."""

    birth_date: date
    covered: tuple[Period, ...]
    tables: tuple[tuple[Period, GuaranteeTable | None], ...]

    def table_on(self, day: date) -> GuaranteeTable | None:
        """The guarantee table of that day; None where no terms name one."""
        return next((table for days, table in self.tables if days.contains(day)), None)


def replay(
    lines: Iterable[StoredLine], insured: Insured, figures: Figures, usage: Usage | None = None
) -> Iterator[Replayed]:
    """The lines of one person under one contract, given in the order of care; each adds to ``usage`` what it took."""
    usage = Usage() if usage is None else usage
    covers: dict[tuple[Period, str], Cover] = {}
    for line in lines:
        found = _replayed(line, insured, figures, usage, covers)
        for use in _used(found, insured, figures):
            usage.add(use)
        usage.deferred += line.amounts.deferred
        yield found


def usage_of(lines: Iterable[StoredLine], insured: Insured, figures: Figures) -> Usage:
    """What these lines, given as to ``replay``, took of each cap."""
    usage = Usage()
    for _ in replay(lines, insured, figures, usage):
        pass
    return usage


def _used(found: Replayed, insured: Insured, figures: Figures) -> Iterator[Used]:
    """What the line took of each cap as it was paid, which a handler may have decided otherwise than the engine."""
    uses = found.outcome.used if found.outcome else ()
    if found.verdict in FOUND:
        yield from uses
        return
    yield from (use for use in uses if isinstance(use.key, str))  # the fund's own caps: no handler decides them
    line, table = found.line, insured.table_on(found.line.care_date)
    if table:
        yield from uses_as_paid(table, figures, line.act_code, line.care_date, line.quantity, line.amounts)


def _replayed(
    line: StoredLine,
    insured: Insured,
    figures: Figures,
    usage: Usage,
    covers: dict[tuple[Period, str], Cover],
) -> Replayed:
    if line.amounts.fee <= 0:
        return Replayed(line, Verdict.CANCELLED if line.amounts.fee else Verdict.ADJUSTED)
    cover = _cover(line.care_date, insured, figures, covers)
    if cover is None:
        return Replayed(line, _without_cover(line, insured))
    patient = Patient(insured.birth_date)
    tries = []
    for care in readings(line, patient, figures):
        tries.append(_tried(line, care, cover, usage))
        if tries[-1].verdict in FOUND:
            return tries[-1]
    plainest = next((one for one in tries if one.outcome), tries[0])
    return replace(plainest, verdict=Verdict.DECIDED) if line.decided else plainest


def _tried(line: StoredLine, care: Care, cover: Cover, usage: Usage) -> Replayed:
    """One reading: all computed when that gives the line, else with the fund's share as it was told."""
    whole = _whole(care, cover, usage)
    if whole and whole.amounts == line.amounts:
        return Replayed(line, Verdict.SAME, whole)
    try:
        told = compute(care, cover, usage)
    except CannotComputeError as error:
        return Replayed(line, Verdict.NOT_KNOWN, error=error)
    if told.amounts.our_share != line.amounts.our_share:
        return Replayed(line, Verdict.UNEXPLAINED, told, _differences(line, told))
    return Replayed(line, Verdict.TOLD_BY_FUND, told, _differences(line, whole or told))


def _whole(care: Care, cover: Cover, usage: Usage) -> Outcome | None:
    try:
        return compute(replace(care, fund=None), cover, usage)
    except CannotComputeError:
        return None


def _differences(line: StoredLine, outcome: Outcome) -> tuple[Difference, ...]:
    pairs = zip(AMOUNTS, line.amounts, outcome.amounts, strict=True)
    return tuple(Difference(name, paid, found) for name, paid, found in pairs if paid != found)


def _cover(day: date, insured: Insured, figures: Figures, covers: dict[tuple[Period, str], Cover]) -> Cover | None:
    """The cover of that day, made once; None out of rights or without a table."""
    period = next((period for period in insured.covered if period.contains(day)), None)
    table = insured.table_on(day)
    if period is None or table is None:
        return None
    key = (period, f"{table.code} {table.responsible}")
    if key not in covers:
        covers[key] = Cover(period, table, figures)
    return covers[key]


def _without_cover(line: StoredLine, insured: Insured) -> Verdict:
    """Out of rights nothing is paid; a payment there has no reason."""
    if any(period.contains(line.care_date) for period in insured.covered):
        return Verdict.NO_TABLE
    refused = not line.amounts.our_share or line.zero_reason == ZeroReason.OUT_OF_RIGHTS
    return Verdict.OUT_OF_RIGHTS if refused else Verdict.UNEXPLAINED
