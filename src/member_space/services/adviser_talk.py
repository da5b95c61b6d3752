"""The talk with the virtual adviser: kept for the session, shown to nobody else, erased when its member asks (C160)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from member_space.domain.adviser import Answer
from member_space.domain.privacy import View
from member_space.models import AdviserTalk, AdviserTurn, Request
from member_space.services.account_lock import lock_account
from member_space.services.adviser import answer
from member_space.services.content import plain
from member_space.services.handover import Said, Talk, hand_over
from member_space.services.household import Household
from member_space.services.sessions import Identity
from member_space.services.throttling import count_turn
from member_space.services.tools import Origin, Tools

MOST = 30
"""Questions of a session within `throttling.WINDOW`: more are asked by no hand."""
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as typed, and its answer; None where what it told is not his to see any more."""

    id: int
    public_id: UUID
    asked_at: datetime
    question: str
    answer: Answer | None
    useful: bool | None
    word: str


def ask(
    db: Session, tools: Tools, identity: Identity, household: Household, question: str, *, locale: str, about: str = ""
) -> Turn:
    """Answer a question and keep both. Raises TooManyTries."""
    lock_account(db, identity.account_id)  # two tabs at once write in one talk
    count_turn(db, tools.cipher.blind_index(f"adviser:{identity.session_id}"), "adviser", tools.now(), limit=MOST)
    talk = talk_of(db, identity)
    if talk is None:
        talk = AdviserTalk(account_id=identity.account_id, session_id=identity.session_id, started_at=tools.now())
        db.add(talk)
        db.flush()
    before = set(household.shown)
    household.shown.clear()
    found = answer(db, tools, household, question, locale=locale, about=about)
    row = AdviserTurn(
        talk_id=talk.id,
        asked_at=tools.now(),
        question=tools.cipher.encrypt(question),
        answer=tools.cipher.encrypt(json.dumps(found.to_json(), ensure_ascii=False)),
        kind=found.kind.value,
        intent=found.intent,
        shown=_views(household, household.shown),
    )
    household.note(before)
    db.add(row)
    db.flush()
    return Turn(row.id, row.public_id, row.asked_at, question, found, None, "")


def talk_of(db: Session, identity: Identity) -> AdviserTalk | None:
    """The talk of this session that was not handed over; one statement."""
    return db.scalar(
        select(AdviserTalk)
        .where(
            AdviserTalk.account_id == identity.account_id,
            AdviserTalk.session_id == identity.session_id,
            AdviserTalk.request_id.is_(None),
        )
        .order_by(AdviserTalk.id.desc())
        .limit(1)
    )


def find_talk(db: Session, identity: Identity, public_id: UUID) -> AdviserTalk | None:
    """A talk of this session, handed over or not; anybody else's is as unknown as a wrong one."""
    mine = (AdviserTalk.account_id == identity.account_id, AdviserTalk.session_id == identity.session_id)
    return db.scalar(select(AdviserTalk).where(AdviserTalk.public_id == public_id, *mine))


def turns_of(db: Session, tools: Tools, household: Household, talk: AdviserTalk | None) -> list[Turn]:
    """The last turns of a talk, the oldest first; whose data they tell are noted. One statement."""
    if talk is None:
        return []
    query = select(AdviserTurn).where(AdviserTurn.talk_id == talk.id).order_by(AdviserTurn.id.desc()).limit(MOST_SHOWN)
    return [_turn(tools, household, row) for row in reversed(db.scalars(query).all())]


def find_turn(db: Session, tools: Tools, identity: Identity, household: Household, public_id: UUID) -> Turn | None:
    """A turn of this session's talk; anybody else's is as unknown as a wrong one."""
    talk = talk_of(db, identity)
    mine = (AdviserTurn.public_id == public_id, AdviserTurn.talk_id == (talk.id if talk else 0))
    row = db.scalar(select(AdviserTurn).where(*mine))
    return _turn(tools, household, row) if row else None


def give_opinion(db: Session, tools: Tools, turn: Turn, *, useful: bool, word: str) -> None:
    """Whether the answer helped, and a word on it where there is one; the latest is kept."""
    row = db.get_one(AdviserTurn, turn.id)
    row.useful = useful
    row.word = tools.cipher.encrypt(word) if word else row.word
    db.flush()


def forget(db: Session, identity: Identity) -> None:
    """Erase what was said in this session, but for what a human was given, which is in its thread."""
    mine = (AdviserTalk.account_id == identity.account_id, AdviserTalk.session_id == identity.session_id)
    db.execute(delete(AdviserTalk).where(*mine))


def hand_over_talk(
    db: Session,
    tools: Tools,
    identity: Identity,
    household: Household,
    origin: Origin,
    topic: str,
    words: str,
    *,
    key: UUID,
    locale: str,
) -> Request:
    """Give a talk of this session to a human, with its words; asked again, the thread that it opened already.

    ``key``: the public id of the talk, or any other where there is none: `words` then go alone. Raises NoContract.
    """
    lock_account(db, identity.account_id)
    talk = find_talk(db, identity, key)
    said = []
    for turn in turns_of(db, tools, household, talk):
        said.append(Said(True, turn.question))
        if turn.answer:
            said.append(Said(False, plain(turn.answer.text)))
    machine = tools.settings.adviser_name
    given = Talk(key, machine, said)
    row = hand_over(db, tools, identity.account_id, household, origin, given, topic, words, locale=locale)
    if talk:
        talk.request_id = row.id
        db.flush()
    return row


def _turn(tools: Tools, household: Household, row: AdviserTurn) -> Turn:
    seen = _may_see(household, row.shown)
    if seen:
        household.note(int(person) for person in row.shown)
    decrypt = tools.cipher.decrypt
    return Turn(
        id=row.id,
        public_id=row.public_id,
        asked_at=row.asked_at,
        question=decrypt(row.question),
        answer=Answer.from_json(json.loads(decrypt(row.answer))) if seen else None,
        useful=row.useful,
        word=decrypt(row.word) if row.word else "",
    )


def _views(household: Household, persons: set[int]) -> dict[str, Any]:
    return {str(one): _view(household, one).value for one in sorted(persons)}


def _view(household: Household, person_id: int) -> View:
    return max((one.view for one in household.members if one.person_id == person_id), default=View.NONE)


def _may_see(household: Household, shown: dict[str, Any]) -> bool:
    """Whether the viewer still sees of each person what he saw then: an adult may have closed his care since."""
    return all(_view(household, int(person)) >= View(view) for person, view in shown.items())
