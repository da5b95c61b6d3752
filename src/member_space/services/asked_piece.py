"""The papers that the office asked for, and what the member answers: given, or said to be missing (C75)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from member_space.domain.attachment import FileRefused, SentFile
from member_space.domain.request import Act, NotAllowed, Side, State
from member_space.models import AskedPiece, Attachment, Request
from member_space.services.attachment import hand_over
from member_space.services.attachment_add import add_files
from member_space.services.request import SYSTEM, Actor, grow, move, say
from member_space.services.tools import Tools


def asked_of(db: Session, request_id: int) -> Sequence[AskedPiece]:
    """The papers still awaited, the oldest first; one statement."""
    query = select(AskedPiece).where(AskedPiece.request_id == request_id, AskedPiece.answered_at.is_(None))
    return db.scalars(query.order_by(AskedPiece.id)).all()


def answer_asked(
    db: Session, tools: Tools, request: Request, actor: Actor, without: Collection[str], words: str
) -> bool:
    """Hand the request back to the office; False when some paper is neither given nor said to be missing.

    ``without``: the public ids of those that the member says he has not, with ``words`` of his. Raises NotAllowed
    when nothing is awaited any more, and Stale when it changed meanwhile.
    """
    if request.state != State.WAITING_MEMBER:
        raise NotAllowed(f"provide in {request.state}")
    asked = asked_of(db, request.id)
    given = _given(db, request.id)
    if any(str(one.public_id) not in without and one.id not in given for one in asked):
        return False
    missing = [one.piece for one in asked if one.id not in given]
    move(db, tools, request, Act.PROVIDE, actor, details={"without": missing})
    message = say(db, tools, request, actor, words) if words else None
    hand_over(db, tools, request, actor, message.id if message else None)
    note_answered(db, tools, request)
    return True


def add_and_hand_over(
    db: Session,
    tools: Tools,
    request: Request,
    uploads: Sequence[SentFile],
    *,
    actor: Actor,
    piece: str | None,
    as_one: bool,
    asked: AskedPiece | None,
) -> list[FileRefused]:
    """Add the files of a form to an open request or a draft, as ``asked`` or as a ``piece`` of the catalogue; those
    that are not taken, each with its reason. Raises as `add_files`."""
    refused = add_files(
        db,
        tools,
        request,
        uploads,
        actor=actor,
        piece=asked.piece if asked else piece,
        as_one=as_one,
        asked_piece_id=asked.id if asked else None,
    )
    # It is locked and read again by now: what another tab did while these files came is there.
    if request.state not in (State.DRAFT, State.WAITING_MEMBER):
        # Sent, or handed back, since the page that adds was shown: nothing sends these later.
        hand_over(db, tools, request, actor)
        grow(db, tools, request)
    return refused


def hand_back(db: Session, tools: Tools, request: Request) -> None:
    """Hand the request back with what was added and never sent: who chose a file believes that it left."""
    given = _given(db, request.id)
    missing = [one.piece for one in asked_of(db, request.id) if one.id not in given]
    move(db, tools, request, Act.PROVIDE, SYSTEM, details={"without": missing})
    hand_over(db, tools, request, Actor(Side.MEMBER))
    note_answered(db, tools, request)


def files_wait(since: datetime | None = None) -> ColumnElement[bool]:
    """Of a request in a query: its member added files that have not left. ``since``: added or arranged after that."""
    begun = [Attachment.request_id == Request.id, Attachment.side == Side.MEMBER.value, *_kept()]
    if since:
        begun.append(Attachment.waits_since > since)
    return exists().where(*begun, Attachment.sent_at.is_(None))


def all_given() -> ColumnElement[bool]:
    """Of a request in a query: every paper that is awaited has a file."""
    came = exists().where(Attachment.asked_piece_id == AskedPiece.id, *_kept())
    return ~exists().where(AskedPiece.request_id == Request.id, AskedPiece.answered_at.is_(None), ~came)


def note_answered(db: Session, tools: Tools, request: Request) -> None:
    """Nothing of what was asked is awaited any more: the member gave it, or wrote."""
    db.execute(
        update(AskedPiece)
        .where(AskedPiece.request_id == request.id, AskedPiece.answered_at.is_(None))
        .values(answered_at=tools.now())
    )


def _given(db: Session, request_id: int) -> set[int]:
    """The papers asked for that a file was added for, and not refused."""
    came = exists().where(Attachment.asked_piece_id == AskedPiece.id, *_kept())
    return set(db.scalars(select(AskedPiece.id).where(AskedPiece.request_id == request_id, came)))


def _kept() -> list[ColumnElement[bool]]:
    return [Attachment.removed_at.is_(None), Attachment.state != "refused"]
