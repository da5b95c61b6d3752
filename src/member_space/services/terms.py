"""The terms of use in the exact words that somebody accepted, and what changed since (C19, S-BL-10)."""

import difflib
import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.models import TermsAcceptance, TermsText
from member_space.services.content import DEFAULT_LOCALE, ContentPages
from member_space.services.events import record
from member_space.services.tools import Origin

SLUG = "conditions"


@dataclass(frozen=True, slots=True)
class Terms:
    """The page « Conditions d'utilisation » as it is written now; the French text is the one that counts."""

    text: str

    @property
    def version(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


class ChangeKind(StrEnum):
    """What became of a paragraph."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph. `before` and `after` are empty where it was not there."""

    kind: ChangeKind
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ToAccept:
    """What waits for an account. `accepted_on`: the day of the former acceptance, None when there is none."""

    changes: tuple[Change, ...]
    accepted_on: datetime | None


def current_terms(pages: ContentPages) -> Terms:
    """The terms of this installation: the office's own file, else ours."""
    return Terms(pages.source(SLUG, DEFAULT_LOCALE).strip())


def terms_to_accept(db: Session, account_id: int, terms: Terms) -> ToAccept | None:
    """What this account has not accepted yet, None when it has accepted this very text; one statement."""
    last = db.execute(
        select(TermsAcceptance.version, TermsAcceptance.accepted_at, TermsText.text)
        .join(TermsText, TermsText.version == TermsAcceptance.version)
        .where(TermsAcceptance.account_id == account_id)
        .order_by(TermsAcceptance.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return ToAccept((), None)
    if last.version == terms.version:
        return None
    return ToAccept(tuple(changes_between(last.text, terms.text)), last.accepted_at)


def accept_terms(
    db: Session, account_id: int, person_id: int | None, terms: Terms, origin: Origin, now: datetime
) -> None:
    """Keep the words, and that this account accepted them, when and from where."""
    db.execute(
        insert(TermsText).values(version=terms.version, text=terms.text, first_accepted_at=now).on_conflict_do_nothing()
    )
    db.add(TermsAcceptance(account_id=account_id, version=terms.version, accepted_at=now, ip=origin.ip))
    record(
        db,
        EventKind.TERMS_ACCEPTED,
        actor_account_id=account_id,
        subject_person_id=person_id,
        origin=origin,
        details={"version": terms.version},
    )


def changes_between(before: str, after: str) -> list[Change]:
    """The paragraphs that differ, in the order of the page; a page that was only laid out again has none."""
    old, new = _paragraphs(before), _paragraphs(after)
    changes = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = old[a:b], new[c:d]
        if what == "equal":
            continue
        paired = min(len(gone), len(come))
        changes += [Change(ChangeKind.REWORDED, x, y) for x, y in zip(gone, come, strict=False)]
        changes += [Change(ChangeKind.REMOVED, x, "") for x in gone[paired:]]
        changes += [Change(ChangeKind.ADDED, "", y) for y in come[paired:]]
    return changes


def _paragraphs(text: str) -> list[str]:
    """Each with its spaces made one; Markdown's marks of headings and lists are not words."""
    return [" ".join(part.lstrip("#-* ").split()) for part in text.split("\n\n") if part.strip()]
