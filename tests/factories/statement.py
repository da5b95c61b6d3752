"""Statements that close to the cent."""

from datetime import date

from sqlalchemy.orm import Session

from member_space.models import Contract, Payment, Person, Statement, StatementLine
from tests.factories.household import numbers


def line_values(person: Person, contract: Contract, **values) -> dict:
    """A consultation of 30 € under a contract that pays exactly the ticket modérateur, unless told otherwise."""
    return {
        "contract_id": contract.id,
        "person_id": person.id,
        "care_date": date(2026, 3, 12),
        "act_code": "G",
        "family": "consultation",
        "label": "Consultation médecin généraliste",
        "practitioner": "Dr Anne Lemaire",
        "quantity": 1,
        "fee": 3000,
        "base": 3000,
        "amo_rate": 7000,
        "amo_gross": 2100,
        "participation": 200,
        "franchise": 0,
        "deferred": 0,
        "amo_net": 1900,
        "other_insurer": 0,
        "our_share": 900,
        "member_share": 200,
        "search_text": "consultation medecin generaliste dr anne lemaire g",
    } | values


def osteopath_line(person: Person, contract: Contract, **values) -> dict:
    """A session that no fund refunds: 60 €, of which a guarantee of 30 € a session."""
    ours = {"act_code": "OST", "family": "alternative", "label": "Ostéopathe", "fee": 6_000, "our_share": 3_000}
    nothing = dict.fromkeys(("base", "amo_rate", "amo_gross", "participation", "amo_net"), 0)
    line = line_values(person, contract, **nothing | ours | values)
    return line | {"member_share": line["fee"] - line["our_share"]}


def make_statement(
    db: Session,
    contract: Contract,
    lines: list[dict],
    *,
    payee: str = "insured",
    payee_name: str = "L'assuré",
    paid_on: date | None = date(2026, 3, 20),
) -> Statement:
    """One statement of these lines (see `line_values`), paid by one transfer when `paid_on` is given."""
    n = next(numbers)
    total = sum(line["our_share"] for line in lines)
    payment_id = None
    if paid_on:
        payment = Payment(
            contract_id=contract.id,
            reference=f"VIR{n:08d}",
            paid_on=paid_on,
            payee=payee,
            payee_name=payee_name,
            iban_last4="0189",
            amount=total,
        )
        db.add(payment)
        db.flush()
        payment_id = payment.id
    statement = Statement(
        contract_id=contract.id,
        reference=f"D{n:08d}",
        issued_on=paid_on or date(2026, 3, 18),
        payee=payee,
        payee_name=payee_name,
        payment_id=payment_id,
        total=total,
        fingerprint=n.to_bytes(32, "big"),
    )
    db.add(statement)
    db.flush()
    db.add_all(StatementLine(statement_id=statement.id, rank=rank, **line) for rank, line in enumerate(lines, start=1))
    db.flush()
    return statement
