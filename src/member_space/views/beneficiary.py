"""The persons covered: all their facts, their télétransmission, and their numbers on demand (S-HCR-28, C37, C40)."""

from collections.abc import Collection, Iterable
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.notices import NoticeKind
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.interfaces import ICipher
from member_space.services.beneficiary import Beneficiary, beneficiaries_of, beneficiary_of
from member_space.services.care_line import is_held
from member_space.services.invitation import can_be_invited
from member_space.services.nir_display import HeldNir, in_full, masked, note_reveal
from member_space.services.notification_announce import note_read


@view_config(
    route_name="beneficiaries",
    request_method="GET",
    permission=Permission.VIEW_BENEFICIARY,
    renderer="beneficiary/list.html.jinja2",
    reads=What.BENEFICIARY,
)
def beneficiaries(request: Request) -> dict[str, Any]:
    note_read(request.db, request.tools, request.identity.account_id, NoticeKind.TELETRANSMISSION_CHANGED)
    household = request.context.household
    people = beneficiaries_of(request.db, household)
    return {"people": people, "numbers": _numbers(request, people), "today": household.today}


@view_config(
    route_name="beneficiary",
    request_method="GET",
    permission=Permission.VIEW_BENEFICIARY,
    renderer="beneficiary/person.html.jinja2",
    reads=What.BENEFICIARY,
)
def beneficiary(request: Request) -> dict[str, Any]:
    person = beneficiary_of(request.db, request.context.household, request.context.found.person_id)
    return _page(request, person, _numbers(request, [person]), revealed=False)


@view_config(
    route_name="beneficiary_nir",
    request_method="POST",
    permission=Permission.REVEAL_NIR,
    renderer="beneficiary/person.html.jinja2",
    reads=What.NIR,
)
def reveal_nir(request: Request) -> dict[str, Any]:
    """The same page with the numbers in full, this once: answered to a POST, so that no URL brings it back."""
    person = beneficiary_of(request.db, request.context.household, request.context.found.person_id)
    shown = [held for held in person.numbers if held.can_be_shown]
    if shown:
        note_reveal(
            request.db,
            request.identity,
            person.contract_id,
            person.person_id,
            shown,
            request.origin,
        )
    request.response.cache_control = "no-store"
    return _page(request, person, _numbers(request, [person], shown), revealed=bool(shown))


def _page(request: Request, person: Beneficiary, numbers: dict[bytes, str], *, revealed: bool) -> dict[str, Any]:
    can_invite = can_be_invited(request.db, request.context.household, person.person_id)
    household = request.context.household
    return {
        "person": person,
        "numbers": numbers,
        "revealed": revealed,
        "can_invite": can_invite,
        "may_switch": person.is_covered and (person.is_viewer or not person.is_adult),
        "may_remove": person.is_covered
        and any(cover.relation != "holder" for cover in person.covers)
        and not person.is_viewer
        and is_held(household, person.contract_id),
    }


def _numbers(request: Request, people: Iterable[Beneficiary], in_clear: Collection[HeldNir] = ()) -> dict[bytes, str]:
    """The words of each number by its ciphertext: masked, but for the ones asked in clear."""
    cipher = request.registry.getUtility(ICipher)
    return {
        held.encrypted: (in_full if held in in_clear else masked)(cipher, held)
        for person in people
        for held in person.numbers
    }
