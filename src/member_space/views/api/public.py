"""Nobody's data: tariffs of reference, and the answers to common questions."""

from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.reference import Act, Tariff, TariffKind
from member_space.services.faq import RankedAnswer, find_answers
from member_space.services.figures import figures_of
from member_space.views.api.contracts import NO_SUCH_ACT, SIMULATE
from member_space.views.api.endpoint import asked, endpoint
from member_space.views.api.invalid import Unfit
from member_space.views.api.values import answer, decimal
from member_space.views.words import data_words

_ = TranslationStringFactory("member_space")

RATES = _("Tarifs de référence de la Sécurité sociale")
FAQ = _("Questions fréquentes")
PERCENTS = frozenset({TariffKind.RATE, TariffKind.SHARE})
COUNTS = {TariffKind.COUNT_YEAR: "times", TariffKind.RENEWAL: "months"}


@endpoint("api_rates", Permission.READ_PUBLIC)
def rates(request: Request) -> dict[str, Any]:
    """One act with its figures in force on a day, each with its source; without an act, the list of all."""
    query, figures = asked(request), figures_of(request.db)
    day = query.get("date") or request.tools.today()
    acts = [act for act in figures.acts.values() if act.period.contains(day)]
    if "act" in query:
        acts = [act for act in acts if act.code == query["act"]]
        if not acts:
            raise Unfit("act", NO_SUCH_ACT)
    known = {act.code: figures.told_of(act, day) for act in acts} if "act" in query else {}
    return answer(
        request,
        {"day": day, "acts": [_act(act) | {"figures": list(map(_figure, known.get(act.code, ())))} for act in acts]},
        source=(RATES, request.route_url("simulator")),
        actions=[(SIMULATE, request.route_url("simulator"))],
    )


@endpoint("api_faq", Permission.READ_PUBLIC)
def faq(request: Request) -> dict[str, Any]:
    """The nearest answers to a question in any words; nothing of the question is kept."""
    found = find_answers(request.db, request.tools, asked(request)["q"], locale=request.locale_name)
    return answer(
        request,
        {
            "sure": found.sure,
            "refusal": found.refusal,
            "answers": [_entry(request, one) for one in found.answers],
        },
        source=(FAQ, request.route_url("content", slug="aide")),
    )


def _act(one: Act) -> dict[str, Any]:
    return {
        "code": one.code,
        "label": data_words(one.label),
        "family": one.family,
        "nature": one.nature,
        "basket": one.basket,
    }


def _figure(one: Tariff) -> dict[str, Any]:
    unit = "percent" if one.what in PERCENTS else COUNTS.get(one.what, "EUR")
    value = str(one.value) if one.what in COUNTS else decimal(one.value)
    return {
        "what": one.what,
        "condition": one.condition,
        "value": value,
        "unit": unit,
        "from": one.period.start,
        "until": one.period.end,
        "source": one.source,
        "confidence": one.confidence,
    }


def _entry(request: Request, one: RankedAnswer) -> dict[str, Any]:
    return {
        "slug": one.slug,
        "family": one.family,
        "language": one.language,
        "question": one.question,
        "answer_markdown": one.answer_markdown,
        "source": one.source,
        "source_url": one.source_url,
        "as_of": one.as_of,
        "confidence": round(one.confidence, 3),
        "links": [{"label": link.label, "url": f"{request.application_url}{link.path}"} for link in one.links],
    }
