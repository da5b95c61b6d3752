"""Writing of a chunk of statements that was found right: transfers, statements, lines, each by COPY."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Text, and_, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from member_space.domain.text import fold
from member_space.models import Payment
from member_space.models.base import IDS
from member_space.services.feed import Report
from member_space.services.statement_check import zero_reasons
from member_space.services.statement_feed import AMOUNTS, Chunk, Mask, Objects
from member_space.services.statement_rights import Rights

NULL = r"\N"
PAYMENT = ("id", "contract_id", "reference", "paid_on", "payee", "payee_name", "iban_last4", "amount")
STATEMENT = (
    "id", "contract_id", "reference", "issued_on", "payee", "payee_name", "payment_id", "total", "fingerprint",
)  # fmt: skip
LINE = (
    "statement_id", "contract_id", "person_id", "rank", "family", "label", "search_text", "zero_reason",
    "care_date", "act_code", "practitioner", "quantity", *AMOUNTS, "noemie_ref",
)  # fmt: skip
FACTS = ("paid_on", "payee", "payee_name", "iban_last4")
"""What every statement paid by one transfer must say of it."""


class KnownAct(NamedTuple):
    """An act of the reference tables: its words, the code of its family, and the family's words."""

    label: str
    family: str
    family_label: str


@dataclass(slots=True)
class Transfer:
    """A transfer of this chunk. `facts`: see FACTS; `known`: whether it has its row already."""

    id: int
    facts: tuple[str, ...]
    known: bool
    amount: int = 0


def write(
    db: Session,
    chunk: Chunk,
    new: Mask,
    fingerprints: list[bytes],
    rights: Rights,
    acts: dict[str, KnownAct],
    report: Report,
) -> None:
    """Write the statements of `new` (one flag each). A transfer that says something else than before is refused."""
    numbers = np.flatnonzero(new)
    first = chunk.starts[numbers]
    contract_ids = rights.contract_id[first].tolist()
    paid_by = _transfers(db, chunk, first.tolist(), contract_ids)
    if report.refused:
        return
    ids = np.zeros(len(chunk.starts), np.int64)
    ids[numbers] = new_ids(db, "statement", len(numbers))
    _write_transfers(db, paid_by, report)
    payment_ids = [
        str(paid_by[contract, reference].id) if reference else NULL
        for contract, reference in zip(contract_ids, chunk.text("payment_ref")[first].tolist(), strict=True)
    ]
    header = {name: copied(chunk, name)[first] for name in ("statement_ref", "issued_on", "payee", "payee_name")}
    copy(
        db,
        "statement",
        STATEMENT,
        ids[numbers],
        rights.contract_id[first],
        *header.values(),
        payment_ids,
        chunk.number("statement_total")[first],
        [rf"\\x{fingerprints[number].hex()}" for number in numbers.tolist()],
    )
    rows = np.flatnonzero(new[chunk.statement])
    copy(db, "statement_line", LINE, *_lines(chunk, rows, ids, rights, acts))
    report.counts["statements"] += len(numbers)
    report.counts["lines"] += len(rows)


def _lines(
    chunk: Chunk, rows: np.ndarray, ids: np.ndarray, rights: Rights, acts: dict[str, KnownAct]
) -> Iterable[np.ndarray]:
    act = chunk.columns["act_code"]
    known = [acts.get(code, KnownAct("", "", "")) for code in act.texts]
    act_labels = np.array([escaped(one.label) for one in known], object)[act.codes]
    families = np.array([one.family for one in known], object)[act.codes]
    labels = copied(chunk, "label")
    labels = np.where(labels == NULL, act_labels, labels)
    reasons = zero_reasons(chunk, families)
    made = (
        ids[chunk.statement],
        rights.contract_id,
        rights.person_id,
        np.arange(len(chunk)) - chunk.starts[chunk.statement] + 1,
        families,
        labels,
        _search_text(chunk, known),
        np.where(reasons == "", NULL, reasons),
    )
    copied_as_they_are = [copied(chunk, name) for name in LINE[len(made) :]]
    return (values[rows] for values in (*made, *copied_as_they_are))


