"""What a member asks for, as the colleague who handles it reads it beside the words and the files."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.teletransmission import Desired
from member_space.models import Request, Teletransmission
from member_space.services.care_line import CareLine
from member_space.services.household import Household
from member_space.services.request_draft import line_seen
from member_space.services.request_thread import Ties, ties_of


@dataclass(frozen=True, slots=True)
class LinkAsked:
    """A télétransmission to switch: with which fund, and what it is to become."""

    fund_name: str
    to: Desired


@dataclass(frozen=True, slots=True)
class Asked:
    """``household``: the member's own, in whose eyes all of it is read. ``line``: the care that it is about, of which
    another adult's shows its amounts alone."""

    household: Household
    link: LinkAsked | None
    line: CareLine | None
    ties: Ties


def asked_in(db: Session, household: Household, request: Request) -> Asked:
    """All that the request says by its fields; the person that it names is noted as shown. A constant number of
    statements."""
    household.note(member.person_id for member in household.members if member.person_id == request.person_id)
    line_id = request.statement_line_id
    return Asked(
        household=household,
        link=_link(db, request),
        line=line_seen(db, household, line_id) if line_id else None,
        ties=ties_of(db, request),
    )


def _link(db: Session, request: Request) -> LinkAsked | None:
    if "link_id" not in request.details:
        return None
    fund_name = db.scalar(select(Teletransmission.fund_name).where(Teletransmission.id == request.details["link_id"]))
    return LinkAsked(fund_name or "", Desired(request.details["wanted"]))
