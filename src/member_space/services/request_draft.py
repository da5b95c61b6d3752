"""A draft of one's own, from the choice of its object to the page before sending: started once, resumed, erased.

A form has a key, drawn with its page: a second click, the back button or a second tab come back to the same request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from member_space.domain.period import Period
from member_space.domain.request import NotAllowed, RequestKind, State
from member_space.models import Attachment, AttachmentFile, QuoteLineRow, Request, StatementLine
from member_space.models.base import period_of
from member_space.services.attachment import erase_attachments
from member_space.services.care_line import CareLine, line_query, read_lines, values_of
from member_space.services.catalogue import Topic
from member_space.services.household import Household, HouseholdMember
from member_space.services.reimbursement import latest_lines
from member_space.services.request_find import read_again, sent_with
from member_space.services.tools import Tools

LINES_OFFERED = 12
MOST_DRAFTS = 50
"""As many as a page lists: those that are left come as others are sent or erased."""


class NoContract(Exception):  # noqa: N818 - named after the event
    """Nobody of this household is on a contract: there is nothing to ask for."""


@dataclass(frozen=True, slots=True)
class Covered:
    """Somebody whom the viewer may ask for. ``member``: his coverage on that day, None: he was not covered then;
    ``periods``: when he is, or was."""

    member: HouseholdMember | None
    name: str
    public_id: str
    periods: tuple[Period, ...]


def start(
    db: Session, tools: Tools, account_id: int, household: Household, topic: Topic, key: UUID | None, **facts: Any
) -> Request:
    """The draft of this form: a new one, or the one that it already made, with this object; sent, it is given as it is.

    ``account_id``: of the household's viewer, whose draft it is. Raises NoContract.
    """
    made = sent_with(db, household.viewer_id, key) if key else None
    if made is None:
        author = (household.viewer_id, account_id)
        contract_id = facts.pop("contract_id", None) or own_contract(household)
        try:
            with db.begin_nested():
                return new_draft(
                    db, tools, author, topic.kind, contract_id, topic=topic.code, idempotency_key=key, **facts
                )
        except IntegrityError:
            # Two clicks at once: the other one's row is there by now. A key of somebody else's starts a form anew.
            made = sent_with(db, household.viewer_id, key) if key else None
            if made is None:
                return new_draft(db, tools, author, topic.kind, contract_id, topic=topic.code, **facts)
    if made.state == State.DRAFT:
        # Back to the form and another choice: what only the former object asked is of no use to this one.
        kept = made.details if made.topic == topic.code else {}
        if made.topic != topic.code:
            db.execute(delete(QuoteLineRow).where(QuoteLineRow.request_id == made.id))
        new = {"details": kept, "topic": topic.code, "kind": topic.kind.value} | facts
        edit_draft(db, tools, made, **new)
    return made


def new_draft(
    db: Session, tools: Tools, author: tuple[int, int], kind: RequestKind, contract_id: int, **facts: Any
) -> Request:
    """A new draft, which its author alone sees: by person and account; `facts` are columns of the request."""
    now = tools.now()
    row = Request(
        kind=kind.value,
        contract_id=contract_id,
        author_person_id=author[0],
        author_account_id=author[1],
        created_at=now,
        state_since=now,
        activity_at=now,
        details=facts.pop("details", {}),
        **facts,
    )
    db.add(row)
    db.flush()
    db.refresh(row)
    return row


def drafts_of(db: Session, household: Household, **facts: Any) -> Sequence[Request]:
    """What the viewer began and did not send, the latest first; `facts`: columns that they have. One statement."""
    query = select(Request).where(Request.author_person_id == household.viewer_id, Request.state == State.DRAFT.value)
    latest = query.filter_by(**facts).order_by(Request.activity_at.desc(), Request.id.desc())
    return db.scalars(latest.limit(MOST_DRAFTS)).all()


def edit_draft(db: Session, tools: Tools, draft: Request, **facts: Any) -> None:
    """Change what a draft says. Raises NotAllowed once it was sent, Gone once it was erased."""
    # Another tab may be sending it: what leaves is not changed behind its back.
    read_again(db, draft, lock=True)
    if draft.state != State.DRAFT:
        raise NotAllowed(f"edit in {draft.state}")
    for name, value in facts.items():
        setattr(draft, name, value)
    draft.activity_at = tools.now()
    db.flush()


def own_contract(household: Household) -> int:
    """The contract of the viewer in force today, else his latest one. Raises NoContract."""
    own = sorted((m for m in household.members if m.is_viewer), key=lambda m: period_of(m.period).start)
    in_force = [m for m in own if period_of(m.period).contains(household.today)]
    found = in_force or own or list(household.members)
    if not found:
        raise NoContract
    return found[-1].contract_id


def covered_on(household: Household, day: date) -> list[Covered]:
    """Everybody whom the viewer may ask for, with his coverage on that day (C65)."""
    found = []
    for person in household.persons():
        own = [m for m in household.members if m.person_id == person.person_id]
        then = next((m for m in own if period_of(m.period).contains(day)), None)
        found.append(Covered(then, person.name, str(person.public_id), tuple(period_of(m.period) for m in own)))
    return found


def about_person(db: Session, tools: Tools, draft: Request, member: HouseholdMember, **facts: Any) -> None:
    """Whom the draft is about: the contract is the one that covers him, for its papers and lines too."""
    if draft.contract_id != member.contract_id:
        new = {"contract_id": member.contract_id}
        ours = select(Attachment.id).where(Attachment.request_id == draft.id)
        db.execute(update(AttachmentFile).where(AttachmentFile.attachment_id.in_(ours)).values(new))
        db.execute(update(Attachment).where(Attachment.request_id == draft.id).values(new))
        db.execute(update(QuoteLineRow).where(QuoteLineRow.request_id == draft.id).values(new))
    edit_draft(db, tools, draft, person_id=member.person_id, contract_id=member.contract_id, **facts)


def add_details(db: Session, tools: Tools, draft: Request, **details: Any) -> None:
    """What this kind alone has, besides what it already has; None takes a name away."""
    kept = {name: value for name, value in (draft.details | details).items() if value is not None}
    edit_draft(db, tools, draft, details=kept)


def line_of(db: Session, household: Household, line_id: int) -> CareLine | None:
    """A line of a statement whose whole care the viewer may see, None for any other; one statement."""
    found = line_seen(db, household, line_id)
    return found if found and found.is_open else None


def line_seen(db: Session, household: Household, line_id: int) -> CareLine | None:
    """A line of a statement as far as the viewer sees it, None where he sees nothing of it; one statement."""
    rows = db.execute(line_query(household).where(StatementLine.id == line_id), values_of(household))
    return next(iter(read_lines(household, rows)), None)


def lines_offered(db: Session, household: Household) -> list[CareLine]:
    """The latest lines that a question may be about; one statement."""
    return [line for line in latest_lines(db, household, LINES_OFFERED) if line.is_open]


def about_line(db: Session, tools: Tools, draft: Request, line: CareLine) -> None:
    """The draft is about this line already paid."""
    edit_draft(
        db,
        tools,
        draft,
        statement_line_id=line.id,
        person_id=line.person_id,
        contract_id=line.contract_id,
        care_date=line.care_date,
    )


def forget(db: Session, tools: Tools, draft: Request) -> None:
    """Erase a draft with its papers, as its author asks. Raises NotAllowed once it was sent."""
    # Another tab may be sending it, or have erased it already.
    query = select(Request).where(Request.id == draft.id).with_for_update()
    if db.scalar(query.execution_options(populate_existing=True)) is None:
        return
    if draft.state != State.DRAFT:
        raise NotAllowed(f"erase in {draft.state}")
    erase_attachments(db, tools, db.scalars(select(Attachment.id).where(Attachment.request_id == draft.id)).all())
    db.delete(draft)
    db.flush()


def lapse(db: Session, tools: Tools, draft: Request) -> None:
    """Erase a draft that nobody erased, once its time is over: its papers go to the bin of its author's documents."""
    papers = update(Attachment).where(Attachment.request_id == draft.id)
    db.execute(papers.values(request_id=None, removed_at=tools.now(), person_id=draft.person_id))
    db.delete(draft)
