"""« Mes informations »: what we know of who is signed in, each block with its pencil (S-HCR-51, S-HCR-52)."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.services.bank_account import bank_accounts_of, may_have_one
from member_space.services.consent import answers_of
from member_space.services.personal_data import edits_of, personal_data_of
from member_space.services.privacy import privacy_choices


@view_config(
    route_name="personal_data",
    request_method="GET",
    permission=Permission.VIEW_HOME,
    renderer="personal_data/personal_data.html.jinja2",
)
def personal_data(request: Request) -> dict[str, Any]:
    person_id, household = request.identity.person_id, request.context.household
    return {
        "person": personal_data_of(request.db, request.identity),
        "edits": {kind.value: edits[0] for kind, edits in edits_of(request.db, person_id).items()},
        "privacy": privacy_choices(request.db, household),
        "adult": may_have_one(request.db, request.identity, household),
        "accounts": bank_accounts_of(request.db, request.tools, request.identity),
        "consents": [(purpose.value, answers[:1]) for purpose, answers in answers_of(request.db, person_id).items()],
    }
