"""Entries of the adviser, written: each change is a new version, and nothing is lost."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.text import fold
from member_space.models import FaqVersion
from member_space.services.events import record
from member_space.services.sessions import OfficeIdentity
from member_space.services.tools import Origin, Tools


@dataclass(frozen=True, slots=True)
class Wording:
    """All that the office may change of an entry. ``links``: path, label in French, in English."""

    question: str
    paraphrases: tuple[str, ...]
    answer: str
    question_en: str | None
    answer_en: str | None
    source: str
    source_url: str | None
    links: tuple[tuple[str, str, str], ...]
    as_of: date

    @classmethod
    def of(cls, row: FaqVersion) -> Self:
        """The words of a version."""
        return cls(
            question=row.question,
            paraphrases=tuple(row.paraphrases),
            answer=row.answer,
            question_en=row.question_en,
            answer_en=row.answer_en,
            source=row.source,
            source_url=row.source_url,
            links=tuple((one["path"], one["fr"], one["en"]) for one in row.links),
            as_of=row.as_of,
        )


def latest_of(db: Session) -> dict[str, FaqVersion]:
    """The latest version of each entry, retired ones too."""
    query = select(FaqVersion).distinct(FaqVersion.slug).order_by(FaqVersion.slug, FaqVersion.version.desc())
    return {row.slug: row for row in db.scalars(query)}


def history_of(db: Session, slug: str) -> list[FaqVersion]:
    """Every version of an entry, the latest first."""
    return list(db.scalars(select(FaqVersion).where(FaqVersion.slug == slug).order_by(FaqVersion.version.desc())))


def add_version(
    db: Session, slug: str, before: FaqVersion | None, wording: Wording, *, retired: bool = False
) -> FaqVersion:
    """A new version of an entry that is there: the product's own words, where nobody is written beside."""
    row = FaqVersion(
        slug=slug,
        version=before.version + 1 if before else 1,
        question=wording.question,
        paraphrases=list(wording.paraphrases),
        answer=wording.answer,
        question_en=wording.question_en,
        answer_en=wording.answer_en,
        source=wording.source,
        source_url=wording.source_url,
        links=[{"path": path, "fr": french, "en": english} for path, french, english in wording.links],
        as_of=wording.as_of,
        retired=retired,
        words=func.to_tsvector("french", fold(" ".join((wording.question, *wording.paraphrases)))),
    )
    db.add(row)
    db.flush()
    return row


def write_entry(
    db: Session,
    tools: Tools,
    identity: OfficeIdentity,
    before: FaqVersion,
    wording: Wording,
    *,
    retired: bool = False,
    origin: Origin,
) -> None:
    """What a colleague writes, or takes out of use: a version of his, told to the journal."""
    row = add_version(db, before.slug, before, wording, retired=retired)
    row.author_id, row.published_at = identity.account_id, tools.now()
    record(
        db,
        EventKind.FAQ_CHANGED,
        actor_account_id=identity.account_id,
        origin=origin,
        details={"entry": row.slug, "version": row.version, "retired": retired},
    )
