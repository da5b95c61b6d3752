"""« Ce n’est pas moi »: the code in a mail ends everything that somebody else may have opened (C11)."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Account, Challenge, WebSession
from member_space.services import challenge as challenges
from member_space.services import events
from member_space.services.account_lock import lock_account
from member_space.services.challenge import Purpose
from member_space.services.notification import notify
from member_space.services.shut_out import freeze_payments, shut_everybody_out
from member_space.services.tools import Origin, Tools
from member_space.services.user_agent import software_of

PAGE = "/ce-n-est-pas-moi"


class State(StrEnum):
    """Of the page that a mail links to; nothing of the account shows in it."""

    OPEN = "open"
    DONE = "done"
    OVER = "over"
    """Too old, tried too often, or nobody's."""


@dataclass(frozen=True, slots=True)
class Disowned:
    """What was closed."""

    account_id: int
    sessions: int
    device: bool
    """Whether the browser of the mail was one that the account trusted."""


def disown_link(
    db: Session, tools: Tools, account_id: int, *, session_id: int | None = None, device_id: int | None = None
) -> tuple[str, str]:
    """The path and the code that a security mail carries, good for seven days; they go in its values and its secret.

    `session_id`, `device_id`: where the act that the mail tells was done from.
    """
    # Known now: the session may be gone when the mail is answered.
    details = {"session_id": session_id, "device_id": device_id or _device_of(db, account_id, session_id)}
    row, code = challenges.open_with_code(db, tools, Purpose.DISOWN, account_id=account_id, details=details)
    return f"{PAGE}/{row.public_id}", code


def announce_new_browser(db: Session, tools: Tools, account: Account, origin: Origin, *, session_id: int) -> None:
    """The mail that tells the member of a browser that was never seen before, with « ce n’est pas moi »."""
    link, code = disown_link(db, tools, account.id, session_id=session_id)
    values = {"device": str(software_of(origin.user_agent)), "link": link}
    notify(db, tools, NoticeKind.NEW_DEVICE, Channel.EMAIL, account_id=account.id, values=values, secret={"code": code})


def find_disowning(db: Session, public_id: UUID) -> Challenge | None:
    """The request that a mail speaks of, used and too old ones too: its page says so."""
    return db.scalar(
        select(Challenge).where(Challenge.public_id == public_id, Challenge.purpose == Purpose.DISOWN.value)
    )


def state_of(tools: Tools, request: Challenge | None) -> State:
    """What its page can offer now."""
    if request is None:
        return State.OVER
    if request.used_at:
        return State.DONE
    spent = request.expires_at <= tools.now() or request.tries >= request.max_tries
    return State.OVER if spent else State.OPEN


def disown(db: Session, tools: Tools, request: Challenge, code: str, origin: Origin) -> Disowned:
    """Close every session of the account, trust no browser of it any more, ask for a new password; once.

    Raises CodeRefused or CodeSpent: answer, do not let them escape, as tries are counted.
    """
    challenges.answer(db, tools, request, code)
    challenges.use(db, tools, request)
    asked = challenges.details_of(tools, request)
    account = lock_account(db, request.account_id)
    closed = shut_everybody_out(db, tools, account)
    freeze_payments(db, tools, account, origin)
    events.record(
        db,
        EventKind.DEVICE_DISOWNED,
        subject_person_id=account.person_id,
        origin=origin,
        details={
            "account_id": account.id,
            "device_id": asked["device_id"],
            "session_id": asked["session_id"],
            "sessions": closed.sessions,
            "devices": len(closed.devices),
        },
    )
    return Disowned(account.id, closed.sessions, asked["device_id"] in closed.devices)


def _device_of(db: Session, account_id: int, session_id: int | None) -> int | None:
    if session_id is None:
        return None
    return db.scalar(
        select(WebSession.device_id).where(WebSession.id == session_id, WebSession.account_id == account_id)
    )
