"""What a care would cost, by the engine that pays, with all that the answer supposes."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.reimbursement_engine import Outcome
from member_space.forms.simulator import IN_PATHWAY, OUT_OF_PATHWAY
from member_space.services.explanation_words import said_parts
from member_space.services.simulator import Simulation
from member_space.services.simulator_words import CAVEAT, PATHWAY, notes_of, sector_of
from member_space.views.api.endpoint import endpoint
from member_space.views.api.once import once
from member_space.views.api.problem import problem
from member_space.views.api.values import amount, answer
from member_space.views.simulator import answer_to, shown

_ = TranslationStringFactory("member_space")

FIELDS = {
    "soin": "care",
    "prix": "price",
    "personne": "person",
    "secteur": "sector",
    "parcours": "out_of_pathway",
    "le": "day",
    "nombre": "quantity",
    "monture": "frame_price",
    "base": "base",
}
"""The fields of the page by their name in the body."""
TABLE = _("Tableau de garanties : ${label}")
PATHWAY_SAID = _("Parcours de soins : ${words}")
LIKE_THESE = _("${words} Par exemple : ${cares}.")


@endpoint("api_simulations", Permission.SIMULATE, method="POST", reads=What.REIMBURSEMENTS)
@once
def simulate(request: Request) -> Any:
    """Held to the rules of the page; what cannot be answered is told where it is."""
    given = request.json_body
    found = answer_to(request, typed_of(given))
    if found.found is None:
        proposed = ", ".join(shown(one) for one in found.proposed)
        errors = [
            {"detail": _with(request, words, proposed if name == "soin" else ""), "pointer": f"#/{FIELDS[name]}"}
            for name, words in found.errors.items()
        ]
        return problem(request, 422, errors=errors)
    return _answered(request, found.found)


def typed_of(given: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the page as they would be typed."""
    typed = {}
    for field, name in FIELDS.items():
        value = given.get(name)
        if isinstance(value, dict):
            typed[field] = value["amount"]
        elif name == "out_of_pathway":
            typed[field] = OUT_OF_PATHWAY if value else IN_PATHWAY
        elif value is not None:
            typed[field] = str(value)
    return typed


def _with(request: Request, words: str, proposed: str) -> str:
    """The refusal, with the cares among which to choose where there are some."""
    if not proposed:
        return words
    return str(request.localizer.translate(LIKE_THESE % {"words": words, "cares": proposed}))


def _answered(request: Request, found: Simulation) -> dict[str, Any]:
    asked, beside = found.asked, found.beside
    body = {
        "care": shown(found.choice),
        "person": {"id": found.member.public_id, "name": found.member.name},
        "day": asked.day,
        **_paid(request, found.outcome),
        "hundred_percent_sante": None
        if beside is None or beside.outcome is None
        else {"care": shown(beside.choice), **_paid(request, beside.outcome)},
        "hypotheses": _supposed(request, found),
    }
    query = {"soin": shown(found.choice), "personne": str(found.member.public_id)}
    return answer(
        request,
        body,
        source=(_("Simuler un remboursement"), request.route_url("simulator", _query=query)),
        actions=[(_("Ouvrir cette simulation"), request.route_url("simulator", _query=query))],
    )


def _supposed(request: Request, found: Simulation) -> list[str]:
    """What was taken for granted, then what was asked and counts for nothing, then the reservation of each answer."""
    asked, translate = found.asked, request.localizer.translate
    supposed = [TABLE % {"label": found.table_label}]
    if found.asks_doctor:
        supposed.append(sector_of(asked.practitioner).label)
        if not found.is_too_young:
            supposed.append(PATHWAY_SAID % {"words": translate(PATHWAY[not asked.out_of_pathway])})
    return [translate(words) for words in (*supposed, *notes_of(found), CAVEAT)]


def _paid(request: Request, outcome: Outcome) -> dict[str, Any]:
    """The price and who pays it, each part with its steps; the last is what is left to pay."""
    price, *parts = said_parts(outcome.steps, request.localizer.translate, request.locale_name)
    return {
        "price": amount(price.amount),
        "left_to_pay": amount(parts[-1].amount),
        "parts": [
            {
                "name": part.name,
                "title": request.localizer.translate(part.title),
                "amount": amount(part.amount),
                "steps": [{"text": step.words, "source": step.source} for step in part.steps],
            }
            for part in parts
        ],
    }
