"""What time does to requests: papers reminded of, closures proposed, sleepers woken, drafts nudged then erased.

Each request is a savepoint of its own: one that cannot be treated holds no other up (R28), and is tried again.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from member_space.domain.notices import NoticeKind
from member_space.domain.request import Act, State
from member_space.domain.retention import RULES, Kept
from member_space.models import AskedPiece, Request
from member_space.services import request as requests
from member_space.services.asked_piece import all_given, files_wait, hand_back
from member_space.services.legal_hold import ids_under_lock, is_held
from member_space.services.request_draft import lapse
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)

REMINDED_AFTER = (timedelta(days=3), timedelta(days=10))
"""From the asking to the first reminder, and to the second (C75)."""
LEFT_ALONE = timedelta(minutes=15)
"""From the last file added or arranged to its leaving by itself: time to add another page, or a word."""
PROPOSED_AFTER = timedelta(days=15)
"""From the asking to the proposal, to the office, to close the request unanswered; nothing closes by itself."""
CLOSURE_PROPOSED = len(REMINDED_AFTER) + 1
"""`AskedPiece.reminders` from which the closure is proposed."""
NUDGED_AFTER = timedelta(days=3)
TOLD_BEFORE = timedelta(days=7)
"""No draft goes that its member was not told of so long before."""
CLOSED_AFTER = requests.REOPENS_WITHIN
"""From the decision to the end: until then an answer opens it again."""
AT_ONCE = 500
_SAME_ACT = timedelta(minutes=1)
"""The pieces of one asking and its transition are written within so long."""


def proposes_closure() -> ColumnElement[bool]:
    """Of a request in a query: it waits for its member, who gave nothing for the last asking in time."""
    unanswered = exists().where(_of_the_last_asking(), AskedPiece.reminders >= CLOSURE_PROPOSED)
    return (Request.state == State.WAITING_MEMBER.value) & unanswered & ~files_wait()


def is_closure_proposed(db: Session, request: Request) -> bool:
    """As `proposes_closure`, of one request."""
    return bool(db.scalar(select(proposes_closure()).where(Request.id == request.id)))


def send_given(db: Session, tools: Tools) -> None:
    """Hand over by itself what was added for the papers asked for: all of them, once nobody adds to it (C75).

    When only some are there, by the first reminder: who chose a file believes that it left, and is not to be told that
    nothing came.
    """
    now = tools.now()
    overdue = exists().where(_of_the_last_asking(), AskedPiece.asked_at <= now - REMINDED_AFTER[0])
    left = [files_wait(), ~files_wait(since=now - LEFT_ALONE), or_(all_given(), overdue)]
    _each(db, [Request.state == State.WAITING_MEMBER.value, *left], lambda row: hand_back(db, tools, row))


def remind_pieces(db: Session, tools: Tools) -> None:
    """Once a day: remind of papers on the third and the tenth day, one message a request; later, propose its closure.

    Never while files wait to leave. Only who was reminded comes to the proposal, however long the worker slept.
    """

    def step(reminders: int, after: timedelta, at_least: int) -> None:
        due = AskedPiece.reminders.between(at_least, reminders - 1), AskedPiece.asked_at <= tools.now() - after

        def take(row: Request) -> None:
            pieces = update(AskedPiece).where(AskedPiece.request_id == row.id, AskedPiece.answered_at.is_(None))
            db.execute(pieces.values(reminders=reminders).execution_options(synchronize_session=False))
            if reminders < CLOSURE_PROPOSED:
                requests.tell(db, tools, row, NoticeKind.REQUEST_PIECE_REMINDED)

        waits = exists().where(_of_the_last_asking(), *due)
        _each(db, [Request.state == State.WAITING_MEMBER.value, waits, ~files_wait()], take)

    step(CLOSURE_PROPOSED, PROPOSED_AFTER, at_least=CLOSURE_PROPOSED - 1)
    # The furthest first: after two weeks without a worker one message goes, not two.
    for reminders in range(len(REMINDED_AFTER), 0, -1):
        step(reminders, REMINDED_AFTER[reminders - 1], at_least=0)


def wake(db: Session, tools: Tools) -> None:
    """Requests put aside until a day come back to their list, to the colleague who put them there."""

    def wake_up(row: Request) -> None:
        requests.move(db, tools, row, Act.WAKE, requests.SYSTEM, wake_at=None)

    _each(db, [Request.state == State.ON_HOLD.value, Request.wake_at <= tools.now()], wake_up)


def close_decided(db: Session, tools: Tools) -> None:
    """What was decided thirty days ago is ended; its member was told the decision, and there is nothing new to tell."""

    def close(row: Request) -> None:
        requests.move(db, tools, row, Act.CLOSE, requests.SYSTEM, told=False)

    _each(db, [Request.state == State.DECIDED.value, Request.closed_at <= tools.now() - CLOSED_AFTER], close)


def nudge_drafts(db: Session, tools: Tools) -> None:
    """Tell once, of a draft left for three days, that it was not sent, and until when it is kept (R13)."""

    def nudge(row: Request) -> None:
        row.nudged_at = tools.now()
        requests.tell(db, tools, row, NoticeKind.DRAFT_WAITS)

    left = Request.activity_at <= tools.now() - NUDGED_AFTER
    _each(db, [Request.state == State.DRAFT.value, Request.nudged_at.is_(None), left], nudge)


def erase_drafts(db: Session, tools: Tools) -> None:
    """Erase what was left for its time, was told of, and is held by nothing."""
    now = tools.now()
    due = select(Request.id, Request.author_person_id).where(
        Request.state == State.DRAFT.value,
        Request.activity_at <= RULES[Kept.REQUEST_DRAFTS].before(now),
        Request.nudged_at <= now - TOLD_BEFORE,
        ~is_held(Request.author_person_id, Request.id),
    )
    [ids] = ids_under_lock(db, (due.order_by(Request.activity_at, Request.id).limit(AT_ONCE), Request.id))
    rows = db.scalars(select(Request).where(Request.id.in_(ids)).order_by(Request.id))
    _treat(db, rows.all(), lambda row: lapse(db, tools, row))


def _of_the_last_asking() -> ColumnElement[bool]:
    """Pieces not given yet, of the asking that the request waits for: an older one was answered by a word."""
    return (
        (AskedPiece.request_id == Request.id)
        & AskedPiece.answered_at.is_(None)
        & (AskedPiece.asked_at > Request.state_since - _SAME_ACT)
    )


def _each(db: Session, conditions: list[ColumnElement[bool]], act: Callable[[Request], None]) -> None:
    """Do this to each such request that nobody is changing, the oldest first."""
    query = select(Request).where(*conditions).order_by(Request.activity_at, Request.id).limit(AT_ONCE)
    query = query.with_for_update(skip_locked=True, of=Request).execution_options(populate_existing=True)
    _treat(db, db.scalars(query).all(), act)


def _treat(db: Session, rows: Iterable[Request], act: Callable[[Request], None]) -> None:
    for row in rows:
        try:
            with db.begin_nested():
                act(row)
        except Exception:  # whatever is wrong with this one, the others are not to wait for it
            log.exception("request not treated", request=row.number, act=act.__qualname__)
