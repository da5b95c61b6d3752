"""The persons whom the member shows, and their links with the funds."""

from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.beneficiary import Beneficiary, Link, beneficiaries_of
from member_space.services.household_person import HouseholdPerson, household_persons
from member_space.views.api.endpoint import endpoint
from member_space.views.api.values import answer
from member_space.views.words import data_words

_ = TranslationStringFactory("member_space")

BENEFICIARIES = _("Vos bénéficiaires")
START_LINK = _("Demander ou réparer la télétransmission")


@endpoint("api_beneficiaries", Permission.VIEW_BENEFICIARY, reads=What.BENEFICIARY)
def beneficiaries(request: Request) -> dict[str, Any]:
    found = household_persons(request.context.household)
    return answer(
        request,
        {"beneficiaries": [person_of(one) for one in found]},
        source=(BENEFICIARIES, request.route_url("beneficiaries")),
    )


@endpoint("api_teletransmission", Permission.VIEW_LINK, reads=What.BENEFICIARY)
def teletransmission(request: Request) -> dict[str, Any]:
    """Each link with a fund in its state of today, and why it stopped."""
    found = beneficiaries_of(request.db, request.context.household)
    links = [link_of(one, link) for one in found for link in one.links]
    stopped = any(link["to_repair"] for link in links)
    return answer(
        request,
        {"links": links},
        source=(BENEFICIARIES, request.route_url("beneficiaries")),
        actions=[(START_LINK, request.route_url("link_start"))] if stopped else [],
    )


def person_of(one: HouseholdPerson) -> dict[str, Any]:
    """Who it is and what covers him; no number, no address, no account."""
    return {
        "id": one.public_id,
        "name": one.name,
        "birth_date": one.birth_date,
        "is_member": one.is_viewer,
        "is_adult": one.is_adult,
        "is_covered": one.is_covered,
        "covers": [
            {
                "contract": {"id": cover.contract_public_id, "number": cover.contract_number},
                "relation": cover.relation,
                "from": cover.period.start,
                "until": cover.period.end,
            }
            for cover in one.covers
        ],
    }


def link_of(one: Beneficiary, link: Link) -> dict[str, Any]:
    """Under whose number he is attached is not told: it may be somebody whom the member did not tick."""
    state = link.state
    return {
        "person": {"id": one.public_id, "name": one.name},
        "state": state.kind,
        "since": state.since,
        "until": state.until,
        "fund": state.fund_name,
        "cause": link.cause,
        "reason": state.cause and data_words(state.cause),
        "to_repair": link.to_repair,
    }
