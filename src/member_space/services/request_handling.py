"""What a colleague does with a request: takes it, answers, asks for a paper, puts it aside, gives it on.

Each act carries the version that its page showed: who read an older one gets `Stale`, and nothing of his is written.
Only its holder answers or decides: two colleagues never do the same thing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from member_space.domain.attachment import FileRefused, FileState
from member_space.domain.events import EventKind
from member_space.domain.notices import NoticeKind
from member_space.domain.opening_hours import PARIS
from member_space.domain.request import Act, NotAllowed, Outcome, RequestKind, State, after
from member_space.models import Account, AskedPiece, InternalNote, Request
from member_space.services import request as requests
from member_space.services.attachment import begun_of, hand_over
from member_space.services.events import record
from member_space.services.office_request import HANDLERS, in_queue
from member_space.services.request import Actor, Stale
from member_space.services.request_clock import hours_of
from member_space.services.request_reminders import is_closure_proposed
from member_space.services.sessions import OfficeIdentity
from member_space.services.tools import Origin, Tools

TO_SEND_A_PIECE = timedelta(days=10)
"""How long a member has for a paper, before a closure is proposed."""


class HoldReason(StrEnum):
    """Why a request rests until a day; the words are in views.office.request_words."""

    FUND = "fund"
    PROFESSIONAL = "professional"
    STATEMENT = "statement"
    COLLEAGUE = "colleague"
    MEDICAL_ADVISER = "medical_adviser"
    OTHER_INSURER = "other_insurer"


class NotHeld(Exception):  # noqa: N818 - named after the event
    """Somebody else holds the request, or nobody does: take it first."""


class NotTheSame(Exception):  # noqa: N818 - named after the event
    """The other request is not one of this member, is this one, or is itself a duplicate."""


class FilesNotTaken(Exception):  # noqa: N818 - named after the event
    """Some files of an answer cannot leave, each with its reason: nothing left."""

    def __init__(self, refused: list[FileRefused]) -> None:
        super().__init__(f"{len(refused)} files")
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, on what, as he read it."""

    identity: OfficeIdentity
    request: Request
    version: int
    origin: Origin

    @property
    def actor(self) -> Actor:
        return Actor.of(self.identity, self.origin)


def take_next(
    db: Session, tools: Tools, identity: OfficeIdentity, kind: RequestKind | None, queue: str | None, origin: Origin
) -> Request | None:
    """Take the most urgent request that waits for anybody, or for this colleague; None when there is none.

    The row is locked as it is found, and rows that a colleague is taking are stepped over: no two get the same one.
    """
    query = select(Request).where(
        Request.state == State.TO_DO.value,
        or_(Request.handler_id.is_(None), Request.handler_id == identity.account_id),
    )
    if kind is not None:
        query = query.where(Request.kind == kind.value)
    if queue is not None:
        query = query.where(in_queue(tools, queue))
    query = query.order_by(Request.due_at, Request.id).limit(1).with_for_update(skip_locked=True, of=Request)
    found = db.scalar(query.execution_options(populate_existing=True))
    if found is not None:
        take(db, tools, Hand(identity, found, found.version, origin))
    return found


def take(db: Session, tools: Tools, hand: Hand) -> None:
    """Take a request that nobody has, or take it over from the colleague who has it."""
    details = {"from_account_id": hand.request.handler_id} if hand.request.handler_id else None
    requests.move(
        db,
        tools,
        hand.request,
        Act.TAKE,
        hand.actor,
        version=hand.version,
        details=details,
        handler_id=hand.identity.account_id,
        wake_at=None,
    )


def give(db: Session, tools: Tools, hand: Hand, colleague_id: int) -> None:
    """Hand one's own over to a colleague who handles requests. Raises NotAllowed for anybody else."""
    _held(hand)
    if not _handles(db, colleague_id):
        raise NotAllowed(f"give to account {colleague_id}")
    requests.move(
        db,
        tools,
        hand.request,
        Act.GIVE,
        hand.actor,
        version=hand.version,
        details={"to_account_id": colleague_id},
        handler_id=colleague_id,
    )


def release(db: Session, tools: Tools, hand: Hand) -> None:
    """Put one's own back for anybody."""
    _held(hand)
    requests.move(db, tools, hand.request, Act.RELEASE, hand.actor, version=hand.version, handler_id=None)


def reply(db: Session, tools: Tools, hand: Hand, body: str) -> None:
    """Write to the member; the request stays in review. Raises FilesNotTaken."""
    _held(hand, Act.ANSWER)
    _say(db, tools, hand, body)
    requests.tell(db, tools, hand.request, NoticeKind.REQUEST_ANSWERED)


def answer(db: Session, tools: Tools, hand: Hand, body: str) -> None:
    """Write to the member, which ends the request. Raises FilesNotTaken."""
    _held(hand, Act.ANSWER)
    _say(db, tools, hand, body)
    requests.move(db, tools, hand.request, Act.ANSWER, hand.actor, outcome=Outcome.ANSWERED.value)


