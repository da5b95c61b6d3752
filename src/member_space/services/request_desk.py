"""What a colleague needs to answer one request, beside it: its files, notes and log, and its member on the care date.

Of the member's household the office sees what the member himself may see, and no more: another adult's care stays
closed here too. A constant number of statements, and each person shown is noted by the page.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from translationstring import TranslationStringFactory

from member_space.domain.period import Period
from member_space.domain.request import RequestKind, Side, State
from member_space.models import Account, Contract, InternalNote, Person, Request, RequestTransition
from member_space.models.base import period_of
from member_space.services.care_line import CareLine
from member_space.services.contract import ContractSheet, contract_sheet
from member_space.services.household import Household, load_household
from member_space.services.office_request import RequestRow, read_row, rows_query
from member_space.services.readings import Shown
from member_space.services.reimbursement import latest_lines
from member_space.services.request_wanted import Wanted, wanted_in
from member_space.services.tools import Tools

_ = TranslationStringFactory("member_space")

REASON = str(_("traitement d’une demande"))
"""What the member reads in « Qui a consulté mon dossier »."""
LATEST = 5
OTHERS = 10


@dataclass(frozen=True, slots=True)
class Note:
    """Words between colleagues."""

    who: str
    body: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the log. ``who``: the colleague, None for the member and for a job. ``without``: the codes of the papers
    that were asked for, and that the member says he has not."""

    version: int
    act: str
    before: State
    after: State
    side: Side
    who: str | None
    at: datetime
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """The person concerned, and whether he was covered on the day of care."""

    name: str
    birth_date: date
    periods: tuple[Period, ...]
    covered: bool


@dataclass(frozen=True, slots=True)
class MemberBeside:
    """The member as the page shows him beside the request; ``sheet``: his contract on the day of care."""

    public_id: UUID
    name: str
    member_number: str
    sheet: ContractSheet | None
    concerned: Covered | None
    lines: list[CareLine]
    others: list[RequestRow]
    wanted: Wanted


def notes_of(db: Session, request_id: int) -> list[Note]:
    """The notes, the first one first."""
    query = (
        select(Account.office_name, InternalNote.body, InternalNote.written_at)
        .join(Account, Account.id == InternalNote.account_id)
        .where(InternalNote.request_id == request_id)
        .order_by(InternalNote.id)
    )
    return [Note(*row) for row in db.execute(query)]


def log_of_request(db: Session, request_id: int) -> list[Step]:
    """Everything that happened to it, the first thing first."""
    log = RequestTransition
    query = (
        select(log.version, log.act, log.before, log.after, log.side, Account.office_name, log.at, log.details)
        .outerjoin(Account, Account.id == log.account_id)
        .where(log.request_id == request_id)
        .order_by(log.version)
    )
    return [
        Step(
            version=row.version,
            act=row.act,
            before=State(row.before),
            after=State(row.after),
            side=Side(row.side),
            who=row.office_name,
            at=row.at,
            without=tuple(row.details.get("without", ())),
        )
        for row in db.execute(query)
    ]


def member_beside(db: Session, tools: Tools, request: Request, shown: Shown) -> MemberBeside:
    """The member's side of the page; whose data it shows is noted for each of them."""
    household = load_household(db, request.author_person_id, tools.today())
    person = db.get_one(Person, request.author_person_id)
    contract = db.get_one(Contract, request.contract_id)
    seen = request.contract_id in household.contract_ids
    beside = MemberBeside(
        public_id=person.public_id,
        name=f"{person.first_name} {person.last_name}",
        member_number=contract.member_number,
        sheet=contract_sheet(db, household, request.contract_id, request.care_date) if seen else None,
        concerned=_concerned(household, request, request.care_date or tools.today()),
        lines=latest_lines(db, household, LATEST),
        others=_others(db, tools, request),
        wanted=wanted_in(db, tools, household, request),
    )
    shown.note([request.author_person_id, *household.shown], request.contract_id)
    return beside


def _concerned(household: Household, request: Request, day: date) -> Covered | None:
    found = [
        member
        for member in household.members
        if (member.contract_id, member.person_id)
        == (request.contract_id, request.person_id or request.author_person_id)
    ]
    if not found:
        return None
    household.note([found[0].person_id])
    periods = tuple(period_of(member.period) for member in found)
    return Covered(found[0].name, found[0].birth_date, periods, any(period.contains(day) for period in periods))


def _others(db: Session, tools: Tools, request: Request) -> list[RequestRow]:
    """The latest of his other requests, open and ended."""
    query = rows_query().where(
        Request.author_person_id == request.author_person_id,
        Request.id != request.id,
        Request.state != State.DRAFT.value,
    )
    rows = db.execute(query.order_by(Request.activity_at.desc(), Request.id.desc()).limit(OTHERS))
    return [read_row(tools, row) for row in rows]


def is_decided_by_lines(kind: str) -> bool:
    """Whether this kind is decided line by line; a message and a complaint are answered."""
    return kind in (RequestKind.CLAIM, RequestKind.QUOTE, RequestKind.CHANGE)


def language_of(db: Session, request: Request) -> str:
    """The language in which its member is written to."""
    return db.scalar(select(Account.language).where(Account.id == request.author_account_id)) or "fr"


def name_of(db: Session, request: Request) -> tuple[str, str]:
    """First and last name of its member."""
    person = db.get_one(Person, request.author_person_id)
    return person.first_name, person.last_name
