"""Entries of the adviser, written: each change is a new version, and nothing is lost."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.faq import Family, slug_of
from member_space.domain.text import fold
from member_space.models import Account, FaqEntry, FaqVersion
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


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry in the office's list: its latest words."""

    slug: str
    family: str
    question: str
    source: str
    as_of: date
    version: int
    retired: bool


@dataclass(frozen=True, slots=True)
class Version:
    """``author``: the colleague who wrote it; None: the product's own words."""

    row: FaqVersion
    author: str | None


def entries_of(db: Session) -> list[Listed]:
    """All of them in the order of the list, those taken out of use too; two statements."""
    latest = latest_of(db)
    entries = db.scalars(select(FaqEntry).order_by(FaqEntry.position, FaqEntry.slug))
    both = ((entry, latest[entry.slug]) for entry in entries if entry.slug in latest)
    return [
        Listed(entry.slug, entry.family, row.question, row.source, row.as_of, row.version, row.retired)
        for entry, row in both
    ]


def history_of(db: Session, slug: str) -> list[Version]:
    """Every version of an entry, the latest first."""
    query = (
        select(FaqVersion, Account.office_name)
        .outerjoin(Account, Account.id == FaqVersion.author_id)
        .where(FaqVersion.slug == slug)
        .order_by(FaqVersion.version.desc())
    )
    return [Version(row, author) for row, author in db.execute(query)]


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


def add_entry(
    db: Session, tools: Tools, identity: OfficeIdentity, family: Family, wording: Wording, origin: Origin
) -> str | None:
    """A colleague's new entry, after the others; its slug. None: one was added for this question before."""
    last = select(func.coalesce(func.max(FaqEntry.position), 0) + 1).scalar_subquery()
    new = insert(FaqEntry).values(slug=slug_of(family, wording.question), family=family.value, position=last)
    slug = db.scalar(new.on_conflict_do_nothing().returning(FaqEntry.slug))
    if slug is not None:
        _sign(db, tools, identity, add_version(db, slug, None, wording), origin)
    return slug


def write_entry(
    db: Session,
    tools: Tools,
    identity: OfficeIdentity,
    slug: str,
    read: str,
    wording: Wording,
    *,
    retired: bool = False,
    origin: Origin,
) -> bool:
    """A colleague's version, or the end of its use, told to the journal. False: ``read``, the version that he had
    before him, is no longer the latest, and nothing was written."""
    db.execute(select(FaqEntry.slug).where(FaqEntry.slug == slug).with_for_update())
    query = select(FaqVersion).where(FaqVersion.slug == slug).order_by(FaqVersion.version.desc()).limit(1)
    before = db.scalars(query).one()
    if str(before.version) != read:
        return False
    _sign(db, tools, identity, add_version(db, slug, before, wording, retired=retired), origin)
    return True


def _sign(db: Session, tools: Tools, identity: OfficeIdentity, row: FaqVersion, origin: Origin) -> None:
    row.author_id, row.published_at = identity.account_id, tools.now()
    record(
        db,
        EventKind.FAQ_CHANGED,
        actor_account_id=identity.account_id,
        origin=origin,
        details={"entry": row.slug, "version": row.version, "retired": row.retired},
    )