def _search_text(chunk: Chunk, known: list[KnownAct]) -> Objects:
    """Label, practitioner, act and family, folded; each distinct value once."""
    label, practitioner, act = (chunk.columns[name] for name in ("label", "practitioner", "act_code"))
    labels = np.array([escaped(fold(value)) for value in label.texts], object)[label.codes]
    act_labels = np.array([escaped(fold(one.label)) for one in known], object)[act.codes]
    others = np.array([escaped(f" {fold(value)}") if value else "" for value in practitioner.texts], object)
    codes = np.array(
        [escaped(fold(f" {code} {one.family_label}")) for code, one in zip(act.texts, known, strict=True)], object
    )
    found: Objects = np.where(labels == "", act_labels, labels) + others[practitioner.codes] + " " + codes[act.codes]
    return found


def _transfers(db: Session, chunk: Chunk, first: list[int], contract_ids: list[int]) -> dict[tuple[int, str], Transfer]:
    """The transfers that pay these statements, with what this chunk adds to each."""
    references = chunk.text("payment_ref")
    asked = (
        func.unnest(
            bindparam(None, contract_ids, type_=IDS),
            bindparam(None, [references[row] for row in first], type_=ARRAY(Text)),
        )
        .table_valued("contract_id", "reference")
        .render_derived()
    )
    rows = db.execute(
        select(Payment.contract_id, Payment.reference, Payment.id, *(getattr(Payment, name) for name in FACTS))
        .join(asked, and_(Payment.contract_id == asked.c.contract_id, Payment.reference == asked.c.reference))
        .distinct()
    )
    found = {
        (contract_id, reference): Transfer(
            payment_id, (paid_on.isoformat(), payee, payee_name, iban_last4 or ""), known=True
        )
        for contract_id, reference, payment_id, paid_on, payee, payee_name, iban_last4 in rows
    }
    facts = [chunk.text(name) for name in FACTS]
    totals = chunk.number("statement_total")
    wrong = np.zeros(len(chunk), bool)
    for row, contract_id in zip(first, contract_ids, strict=True):
        if not references[row]:
            continue
        told = tuple(str(values[row]) for values in facts)
        transfer = found.setdefault((contract_id, references[row]), Transfer(0, told, known=False))
        transfer.amount += int(totals[row])
        wrong[row] = transfer.facts != told
    chunk.refuse(
        wrong,
        "payment_ref",
        "un autre décompte de ce contrat donne à ce virement une autre date ou un autre destinataire",
    )
    return found


def _write_transfers(db: Session, transfers: dict[tuple[int, str], Transfer], report: Report) -> None:
    """New transfers by COPY; those of an earlier chunk or file grow by what is added."""
    new = [(key, transfer) for key, transfer in transfers.items() if not transfer.known]
    for payment_id, (_, transfer) in zip(new_ids(db, "payment", len(new)), new, strict=True):
        transfer.id = payment_id
    rows = [
        (
            transfer.id,
            contract_id,
            escaped(reference),
            *(escaped(fact) or NULL for fact in transfer.facts),
            transfer.amount,
        )
        for (contract_id, reference), transfer in new
    ]
    copy(db, "payment", PAYMENT, *zip(*rows, strict=True))
    report.counts["payments"] += len(new)
    grown = [{"id": t.id, "amount": t.amount} for t in transfers.values() if t.known and t.amount]
    if grown:
        db.execute(text("update payment set amount = amount + :amount where id = :id"), grown)


def new_ids(db: Session, table: str, count: int) -> list[int]:
    """As many fresh ids of the table's sequence."""
    found = db.scalars(
        text("select nextval(pg_get_serial_sequence(:table, 'id')) from generate_series(1, :count)"),
        {"table": table, "count": count},
    )
    return list(found)


def escaped(value: str) -> str:
    """A value as COPY reads it; control characters never come this far."""
    return value.replace("\\", r"\\")


def copied(chunk: Chunk, name: str) -> Objects:
    """A column's rows as COPY reads them; empty is null."""
    column = chunk.columns[name]
    return np.array([escaped(value) or NULL for value in column.texts], object)[column.codes]


def copy(db: Session, table: str, names: Iterable[str], *columns: Iterable[object]) -> None:
    """Write rows, given as one iterable a column, by one COPY in the session's transaction."""
    copy_texts(db, table, names, *(map(str, column) for column in columns))


def copy_texts(db: Session, table: str, names: Iterable[str], *columns: Iterable[str]) -> None:
    """`copy`, of what is text already."""
    rows = "\n".join(map("\t".join, zip(*columns, strict=True)))
    if not rows:
        return
    connection: Any = db.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({', '.join(names)}) from stdin") as stream:
        stream.write(rows + "\n")
