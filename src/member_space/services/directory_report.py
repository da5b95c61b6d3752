"""Errors that are told of the directory, and whoever asks not to be in it: kept until a colleague deals with them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from member_space.domain.directory_report import Wish
from member_space.models import DirectoryReport, Practice
from member_space.services.practitioner_opposition import oppose
from member_space.services.tools import Tools

MOST = 200
"""Of a page of the office: the oldest come first, and leave it once dealt with."""


class Report(NamedTuple):
    """One that waits. ``is_shown``: whether its place still is in the directory."""

    public_id: UUID
    practice_id: UUID
    practice: str
    wish: str
    body: str
    email: str
    told_at: datetime
    is_shown: bool


def tell(db: Session, tools: Tools, practice_id: UUID, practice: str, wish: Wish, body: str, email: str) -> None:
    """Keep what somebody says of a place; ``practice`` is how it was shown. Nothing says who was signed in."""
    db.add(
        DirectoryReport(
            practice_public_id=practice_id,
            practice=practice,
            wish=wish.value,
            body=body,
            email=email,
            told_at=tools.now(),
        )
    )


def waiting_reports(db: Session) -> list[Report]:
    """Those that nobody has dealt with, the oldest first; one statement."""
    report = DirectoryReport
    shown = select(Practice.id).where(Practice.public_id == report.practice_public_id, Practice.shown).exists()
    rows = db.execute(
        select(
            *(report.public_id, report.practice_public_id, report.practice, report.wish, report.body, report.email),
            *(report.told_at, shown),
        )
        .where(report.dealt_at.is_(None))
        .order_by(report.told_at, report.id)
        .limit(MOST)
    )
    return [Report(*row) for row in rows]


def count_waiting(db: Session) -> int:
    """How many wait."""
    return db.scalar(select(func.count()).where(DirectoryReport.dealt_at.is_(None))) or 0


def deal(db: Session, tools: Tools, account_id: int, public_id: UUID, *, hide: bool) -> bool:
    """Close a report, and hide its practitioner for good with `hide`, where that is what was asked.

    False for one that no longer waits, as two colleagues at once do it once, or that asked something else. Raises
    UnknownPractitionerError where the place has left its directory: nobody would be remembered, so it is to wait.
    """
    asked = [DirectoryReport.wish == Wish.HIDE.value] if hide else []
    practice_id = db.scalar(
        update(DirectoryReport)
        .where(DirectoryReport.public_id == public_id, DirectoryReport.dealt_at.is_(None), *asked)
        .values(dealt_at=tools.now(), dealt_by=account_id)
        .returning(DirectoryReport.practice_public_id)
        .execution_options(synchronize_session=False)
    )
    if practice_id is None:
        return False
    if hide:
        oppose(db, str(practice_id))
    return True
