"""Coming in with a code that an adviser dictated, when neither telephone, mailbox nor password is left (C9).

Who still has his password gives the code in place of the second factor (services.second_factor).
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.assisted_recovery import Wish
from member_space.domain.events import EventKind
from member_space.models import Account, Challenge
from member_space.services import challenge as challenges
from member_space.services import events, throttling
from member_space.services.account_lock import lock_account
from member_space.services.challenge import CodeRefused, CodeSpent, Purpose
from member_space.services.password import set_password
from member_space.services.password_reset import TIME_TO_CHOOSE
from member_space.services.sign_in import Opened, Visitor, open_door
from member_space.services.tools import Origin, Tools

PURPOSE = Purpose.RECOVERY


class EntryRefused(Exception):  # noqa: N818 - named after the event
    """The address and the code do not fit together, or the code has ended; says nothing of which."""


def give_dictated_code(db: Session, tools: Tools, email: str, code: str, origin: Origin) -> str:
    """The token of the browser that may choose a new password now.

    Raises EntryRefused or TooManyTries: answer, do not let them escape; the tries are counted.
    """
    email = email.strip().lower()
    now = tools.now()
    index, network = tools.cipher.blind_index(email), throttling.network_of(origin.ip)
    throttling.take_turn(db, index, network, now)
    request = _open_request(db, tools, email)
    try:
        if request is None:
            # Neither the words nor the time tell whether a code was given for this address.
            challenges.answer_nobody(db, PURPOSE, origin)
            raise EntryRefused
        challenges.answer(db, tools, request, code, origin)
    except (EntryRefused, CodeRefused, CodeSpent):
        throttling.note_failure(db, index, network, now)
        raise EntryRefused from None
    request.expires_at = now + TIME_TO_CHOOSE
    return challenges.hand_over(db, request)


def _open_request(db: Session, tools: Tools, email: str) -> Challenge | None:
    """The code shown last for this address, where it stands for everything that was lost."""
    found = db.scalar(
        select(Challenge)
        .join(Account, Account.id == Challenge.account_id)
        .where(
            Account.email == email,
            Account.closed_at.is_(None),
            Challenge.purpose == PURPOSE.value,
            Challenge.used_at.is_(None),
            Challenge.passed_at.is_(None),
            Challenge.tries < Challenge.max_tries,
            Challenge.expires_at > tools.now(),
        )
        .order_by(Challenge.id.desc())
        .limit(1)
    )
    return found if found and challenges.details_of(tools, found)["wish"] == Wish.CONTACTS else None


def come_back(db: Session, tools: Tools, request: Challenge, password: str, visitor: Visitor) -> Opened:
    """Choose a new password and come in, once: the code stood for the second factor, which stays on.

    Raises CodeSpent or PasswordRefused (then the request still serves).
    """
    with db.begin_nested():
        challenges.use(db, tools, request)
        account = lock_account(db, request.account_id)
        set_password(db, tools, account, password, visitor.origin)
    note_used(db, account, visitor.origin)
    return open_door(db, tools, account, visitor, proved=True)


def note_used(db: Session, account: Account, origin: Origin) -> None:
    """The journal knows that a code given by the office let somebody in."""
    events.record(
        db,
        EventKind.RECOVERY_USED,
        actor_account_id=account.id,
        subject_person_id=account.person_id,
        origin=origin,
    )
