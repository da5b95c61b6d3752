"""Proving again who one is, before a sensitive act (C12): a second factor, in the session that is open."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from member_space.models import WebSession
from member_space.services import challenge as challenges
from member_space.services.challenge import Purpose
from member_space.services.passkey import PasskeyRefused, account_of_assertion
from member_space.services.second_factor import Factor, Waiting, prove, waiting_of
from member_space.services.sessions import Identity, SignedIn
from member_space.services.tools import Origin, Tools


def open_step_up(db: Session, tools: Tools, identity: SignedIn) -> tuple[Waiting, str]:
    """A request of who is signed in to prove it again, and the token for his browser.

    The password is never taken instead: a session left open is what this protects from, and browsers fill passwords
    in by themselves. Nobody is stuck: a member has at least his mailbox, a colleague enrolled when he first signed in.
    """
    person_id = identity.person_id if isinstance(identity, Identity) else None
    _row, token = challenges.open_challenge(
        db, tools, Purpose.STEP_UP, account_id=identity.account_id, person_id=person_id
    )
    waiting = step_up_of(db, tools, identity, token)
    if waiting is None:  # pragma: no cover - the account was closed this very moment
        raise LookupError("an open session of a closed account")
    return waiting, token


def step_up_of(db: Session, tools: Tools, identity: SignedIn, token: str | None) -> Waiting | None:
    """The request that this browser made as this account; None for another's, left by who was signed in before."""
    waiting = waiting_of(db, tools, Purpose.STEP_UP, token) if token else None
    return waiting if waiting and waiting.account.id == identity.account_id else None


def step_up(
    db: Session, tools: Tools, waiting: Waiting, identity: SignedIn, factor: Factor, code: str, origin: Origin
) -> None:
    """Try what was given; this session, and no other, is proved for five minutes when it is right.

    Raises what `prove` does: the caller answers, he does not let them escape.
    """
    prove(db, tools, waiting, factor, code, origin, device_id=identity.device_id)
    note_proof(db, tools, identity.session_id)


def step_up_with_passkey(db: Session, tools: Tools, identity: SignedIn, token: str | None, credential: str) -> None:
    """The same by a passkey of this very account. Raises PasskeyRefused: answer, its challenge is used up."""
    if account_of_assertion(db, tools, token, credential).id != identity.account_id:
        raise PasskeyRefused
    note_proof(db, tools, identity.session_id)


def note_proof(db: Session, tools: Tools, session_id: int) -> None:
    """A second factor was given in this session, now."""
    db.execute(update(WebSession).where(WebSession.id == session_id).values(proved_at=tools.now()))
