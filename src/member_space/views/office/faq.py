"""The answers of the virtual adviser: their list, and each with its words, its versions and how it will look."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from member_space.domain.permissions import Permission
from member_space.forms.faq import FaqForm, typed_of, wording_of
from member_space.services.faq import shown
from member_space.services.faq_edit import Wording, entries_of, history_of, write_entry
from member_space.views.done import go_on
from member_space.views.faq_words import FAMILIES
from member_space.views.new_password import Said, typed


@view_config(
    route_name="office_faq",
    request_method="GET",
    permission=Permission.MANAGE_ANSWERS,
    renderer="office/faq.html.jinja2",
)
def every(request: Request) -> dict[str, Any]:
    """All of them, by family; those taken out of use are told as such."""
    return {"entries": entries_of(request.db), "families": FAMILIES}


@view_defaults(
    route_name="office_faq_entry", permission=Permission.MANAGE_ANSWERS, renderer="office/faq_entry.html.jinja2"
)
class OfficeFaqEntryViews:
    """One: what is typed is shown first as a member will read it, then kept as a new version."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.versions = history_of(request.db, request.matchdict["entry"])
        if not self.versions:
            raise HTTPNotFound
        self.latest = self.versions[0].row

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        wording = Wording.of(self.latest)
        return self._page([], typed_of(wording), wording)

    @view_config(request_method="POST")
    def change(self) -> Any:
        request = self.request
        values, errors = typed(request, FaqForm())
        if errors:
            return self._page(errors, dict(request.POST))
        wording = wording_of(values)
        if "preview" in request.POST:
            return self._page([], dict(request.POST), wording)
        written = write_entry(
            request.db,
            request.tools,
            request.identity,
            self.latest.slug,
            request.POST.get("version", ""),
            wording,
            retired="retire" in request.POST,
            origin=request.origin,
        )
        if not written:
            return self._page([], dict(request.POST), wording, overtaken=True)
        return go_on(request.route_path("office_faq_entry", entry=self.latest.slug), "reponse-du-conseiller")

    def _page(
        self, errors: Said, kept: dict[str, Any], wording: Wording | None = None, *, overtaken: bool = False
    ) -> dict[str, Any]:
        if errors or overtaken:
            self.request.response.status_int = 422
        return {
            "versions": self.versions,
            "latest": self.latest,
            "kept": kept,
            "preview": shown(self.request.tools.settings, wording.answer) if wording else None,
            "overtaken": overtaken,
            "errors": errors,
            "wrong": dict(errors),
        }
