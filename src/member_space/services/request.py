"""The life of a request: sent, moved from state to state, talked about. The only place that changes one; what is not
sent yet is services.request_draft.

Every change is a compare-and-set on the version: whoever read an older one gets `Stale`, and his words are kept by his
page. A transition writes the row of the log, the fact of the journal, and what the member is told, in one transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Sequence, select, update
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.notices import NoticeKind
from member_space.domain.request import (
    OPEN,
    TRANSITIONS,
    Act,
    NotAllowed,
    Outcome,
    RequestKind,
    Side,
    State,
    after,
    is_untouched,
    number_of,
)
from member_space.domain.service_clock import A_DAY
from member_space.models import Account, Attachment, Message, Request, RequestTransition
from member_space.services.api_access import ApiAccess
from member_space.services.catalogue import DEFAULT_TARGETS, catalogue_of
from member_space.services.complaint import delays_from
from member_space.services.events import record
from member_space.services.handlers import handles
from member_space.services.notification_announce import announce
from member_space.services.request_clock import due_at_of
from member_space.services.request_find import read_again
from member_space.services.request_search import add_words, index_files, index_request
from member_space.services.sessions import Identity, OfficeIdentity
from member_space.services.tools import INSIDE, Origin, Tools
from member_space.services.webhook_news import tell_request

NUMBERS = {False: Sequence("request_number"), True: Sequence("complaint_number")}
"""Of complaints, and of all the others: the register of complaints has numbers of its own."""
REOPENS_WITHIN = timedelta(days=30)
"""A reply within so long of the end opens the same request again; later, a linked one (C98)."""


class Stale(Exception):  # noqa: N818 - named after the event
    """Somebody changed the request meanwhile; `state` and `version`: as they are now."""

    def __init__(self, state: State, version: int) -> None:
        super().__init__(f"now in {state}, version {version}")
        self.state = state
        self.version = version


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for the log and the journal."""

    side: Side
    account_id: int | None = None
    origin: Origin = INSIDE
    checks: tuple[str, ...] | None = None
    """By what a colleague who writes in a member's name knew him; None: everybody acts in his own."""
    assistant: str | None = None
    """The application that writes in a member's name, as he knows it; None: he writes himself."""

    @classmethod
    def of(cls, identity: Identity | OfficeIdentity | ApiAccess, origin: Origin) -> "Actor":
        side = Side.OFFICE if isinstance(identity, OfficeIdentity) else Side.MEMBER
        assistant = identity.assistant if isinstance(identity, ApiAccess) else None
        return cls(side, identity.account_id, origin, assistant=assistant)


SYSTEM = Actor(Side.SYSTEM)


def send(db: Session, tools: Tools, draft: Request, actor: Actor) -> None:
    """Hand a draft over to the office: its number is drawn, its text becomes the first message.

    Raises Stale when it was sent meanwhile (two tabs, two clicks): `draft` is then read again, and has its number.
    """
    topic = catalogue_of(tools.settings).topics.get(draft.topic or "")
    # A topic that left the catalogue since: the days of its kind, fifteen for a complaint.
    days = topic.target_days if topic else DEFAULT_TARGETS[RequestKind(draft.kind)]
    complaint = draft.kind == RequestKind.COMPLAINT
    facts: dict[str, Any] = {
        "sent_at": tools.now(),
        "number": number_of(db.scalar(NUMBERS[complaint]) or 0, complaint=complaint),
        "target_minutes": round(days * A_DAY / timedelta(minutes=1)),
    }
    # Who is told that it was written in his name knows that it came; of a complaint the receipt is the law's.
    move(db, tools, draft, Act.SEND, actor, told=actor.checks is None or complaint, **facts)
    if actor.checks is not None:
        tell(db, tools, draft, NoticeKind.REQUEST_WRITTEN_FOR_YOU)
    if complaint:
        draft.details = draft.details | delays_from(tools, tools.today())
    index_request(db, tools, draft)
    message = None
    if draft.body and draft.body.strip():
        message = _write_message(db, tools, draft, actor, draft.body, "text")
        message.sent_at = draft.sent_at or message.sent_at  # by which the receipt knows it, and the office what is new
        draft.body = None
        db.flush()
    files = update(Attachment).where(Attachment.request_id == draft.id, Attachment.sent_at.is_(None))
    about = {"message_id": message.id if message else None, "person_id": draft.person_id}
    db.execute(files.values(sent_at=tools.now(), **about))
    index_files(db, draft)


