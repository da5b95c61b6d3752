"""« Signaler une erreur ou demander à ne plus figurer »: whoever may read the directory may tell of it."""

from datetime import timedelta
from math import ceil
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.directory_report import Wish
from member_space.domain.permissions import Permission
from member_space.forms.directory_report import LONGEST, DirectoryReportForm
from member_space.security.human_check import human_check
from member_space.services.directory_report import tell
from member_space.services.throttling import TooManyTries
from member_space.views.done import go_on
from member_space.views.errors import error_page
from member_space.views.practitioner import count_visitor
from member_space.views.practitioner_page import found_of
from member_space.views.practitioner_words import address_of, name_of
from member_space.views.typed import Said, typed

_ = TranslationStringFactory("member_space")

MOST, MOST_UNPROVED = 10, 3
"""From one network in a quarter of an hour, and where no browser did the small work of the form."""
_TOO_MANY = _(
    "Votre réseau nous a déjà signalé plusieurs choses\N{NO-BREAK SPACE}: attendez un quart d’heure, "
    "puis renvoyez ce texte, qui n’est pas encore parti."
)
FIELDS = ("souhait", "texte", "email")


@view_defaults(
    route_name="practitioner_report",
    permission=Permission.VIEW_DIRECTORY,
    renderer="practitioner/report.html.jinja2",
)
class ReportViews:
    """One place, and what is told of it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.practice = found_of(request)

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any] | Response:
        return self._page([])

    @view_config(request_method="POST")
    def tell(self) -> Any:
        request, practice = self.request, self.practice
        values, errors = typed(request, DirectoryReportForm())
        if errors or practice is None:
            return self._page(errors)
        try:
            count_visitor(request, "directory report", MOST if human_check(request) else MOST_UNPROVED)
        except TooManyTries as refusal:
            return self._page([(None, request.localizer.translate(_TOO_MANY))], refusal.wait)
        shown = ", ".join((name_of(practice), *address_of(practice)))
        wish = Wish(values["souhait"])
        tell(request.db, request.tools, practice.public_id, shown, wish, values["texte"], values["email"])
        return go_on(request.route_path("practitioner", practice_id=practice.public_id), "signalement-recu")

    def _page(self, errors: Said, wait: timedelta | None = None) -> dict[str, Any] | Response:
        """With what was typed; `wait`: until another report is taken."""
        request, practice = self.request, self.practice
        if practice is None:
            return error_page(request, 404)
        if errors:
            request.response.status_int = 429 if wait else 422
        if wait:
            request.response.retry_after = ceil(wait / timedelta(seconds=1))
        return {
            "errors": errors,
            "typed": {name: request.POST.get(name, "") for name in FIELDS},
            "practice": practice,
            "name": name_of(practice),
            "address": address_of(practice),
            "longest": LONGEST,
        }
