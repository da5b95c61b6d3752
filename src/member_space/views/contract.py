"""Contracts: the list, and one contract on any day (S-HCR-23, C29)."""

from typing import Any

import colander
from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.forms.as_of import AsOf
from member_space.services.beneficiary import states_of
from member_space.services.contract import contract_sheet, contracts_of
from member_space.services.figures import figures_of
from member_space.services.guarantee_examples import examples_of
from member_space.views.refusal import refuse


@view_config(
    route_name="contracts",
    request_method="GET",
    permission=Permission.VIEW_CONTRACT,
    renderer="contract/list.html.jinja2",
    reads=What.CONTRACT,
)
def contracts(request: Request) -> dict[str, Any]:
    household = request.context.household
    states = states_of(request.db, household)
    return {
        "contracts": contracts_of(request.db, household),
        "people": [(member, states[member.person_id]) for member in household.persons() if member.person_id in states],
        "today": household.today,
    }


@view_config(
    route_name="contract",
    request_method="GET",
    permission=Permission.VIEW_CONTRACT,
    renderer="contract/sheet.html.jinja2",
    reads=What.CONTRACT,
)
def contract(request: Request) -> dict[str, Any]:
    """The contract today or on the day `?au=`; a day that cannot be read is a 422 beside the contract of today."""
    return _on_the_day(request)


@view_config(
    route_name="examples",
    request_method="GET",
    permission=Permission.VIEW_CONTRACT,
    renderer="contract/examples.html.jinja2",
    reads=What.CONTRACT,
)
def examples(request: Request) -> dict[str, Any]:
    """What common cares would cost under this contract, today or on the day `?au=`."""
    page = _on_the_day(request)
    sheet = page["sheet"]
    found = examples_of(sheet.table, figures_of(request.db), sheet.on) if sheet.table else ()
    return page | {"examples": found}


def _on_the_day(request: Request) -> dict[str, Any]:
    typed = request.GET.get("au", "")
    asked, problem = None, None
    try:
        asked = AsOf().deserialize({"au": typed})["au"]
    except colander.Invalid as invalid:
        problem = refuse(request, invalid)
    household = request.context.household
    return {
        "sheet": contract_sheet(request.db, household, request.context.found.contract_id, asked),
        "today": household.today,
        "typed": typed,
        "asked": asked,
        "problem": problem,
    }