def move(
    db: Session,
    tools: Tools,
    request: Request,
    act: Act,
    actor: Actor,
    *,
    version: int | None = None,
    details: dict[str, Any] | None = None,
    told: bool = True,
    **changes: Any,
) -> None:
    """One transition. `version`: the one that the actor read, the row's own by default; `changes`: columns besides.
    `told`: False where the member has nothing to learn from it. What comes back to the list for a colleague who is
    gone comes back for anybody.

    Raises NotAllowed where the state does not open this act to this side, Stale when the version has passed.
    """
    if act is Act.WITHDRAW and not is_untouched(db.scalars(_acts_of(request))):
        raise NotAllowed("withdraw after somebody saw it")
    comes_back = TRANSITIONS[act].after is State.TO_DO and request.handler_id is not None
    if comes_back and "handler_id" not in changes and not handles(db, request.handler_id):
        changes["handler_id"] = None
    notice = TRANSITIONS[act].notice if told else None
    _transit(db, request, act, actor, tools.now(), version or request.version, details, changes, notice)
    if State(request.state) in OPEN:
        request.due_at = due_at_of(db, tools, request)
        db.flush()
    if notice:
        tell(db, tools, request, notice)


def _acts_of(request: Request) -> Select[tuple[str]]:
    """What was done with it, each act once."""
    return select(RequestTransition.act).where(RequestTransition.request_id == request.id).distinct()


def settle(db: Session, now: datetime, request: Request, outcome: Outcome, details: dict[str, Any]) -> None:
    """A fact that came from elsewhere (a fund's answer) ends it; nobody is told here. Raises NotAllowed."""
    changes = {"outcome": outcome.value, "wake_at": None}
    _transit(db, request, Act.SETTLE, SYSTEM, now, request.version, details, changes)


def _transit(
    db: Session,
    request: Request,
    act: Act,
    actor: Actor,
    now: datetime,
    expected: int,
    details: dict[str, Any] | None,
    changes: dict[str, Any],
    notice: NoticeKind | None = None,
) -> None:
    """The compare-and-set with its row of the log and its fact of the journal."""
    before = State(request.state)
    if expected != request.version:
        raise Stale(before, request.version)
    to = after(act, before, actor.side)
    values = changes | {
        "state": to.value,
        "version": expected + 1,
        # Who has it is the office's own business: nothing that its member sees has changed.
        "activity_at": _later(request, now) if to is not before else request.activity_at,
        "state_since": now if to is not before else request.state_since,
        "closed_at": None if to in OPEN else (request.closed_at or now),
        "due_at": request.due_at if to in OPEN else None,
    }
    if to in OPEN:
        values["outcome"] = None  # whoever opens it again, it has not ended yet
    _set(db, request, expected, values)
    _log(db, request, act, actor, now, before, details, notice)


def _log(
    db: Session,
    request: Request,
    act: Act,
    actor: Actor,
    now: datetime,
    before: State,
    details: dict[str, Any] | None = None,
    notice: NoticeKind | None = None,
) -> None:
    """The row of the log of the version that the request now has, and the fact of the journal."""
    db.add(
        RequestTransition(
            request_id=request.id,
            contract_id=request.contract_id,
            version=request.version,
            act=act.value,
            before=before.value,
            after=request.state,
            side=actor.side.value,
            account_id=actor.account_id,
            at=now,
            notice=notice.value if notice else None,
            details=(details or {}) | _on_behalf(actor),
        )
    )
    db.flush()
    _journal(db, EventKind.REQUEST_MOVED, request, actor, {"act": act.value, "after": request.state})


