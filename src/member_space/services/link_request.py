"""Télétransmission on or off, asked by the member: a request, and the movement that tells the fund (C39, S-HCR-29).

The request then waits for the fund: its first answer closes it (`settle_links`, at the import of a 929). Whoever is an
adult decides for himself; a minor's link is his holder's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from member_space.domain.request import Act, Outcome, State
from member_space.domain.teletransmission import Desired, StateKind
from member_space.models import Request
from member_space.models.base import period_of
from member_space.services import noemie_movements
from member_space.services.age import is_adult
from member_space.services.household import Household
from member_space.services.request import SYSTEM, move, settle
from member_space.services.teletransmission import TeletransmissionView, facts_of, teletransmissions_of
from member_space.services.tools import Tools

TOPICS = {Desired.ON: "change.link_on", Desired.OFF: "change.link_off"}
ANSWERED_WITHIN = timedelta(days=15)
"""A fund answers within days; a request without an answer by then comes back to the office's list."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A link that the viewer may switch. ``to``: what it may become; None while a change is on its way to the fund."""

    id: int
    contract_id: int
    person_id: int
    public_id: str
    rank: int
    name: str
    is_viewer: bool
    fund_name: str
    state: TeletransmissionView
    to: Desired | None


def links_of(db: Session, household: Household) -> list[Switch]:
    """Every link in force that the viewer may switch; one statement."""
    mine = {
        member.coverage_id: member
        for member in household.members
        if period_of(member.period).contains(household.today)
        and (member.is_viewer or not is_adult(member.birth_date, household.today))
    }
    household.note(member.person_id for member in mine.values())
    return [
        Switch(
            id=view.id,
            contract_id=view.contract_id,
            person_id=view.person_id,
            public_id=str(mine[view.coverage_id].public_id),
            rank=view.attachment_rank,
            name=mine[view.coverage_id].name,
            is_viewer=mine[view.coverage_id].is_viewer,
            fund_name=view.fund_name,
            state=view,
            to=_next(view),
        )
        for view in teletransmissions_of(db, list(mine), household.today)
    ]


def link_asked(db: Session, household: Household, request: Request) -> Switch | None:
    """The link of this request, None where the viewer may not switch it so any more; one statement."""
    asked = (request.details["link_id"], request.details["wanted"])
    return next((one for one in links_of(db, household) if (one.id, one.to) == asked), None)


def _next(view: TeletransmissionView) -> Desired | None:
    if view.kind is StateKind.SENT:
        return None
    return Desired.OFF if view.desired == Desired.ON else Desired.ON


def switch_of(db: Session, tools: Tools, household: Household, request: Request) -> None:
    """What a request just sent asks of the fund: the movement that the next 408 carries.

    The request then waits for the answer; it is over at once where the fund was never told, or has it already.
    """
    wanted = Desired(request.details["wanted"])
    link_id = request.details["link_id"]
    noemie_movements.request(db, link_id, wanted, household.today, tools.settings.noemie.contract_type)
    if facts_of(db, link_id).unsent is None:
        settle(db, tools.now(), request, Outcome.ACCEPTED, {"answer": "nothing to ask"})
    else:
        move(db, tools, request, Act.AWAIT, SYSTEM, wake_at=tools.now() + ANSWERED_WITHIN)


# The requests that wait for one of the links that answers were matched with in this transaction.
_ANSWERED = text("""
select distinct r.id, now() as at, (now() at time zone 'Europe/Paris')::date as today
from noemie_line l
join noemie_match x on x.noemie_line_id = l.id and x.matched_at = now()
join request r on r.contract_id = x.contract_id and r.kind = 'change' and r.state = 'on_hold'
  and r.topic in ('change.link_on', 'change.link_off')
  and (r.details ->> 'link_id')::bigint = x.teletransmission_id
where l.noemie_file_id = any(:files) and l.nature <> 'I'
order by r.id
""")


def settle_links(db: Session, file_ids: Sequence[int]) -> None:
    """The answers matched in this transaction end the requests that waited for them; a statement, and those of each.

    The state that the page shows says how it ended: an answer to what was sent before leaves it « sent », and ends
    nothing. The change itself is announced by its own notice (noemie_announce).
    """
    for row in db.execute(_ANSWERED, {"files": list(file_ids)}).all():
        request = db.get_one(Request, row.id, with_for_update=True, populate_existing=True)
        kind = facts_of(db, request.details["link_id"]).state(row.today).kind
        if request.state == State.ON_HOLD and kind not in (StateKind.TO_SEND, StateKind.SENT):
            wanted = StateKind.ACTIVE if request.details["wanted"] == Desired.ON else StateKind.OFF
            settle(db, row.at, request, Outcome.ACCEPTED if kind is wanted else Outcome.REFUSED, {"link": kind.value})
