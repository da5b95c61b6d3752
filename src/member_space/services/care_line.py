"""A line of care as its viewer may see it, and the queries that find such lines.

Of another adult who did not open it, a line keeps its amounts and dates; its nature, practitioner, tariff and
deductions stay in the database's row, and it never answers a search by word or family (C44).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    any_,
    bindparam,
    case,
    exists,
    false,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from translationstring import TranslationString

from member_space.domain.acts import ActFamily
from member_space.domain.cursor import Cursor
from member_space.domain.money import Money, Rate
from member_space.domain.reimbursement import LineAmounts, PayeeKind, ZeroReason, explain_zero
from member_space.models import Payment, Statement, StatementLine
from member_space.models.base import IDS
from member_space.services import statement_words as words
from member_space.services.household import Household

Pairs = Sequence[tuple[int, int]]


class Payee(StrEnum):
    """Who was paid, from where the viewer stands: the insured is the contract's holder."""

    YOU = "you"
    HOLDER = "holder"
    THIRD_PARTY = "third_party"


class CareLine(NamedTuple):
    """One line of a statement as its viewer may see it; amounts in cents. None: not for this viewer, or not known."""

    id: int
    rank: int
    contract_id: int
    person_id: int
    care_date: date
    fee: Money
    amo_net: Money
    other_insurer: Money
    our_share: Money
    member_share: Money
    statement_id: UUID
    statement_reference: str
    issued_on: date
    paid_on: date | None
    payee_name: str | None
    # The nature of care: all None on another adult's line.
    act_code: str | None
    family: str | None
    label: str | None
    practitioner: str | None
    quantity: int | None
    base: Money | None
    amo_rate: Rate | None
    amo_gross: Money | None
    participation: Money | None
    franchise: Money | None
    deferred: Money | None
    zero_reason: str | None
    # From the household.
    person_name: str
    person_full_name: str
    is_open: bool
    payee: Payee

    @property
    def cursor(self) -> Cursor:
        """Its place in the list of reimbursements."""
        return Cursor(self.care_date, self.id)

    @property
    def because(self) -> TranslationString | None:
        """Why our share is 0 €; None when it is not."""
        if self.our_share:
            return None
        return words.why_ours_is_zero(self.zero_reason) if self.is_open else words.CLOSED_BECAUSE

    @property
    def fund_because(self) -> TranslationString | None:
        """Why the Assurance Maladie paid 0 €; None when it paid."""
        if self.amo_net:
            return None
        if not self.is_open:
            return words.CLOSED_BECAUSE
        if not self.fee:
            return words.NOTHING_CHARGED
        return words.ALL_DEDUCTED if self.amo_gross else words.NOT_OF_THE_FUND

    @property
    def rest_because(self) -> TranslationString | None:
        """Why nothing is left to pay; None when something is."""
        return None if self.member_share else words.ALL_PAID if self.fee else words.NOTHING_CHARGED


NATURE = (
    *("act_code", "family", "label", "practitioner", "quantity", "base", "amo_rate"),
    *("amo_gross", "participation", "franchise", "deferred", "zero_reason"),
)
_AMOUNTS = LineAmounts._fields
_FAMILIES = frozenset(ActFamily)


def closed(household: Household) -> Pairs:
    """Pairs of which the viewer sees the amounts alone."""
    return sorted(set(household.visible) - set(household.open))


def shapes(household: Household) -> dict[str, int]:
    """How many contracts there are in each set of pairs: what a statement depends on, besides its values."""
    return {name: len(groups) for name, groups in _sets(household).items()}


def values_of(household: Household) -> dict[str, Any]:
    """The values of the parameters of `among`, for any statement about this household."""
    values: dict[str, Any] = {"contracts": household.contract_ids}
    for name, groups in _sets(household).items():
        for n, (contract_id, persons) in enumerate(groups.items()):
            values |= {f"{name}_contract_{n}": contract_id, f"{name}_persons_{n}": persons}
    return values


def _sets(household: Household) -> dict[str, dict[int, list[int]]]:
    """The persons by contract of the pairs that are visible, open and closed."""
    sets: dict[str, dict[int, list[int]]] = {}
    for name, pairs in (("visible", household.visible), ("open", household.open), ("closed", closed(household))):
        groups = sets.setdefault(name, {})
        for contract_id, person_id in pairs:
            groups.setdefault(contract_id, []).append(person_id)
    return sets


def among(name: str, contracts: int, contract: Any, person: Any) -> ColumnElement[bool]:
    """Whether (contract, person) is a pair of this set, of so many contracts; written so that the index serves.

    The pairs themselves are parameters (`values_of`), so that one statement, built once, serves every household.
    """
    return or_(
        false(),
        *(
            and_(
                contract == bindparam(f"{name}_contract_{n}", type_=BigInteger),
                person == any_(bindparam(f"{name}_persons_{n}", type_=IDS)),
            )
            for n in range(contracts)
        ),
    )


