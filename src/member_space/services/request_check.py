"""What a draft lacks, and what it seems to repeat: looked at before it is sent (C71, C77)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from member_space.domain.request import RequestKind, State
from member_space.domain.request_steps import Form, Page, pages_of, words_required
from member_space.models import Attachment, AttachmentFile, Request
from member_space.services.catalogue import Expected, Topic

PAID_FOR = frozenset({"paid_invoice", "billing_slip", "sums_notice"})
"""Pieces that bear an amount: an object that asks for one asks how much was paid."""
MOST = 3


@dataclass(frozen=True, slots=True)
class Missing:
    """What a draft lacks. ``page``: where it is given. ``piece``: a paper, whose absence may be explained."""

    page: Page
    piece: Expected | None = None

    @property
    def blocks(self) -> bool:
        """Whether nothing can be sent without it."""
        return self.piece is None


@dataclass(frozen=True, slots=True)
class Repeated:
    """A request that this one seems to repeat. ``public_id``: None for that of another adult of the contract."""

    number: str
    sent_at: datetime
    public_id: UUID | None
    same_file: bool


def asks_amount(topic: Topic) -> bool:
    """Whether what was paid is asked for."""
    return any(one.required and one.piece.code in PAID_FOR for one in topic.pieces)


def care_is_said(draft: Request, topic: Topic) -> bool:
    """Whether the page of the care has nothing left to ask."""
    if topic.form == Form.LINE:
        return draft.statement_line_id is not None
    if topic.form == Form.HOSPITAL:
        return "entry_date" in draft.details and draft.person_id is not None
    if topic.form == Form.PERSON:
        return "birth_date" in draft.details
    if topic.form == Form.REMOVAL:
        return "leaves_on" in draft.details and draft.person_id is not None
    if topic.kind is RequestKind.CLAIM:
        return bool(draft.care_date and draft.person_id) and (draft.amount is not None or not asks_amount(topic))
    return draft.person_id is not None


def missing_of(draft: Request, topic: Topic, pieces: Sequence[str | None]) -> list[Missing]:
    """What the draft lacks, in the order of its pages; ``pieces``: the codes of the papers already joined."""
    found = []
    for page in pages_of(topic.kind, topic.form):
        if page is Page.CARE and not care_is_said(draft, topic):
            found.append(Missing(page))
        if page is Page.PIECES:
            absent = (one for one in topic.pieces if one.required and one.piece.code not in pieces)
            found += [Missing(page, one) for one in absent]
        asked = words_required(topic.kind, topic.code, topic.form)
        if page is Page.WORDS and asked and not (draft.body or "").strip():
            found.append(Missing(page))
    return found


def first_page(draft: Request, topic: Topic) -> Page:
    """Where a new draft begins: past the care when the choice of a line has already said it."""
    pages = pages_of(topic.kind, topic.form)
    return pages[1] if pages[0] is Page.CARE and care_is_said(draft, topic) else pages[0]


def page_after(topic: Topic, page: Page) -> Page:
    """The one after this page; the review is the last."""
    pages = pages_of(topic.kind, topic.form)
    return pages[min(pages.index(page) + 1, len(pages) - 1)] if page in pages else pages[-1]


def page_to_resume(draft: Request, topic: Topic) -> Page:
    """Where one goes on: the first page where something is missing that blocks, else the review."""
    blocking = (one.page for one in missing_of(draft, topic, ()) if one.blocks)
    return next(blocking, Page.REVIEW)


def repeated_by(db: Session, draft: Request, open_pairs: Collection[tuple[int, int]]) -> list[Repeated]:
    """What was already sent on this contract for the same person, day and amount, or with one of the same files.

    ``open_pairs``: Household.open. Of another adult who opened nothing, only what the author sent himself is told: days
    and amounts can be guessed, and an answer would say that this care exists. Whoever has the file knows already.
    """
    other, mine = aliased(AttachmentFile), aliased(AttachmentFile)
    paper, my_paper = aliased(Attachment), aliased(Attachment)
    same_file = (
        select(paper.request_id)
        .join(other, other.attachment_id == paper.id)
        .join(mine, and_(mine.contract_id == other.contract_id, mine.sha256 == other.sha256))
        .join(my_paper, my_paper.id == mine.attachment_id)
        .where(my_paper.request_id == draft.id, my_paper.removed_at.is_(None), paper.request_id != draft.id)
    )
    known = draft.person_id is not None and draft.care_date is not None and draft.amount is not None
    same_care = (
        and_(
            Request.person_id == draft.person_id,
            Request.care_date == draft.care_date,
            Request.amount == draft.amount,
            Request.kind == draft.kind,
            true()
            if (draft.contract_id, draft.person_id) in open_pairs
            else Request.author_person_id == draft.author_person_id,
        )
        if known
        else false()
    )
    query = (
        select(Request, Request.id.in_(same_file).label("same_file"))
        .where(
            Request.contract_id == draft.contract_id,
            Request.id != draft.id,
            Request.state.not_in((State.DRAFT, State.WITHDRAWN)),
            or_(same_care, Request.id.in_(same_file)),
        )
        .order_by(Request.id.desc())
        .limit(MOST)
    )
    return [
        Repeated(
            row.number or "",
            row.sent_at,
            row.public_id if row.author_person_id == draft.author_person_id else None,
            same,
        )
        for row, same in db.execute(query)
    ]
