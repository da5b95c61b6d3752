"""« L’écart avec le devis »: the invoice of a claim beside the answer to the quote that it follows (C86).

The answer was an estimate, kept with the state of the ceilings. It is computed again with the guarantee table and the
tariffs of the day of care, then with what was paid of the person's care since, then at the price of the invoice; what
was decided or paid is compared with that.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import reduce
from operator import add
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.decision import ESTIMATE_LASTS, Line
from member_space.domain.money import Money
from member_space.domain.opening_hours import PARIS
from member_space.domain.quote import QuoteLine
from member_space.domain.quote_difference import NOTHING, Cause, Difference, Paid, Shares, difference
from member_space.models import Request, RequestTransition, Statement, StatementLine
from member_space.services.claim_payment import ClaimPayment
from member_space.services.quote_claim import invoice_of
from member_space.services.quote_desk import is_open_to_author
from member_space.services.quote_estimate import answers_on, insured_alone
from member_space.services.request_decision import decision_of
from member_space.services.simulator import CannotSimulateError, Ground, choices, ground_of
from member_space.services.tools import Tools


class Basis(StrEnum):
    """What the answer is compared with: what is to be expected of the invoice, what was decided, what was paid."""

    EXPECTED = "expected"
    DECIDED = "decided"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class InvoicedLine:
    """A line of the quote that is on the invoice, and both prices, in cents."""

    label: str
    quoted: Money
    invoiced: Money


@dataclass(frozen=True, slots=True)
class QuoteDifference:
    """``until``: the last day of the answer, ``is_late``: the care came after it. ``knows_fund``: the answer told the
    fund's share; without it what is left is at most what is told. ``is_computed``: the engine answered every line."""

    quote_id: UUID
    quote_number: str
    lines: tuple[InvoicedLine, ...]
    told: Difference
    basis: Basis
    until: date
    is_late: bool
    knows_fund: bool
    is_computed: bool


STAGES = (Cause.TABLES, Cause.CEILINGS, Cause.PRICE)
"""What changes, in this order, from the answer to what is to be expected of the invoice."""
Answer = Sequence[tuple[Line, Money | None]]
"""The lines of the answer, and what was invoiced of each; None: it is not on this invoice."""
Row = tuple[Shares, ...]
"""A line as it was answered, then at each of STAGES."""


def difference_of(
    db: Session, tools: Tools, claim: Request, decision: Sequence[Line], payment: ClaimPayment | None
) -> QuoteDifference | None:
    """Of a claim that follows a quote and says what was invoiced; None of any other. ``decision``: of the claim;
    ``payment``: the statement that pays it. A constant number of statements."""
    quote, answer = _followed(db, claim)
    pairs = _invoiced(answer)
    invoice = invoice_of(claim)
    if quote is None or invoice is None or not pairs:
        return None
    log = RequestTransition
    answered_at = db.scalars(select(log.at).where(log.request_id == quote.id, log.version == invoice.round)).one()
    until, day = answered_at.astimezone(PARIS).date() + ESTIMATE_LASTS, claim.care_date or tools.today()
    recounted = _recounted(db, tools, quote, day, answered_at, answer)
    rows = [recounted.get(n) or _as_answered(*pair) for n, pair in pairs.items()]
    answered, *found = (reduce(add, column) for column in zip(*rows, strict=True))
    promised = reduce(add, (_promised(line) for line, _cents in pairs.values()))
    paid = _paid(db, claim, decision, payment)
    return QuoteDifference(
        quote_id=quote.public_id,
        quote_number=quote.number or "",
        lines=tuple(InvoicedLine(line.label, line.asked, cents) for line, cents in pairs.values()),
        told=difference(promised, answered, zip(STAGES, found, strict=True), paid),
        basis=Basis.PAID if payment else Basis.DECIDED if paid else Basis.EXPECTED,
        until=until,
        is_late=day > until,
        knows_fund=all(line.amo is not None for line, _cents in pairs.values()),
        is_computed=len(recounted) == len(pairs),
    )


def invoiced_lines(db: Session, claim: Request) -> list[InvoicedLine]:
    """The lines of the quote that are on the invoice of this claim; none of any other request."""
    _quote, answer = _followed(db, claim)
    return [InvoicedLine(line.label, line.asked, cents) for line, cents in _invoiced(answer).values()]


def _followed(db: Session, claim: Request) -> tuple[Request | None, Answer]:
    """The quote that a claim follows, and what was invoiced of each line of its answer; None once it is erased, or
    where the claim is sent for somebody else in the end."""
    invoice = invoice_of(claim)
    quote = db.get(Request, claim.linked_id) if invoice and claim.linked_id else None
    if invoice is None or quote is None or quote.person_id not in (None, claim.person_id):
        return None, []
    return quote, list(zip(decision_of(db, quote, invoice.round), invoice.amounts, strict=False))


