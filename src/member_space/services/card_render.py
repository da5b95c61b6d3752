"""Every card of a day as files, for whoever prints and posts them: read by batches, so that memory stays what it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, sessionmaker

from member_space.domain.card import Card
from member_space.interfaces import ICipher
from member_space.models import Contract, ContractTerms
from member_space.services.card import issue
from member_space.services.card_pdf import Format, to_pdf
from member_space.services.card_source import live_cards
from member_space.services.tools import Tools

BATCH = 100
FOLDER_OF = 1_000
"""Files of one folder, so that a hundred thousand can be looked at."""


@dataclass(frozen=True, slots=True)
class ToRender:
    """One card, with its place among all. ``code``: the end of the address in its QR code."""

    rank: int
    name: str
    card: Card = field(repr=False)
    code: str = field(repr=False)
    made_at: datetime


def count_contracts(db: Session, day: date) -> int:
    """How many contracts are in force that day and are printed by a model."""
    return db.scalar(select(func.count()).select_from(_contracts(day, 0).subquery())) or 0


def batches(sessions: sessionmaker[Session], cipher: ICipher, day: date) -> Iterator[tuple[int, list[ToRender]]]:
    """The cards of that day by contract, each batch issued and committed: (contracts read, cards to render)."""
    last, rank = 0, 0
    while True:
        with sessions.begin() as db:
            numbers = dict(db.execute(_contracts(day, last).order_by(Contract.id).limit(BATCH)).tuples().all())
            if not numbers:
                return
            cards = live_cards(db, cipher, list(numbers), [day.year], day)
            rows = issue(db, cipher, cards, day) if cards else {}
            batch = []
            for (contract_id, year), card in cards.items():
                row = rows[contract_id, year]
                name = f"carte-{year}-{_safe(numbers[contract_id])}.pdf"
                batch.append(ToRender(rank, name, card, cipher.decrypt(row.check_code), row.made_at))
                rank += 1
        last = max(numbers)
        yield len(numbers), batch


def render(tools: Tools, batch: list[ToRender], folder: Path, form: Format) -> int:
    """Write these cards as files that nobody else of the machine reads; how many."""
    for one in batch:
        place = folder / f"{one.rank // FOLDER_OF:04d}"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = place / one.name
        path.touch(mode=0o600)
        path.write_bytes(to_pdf(tools, one.card, one.code, one.made_at, form))
    return len(batch)


def _contracts(day: date, after: int) -> Select[tuple[int, str]]:
    printed = select(ContractTerms.id).where(
        ContractTerms.contract_id == Contract.id,
        ContractTerms.period.contains(day),
        ContractTerms.card_model.is_not(None),
    )
    return select(Contract.id, Contract.number).where(
        Contract.id > after, Contract.period.contains(day), printed.exists()
    )


def _safe(number: str) -> str:
    """Letters, digits and dashes only: a number comes from a file, and a path must not follow its whims."""
    return re.sub(r"[^A-Za-z0-9]", "-", number)
