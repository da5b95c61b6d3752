"""A code was sent: is it the right one? The one mechanism behind activation, second factor, changes and recovery.

A request for a proof is a row (models.Challenge). The browser that asked holds a random token, in a cookie; a mail
holds the row's public id and the code. Opening a page never uses anything: only a POST with the right code does.
"""

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from member_space.domain.check_code import ALPHABET
from member_space.domain.events import EventKind
from member_space.models import Account, Challenge
from member_space.services.account_lock import lock_request
from member_space.services.events import record
from member_space.services.sessions import hash_token
from member_space.services.tools import INSIDE, Origin, Tools


def draw_letters(how_many: int = 10) -> str:
    """Characters for a code that lives long."""
    return "".join(secrets.choice(ALPHABET) for _ in range(how_many))


class Purpose(StrEnum):
    """What the proof is for; one of another purpose is not found."""

    ACTIVATION = "activation"
    SIGN_IN = "sign_in"
    STEP_UP = "step_up"
    PASSWORD_RESET = "password_reset"
    EMAIL_CHANGE = "email_change"
    MOBILE_CHANGE = "mobile_change"
    UNDO_CHANGE = "undo_change"
    DISOWN = "disown"
    RECOVERY = "recovery"
    PASSKEY = "passkey"
    INVITATION = "invitation"
    OFFICE_ACTIVATION = "office_activation"
    OIDC = "oidc"


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a code lives, how often it may be tried, and its shape: six digits, or ten letters for a long life."""

    life: timedelta
    digits: bool = True
    max_tries: int = 5

    def draw(self) -> str:
        if self.digits:
            return f"{secrets.randbelow(1_000_000):06d}"
        return draw_letters()


_SHORT = Rule(timedelta(minutes=10))
RULES: dict[Purpose, Rule] = dict.fromkeys(Purpose, _SHORT) | {
    Purpose.UNDO_CHANGE: Rule(timedelta(days=7), digits=False),
    Purpose.DISOWN: Rule(timedelta(days=7), digits=False),
    Purpose.INVITATION: Rule(timedelta(days=7), digits=False),
    Purpose.OFFICE_ACTIVATION: Rule(timedelta(days=7), digits=False),
}


class CodeRefused(Exception):  # noqa: N818 - named after the event
    """The code is not the one that was sent; `tries_left` more may be made."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(f"{tries_left} tries left")
        self.tries_left = tries_left


class CodeSpent(Exception):  # noqa: N818 - named after the event
    """The code is too old, was tried too often, or was used: another must be asked for."""


