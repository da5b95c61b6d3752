"""Plays the scenes of the demo through the services of the product, each step at its own instant of the past."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker
from zope.interface import implementer

from member_space.domain.attachment import FileState
from member_space.domain.decision import Line, Reason
from member_space.domain.opening_hours import PARIS, Open, OpeningHours
from member_space.domain.permissions import Role
from member_space.domain.request import Act, RequestKind, Side
from member_space.interfaces import IClock
from member_space.models import Account, Attachment, Contract, Notification, Person, Request
from member_space.services import request as requests
from member_space.services import request_handling as handling
from member_space.services import request_writing as writing
from member_space.services.asked_piece import answer_asked, asked_of
from member_space.services.attachment_add import add_files
from member_space.services.attachment_check import check
from member_space.services.demo.answers import load_answers
from member_space.services.demo.claims_paid import pay_claims
from member_space.services.demo.families import FAMILIES
from member_space.services.demo.papers import file_of
from member_space.services.demo.scenes import Do, Scene, scenes
from member_space.services.request import Actor
from member_space.services.request_clock import hours_of
from member_space.services.request_decision import decide
from member_space.services.request_draft import new_draft
from member_space.services.request_handling import Hand
from member_space.services.request_reminders import close_decided
from member_space.services.request_thread import mark_read_by_member, mark_read_by_office, rate, reply
from member_space.services.sessions import OfficeIdentity
from member_space.services.tools import INSIDE, Tools
from member_space.services.usual_time import compute_usual_times

TO_READ_IT = timedelta(hours=2)
"""After so long the member opened what the office wrote."""
A_DAY = timedelta(days=1)


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
        player = Player(db, then, clock, today)
        for at, scene, step in _in_order(hours_of(tools.settings), today):
            clock.at = at
            player.play(scene, step)
        clock.at = datetime.combine(today, time(7), PARIS)
        pay_claims(db, today)
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
    """A method a kind of step, each by the service that a page calls; the office reads before it acts."""

    def __init__(self, db: Session, tools: Tools, clock: Then, today: date) -> None:
        self._db = db
        self._tools = tools
        self._clock = clock
        self._today = today
        self._rows: dict[int, Request] = {}
        self._people = {person.external_ref: person.id for person in db.scalars(select(Person))}
        self._contracts = {contract.number: contract.id for contract in db.scalars(select(Contract))}
        accounts = db.scalars(select(Account)).all()
        self._accounts = {account.person_id: account.id for account in accounts if account.person_id}
        self._colleagues = {account.email: account for account in accounts if not account.person_id}

    def play(self, scene: Scene, step: Do) -> None:
        """One step of a scene, now."""
        row = self._rows.get(id(scene)) or self._draft(scene)
        self._rows[id(scene)] = row
        if step.what in _OF_MEMBER:
            of_member: Callable[..., None] = getattr(self, f"_{step.what}")
            of_member(row, self._member(scene), step, **step.values)
        elif step.what == "close":
            close_decided(self._db, self._tools)
        else:
            mark_read_by_office(self._db, self._tools, row)
            of_office: Callable[..., None] = getattr(self, f"_{step.what}")
            of_office(self._hand(scene, row), step.words, **step.values)
        if not scene.unread:
            self._clock.at += TO_READ_IT
            mark_read_by_member(self._db, self._tools, row)

    def _member(self, scene: Scene) -> Actor:
        return Actor(Side.MEMBER, self._accounts[self._people[scene.author]])

    def _hand(self, scene: Scene, row: Request) -> Hand:
        account = self._colleagues[scene.handler]
        now = self._tools.now()
        identity = OfficeIdentity(
            account_id=account.id,
            email=account.email,
            role=Role(account.role),
            session_id=0,
            device_id=None,
            proved_at=now,
            must_change_password=False,
            closing_asked_at=None,
            email_bounced_at=None,
            last_seen_at=now,
            expires_at=now,
            name=account.office_name or "",
            team=account.team,
        )
        return Hand(identity, row, row.version, INSIDE)

    def _draft(self, scene: Scene) -> Request:
        author_id = self._people[scene.author]
        return new_draft(
            self._db,
            self._tools,
            (author_id, self._accounts[author_id]),
            RequestKind(scene.kind),
            self._contracts[_contract_of(scene.author)],
            topic=scene.topic,
            person_id=self._people[scene.about or scene.author],
            care_date=self._tools.today() - timedelta(days=scene.care) if scene.care else None,
            amount=scene.amount,
            details=scene.details | {name: self._in(days) for name, days in scene.dates.items()},
            body=scene.words or None,
        )

    def _in(self, days: int) -> str:
        return (self._today + timedelta(days=days)).isoformat()

    def _add(self, row: Request, actor: Actor, step: Do, asked_piece_id: int | None = None) -> None:
        """The files of a step, looked at by the worker at once."""
        if not step.files:
            return
        day = row.care_date or self._tools.today() - A_DAY
        for file in step.files:
            sent = file_of(self._tools, file, day)
            refused = add_files(
                self._db, self._tools, row, [sent], actor=actor, piece=file.piece, asked_piece_id=asked_piece_id
            )
            if refused:
                raise ValueError(f"{file.name} is refused: {refused[0].why}")
        for attachment_id in self._db.scalars(
            select(Attachment.id).where(Attachment.request_id == row.id, Attachment.state == FileState.RECEIVED.value)
        ):
            check(self._db, self._tools, attachment_id)

    def _draft_only(self, row: Request, actor: Actor, step: Do) -> None:
        """It stays one."""

    def _send(self, row: Request, actor: Actor, step: Do) -> None:
        self._add(row, actor, step)
        requests.send(self._db, self._tools, row, actor)

    def _withdraw(self, row: Request, actor: Actor, _step: Do) -> None:
        requests.move(self._db, self._tools, row, Act.WITHDRAW, actor)

    def _provide(self, row: Request, actor: Actor, step: Do) -> None:
        [asked] = asked_of(self._db, row.id)
        self._add(row, actor, step, asked.id)
        if not answer_asked(self._db, self._tools, row, actor, (), step.words):
            raise ValueError(f"{row.number} still waits for a paper")

    def _reopen(self, row: Request, actor: Actor, step: Do) -> None:
        reply(self._db, self._tools, row, actor, step.words)

    def _thank(self, row: Request, actor: Actor, step: Do) -> None:
        reply(self._db, self._tools, row, actor, step.words, thanks=True)

    def _take(self, hand: Hand, _words: str) -> None:
        handling.take(self._db, self._tools, hand)

    def _say(self, hand: Hand, words: str) -> None:
        writing.reply(self._db, self._tools, hand, words)

    def _note(self, hand: Hand, words: str) -> None:
        writing.write_note(self._db, self._tools, hand, words)

    def _ask(self, hand: Hand, words: str, *, pieces: list[str], note: str | None = None) -> None:
        writing.ask_pieces(self._db, self._tools, hand, pieces, note, words)

    def _hold(self, hand: Hand, _words: str, *, reason: str, days: int) -> None:
        until = self._tools.today() + timedelta(days=days)
        handling.hold(self._db, self._tools, hand, handling.HoldReason(reason), until)

    def _decide(self, hand: Hand, words: str, *, lines: list[dict[str, Any]]) -> None:
        decide(self._db, self._tools, hand, [_line(**line) for line in lines], words)

    def _answer(self, hand: Hand, words: str, *, rating: int | None = None) -> None:
        writing.answer(self._db, self._tools, hand, words)
        if rating:
            rate(self._db, self._tools, hand.request, rating, None)

    def _duplicate(self, hand: Hand, words: str) -> None:
        """Of the one that this member sent just before, about the same thing."""
        row = hand.request
        number = self._db.scalar(
            select(Request.number)
            .where(Request.author_person_id == row.author_person_id, Request.id < row.id, Request.topic == row.topic)
            .order_by(Request.id.desc())
            .limit(1)
        )
        writing.mark_duplicate(self._db, self._tools, hand, number or "", words)


_OF_MEMBER = frozenset({"draft_only", "send", "withdraw", "provide", "reopen", "thank"})


def _line(label: str, asked: int, granted: int, reason: str | None = None, amo: int | None = None) -> Line:
    return Line(label, asked, granted, Reason(reason) if reason else None, amo=amo)


def _contract_of(ref: str) -> str:
    return next(family.contract for family in FAMILIES if any(person.ref == ref for person in family.people))