def let_go(db: Session, tools: Tools, request: Request, actor: Actor) -> None:
    """Nobody has it any more, and it stays in the state where it is. Raises Stale as `move` does."""
    expected = request.version
    _set(db, request, expected, {"version": expected + 1, "handler_id": None})
    _log(db, request, Act.RELEASE, actor, tools.now(), State(request.state))


def say(
    db: Session,
    tools: Tools,
    request: Request,
    actor: Actor,
    body: str,
    *,
    kind: str = "text",
    version: int | None = None,
    public_id: UUID | None = None,
) -> Message:
    """One message in the thread, without a transition; the version grows: nobody decides without having read it.

    `public_id`: that of the form it comes from, where a second click must not send it twice.

    Raises Stale as `move` does. An office's message is told to the member by whoever calls, where no transition does.
    """
    expected, now = version or request.version, tools.now()
    if expected != request.version:
        raise Stale(State(request.state), request.version)
    values: dict[str, Any] = {"version": expected + 1, "activity_at": _later(request, now)}
    if actor.side is not Side.MEMBER:
        values["awaits_reply_since"] = None
    elif kind != "thanks":
        values["awaits_reply_since"] = request.awaits_reply_since or now
    _set(db, request, expected, values)
    return _write_message(db, tools, request, actor, body, kind, public_id)


def grow(db: Session, tools: Tools, request: Request) -> None:
    """A paper came to it without a word: the version grows too, so that nobody decides without having seen it."""
    values = {"version": request.version + 1, "activity_at": _later(request, tools.now())}
    _set(db, request, request.version, values)


def tell(db: Session, tools: Tools, request: Request, notice: NoticeKind) -> None:
    """Announce something about a request to its member, on the account that is open today, and to his applications."""
    account_id = db.scalar(
        select(Account.id).where(Account.person_id == request.author_person_id, Account.closed_at.is_(None))
    )
    if account_id:
        announce(db, tools, notice, account_id, {"link": f"/demandes/{request.public_id}"})
        tell_request(db, request, notice, tools.now())


def _later(request: Request, now: datetime) -> datetime:
    """When something that its member sees happened: another instant each time, by which open pages know it
    (services.freshness), whatever the clocks of two machines say."""
    return max(now, request.activity_at + timedelta(microseconds=1))


def _set(db: Session, request: Request, expected: int, values: dict[str, Any]) -> None:
    """The compare-and-set: the row as it was read, or Stale; Gone where there is none any more."""
    db.flush()
    done = db.execute(
        update(Request)
        .where(Request.id == request.id, Request.version == expected)
        .values(**values)
        .returning(Request.id)
        .execution_options(synchronize_session=False)
    ).first()
    read_again(db, request)
    if done is None:
        raise Stale(State(request.state), request.version)


def _write_message(
    db: Session,
    tools: Tools,
    request: Request,
    actor: Actor,
    body: str,
    kind: str,
    public_id: UUID | None = None,
) -> Message:
    row = Message(
        request_id=request.id,
        contract_id=request.contract_id,
        author_person_id=request.author_person_id,
        side=actor.side.value,
        account_id=actor.account_id,
        assistant=actor.assistant,
        kind=kind,
        body=body.strip(),
        sent_at=tools.now(),
        **({"public_id": public_id} if public_id else {}),
    )
    db.add(row)
    db.flush()
    add_words(db, request, row.body)
    _journal(db, EventKind.MESSAGE_SENT, request, actor, {"side": actor.side.value, "kind": kind})
    return row


def _journal(db: Session, kind: EventKind, request: Request, actor: Actor, details: dict[str, Any]) -> None:
    record(
        db,
        kind,
        actor_account_id=actor.account_id,
        subject_person_id=request.author_person_id,
        contract_id=request.contract_id,
        origin=actor.origin,
        details=details | {"number": request.number} | _on_behalf(actor),
    )


def _on_behalf(actor: Actor) -> dict[str, Any]:
    """What the log and the journal say of an act in a member's name by somebody else (R22)."""
    if actor.assistant is not None:
        return {"assistant": actor.assistant}
    return {} if actor.checks is None else {"on_behalf": True, "checks": list(actor.checks)}
