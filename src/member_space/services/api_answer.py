"""A question that writes, asked again with the same key: the same answer, and nothing written twice
(draft-ietf-httpapi-idempotency-key-header).

The answer is kept in the transaction of what it tells: there is never one without the other. A key belongs to who asks
by what a member allowed (a grant, which another assistant may have by exchange), so that nobody finds somebody else's
answer. What was refused is not kept: nothing was written.
"""

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from member_space.domain.retention import RULES, Kept
from member_space.models import ApiAnswer
from member_space.services.tools import Tools

LIFE: timedelta = RULES[Kept.API_ANSWERS].life


class KeyReused(Exception):  # noqa: N818 - named after the event
    """The key was given with another question."""


class StillAnswering(Exception):  # noqa: N818 - named after the event
    """The same key is being answered at this moment."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question by its key. ``key_hash`` and ``question`` are blind indexes: neither is told by what is kept."""

    grant_id: int
    key_hash: bytes
    question: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What was told: the status of HTTP and the JSON."""

    status: int
    body: str


def asked_with(tools: Tools, grant_id: int, client_id: int | None, key: str, address: str, body: bytes) -> Asked:
    """``client_id``: who asks; ``body``: JSON, whose spaces and order of names count for nothing."""
    same = json.dumps(json.loads(body or b"null"), sort_keys=True, separators=(",", ":"))
    index = tools.cipher.blind_index
    return Asked(grant_id, index(f"api key:{grant_id}:{client_id}:{key}"), index(f"api question:{address}:{same}"))


def answered_before(db: Session, tools: Tools, asked: Asked) -> Answered | None:
    """What was answered within a day, None when this is the first time; the key is then this transaction's.

    Raises StillAnswering, KeyReused.
    """
    lock = int.from_bytes(asked.key_hash[:8], "big", signed=True)
    if not db.scalar(select(func.pg_try_advisory_xact_lock(lock))):
        raise StillAnswering
    found = db.scalar(
        select(ApiAnswer).where(ApiAnswer.key_hash == asked.key_hash, ApiAnswer.answered_at > tools.now() - LIFE)
    )
    if found is None:
        return None
    if found.question != asked.question:
        raise KeyReused
    return Answered(found.status, tools.cipher.decrypt(found.body))


def keep_answer(db: Session, tools: Tools, asked: Asked, answered: Answered) -> None:
    """Keep it for a day, in place of one that is older."""
    told = {
        "question": asked.question,
        "status": answered.status,
        "body": tools.cipher.encrypt(answered.body),
        "answered_at": tools.now(),
    }
    row = insert(ApiAnswer).values(key_hash=asked.key_hash, grant_id=asked.grant_id, **told)
    db.execute(row.on_conflict_do_update(index_elements=["key_hash"], set_=told))
