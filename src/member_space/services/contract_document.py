"""The documents of a contract, every version, and what each changed (C35)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from member_space.domain.contract_document import DocumentKind, concerns, periods_in_force
from member_space.domain.period import Period
from member_space.interfaces import IStorage
from member_space.models import Contract, ContractDocument, ContractTerms, GuaranteeTable
from member_space.models.base import period_of
from member_space.services.tools import Tools


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """``period``: the days when it is in force. ``changes``: what it changed from the one before, a sentence each."""

    public_id: UUID
    version: str
    period: Period
    changes: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a contract; ``current``: the version of today, else the latest before. The others, the latest
    first: those to come among them."""

    kind: DocumentKind
    title: str
    table: str | None
    current: DocumentVersion | None
    others: tuple[DocumentVersion, ...]


def documents_of(db: Session, contract_id: int, today: date) -> list[Document]:
    """Every document of which a version concerns the contract, in the order of the page; one statement."""
    found = [_document(rows, versions, today) for rows, versions in _series(db, [contract_id]) if versions]
    return sorted(found, key=lambda one: (list(DocumentKind).index(one.kind), one.table or ""))


def find_document(db: Session, contract_ids: Sequence[int], public_id: UUID) -> ContractDocument | None:
    """The version of this id, if it concerns one of these contracts; one statement."""
    for rows, versions in _series(db, contract_ids):
        if public_id in {one.public_id for one in versions}:
            found: ContractDocument = next(
                row.ContractDocument for row in rows if row.ContractDocument.public_id == public_id
            )
            return found
    return None


def pieces_of(tools: Tools, row: ContractDocument) -> Iterator[bytes]:
    """The file, piece by piece. Raises KeyError when it is not there."""
    storage: IStorage = tools.find(IStorage)
    return storage.chunks(storage_key(row.sha256))


def storage_key(sha256: bytes) -> str:
    """Where the file is: two versions with the same bytes are one file."""
    return f"contract-documents/{sha256.hex()}.pdf"


def _series(db: Session, contract_ids: Sequence[int]) -> Iterator[tuple[list[Any], list[DocumentVersion]]]:
    """The rows of each document, with its versions that concern the contracts, in order of date.

    A document of a guarantee table concerns the days when a contract had that table.
    """
    document = ContractDocument
    query = (
        select(
            document,
            GuaranteeTable.label.label("table"),
            case((document.guarantee_table_id.is_(None), Contract.period), else_=ContractTerms.period).label("span"),
        )
        .join(Contract, Contract.product == document.product)
        .outerjoin(GuaranteeTable, GuaranteeTable.id == document.guarantee_table_id)
        .outerjoin(
            ContractTerms,
            (ContractTerms.contract_id == Contract.id)
            & (ContractTerms.guarantee_table_id == document.guarantee_table_id),
        )
        .where(Contract.id.in_(contract_ids), or_(document.guarantee_table_id.is_(None), ContractTerms.id.is_not(None)))
        .order_by(document.product, document.guarantee_table_id, document.kind, document.effective_on)
    )
    for _key, group in groupby(db.execute(query), key=_series_of):
        rows = list(group)
        spans = [period_of(row.span) for row in rows]
        each = {row.ContractDocument.id: row.ContractDocument for row in rows}
        periods = periods_in_force([one.effective_on for one in each.values()])
        yield (
            rows,
            [
                DocumentVersion(one.public_id, one.version, period, tuple(one.changes), one.size)
                for one, period in zip(each.values(), periods, strict=True)
                if concerns(period, spans)
            ],
        )


def _series_of(row: Any) -> tuple[str, int | None, str]:
    found = row.ContractDocument
    return found.product, found.guarantee_table_id, found.kind


def _document(rows: list[Any], versions: list[DocumentVersion], today: date) -> Document:
    """Of a contract that is over, the current version is its last one."""
    begun = [one for one in versions if one.period.start <= today]
    current = begun[-1] if begun else None
    last = rows[-1]
    return Document(
        DocumentKind(last.ContractDocument.kind),
        last.ContractDocument.title,
        last.table,
        current,
        tuple(one for one in reversed(versions) if one is not current),
    )
