"""What a member asks for, as the colleague who handles it reads it beside the words and the files."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.teletransmission import Desired
from member_space.models import Request, Teletransmission
from member_space.services.care_line import CareLine
from member_space.services.catalogue import catalogue_of
from member_space.services.household import Household
from member_space.services.request_draft import line_seen
from member_space.services.request_papers import Received, already_received
from member_space.services.request_thread import Ties, ties_of
from member_space.services.tools import Tools


@dataclass(frozen=True, slots=True)
class LinkWanted:
    """A télétransmission to switch: with which fund, and what it is to become."""

    fund_name: str
    to: Desired


@dataclass(frozen=True, slots=True)
class Repeats:
    """A request that this one seemed to repeat when it was sent. ``public_id``: None once it is erased."""

    number: str
    public_id: UUID | None
    same_file: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """``household``: the member's own, in whose eyes all of it is read. ``line``: the care that it is about, of which
    another adult's shows its amounts alone. ``received``: the papers that he says were received before, by code."""

    household: Household
    link: LinkWanted | None
    line: CareLine | None
    ties: Ties
    received: dict[str, Received]
    repeats: list[Repeats]


def wanted_in(db: Session, tools: Tools, household: Household, request: Request) -> Wanted:
    """All that the request says by its fields; the person that it names is noted as shown. A constant number of
    statements."""
    household.note(member.person_id for member in household.members if member.person_id == request.person_id)
    line_id = request.statement_line_id
    pieces = catalogue_of(tools.settings).pieces
    said = [pieces[code] for code, why in without_of(request).items() if why == "known" and code in pieces]
    return Wanted(
        household=household,
        link=_link(db, request),
        line=line_seen(db, household, line_id) if line_id else None,
        ties=ties_of(db, request),
        received=already_received(db, request, said),
        repeats=_repeats(db, request),
    )


def _link(db: Session, request: Request) -> LinkWanted | None:
    if "link_id" not in request.details:
        return None
    fund_name = db.scalar(select(Teletransmission.fund_name).where(Teletransmission.id == request.details["link_id"]))
    return LinkWanted(fund_name or "", Desired(request.details["wanted"]))


def without_of(request: Request) -> dict[str, str]:
    """Why each paper did not come with the request, by its code: what the member chose before sending."""
    return request.details.get("without") or {}


def _repeats(db: Session, request: Request) -> list[Repeats]:
    told = request.details.get("repeats")
    if not told:
        return []
    query = select(Request.number, Request.public_id).where(
        Request.number.in_([one["number"] for one in told]), Request.contract_id == request.contract_id
    )
    found = {row.number: row.public_id for row in db.execute(query)}
    return [Repeats(one["number"], found.get(one["number"]), one["same_file"]) for one in told]
