"""Answers ready to send: one's own, and the team's for who manages them (C107)."""

from typing import Any

from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from member_space.domain.permissions import Permission
from member_space.forms.canned_answer import AnswerForm
from member_space.services.canned_answer import VARIABLES, Answer, answers_of, with_words, write_answer
from member_space.views.done import go_on
from member_space.views.typed import Said, typed

LONGEST = 100
"""Characters of a search that are read."""


@view_defaults(permission=Permission.HANDLE_REQUESTS, renderer="office/answers.html.jinja2")
class OfficeAnswersViews:
    """The list, with a form for a new one; or the form of one."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.found: Answer | None = request.context.found

    @view_config(route_name="office_answers", request_method="GET")
    @view_config(route_name="office_answer", request_method="GET")
    def show(self) -> dict[str, Any]:
        found = self.found
        kept = {"folder": found.folder, "title": found.title, "words": found.body} if found else {}
        return self._page([], kept)

    @view_config(route_name="office_answers", request_method="POST")
    def add(self) -> Any:
        return self._write(team=False)

    @view_config(route_name="office_answers_team", request_method="POST", permission=Permission.MANAGE_ANSWERS)
    def add_for_all(self) -> Any:
        return self._write(team=True)

    @view_config(route_name="office_answer", request_method="POST")
    def change(self) -> Any:
        if self.found and self.found.of_team and not self._manages:
            raise HTTPForbidden
        return self._write(team=bool(self.found and self.found.of_team))

    @property
    def _manages(self) -> bool:
        return bool(self.request.has_permission(Permission.MANAGE_ANSWERS))

    def _write(self, *, team: bool) -> Any:
        request, found = self.request, self.found
        values, errors = typed(request, AnswerForm())
        if errors:
            return self._page(errors, dict(request.POST))
        write_answer(
            request.db,
            request.tools,
            request.identity,
            found,
            values["folder"],
            values["title"],
            values["words"],
            team=team,
            retired=found is not None and "retire" in request.POST,
            origin=request.origin,
        )
        return go_on(request.route_path("office_answers"), "reponse-type")

    def _page(self, errors: Said, kept: dict[str, Any]) -> dict[str, Any]:
        request = self.request
        if errors:
            request.response.status_int = 422
        asked = request.GET.get("mots", "")[:LONGEST].strip()
        answers = answers_of(request.db, request.identity.account_id)
        return {
            "answers": with_words(answers, asked),
            "asked": asked,
            "some": bool(answers),
            "found": self.found,
            "kept": kept,
            "manages": self._manages,
            "variables": VARIABLES,
            "errors": errors,
            "wrong": dict(errors),
        }
