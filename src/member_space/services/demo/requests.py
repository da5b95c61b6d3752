"""Plays the scenes of the demo through the services of the product, each step at its own instant of the past."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker
from zope.interface import implementer

from member_space.domain.opening_hours import PARIS, Open, OpeningHours
from member_space.domain.request import Act, RequestKind, Side, State
from member_space.interfaces import IClock
from member_space.models import (
    Account,
    AskedPiece,
    Contract,
    DecisionLine,
    InternalNote,
    Message,
    Notification,
    Person,
    Request,
)
from member_space.services import request as requests
from member_space.services.demo.answers import load_answers
from member_space.services.demo.families import FAMILIES
from member_space.services.demo.scenes import Do, Scene, scenes
from member_space.services.request import Actor
from member_space.services.request_clock import hours_of
from member_space.services.tools import Tools
from member_space.services.usual_time import compute_usual_times

TO_READ_IT = timedelta(hours=2)
"""After so long the member opened what the office wrote."""
TO_SEND_A_PIECE = timedelta(days=10)


@implementer(IClock)
class Then:
    """The instant of the step being played."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.astimezone(PARIS).date()


def load_requests(sessions: sessionmaker[Session], tools: Tools, today: date) -> None:
    """The requests of the families, on top of `load_demo`; the same day gives the same ones."""
    clock = Then()
    then = Tools(tools.settings, lambda interface: clock if interface is IClock else tools.find(interface))
    with sessions.begin() as db:
        player = Player(db, then)
        for at, scene, step in _in_order(hours_of(tools.settings), today):
            clock.at = at
            player.play(scene, step)
        clock.at = datetime.combine(today, time(7), PARIS)
        compute_usual_times(db, then)
        load_answers(db, then)
        # They were told at the time: nothing of the past leaves today.
        db.execute(
            update(Notification)
            .where(Notification.state == "waiting")
            .values(state="sent", sent_at=Notification.created_at, read_at=Notification.created_at)
        )


def _in_order(hours: OpeningHours, today: date) -> list[tuple[datetime, Scene, Do]]:
    days = _open_days(hours, today)
    past: list[date] = []
    steps = []
    for scene in scenes():
        for step in scene.steps:
            while len(past) < step.days:
                past.append(next(days))
            steps.append((datetime.combine(past[step.days - 1], time.fromisoformat(step.hour), PARIS), scene, step))
    return sorted(steps, key=lambda one: one[0])


def _open_days(hours: OpeningHours, today: date) -> Iterator[date]:
    """The days before this one that the office was open, the latest first."""
    day = today
    while True:
        day -= timedelta(days=1)
        if isinstance(hours.status(datetime.combine(day, time(12), PARIS)), Open):
            yield day