def _say(db: Session, tools: Tools, hand: Hand, body: str) -> None:
    """The words leave with the files that were begun, or nothing does: « ci-joint » without its paper is untrue."""
    begun = begun_of(db, hand.request, hand.actor)
    refused = [FileRefused(one.reason, one.name) for one in begun if one.reason and one.state is FileState.REFUSED]
    if refused:
        raise FilesNotTaken(refused)
    message = requests.say(db, tools, hand.request, hand.actor, body, version=hand.version)
    hand_over(db, tools, hand.request, hand.actor, message.id)


def ask_pieces(db: Session, tools: Tools, hand: Hand, pieces: Sequence[str], note: str | None, body: str) -> date:
    """Ask the member for papers: the clock stops until one comes. `body`: the words sent; the day he has until."""
    _held(hand, Act.ASK_PIECE)
    due_on = tools.today() + TO_SEND_A_PIECE
    requests.say(db, tools, hand.request, hand.actor, body, kind="piece_asked", version=hand.version)
    db.add_all(
        AskedPiece(
            request_id=hand.request.id,
            contract_id=hand.request.contract_id,
            piece=piece,
            note=note,
            asked_at=tools.now(),
            asked_by=hand.identity.account_id,
            due_on=due_on,
        )
        for piece in pieces
    )
    requests.move(db, tools, hand.request, Act.ASK_PIECE, hand.actor, details={"pieces": list(pieces)})
    return due_on


def hold(db: Session, tools: Tools, hand: Hand, reason: HoldReason, until: date) -> None:
    """Put aside until the office opens, that day or the next open one; the clock runs on."""
    _held(hand)
    requests.move(
        db,
        tools,
        hand.request,
        Act.HOLD,
        hand.actor,
        version=hand.version,
        details={"reason": reason.value},
        wake_at=_opening_from(tools, until),
    )


def _opening_from(tools: Tools, day: date) -> datetime:
    """When the office opens that day, or the next one that it opens."""
    opening, _closing = next(hours_of(tools.settings).openings(datetime.combine(day, time(), PARIS)))
    return opening


def mark_duplicate(db: Session, tools: Tools, hand: Hand, number: str, body: str) -> None:
    """Close it in favour of another one of the same member. Raises NotTheSame."""
    after(Act.MARK_DUPLICATE, State(hand.request.state), hand.actor.side)
    other = db.execute(
        select(Request.id, Request.state).where(
            Request.number == number,
            Request.author_person_id == hand.request.author_person_id,
            Request.id != hand.request.id,
        )
    ).one_or_none()
    if other is None or other.state == State.DUPLICATE:
        raise NotTheSame(number)
    requests.say(db, tools, hand.request, hand.actor, body, kind="closing", version=hand.version)
    requests.move(db, tools, hand.request, Act.MARK_DUPLICATE, hand.actor, details={"of": number}, linked_id=other.id)


def close(db: Session, tools: Tools, hand: Hand, body: str) -> None:
    """End one whose member did not answer in time: anybody of the team may, its answer would open it again.

    `body`: the words that say why. Raises NotAllowed as long as the closure is not proposed.
    """
    _as_read(hand)
    if not is_closure_proposed(db, hand.request):
        raise NotAllowed("close before the reminders were left unanswered")
    requests.say(db, tools, hand.request, hand.actor, body, kind="closing", version=hand.version)
    requests.move(db, tools, hand.request, Act.CLOSE, hand.actor)


def reopen(db: Session, tools: Tools, hand: Hand) -> None:
    """Open one again that was decided or closed: it waits for whoever reopened it."""
    requests.move(
        db,
        tools,
        hand.request,
        Act.REOPEN,
        hand.actor,
        version=hand.version,
        handler_id=hand.identity.account_id,
        outcome=None,
    )


def write_note(db: Session, tools: Tools, hand: Hand, body: str) -> None:
    """A note between colleagues: in its own table, which nothing of the member's reads."""
    db.add(
        InternalNote(
            request_id=hand.request.id,
            contract_id=hand.request.contract_id,
            account_id=hand.identity.account_id,
            body=body.strip(),
            written_at=tools.now(),
        )
    )
    db.flush()
    record(
        db,
        EventKind.NOTE_WRITTEN,
        actor_account_id=hand.identity.account_id,
        contract_id=hand.request.contract_id,
        origin=hand.origin,
        details={"number": hand.request.number},
    )


def check_held(hand: Hand, act: Act) -> None:
    """Raises Stale, NotHeld or NotAllowed before anything of an act of several steps is written."""
    _held(hand, act)


def _as_read(hand: Hand) -> None:
    if hand.version != hand.request.version:
        raise Stale(State(hand.request.state), hand.request.version)


def _held(hand: Hand, act: Act | None = None) -> None:
    request = hand.request
    # First: whoever read an older version is told what happened, not that he may not.
    _as_read(hand)
    if act is not None:
        after(act, State(request.state), hand.actor.side)
    if request.handler_id != hand.identity.account_id:
        raise NotHeld


def _handles(db: Session, account_id: int) -> bool:
    query = select(Account.id).where(
        Account.id == account_id,
        Account.closed_at.is_(None),
        Account.role.in_([role.value for role in HANDLERS]),
    )
    return db.scalar(query) is not None