def open_challenge(
    db: Session,
    tools: Tools,
    purpose: Purpose,
    *,
    account_id: int | None = None,
    person_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> tuple[Challenge, str]:
    """A new request and the token for the browser that made it. Ids are None for somebody unknown: nobody can tell."""
    token = secrets.token_urlsafe(32)
    rule, now = RULES[purpose], tools.now()
    row = Challenge(
        purpose=purpose.value,
        token_hash=hash_token(token),
        account_id=account_id,
        person_id=person_id,
        details=tools.cipher.encrypt(json.dumps(details)) if details else None,
        created_at=now,
        expires_at=now + rule.life,
        max_tries=rule.max_tries,
    )
    db.add(row)
    db.flush()  # its ids are the answer
    return row, token


def open_with_code(
    db: Session,
    tools: Tools,
    purpose: Purpose,
    *,
    account_id: int,
    person_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> tuple[Challenge, str]:
    """A new request and its code, for a message or a hand to carry: no browser holds it, any may bring the code."""
    row, _token = open_challenge(db, tools, purpose, account_id=account_id, person_id=person_id, details=details)
    row.token_hash = None
    code = draw_code(tools, row)
    db.flush()
    return row, code


def draw_code(tools: Tools, challenge: Challenge) -> str:
    """A new code, which alone is right from now on; tries go on being counted for the request, not for the code."""
    rule = RULES[Purpose(challenge.purpose)]
    code = rule.draw()
    challenge.code_hash = _code_hash(tools, challenge, code)
    challenge.expires_at = tools.now() + rule.life
    return code


def challenge_of_token(db: Session, tools: Tools, purpose: Purpose, token: str | None) -> Challenge | None:
    """The open request that this browser made for this purpose: neither used nor too old."""
    return _open(db, tools, purpose, Challenge.token_hash == hash_token(token)) if token else None


def challenge_of_id(db: Session, tools: Tools, purpose: Purpose, public_id: UUID) -> Challenge | None:
    """The open request that a mail speaks of."""
    return _open(db, tools, purpose, Challenge.public_id == public_id)


def _open(db: Session, tools: Tools, purpose: Purpose, which: Any) -> Challenge | None:
    return db.scalar(
        select(Challenge).where(
            which,
            Challenge.purpose == purpose.value,
            Challenge.used_at.is_(None),
            Challenge.expires_at > tools.now(),
        )
    )


def answer(
    db: Session,
    tools: Tools,
    challenge: Challenge,
    code: str,
    origin: Origin = INSIDE,
    *,
    is_right: Callable[[str], bool] | None = None,
) -> None:
    """Try a code: `passed_at` is set when it is right; the journal knows the outcome. `is_right` judges one that was
    not sent (of an authenticator app, of a sheet of paper).

    Raises CodeRefused or CodeSpent; the count is in the transaction, so the caller answers, he does not let them
    escape. Fifty tries at once follow each other on the row: at most `max_tries` are counted, at most one passes.
    """
    lock_request(db, challenge)
    now = tools.now()
    if challenge.used_at or challenge.passed_at or challenge.expires_at <= now:
        raise CodeSpent
    if challenge.tries >= challenge.max_tries:
        raise CodeSpent
    challenge.tries += 1
    if not (is_right or partial(is_sent_one, tools, challenge))(plain(code)):
        _note(db, EventKind.CODE_REFUSED, challenge, origin)
        raise CodeRefused(challenge.max_tries - challenge.tries)
    challenge.passed_at = now
    _note(db, EventKind.CODE_PASSED, challenge, origin)


def answer_nobody(db: Session, purpose: Purpose, origin: Origin) -> None:
    """What a wrong code costs where there is no request to answer: as much as `answer`, and the journal knows."""
    db.scalar(select(Account).where(Account.id == 0).with_for_update(key_share=True))
    db.scalar(select(Challenge).where(Challenge.id == 0).with_for_update())
    nothing = update(Challenge).where(Challenge.id == 0).values(tries=0)
    db.execute(nothing.execution_options(synchronize_session=False))
    details = {"purpose": purpose.value, "channel": None, "account": None}
    record(db, EventKind.CODE_REFUSED, origin=origin, details=details)


def _note(db: Session, kind: EventKind, challenge: Challenge, origin: Origin) -> None:
    db.flush()
    # Whoever tries a code has proved nothing yet: the account is what it is about, not who acts.
    details = {"purpose": challenge.purpose, "channel": challenge.channel, "account": challenge.account_id}
    record(db, kind, subject_person_id=challenge.person_id, origin=origin, details=details)


def use(db: Session, tools: Tools, challenge: Challenge) -> None:
    """What the proof allowed is being done, once: raises CodeSpent where it was not passed, or was used before."""
    lock_request(db, challenge)
    if challenge.used_at or not challenge.passed_at:
        raise CodeSpent
    challenge.used_at = tools.now()
    db.flush()


def details_of(tools: Tools, challenge: Challenge) -> dict[str, Any]:
    """What the purpose kept with the request; empty where nothing was."""
    found: dict[str, Any] = json.loads(tools.cipher.decrypt(challenge.details)) if challenge.details else {}
    return found


def keep_details(tools: Tools, challenge: Challenge, details: dict[str, Any]) -> None:
    """Replace what the purpose kept with the request."""
    challenge.details = tools.cipher.encrypt(json.dumps(details))


def plain(code: str) -> str:
    """A code as it was drawn, from how people type it: « 123 456 », « abcde-fghij »."""
    return "".join(one for one in code if one.isalnum()).upper()


def is_sent_one(tools: Tools, challenge: Challenge, code: str) -> bool:
    """Whether this plain code is the one last drawn; nothing is counted: `answer` is."""
    # Compared even where no code was ever drawn (somebody unknown): the same time.
    return hmac.compare_digest(_code_hash(tools, challenge, code), challenge.code_hash or bytes(32))


def _code_hash(tools: Tools, challenge: Challenge, code: str) -> bytes:
    return tools.cipher.blind_index(f"code:{challenge.id}:{code}")


def hand_over(db: Session, challenge: Challenge) -> str:
    """The request goes to the browser that is there now: its new token. The one that asked holds nothing any more."""
    token = secrets.token_urlsafe(32)
    challenge.token_hash = hash_token(token)
    db.flush()
    return token