class Player:
    """A method a kind of step; the office's mark as read what the member wrote."""

    def __init__(self, db: Session, tools: Tools) -> None:
        self._db = db
        self._tools = tools
        self._rows: dict[int, Request] = {}
        self._people = {person.external_ref: person for person in db.scalars(select(Person))}
        self._contracts = {contract.number: contract.id for contract in db.scalars(select(Contract))}
        accounts = db.scalars(select(Account)).all()
        self._accounts = {account.person_id: account for account in accounts if account.person_id}
        self._colleagues = {account.email: account.id for account in accounts if not account.person_id}

    def play(self, scene: Scene, step: Do) -> None:
        """One step of a scene, now."""
        row = self._rows.get(id(scene)) or self._draft(scene)
        self._rows[id(scene)] = row
        method: Callable[..., None] = getattr(self, f"_{step.what}")
        if step.what not in _OF_MEMBER:
            self._mark_read(row, Side.MEMBER, self._tools.now())
        method(row, self._actor(scene, step), step.words, **step.values)
        if not scene.unread:
            self._mark_read(row, Side.OFFICE, self._tools.now() + TO_READ_IT)

    def _actor(self, scene: Scene, step: Do) -> Actor:
        if step.what == "close":
            return requests.SYSTEM
        if step.what in _OF_MEMBER:
            return Actor(Side.MEMBER, self._accounts[self._people[scene.author].id].id)
        return Actor(Side.OFFICE, self._colleagues[scene.handler])

    def _draft(self, scene: Scene) -> Request:
        author = self._people[scene.author]
        now = self._tools.now()
        row = Request(
            kind=RequestKind(scene.kind).value,
            topic=scene.topic,
            contract_id=self._contracts[_contract_of(scene.author)],
            author_person_id=author.id,
            author_account_id=self._accounts[author.id].id,
            person_id=self._people[scene.about].id if scene.about else author.id,
            care_date=self._tools.today() - timedelta(days=scene.care) if scene.care else None,
            amount=scene.amount,
            details=scene.details,
            body=scene.words or None,
            created_at=now,
            state_since=now,
            activity_at=now,
        )
        self._db.add(row)
        self._db.flush()
        self._db.refresh(row)
        return row

    def _mark_read(self, row: Request, written_by: Side, at: datetime) -> None:
        unread = update(Message).where(
            Message.request_id == row.id, Message.side == written_by.value, Message.read_at.is_(None)
        )
        self._db.execute(unread.values(read_at=at).execution_options(synchronize_session=False))

    def _move(self, row: Request, act: Act, actor: Actor, **changes: Any) -> None:
        requests.move(self._db, self._tools, row, act, actor, **changes)

    def _write(self, row: Request, actor: Actor, words: str, kind: str = "text") -> None:
        requests.say(self._db, self._tools, row, actor, words, kind=kind)

    def _draft_only(self, row: Request, actor: Actor, words: str) -> None:
        """It stays one."""

    def _send(self, row: Request, actor: Actor, _words: str) -> None:
        requests.send(self._db, self._tools, row, actor)

    def _withdraw(self, row: Request, actor: Actor, _words: str) -> None:
        self._move(row, Act.WITHDRAW, actor)

    def _provide(self, row: Request, actor: Actor, words: str) -> None:
        self._move(row, Act.PROVIDE, actor)
        self._db.execute(
            update(AskedPiece).where(AskedPiece.request_id == row.id).values(answered_at=self._tools.now())
        )
        self._write(row, actor, words)

    def _reopen(self, row: Request, actor: Actor, words: str) -> None:
        self._move(row, Act.REOPEN, actor)
        self._write(row, actor, words)

    def _thank(self, row: Request, actor: Actor, words: str) -> None:
        self._write(row, actor, words, "thanks")

    def _take(self, row: Request, actor: Actor, _words: str) -> None:
        self._move(row, Act.TAKE, actor, handler_id=actor.account_id)

    def _say(self, row: Request, actor: Actor, words: str) -> None:
        self._write(row, actor, words)

    def _note(self, row: Request, actor: Actor, words: str) -> None:
        self._db.add(
            InternalNote(
                request_id=row.id,
                contract_id=row.contract_id,
                account_id=actor.account_id,
                body=words,
                written_at=self._tools.now(),
            )
        )

    def _ask(self, row: Request, actor: Actor, words: str, *, pieces: list[str], note: str | None = None) -> None:
        self._write(row, actor, words, "piece_asked")
        now = self._tools.now()
        due_on = self._tools.today() + TO_SEND_A_PIECE
        for piece in pieces:
            asked = {"piece": piece, "note": note, "asked_at": now, "asked_by": actor.account_id, "due_on": due_on}
            self._db.add(AskedPiece(request_id=row.id, contract_id=row.contract_id, **asked))
        self._move(row, Act.ASK_PIECE, actor, details={"pieces": pieces})

    def _hold(self, row: Request, actor: Actor, _words: str, *, reason: str, days: int) -> None:
        wake_at = self._tools.now() + timedelta(days=days)
        self._move(row, Act.HOLD, actor, details={"reason": reason}, wake_at=wake_at)

    def _decide(self, row: Request, actor: Actor, words: str, *, outcome: str, lines: list[dict[str, Any]]) -> None:
        self._write(row, actor, words, "decision")
        reasons = sorted({line["reason"] for line in lines if "reason" in line})
        self._move(row, Act.DECIDE, actor, details={"reasons": reasons}, outcome=outcome)
        for rank, line in enumerate(lines, start=1):
            about = {"request_id": row.id, "contract_id": row.contract_id, "round": row.version, "rank": rank}
            self._db.add(DecisionLine(**about, **line))

    def _answer(self, row: Request, actor: Actor, words: str, *, rating: int | None = None) -> None:
        self._write(row, actor, words)
        self._move(row, Act.ANSWER, actor, outcome="answered")
        if rating:
            row.rating, row.rated_at = rating, self._tools.now() + TO_READ_IT

    def _duplicate(self, row: Request, actor: Actor, words: str) -> None:
        other = self._db.scalar(
            select(Request.id)
            .where(Request.author_person_id == row.author_person_id, Request.id < row.id, Request.topic == row.topic)
            .where(Request.state == State.CLOSED.value)
            .order_by(Request.id.desc())
        )
        self._write(row, actor, words, "closing")
        self._move(row, Act.MARK_DUPLICATE, actor, linked_id=other)

    def _close(self, row: Request, actor: Actor, _words: str) -> None:
        self._move(row, Act.CLOSE, actor)


_OF_MEMBER = frozenset({"draft_only", "send", "withdraw", "provide", "reopen", "thank"})


def _contract_of(ref: str) -> str:
    return next(family.contract for family in FAMILIES if any(person.ref == ref for person in family.people))
