"""What a request may be about, in the office's words: the codes that `begin_request`, messages and handover take."""

from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.services.catalogue import Topic, catalogue_of
from member_space.views.api.draft import KINDS
from member_space.views.api.endpoint import asked, endpoint
from member_space.views.api.values import answer

_ = TranslationStringFactory("member_space")

STEPS = _("Démarches")


@endpoint("api_topics", Permission.READ_PUBLIC)
def topics(request: Request) -> dict[str, Any]:
    """Each with the papers that it needs; a change of beneficiaries is not among them, as no assistant begins one."""
    catalogue, wanted = catalogue_of(request.tools.settings), asked(request).get("kind")
    found = [_topic(request, topic) for kind in KINDS if wanted in (None, kind) for topic in catalogue.of_kind(kind)]
    return answer(request, {"topics": found}, source=(STEPS, request.route_url("steps")))


def _topic(request: Request, one: Topic) -> dict[str, Any]:
    locale = request.locale_name
    return {
        "code": one.code,
        "kind": one.kind,
        "label": one.label.in_(locale),
        "papers": [{"label": needed.piece.label.in_(locale), "required": needed.required} for needed in one.pieces],
    }
