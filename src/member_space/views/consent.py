"""Consents, one by purpose, each with its exact words: the page of them all, and the question of the home page.

S-HCR-18, C25, C155.
"""

from typing import Any

import colander
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.forms.consent import ConsentForm
from member_space.security.addresses import safe_next
from member_space.security.drafts import draft_of
from member_space.services.consent import Purpose, answer_consent, answers_of
from member_space.views.done import go_on
from member_space.views.refusal import refuse

_ = TranslationStringFactory("member_space")

QUESTIONS = {
    Purpose.SMS_CONTACT: _(
        "Acceptez-vous que ${brand} vous contacte par SMS pour le suivi de votre contrat et de vos demandes ?"
    ),
    Purpose.PREVENTION_NEWS: _(
        "Acceptez-vous que ${brand} vous envoie par e-mail des conseils de prévention et des informations "
        "sur vos services ?"
    ),
    Purpose.SATISFACTION_SURVEY: _(
        "Acceptez-vous que ${brand} vous demande votre avis par e-mail après une démarche ?"
    ),
}
"""What is asked, word for word: the answer is kept with the question in the language and the name it was shown with."""


def consent_wording(request: Request, purpose: Purpose) -> str:
    """The question exactly as it is shown, which is what the answer is kept with."""
    question = _(QUESTIONS[purpose], mapping={"brand": request.registry.brand.name})
    return str(request.localizer.translate(question))


def sms_wording(request: Request) -> str:
    return consent_wording(request, Purpose.SMS_CONTACT)


@view_defaults(route_name="consents", permission=Permission.ANSWER_CONSENT, renderer="consent/consents.html.jinja2")
class ConsentViews:
    """Withdrawing is the same gesture as giving, on the same page."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page(None)

    @view_config(request_method="POST")
    def answer(self) -> Any:
        """Keep the answer and go back to the page that asked."""
        request = self.request
        try:
            given = ConsentForm().deserialize(dict(request.POST))
        except colander.Invalid as invalid:
            return self._page(refuse(request, invalid))
        purpose = Purpose(given["finalite"])
        wording = consent_wording(request, purpose)
        answer_consent(request.db, request.identity, purpose, given["reponse"] == "oui", wording, request.origin)
        return go_on(safe_next(request.POST.get("next"), request.route_path("consents")), "accord")

    def _page(self, problem: str | None) -> dict[str, Any]:
        request = self.request
        answers = answers_of(request.db, request.identity.person_id)
        page = request.route_path("consents")
        questions = [
            (
                purpose.value,
                consent_wording(request, purpose),
                answers[purpose],
                # Each question is a form of its own, with its own draft.
                draft_of(request, "reponse", path=f"{page}?finalite={purpose.value}"),
            )
            for purpose in Purpose
        ]
        return {"questions": questions, "asked": request.POST.get("finalite"), "problem": problem}


def includeme(config: Any) -> None:
    """`request.sms_wording`: the question that the home page asks."""
    config.add_request_method(sms_wording, "sms_wording", reify=True)