def is_held(household: Household, contract_id: int) -> bool:
    """Whether the viewer holds this contract; only its holder sees anybody else on it, and he may not be covered."""
    return any(m.relation == "holder" or not m.is_viewer for m in household.members if m.contract_id == contract_id)


def insured_seen(household: Household) -> Payee | None:
    """Who « the insured » is over all the contracts, in the viewer's words; None: the viewer on some of them only."""
    held = {is_held(household, contract_id) for contract_id in household.contract_ids}
    if len(held) > 1:
        return None
    return Payee.HOLDER if False in held else Payee.YOU


def payee_seen(household: Household, contract_id: int, to_insured: bool) -> Payee:
    """Who was paid, in the viewer's words."""
    if not to_insured:
        return Payee.THIRD_PARTY
    return Payee.YOU if is_held(household, contract_id) else Payee.HOLDER


# Expressions that do not depend on the household are built once: building them costs more than running them.
_OWN = (
    *("id", "rank", "contract_id", "person_id", "care_date", "fee", "amo_net", "other_insurer", "our_share"),
    *("member_share", *NATURE),
)
_SIBLING, _SIBLING_LINE = aliased(Statement), aliased(StatementLine)
_TOGETHER = {
    Statement: or_(_SIBLING.id == Statement.id, _SIBLING.payment_id == Statement.payment_id),
    Payment: _SIBLING.payment_id == Payment.id,
}
_LINES = (
    select(
        *(getattr(StatementLine, name) for name in _OWN),
        Statement.public_id.label("statement_id"),
        Statement.reference.label("statement_reference"),
        Statement.issued_on,
        (Statement.payee == PayeeKind.INSURED).label("to_insured"),
        Payment.paid_on,
    )
    .join(Statement, Statement.id == StatementLine.statement_id)
    .outerjoin(Payment, Payment.id == Statement.payment_id)
)


def payee_name_for(contracts: int, paid: type[Statement] | type[Payment]) -> ColumnElement[Any]:
    """The payee's name, None for a third party that was paid, by the same transfer, for care that stays closed.

    The name of a pharmacy or a clinic tells the nature of care, and a transfer ties its lines together.
    ``contracts``: the shape of the closed pairs.
    """
    if not contracts:
        return paid.payee_name.expression
    line = _SIBLING_LINE
    together = (
        exists()
        .where(_TOGETHER[paid], line.statement_id == _SIBLING.id)
        .where(among("closed", contracts, line.contract_id, line.person_id))
        .correlate(paid)
    )
    return case((or_(paid.payee == PayeeKind.INSURED, ~together), paid.payee_name), else_=None)


def line_query(household: Household) -> Select[Any]:
    """Every line the viewer may see at least the amounts of, with what `read_lines` needs; run with `values_of`."""
    shape = shapes(household)
    return lines_seen(shape["visible"], shape["closed"])


@lru_cache(256)
def lines_seen(visible: int, hidden: int) -> Select[Any]:
    seen = among("visible", visible, StatementLine.contract_id, StatementLine.person_id)
    return _LINES.add_columns(payee_name_for(hidden, Statement).label("payee_name")).where(seen)


_ROW_NAMES = lines_seen(0, 0).selected_columns.keys()


def read_lines(household: Household, rows: Iterable[Row[Any]]) -> list[CareLine]:
    """Rows of `line_query` as this viewer may see them: the one place where the nature of care is taken off."""
    members = {member.person_id: member for member in household.members}
    opened = set(household.open)
    insured = {one: payee_seen(household, one, to_insured=True) for one in household.contract_ids}
    lines = []
    for row in rows:
        values = dict(zip(_ROW_NAMES, row, strict=True))
        payee = insured[row.contract_id] if values.pop("to_insured") else Payee.THIRD_PARTY
        is_open = (row.contract_id, row.person_id) in opened
        if not is_open:
            values |= dict.fromkeys(NATURE)
        elif not row.our_share and not row.zero_reason:
            values["zero_reason"] = _zero_reason(values)
        person = members[row.person_id]
        values |= {"person_name": person.first_name, "person_full_name": person.name}
        lines.append(CareLine(**values, is_open=is_open, payee=payee))
    household.note(line.person_id for line in lines)
    return lines


def _zero_reason(values: dict[str, Any]) -> ZeroReason | None:
    family = ActFamily(values["family"]) if values["family"] in _FAMILIES else ActFamily.OTHER
    return explain_zero(LineAmounts(*(values[name] for name in _AMOUNTS)), family=family)
