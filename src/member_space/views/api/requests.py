"""Requests: what the member sent and what becomes of each, as far as it is about the persons whom he shows."""

from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.cursor import InstantCursor
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import HAND, RequestKind, Side, State
from member_space.forms.ids import number_from
from member_space.models import AskedPiece
from member_space.models import Request as MemberRequest
from member_space.services.asked_piece import asked_of
from member_space.services.household import Household
from member_space.services.request_list import SentFilter, SentPage, SentRequest, page_of_sent
from member_space.services.request_progress import log_shown, parcel_of
from member_space.services.request_thread import ThreadMessage, thread_of
from member_space.views.api.endpoint import asked, endpoint
from member_space.views.api.invalid import Unfit
from member_space.views.api.reimbursements import NO_PLACE
from member_space.views.api.values import amount, answer
from member_space.views.parcel_words import STEP_TITLES
from member_space.views.request_words import chip_of, facts_of, piece_label, topic_of

_ = TranslationStringFactory("member_space")

REQUESTS = _("Vos demandes et vos messages")
REQUEST = _("Voir la demande")
RESUME = _("Reprendre le brouillon")
GIVE = _("Donner ce que nous attendons")


@endpoint("api_requests", Permission.VIEW_REQUESTS, reads=What.REQUEST)
def requests(request: Request) -> dict[str, Any]:
    """What was sent, the latest activity first."""
    household, query = request.context.household, asked(request)
    kept = SentFilter(
        kind=RequestKind(query["kind"]) if "kind" in query else None,
        open=query.get("open"),
        about=frozenset(member.person_id for member in household.members),
    )
    before = _place(query.get("cursor"))
    page = SentPage([])
    if household.shows_viewer:
        page = page_of_sent(request.db, household.viewer_id, kept, before=before)
    for row in page.requests:
        household.note({household.viewer_id, row.person_id} - {None})
    return answer(
        request,
        {"requests": [_sent(request, one) for one in page.requests], "page": {"next": page.older and str(page.older)}},
        source=(REQUESTS, request.route_url("messages")),
    )


@endpoint("api_request", Permission.VIEW_REQUESTS, reads=What.REQUEST)
def request_(request: Request) -> dict[str, Any]:
    """One of them, drafts too: where it stands, what is awaited, its thread. Nothing is marked as read by this."""
    household, found = request.context.household, request.context.found
    household.note({found.author_person_id, found.person_id} - {None})
    draft = found.state == State.DRAFT
    page = thread_of(request.db, found, before=_number(asked(request).get("cursor")))
    awaited = asked_of(request.db, found.id) if found.state == State.WAITING_MEMBER else ()
    body = {
        "request": _head(request, found),
        "person": _person(household, found),
        "hand": HAND[State(found.state)],
        "amount": None if found.amount is None else amount(found.amount),
        "facts": [{"label": fact.label, "value": fact.value} for fact in facts_of(request, found, household)],
        "steps": [] if draft else _steps(request, found),
        "awaited": [_awaited(request, one) for one in awaited],
        "messages": [_message(request, one) for one in page.messages],
        "page": {"next": page.older and str(page.older)},
    }
    url = request.route_url("request", request_id=found.public_id)
    actions = [(RESUME, url)] if draft else [(GIVE, url)] if awaited else []
    return answer(request, body, source=(REQUEST, url), actions=actions)


def _head(request: Request, row: Any) -> dict[str, Any]:
    """``row``: a request, or what the list has of it."""
    topic = topic_of(request, row)
    return {
        "id": row.public_id,
        "number": row.number,
        "kind": row.kind,
        "topic": {"code": topic.code, "label": topic.label.in_(request.locale_name)},
        "state": row.state,
        "state_words": chip_of(request, row)[1],
        "outcome": row.outcome,
        "sent_at": row.sent_at,
        "activity_at": row.activity_at,
    }


def _sent(request: Request, row: SentRequest) -> dict[str, Any]:
    return _head(request, row) | {"about": row.person, "unread": row.unread}


def _person(household: Household, row: MemberRequest) -> dict[str, Any] | None:
    found = next((member for member in household.members if member.person_id == row.person_id), None)
    return {"id": found.public_id, "name": found.name} if found else None


def _steps(request: Request, row: MemberRequest) -> list[dict[str, Any]]:
    say = request.localizer.translate
    return [
        {"code": step.code, "title": say(STEP_TITLES[step.code]), "state": step.state, "at": step.at, "hand": step.hand}
        for step in parcel_of(row, log_shown(request.db, row.id))
    ]


def _awaited(request: Request, one: AskedPiece) -> dict[str, Any]:
    return {"piece": piece_label(request, one.piece), "note": one.note, "due_on": one.due_on}


def _message(request: Request, one: ThreadMessage) -> dict[str, Any]:
    """A colleague is the office, never a name."""
    return {
        "id": one.public_id,
        "side": one.side,
        "from": one.who if one.side is Side.MEMBER and not one.on_behalf else request.registry.brand.name,
        "body": one.body,
        "sent_at": one.sent_at,
    }


def _place(cursor: str | None) -> InstantCursor | None:
    try:
        return InstantCursor.parse(cursor) if cursor is not None else None
    except ValueError:
        raise Unfit("cursor", NO_PLACE) from None


def _number(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    number = number_from(cursor)
    if number is None:
        raise Unfit("cursor", NO_PLACE)
    return number
