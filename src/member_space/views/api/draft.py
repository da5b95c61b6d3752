"""A request that an assistant prepares: a draft that leaves only when its member sends it, in his space."""

from datetime import date
from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.money import parse_money
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import RequestKind
from member_space.forms.message import NO_PERSON, NO_TOPIC, text_in, too_long
from member_space.forms.request import FUTURE
from member_space.models import Request as MemberRequest
from member_space.services.api_draft import TooManyDrafts, prepare
from member_space.services.catalogue import Topic, catalogue_of
from member_space.services.request_check import first_page, missing_of
from member_space.services.request_draft import NoContract, covered_on
from member_space.views.api.endpoint import endpoint
from member_space.views.api.once import once
from member_space.views.api.problem import problem
from member_space.views.api.values import amount_or_none, answer
from member_space.views.api.written import Wrong, no_contract, refused, unknown_topic
from member_space.views.request_start import page_path

_ = TranslationStringFactory("member_space")

KINDS = (RequestKind.CLAIM, RequestKind.QUOTE, RequestKind.COMPLAINT, RequestKind.MESSAGE)
"""What may be prepared. A change of beneficiaries is not: no assistant writes who is covered."""
OF_A_CLAIM = ("care_date", "amount")
NOT_COVERED = _("Cette personne n’est pas couverte ce jour-là.")
ONLY_OF_A_CLAIM = _("Seule une demande de remboursement le demande.")
TOO_MANY = _("L’adhérent a trop de brouillons : il en envoie ou en efface d’abord.")


@endpoint("api_requests", Permission.DRAFT_REQUEST, method="POST", reads=What.REQUEST)
@once
def begin(request: Request) -> Any:
    """Held to the rules of the pages that it is completed on; nothing is sent."""
    given = request.json_body
    topic = catalogue_of(request.tools.settings).topics.get(given["topic"])
    facts, wrong = _facts(request, given)
    kind = RequestKind(given["kind"])
    if topic is None or topic.kind is not kind:
        return refused(request, [Wrong("#/topic", unknown_topic(request, NO_TOPIC, kind)), *wrong])
    if wrong:
        return refused(request, wrong)
    household, access = request.context.household, request.identity
    try:
        draft = prepare(
            request.db,
            request.tools,
            access.account_id,
            household,
            request.origin,
            access.assistant,
            topic,
            **facts,
        )
    except NoContract:
        return no_contract(request)
    except TooManyDrafts:
        return problem(request, 409, detail=request.localizer.translate(TOO_MANY), slug="too-many-drafts")
    return _begun(request, draft, topic)


def _facts(request: Request, given: dict[str, Any]) -> tuple[dict[str, Any], list[Wrong]]:
    """What the draft says, and what is wrong with it."""
    household = request.context.household
    text = text_in(given, "text")
    day = date.fromisoformat(given["care_date"]) if "care_date" in given else household.today
    facts: dict[str, Any] = {"body": text or None}
    wrong = []
    if problem_of_text := too_long(text):
        wrong.append(Wrong("#/text", problem_of_text))
    if given["kind"] != RequestKind.CLAIM:
        wrong += [Wrong(f"#/{name}", ONLY_OF_A_CLAIM) for name in OF_A_CLAIM if name in given]
    if day > household.today:
        wrong.append(Wrong("#/care_date", FUTURE))
    if "care_date" in given:
        facts["care_date"] = day
    if "amount" in given:
        facts["amount"] = parse_money(given["amount"]["amount"])
    if given.get("person"):
        about = next((one for one in covered_on(household, day) if one.public_id == given["person"]), None)
        if about is None or about.member is None:
            wrong.append(Wrong("#/person", NOT_COVERED if about else NO_PERSON))
        else:
            facts |= {"person_id": about.member.person_id, "contract_id": about.member.contract_id}
    return facts, wrong


def _begun(request: Request, draft: MemberRequest, topic: Topic) -> dict[str, Any]:
    request.response.status_int = 201
    body = {
        "request": {
            "id": draft.public_id,
            "kind": draft.kind,
            "topic": {"code": topic.code, "label": topic.label.in_(request.locale_name)},
            "state": draft.state,
            "care_date": draft.care_date,
            "amount": amount_or_none(draft.amount),
        },
        "missing": sorted({one.page.value for one in missing_of(draft, topic, ())}),
    }
    page = request.application_url + page_path(request, draft, first_page(draft, topic))
    return answer(
        request,
        body,
        source=(_("Vos messages"), request.route_url("messages")),
        actions=[(_("Relire, compléter et envoyer la demande"), page)],
    )
