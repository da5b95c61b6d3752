"""The list of reimbursements with its filters (S-HCR-38, C53)."""

from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.view import view_config
from translationstring import TranslationString

from member_space.domain.cursor import Cursor
from member_space.domain.money import format_money
from member_space.domain.notices import NoticeKind
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.forms.reimbursement_filter import NAMES, AskedList, read_filter
from member_space.services.care_line import Payee, closed, insured_seen
from member_space.services.household import Household
from member_space.services.notification_announce import note_read
from member_space.services.reference import family_labels
from member_space.services.reimbursement import Bounds, LineFilter, page_of_lines, totals_of
from member_space.views.rendering import date_long
from member_space.views.words import data_words

_ = TranslationStringFactory("member_space")

PAID_TO_INSURED = {
    Payee.YOU: _("payé à vous"),
    Payee.HOLDER: _("payé au titulaire du contrat"),
    None: _("payé à vous ou au titulaire du contrat"),
}
AT_LEAST = _("frais ou remboursement d’au moins ${sum}")
AT_MOST = _("frais ou remboursement d’au plus ${sum}")
PAID_TO_OTHERS = _("payé à un tiers")


@view_config(
    route_name="reimbursements",
    request_method="GET",
    permission=Permission.VIEW_REIMBURSEMENTS,
    renderer="reimbursement/list.html.jinja2",
    reads=What.REIMBURSEMENTS,
)
def reimbursements(request: Request) -> dict[str, Any]:
    """A filter that cannot be read is a 422, beside the list that the others keep."""
    note_read(request.db, request.tools, request.identity.account_id, NoticeKind.NEW_REIMBURSEMENT)
    household: Household = request.context.household
    asked = read_filter(request.GET, household)
    if asked.errors:
        request.response.status_int = 422
    families = {code: data_words(label) for code, label in family_labels(request.db).items()}
    page = page_of_lines(request.db, household, asked.kept, before=asked.before, after=asked.after)
    filters = {name: text for name, text in asked.typed.items() if text}
    return {
        "asked": asked,
        **errors_of(request, asked),
        "household": household,
        "insured": insured_seen(household),
        "hides_care": bool((asked.kept.words or asked.kept.family) and closed(household)),
        "families": families,
        "lines": page.lines,
        "totals": totals_of(request.db, household, asked.kept),
        "chips": chips_of(
            request,
            "reimbursements",
            asked.typed,
            _words_of(asked.kept, household, families, request.locale_name),
        ),
        **page_urls(request, "reimbursements", page.newer, page.older, filters),
    }


def errors_of(request: Request, asked: AskedList[Any]) -> dict[str, Any]:
    """What could not be read, in words: `errors` for the summary, `wrong` beside each field of the filter.

    A link to a page has no field of its own.
    """
    words = {name: request.localizer.translate(text) for name, text in asked.errors.items()}
    return {
        "errors": [(name if name in NAMES else None, text) for name, text in words.items()],
        "wrong": {name: words.get(name) for name in NAMES},
    }


def page_urls(
    request: Request, route: str, newer: Cursor | None, older: Cursor | None, query: dict[str, str]
) -> dict[str, str | None]:
    """The two ways on from a page, and the first one."""
    return {
        "newer_url": newer and request.route_path(route, _query={**query, "apres": str(newer)}),
        "older_url": older and request.route_path(route, _query={**query, "avant": str(older)}),
        "first_url": request.route_path(route, _query=query),
    }


def chips_of(
    request: Request, route: str, typed: dict[str, str], words: dict[str, str | None]
) -> list[tuple[str, str]]:
    """The filters in force in words, by field, each with the address of the list without it."""
    return [
        (
            request.localizer.translate(text),
            request.route_path(route, _query={key: value for key, value in typed.items() if value and key != name}),
        )
        for name, text in words.items()
        if text
    ]


def bounds_in_words(
    kept: Bounds, least: TranslationString, most: TranslationString, locale: str
) -> dict[str, str | None]:
    """The bounds in force, by field; ``least`` and ``most`` say those of the amount, with ``${sum}``."""
    return {
        "du": _("depuis le ${day}", mapping={"day": date_long(kept.since, locale)}) if kept.since else None,
        "au": _("jusqu’au ${day}", mapping={"day": date_long(kept.until, locale)}) if kept.until else None,
        "min": None if kept.least is None else least % {"sum": format_money(kept.least, locale)},
        "max": None if kept.most is None else most % {"sum": format_money(kept.most, locale)},
    }


def _words_of(kept: LineFilter, household: Household, families: dict[str, str], locale: str) -> dict[str, str | None]:
    """Each filter in force, by field, in words."""
    person = next((m.first_name for m in household.members if m.person_id == kept.person_id), None)
    return {
        "personne": person,
        **bounds_in_words(kept, AT_LEAST, AT_MOST, locale),
        "famille": families.get(kept.family, kept.family) if kept.family else None,
        "paye_a": _payee_words(kept.to_insured, household),
        "mots": _("«\N{NO-BREAK SPACE}${words}\N{NO-BREAK SPACE}»", mapping={"words": kept.words})
        if kept.words
        else None,
    }


def _payee_words(to_insured: bool | None, household: Household) -> TranslationString | None:
    if to_insured is None:
        return None
    return PAID_TO_INSURED[insured_seen(household)] if to_insured else PAID_TO_OTHERS
