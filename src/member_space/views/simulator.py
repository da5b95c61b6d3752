"""« Simuler un remboursement »: the page and its PDF (C33)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from markupsafe import Markup
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from member_space.domain.care_choice import CareChoice
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.reimbursement_engine import Outcome
from member_space.domain.reimbursement_errors import CannotComputeError
from member_space.forms.simulator import AskedSimulation, read_simulation
from member_space.interfaces import IPdf
from member_space.services.explanation_words import SaidPart, said_parts
from member_space.services.simulator import (
    CannotSimulateError,
    Choices,
    Question,
    Simulation,
    choices,
    simulate,
)
from member_space.services.simulator_pdf import SimulationPdf
from member_space.services.simulator_words import CAVEAT, SECTORS, notes_of, why_not
from member_space.views.download import PDF, download
from member_space.views.rendering import date_long
from member_space.views.words import data_words

_ = TranslationStringFactory("member_space")

FIELDS = ("soin", "prix", "personne", "secteur", "parcours", "le", "nombre", "monture", "base")
DETAILS = FIELDS[-3:]
"""Those that few cares need: folded until one is typed or asked for."""
MOST_PROPOSED = 12
NOT_FOUND = _("Aucun soin ne répond à « ${words} » : essayez un mot plus courant, ou choisissez dans la liste.")
SEVERAL = _("Plusieurs soins répondent à « ${words} » : choisissez le vôtre ci-dessous.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked and what is answered: one of ``found`` (the care and its simulation), or errors by field.

    ``proposed``: the cares among which to choose."""

    asked: AskedSimulation
    known: Choices
    errors: dict[str, str]
    choice: CareChoice | None = None
    found: Simulation | None = None
    proposed: tuple[CareChoice, ...] = ()


@view_config(
    route_name="simulator",
    request_method="GET",
    permission=Permission.VIEW_REIMBURSEMENTS,
    renderer="simulator/simulator.html.jinja2",
    reads=What.REIMBURSEMENTS,
)
def simulator(request: Request) -> dict[str, Any]:
    """The form, then the answer above it; what cannot be answered is a 422 that keeps all that was typed."""
    answer = answer_to(request, request.GET)
    if answer.errors:
        request.response.status_int = 422
    typed = answer.asked.typed | ({"soin": shown(answer.choice)} if answer.choice else {})
    found, translate = answer.found, request.localizer.translate
    price, parts = _said(request, found.outcome if found else None)
    beside_price, beside_parts = _said(request, found.beside.outcome if found and found.beside else None)
    return {
        "errors": [(name, answer.errors[name]) for name in FIELDS if name in answer.errors],
        "wrong": {name: answer.errors.get(name) for name in FIELDS},
        "typed": typed,
        "opens_details": any(answer.errors.get(name) or typed[name] not in ("", "1") for name in DETAILS),
        "persons": list(request.context.household.persons()),
        "options": options_of(tuple(shown(one) for one in answer.known.by_code.values())),
        "proposed": [(shown(one), _url(request, "simulator", typed, shown(one))) for one in answer.proposed],
        "asked": answer.asked,
        "choice": answer.choice,
        "shown": shown,
        "found": found,
        "price": price,
        "parts": parts,
        "beside_price": beside_price,
        "beside_parts": beside_parts,
        "notes": list(notes_of(found)) if found else [],
        "sectors": [(key, translate(one.label), translate(one.hint)) for key, one in SECTORS.items()],
        "pdf_url": _url(request, "simulator_pdf", typed, typed["soin"]),
        "caveat": CAVEAT,
    }


@view_config(
    route_name="simulator_pdf",
    request_method="GET",
    permission=Permission.VIEW_REIMBURSEMENTS,
    reads=What.REIMBURSEMENTS,
)
def pdf(request: Request) -> Response:
    """The same answer as a file; what cannot be answered goes back to the page, which says why."""
    found = answer_to(request, request.GET).found
    if found is None:
        raise HTTPSeeOther(request.route_path("simulator", _query=request.GET))
    translate, today = request.localizer.translate, request.context.household.today
    document = SimulationPdf(found, today, request.locale_name, translate, shown)
    body = document.render(request.registry.getUtility(IPdf), request.registry.brand)
    return download(body, "simulation.pdf", PDF)


def _said(request: Request, outcome: Outcome | None) -> tuple[SaidPart | None, list[SaidPart]]:
    """The price and who pays it; nothing of nothing."""
    if outcome is None:
        return None, []
    price, *parts = said_parts(outcome.steps, request.localizer.translate, request.locale_name)
    return price, parts


def shown(choice: CareChoice) -> str:
    """The label in the language of the page."""
    return data_words(choice.label)


@lru_cache(maxsize=4)
def options_of(labels: tuple[str, ...]) -> Markup:
    """The choices of the list, some two hundred and always the same: written once a language."""
    return Markup().join(Markup('<option value="{}"></option>').format(label) for label in labels)


def _url(request: Request, route: str, typed: dict[str, str], care: str) -> str:
    return str(request.route_path(route, _query={**{name: text for name, text in typed.items() if text}, "soin": care}))


def answer_to(request: Request, query: Mapping[str, str]) -> Answer:
    """What is answered to these fields of the form, wherever they come from."""
    household = request.context.household
    known = choices(request.db)
    asked = read_simulation(query, household)
    errors = {name: request.localizer.translate(words) for name, words in asked.errors.items()}
    if not asked.is_asked:
        return Answer(asked, known, errors)
    matching = known.found(asked.words, shown)
    choice = matching[0] if len(matching) == 1 else None
    if choice is None and "soin" not in errors:
        words = SEVERAL if matching else NOT_FOUND
        errors["soin"] = request.localizer.translate(words % {"words": asked.words})
    if errors or choice is None or asked.member is None:
        return Answer(asked, known, errors, choice, proposed=matching[:MOST_PROPOSED] if choice is None else ())
    question = Question(
        choice,
        asked.member,
        asked.day,
        asked.fee,
        asked.practitioner,
        asked.out_of_pathway,
        asked.quantity,
        asked.frame_fee,
        asked.base,
    )
    try:
        return Answer(asked, known, {}, choice, simulate(request.db, household, known, question))
    except (CannotSimulateError, CannotComputeError) as error:
        field, told = why_not(
            error,
            care=shown(choice),
            name=asked.member.name,
            day=asked.day,
            long=partial(date_long, locale=request.locale_name),
            knows_base=asked.base is not None,
        )
        return Answer(asked, known, {field: request.localizer.translate(told)}, choice)
