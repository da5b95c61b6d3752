"""What the member agreed to, with the very words of the question."""

from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.consent import ConsentAnswer, Purpose, answers_of
from member_space.views.api.endpoint import endpoint
from member_space.views.api.values import answer
from member_space.views.consent import consent_wording

_ = TranslationStringFactory("member_space")

CONSENTS = _("Vos consentements")
CHANGE = _("Changer une réponse")


@endpoint("api_consents", Permission.VIEW_CONSENTS, reads=What.HOME)
def consents(request: Request) -> dict[str, Any]:
    """The answer that holds for each purpose; none when the member did not tick himself."""
    household, url = request.context.household, request.route_url("consents")
    if household.shows_viewer:
        household.note([household.viewer_id])
    answers = answers_of(request.db, household.viewer_id) if household.shows_viewer else {}
    return answer(
        request,
        {"consents": [_consent(request, purpose, given) for purpose, given in answers.items()]},
        source=(CONSENTS, url),
        actions=[(CHANGE, url)],
    )


def _consent(request: Request, purpose: Purpose, given: list[ConsentAnswer]) -> dict[str, Any]:
    last = given[0] if given else None
    return {
        "purpose": purpose,
        "granted": last.granted if last else None,
        "question": last.wording if last else consent_wording(request, purpose),
        "answered_at": last.answered_at if last else None,
    }
