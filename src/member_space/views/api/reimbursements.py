"""Reimbursements, line by line, and one line explained by the engine that paid it."""

from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.cursor import Cursor
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.care_line import CareLine
from member_space.services.explanation import Explanation
from member_space.services.explanation_words import NOTICES, said_parts
from member_space.services.household import Household
from member_space.services.reimbursement import LineFilter, Totals, page_of_lines, totals_of
from member_space.views.api.endpoint import asked, endpoint
from member_space.views.api.invalid import Unfit
from member_space.views.api.values import amount, amount_or_none, answer, decimal
from member_space.views.words import data_words

_ = TranslationStringFactory("member_space")

PAGE = 50
"""Lines of an answer: a program reads more at once than a person."""
REIMBURSEMENTS = _("Vos remboursements")
STATEMENT = _("Voir le décompte")
DATES_CROSS = _("La date de fin vient avant celle de début : inversez-les.")
NO_PLACE = _("Ce n’est pas un curseur de cette liste.")
NO_SUCH_PERSON = _("Cette personne n’est pas de celles que l’adhérent montre.")


@endpoint("api_reimbursements", Permission.VIEW_REIMBURSEMENTS, reads=What.REIMBURSEMENTS)
def reimbursements(request: Request) -> dict[str, Any]:
    """A page of lines, the latest care first, with the totals of all that the filter keeps."""
    household, query = request.context.household, asked(request)
    kept = _kept(household, query)
    page = page_of_lines(request.db, household, kept, before=_place(query.get("cursor")), most=PAGE)
    return answer(
        request,
        {
            "lines": [line_of(household, one) for one in page.lines],
            "totals": _totals(totals_of(request.db, household, kept)),
            "page": {"next": page.older and str(page.older)},
        },
        source=(REIMBURSEMENTS, request.route_url("reimbursements")),
    )


@endpoint("api_reimbursement", Permission.VIEW_STATEMENT, reads=What.STATEMENT)
def reimbursement(request: Request) -> dict[str, Any]:
    """Who paid which part of the line, by which rule, in the words of the page."""
    explained: Explanation = request.context.found
    line, say = explained.line, request.localizer.translate
    parts = said_parts(explained.steps, say, request.locale_name)
    notice = NOTICES.get(explained.verdict)
    body = {
        "line": line_of(request.context.household, line),
        "notice": notice and say(notice),
        "parts": [
            {
                "part": part.name,
                "title": say(part.title),
                "amount": amount(part.amount),
                "steps": [
                    {"words": step.words, "rule": step.source, "amount": amount(step.amount)} for step in part.steps
                ],
            }
            for part in parts
        ],
    }
    at = {"statement_id": line.statement_id, "rank": line.rank}
    return answer(
        request,
        body,
        source=(STATEMENT, request.route_url("statement_line", **at)),
        actions=[(STATEMENT, request.route_url("statement", statement_id=line.statement_id))],
    )


def line_of(household: Household, one: CareLine) -> dict[str, Any]:
    """``care`` is null where its person keeps its nature to himself: its amounts are told, and nothing else."""
    return {
        "id": f"{one.statement_id}.{one.rank}",
        "person": {
            "id": next(m.public_id for m in household.members if m.person_id == one.person_id),
            "name": one.person_full_name,
        },
        "care_date": one.care_date,
        "statement": {"id": one.statement_id, "reference": one.statement_reference, "issued_on": one.issued_on},
        "paid_on": one.paid_on,
        "paid_to": one.payee,
        "fee": amount(one.fee),
        "health_fund": amount(one.amo_net),
        "other_insurer": amount(one.other_insurer),
        "our_share": amount(one.our_share),
        "left_to_pay": amount(one.member_share),
        "care": _care(one) if one.is_open else None,
    }


def _care(one: CareLine) -> dict[str, Any]:
    return {
        "act": one.act_code,
        "family": one.family,
        "label": one.label and data_words(one.label),
        "practitioner": one.practitioner,
        "quantity": one.quantity,
        "base": amount_or_none(one.base),
        "rate": None if one.amo_rate is None else decimal(one.amo_rate),
        "flat_deduction": amount_or_none(one.participation),
        "excess": amount_or_none(one.franchise),
    }


def _totals(one: Totals) -> dict[str, Any]:
    return {
        "lines": one.lines,
        "fee": amount(one.fee),
        "health_fund": amount(one.amo_net),
        "other_insurer": amount(one.other_insurer),
        "our_share": amount(one.our_share),
        "left_to_pay": amount(one.member_share),
    }


def _kept(household: Household, query: dict[str, Any]) -> LineFilter:
    since, until = query.get("from"), query.get("to")
    if since and until and until < since:
        raise Unfit("to", DATES_CROSS)
    return LineFilter(since=since, until=until, person_id=_person(household, query), act=query.get("act"))


def _person(household: Household, query: dict[str, Any]) -> int | None:
    if "beneficiary" not in query:
        return None
    found = household.person(str(query["beneficiary"]))
    if found is None:
        raise Unfit("beneficiary", NO_SUCH_PERSON)
    return found.person_id


def _place(cursor: str | None) -> Cursor | None:
    try:
        return Cursor.parse(cursor) if cursor is not None else None
    except ValueError:
        raise Unfit("cursor", NO_PLACE) from None
