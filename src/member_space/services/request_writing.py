"""What a colleague writes in a request that he has: an answer, what he asks for, why it ends, a note to his team.

The versions and who has it: services.request_handling.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.attachment import FileRefused, FileState
from member_space.domain.events import EventKind
from member_space.domain.notices import NoticeKind
from member_space.domain.request import Act, NotAllowed, Outcome, State, after
from member_space.models import AskedPiece, InternalNote, Request
from member_space.services import request as requests
from member_space.services.attachment import begun_of, hand_over
from member_space.services.events import record
from member_space.services.request_handling import Hand, check_answers, check_judge, check_read
from member_space.services.request_reminders import is_closure_proposed
from member_space.services.tools import Tools

TO_SEND_A_PIECE = timedelta(days=10)
"""How long a member has for a paper, before a closure is proposed."""


class NotTheSame(Exception):  # noqa: N818 - named after the event
    """The other request is not one of this member, is this one, or is itself a duplicate."""


class FilesNotTaken(Exception):  # noqa: N818 - named after the event
    """Some files of an answer cannot leave, each with its reason: nothing left."""

    def __init__(self, refused: list[FileRefused]) -> None:
        super().__init__(f"{len(refused)} files")
        self.refused = refused


def reply(db: Session, tools: Tools, hand: Hand, body: str) -> None:
    """Write to the member; the request stays in review. Raises FilesNotTaken, OwnDecision."""
    check_answers(db, hand, Act.ANSWER)
    _say(db, tools, hand, body)
    requests.tell(db, tools, hand.request, NoticeKind.REQUEST_ANSWERED)


def answer(db: Session, tools: Tools, hand: Hand, body: str) -> None:
    """Write to the member, which ends the request. Raises FilesNotTaken, OwnDecision."""
    check_answers(db, hand, Act.ANSWER)
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
    check_answers(db, hand, Act.ASK_PIECE)
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


def mark_duplicate(db: Session, tools: Tools, hand: Hand, number: str, body: str) -> None:
    """Close it in favour of another one of the same member. Raises NotTheSame, OwnDecision."""
    after(Act.MARK_DUPLICATE, State(hand.request.state), hand.actor.side)
    check_judge(db, hand)
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

    `body`: the words that say why. Raises NotAllowed as long as the closure is not proposed, OwnDecision.
    """
    check_read(hand)
    check_judge(db, hand)
    if not is_closure_proposed(db, hand.request):
        raise NotAllowed("close before the reminders were left unanswered")
    requests.say(db, tools, hand.request, hand.actor, body, kind="closing", version=hand.version)
    requests.move(db, tools, hand.request, Act.CLOSE, hand.actor)


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
