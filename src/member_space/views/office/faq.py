"""The answers of the virtual adviser: their list, and each with its words, its versions and how it will look."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.dates import date_short
from member_space.domain.faq import Family
from member_space.domain.permissions import Permission
from member_space.forms.faq import FaqForm, NewFaqForm, typed_of, wording_of
from member_space.services.faq import shown
from member_space.services.faq_edit import Wording, add_entry, entries_of, history_of, write_entry
from member_space.views.done import go_on
from member_space.views.faq_words import FAMILIES
from member_space.views.typed import Said, typed

_ = TranslationStringFactory("member_space")

THERE_ALREADY = _(
    "Une réponse a déjà été ajoutée pour cette question\N{NO-BREAK SPACE}: changez-la, ou posez la question autrement."
)


@view_config(
    route_name="office_faq",
    request_method="GET",
    permission=Permission.MANAGE_ANSWERS,
    renderer="office/faq.html.jinja2",
)
def every(request: Request) -> dict[str, Any]:
    """All of them, by family; those taken out of use are told as such."""
    return {"entries": entries_of(request.db), "families": FAMILIES}


@view_defaults(permission=Permission.MANAGE_ANSWERS, renderer="office/faq_entry.html.jinja2")
class OfficeFaqEntryViews:
    """One, or a new one: what is typed is shown first as a member will read it, then kept as a new version."""

    def __init__(self, request: Request) -> None:
        self.request = request
        slug = request.matchdict.get("entry")
        self.versions = history_of(request.db, slug) if slug else []
        if slug and not self.versions:
            raise HTTPNotFound
        self.latest = self.versions[0].row if slug else None

    @view_config(route_name="office_faq_new", request_method="GET")
    @view_config(route_name="office_faq_entry", request_method="GET")
    def show(self) -> dict[str, Any]:
        if self.latest is None:
            return self._page([], {"as_of": date_short(self.request.tools.today())})
        wording = Wording.of(self.latest)
        return self._page([], typed_of(wording), wording)

    @view_config(route_name="office_faq_new", request_method="POST")
    @view_config(route_name="office_faq_entry", request_method="POST")
    def write(self) -> Any:
        request = self.request
        values, errors = typed(request, FaqForm() if self.latest else NewFaqForm())
        if errors:
            return self._page(errors, dict(request.POST))
        wording = wording_of(values)
        if "preview" in request.POST:
            return self._page([], dict(request.POST), wording)
        if self.latest is None:
            return self._add(Family(values["family"]), wording)
        return self._change(self.latest.slug, wording)

    def _add(self, family: Family, wording: Wording) -> Any:
        request = self.request
        slug = add_entry(request.db, request.tools, request.identity, family, wording, request.origin)
        if slug is None:
            return self._page([("question", request.localizer.translate(THERE_ALREADY))], dict(request.POST), wording)
        return self._done(slug)

    def _change(self, slug: str, wording: Wording) -> Any:
        request = self.request
        written = write_entry(
            request.db,
            request.tools,
            request.identity,
            slug,
            request.POST.get("version", ""),
            wording,
            retired="retire" in request.POST,
            origin=request.origin,
        )
        if not written:
            return self._page([], dict(request.POST), wording, overtaken=True)
        return self._done(slug)

    def _done(self, slug: str) -> Any:
        return go_on(self.request.route_path("office_faq_entry", entry=slug), "reponse-du-conseiller")

    def _page(
        self, errors: Said, kept: dict[str, Any], wording: Wording | None = None, *, overtaken: bool = False
    ) -> dict[str, Any]:
        if errors or overtaken:
            self.request.response.status_int = 422
        return {
            "versions": self.versions,
            "latest": self.latest,
            "families": FAMILIES,
            "kept": kept,
            "preview": shown(self.request.tools.settings, wording.answer) if wording else None,
            "overtaken": overtaken,
            "errors": errors,
            "wrong": dict(errors),
        }