def _invoiced(answer: Answer) -> dict[int, tuple[Line, Money]]:
    """The lines that are on the invoice, by their place in the answer."""
    return {n: (line, cents) for n, (line, cents) in enumerate(answer) if cents is not None}


def _recounted(
    db: Session, tools: Tools, quote: Request, day: date, answered_at: datetime, answer: Answer
) -> dict[int, Row]:
    """Each invoiced line as the engine answered it, then again at each stage, by its place in the answer; those that
    it does not answer each time are left out."""
    today, person_id = tools.today(), quote.person_id or quote.author_person_id
    told = {n: (line.quoted, line.estimate) for n, (line, _cents) in enumerate(answer) if line.quoted and line.estimate}
    invoiced = {n: _at_price(told[n][0], cents) for n, (_line, cents) in enumerate(answer) if n in told and cents}
    found = insured_alone(db, quote.contract_id, person_id, today)
    if found is None or not invoiced:
        return {}
    known, since = choices(db), _imported_since(db, quote.contract_id, person_id, day, answered_at)
    is_open = is_open_to_author(db, quote, today)
    try:
        then = ground_of(db, found[0], known, found[1], day, without=since)
        own = {line_id for line_id, care_date in since.items() if care_date == day}
        now = ground_of(db, found[0], known, found[1], day, without=own) if is_open else _copied(then)
    except CannotSimulateError:
        return {}
    quoted = {n: line for n, (line, _estimate) in told.items()}
    # A line that is on no invoice has used nothing, or is among what was paid since. What another adult used meanwhile
    # is his own: the difference that it makes has no name, and the lines of the answer keep their parts.
    left = {n: quoted[n] for n in (invoiced if is_open else quoted)}
    rounds = [
        dict(zip(lines, answers_on(ground, known, tuple(lines.values()), day, today), strict=True))
        for ground, lines in ((then, quoted), (_copied(now), left), (now, left | invoiced))
    ]
    rows = {}
    for n in invoiced:
        figures = [told[n][1], *(answers[n].estimate for answers in rounds)]
        if all(figures):
            rows[n] = tuple(Shares(one.price, one.amo, one.ours) for one in figures if one)
    return rows


def _copied(ground: Ground) -> Ground:
    """The same ground, of which other lines take their parts."""
    return replace(ground, usage=deepcopy(ground.usage))


def _imported_since(db: Session, contract_id: int, person_id: int, day: date, answered_at: datetime) -> dict[int, date]:
    """The lines of this person until that day that came after the answer, each with its day of care. Those of that very
    day are taken for the care itself."""
    query = (
        select(StatementLine.id, StatementLine.care_date)
        .join(Statement, Statement.id == StatementLine.statement_id)
        .where(
            StatementLine.contract_id == contract_id,
            StatementLine.person_id == person_id,
            StatementLine.care_date <= day,
            Statement.created_at > answered_at,
        )
    )
    return {row.id: row.care_date for row in db.execute(query)}


def _at_price(line: QuoteLine, price: Money) -> QuoteLine:
    """The same care at another price; a frame costs no more than its pair."""
    frame = None if line.frame_price is None else min(line.frame_price, price)
    return replace(line, price=price, frame_price=frame)


def _as_answered(line: Line, price: Money) -> Row:
    """A line that the engine does not answer: as it was told, but for its price."""
    told = _promised(line)
    return told, told, told, replace(told, price=price).held()


def _paid(db: Session, claim: Request, decision: Sequence[Line], payment: ClaimPayment | None) -> Paid | None:
    """What was decided of the claim, or what its statement says; None: nothing yet."""
    if claim.outcome is None or not decision:
        return None
    granted = sum(line.granted for line in decision)
    if payment is None:
        return Paid(granted)
    line = StatementLine
    query = (
        select(line.fee, line.amo_net + line.other_insurer, line.our_share)
        .join(Statement, Statement.id == line.statement_id)
        .where(
            Statement.public_id == payment.statement_id,
            line.contract_id == claim.contract_id,
            line.person_id == claim.person_id,
            line.care_date == claim.care_date,
        )
    )
    rows = [Shares(*row) for row in db.execute(query)]
    whole = reduce(add, rows, NOTHING)
    # The statement may pay something else of that day: then one line of it is the amount that was granted.
    found = whole if whole.ours == granted else next((one for one in rows if one.ours == granted), whole)
    return Paid(found.ours, found.amo, found.price)


def _promised(line: Line) -> Shares:
    return Shares(line.asked, line.amo or 0, line.granted)
