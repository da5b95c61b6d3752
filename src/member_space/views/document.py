"""« Mes documents »: the safe, both directions, its bin, and all of it as one file (C122, C123, C126, C127)."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.notices import NoticeKind
from member_space.domain.permissions import Permission
from member_space.domain.request import NotAllowed
from member_space.forms.document import FIELDS, SIDES, read_document, read_document_filter
from member_space.forms.ids import number_in
from member_space.services.attachment import Safe, limits_of
from member_space.services.attachment_add import add_files
from member_space.services.catalogue import catalogue_of
from member_space.services.document import (
    Document,
    added_after,
    bin_of,
    complete,
    guess_piece,
    last_document,
    page_of_documents,
    remove,
    restore,
    title_of,
)
from member_space.services.document_zip import zip_documents
from member_space.services.message import Tie, contract_for
from member_space.services.notification_announce import note_read
from member_space.services.request import Actor
from member_space.services.request_draft import NoContract
from member_space.views.attachment_words import NOTHING_CHOSEN, REFUSALS, STATES, refusal_words
from member_space.views.done import go_on
from member_space.views.download import ZIP, download
from member_space.views.request_words import NO_CONTRACT
from member_space.views.upload import field_of

_ = TranslationStringFactory("member_space")

OF_A_REQUEST = _(
    "Ce document fait partie d’une demande envoyée : elle se décide avec lui, il ne peut donc pas être retiré."
)
_SIDES = {"moi": _("donnés par vous"), "mutuelle": _("envoyés par votre mutuelle")}


@view_defaults(permission=Permission.VIEW_REQUESTS)
class SafeViews:
    """The list, and the ZIP of it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.household = request.context.household
        self.catalogue = catalogue_of(request.registry.member_space)

    @view_config(route_name="documents", request_method="GET", renderer="document/list.html.jinja2")
    def show(self) -> dict[str, Any]:
        request = self.request
        note_read(request.db, request.tools, request.identity.account_id, NoticeKind.ERASING_SOON)
        return self.page(None)

    @view_config(route_name="documents_zip", request_method="GET")
    def take_all(self) -> Response:
        request = self.request
        archive = zip_documents(request.db, request.tools, self.household.viewer_id)
        # WebOb answers Range and If-Range: it asks the archive for the part.
        response = download(archive, "mes-documents.zip", ZIP, archive.size)
        response.conditional_response, response.etag, response.accept_ranges = True, archive.tag, "bytes"
        return response

    def page(self, problem: str | None) -> dict[str, Any]:
        """The list; ``problem``: why a document was not put in the bin."""
        request, household = self.request, self.household
        if problem:
            request.response.status_int = 422
        kept = read_document_filter(request.GET, household, self.catalogue)
        place = {name: number_in(request.GET, word) for name, word in (("before", "avant"), ("after", "apres"))}
        page = page_of_documents(request.db, household.viewer_id, kept, **place)
        query = {name: request.GET[name] for name in ("type", "de", "personne") if request.GET.get(name)}
        path = request.route_path
        return {
            "problem": problem,
            "documents": page.documents,
            "binned": bin_of(request.db, household.viewer_id),
            "types": [(code, piece.label.in_(request.locale_name)) for code, piece in self.catalogue.pieces.items()],
            "persons": [(str(one.public_id), one.name) for one in household.persons()],
            "typed": {name: query.get(name, "") for name in ("type", "de", "personne")},
            "chips": self._chips(query),
            "type_of": self._type_of,
            "state_of": lambda row: STATES[row.state],
            "reason_of": self._reason_of,
            "newer_url": page.newer and path("documents", _query={**query, "apres": page.newer}),
            "older_url": page.older and path("documents", _query={**query, "avant": page.older}),
        }

    def _type_of(self, row: Document) -> str | None:
        piece = self.catalogue.pieces.get(row.piece or "")
        return piece.label.in_(self.request.locale_name) if piece else None

    def _reason_of(self, row: Document) -> str | None:
        request = self.request
        values = {"name": row.title, "megabytes": limits_of(request.tools, None).megabytes}
        return request.localizer.translate(REFUSALS[row.reason] % values) if row.reason else None

    def _chips(self, query: dict[str, str]) -> list[tuple[str, str]]:
        translate, locale = self.request.localizer.translate, self.request.locale_name
        piece = self.catalogue.pieces.get(query.get("type", ""))
        person = self.household.person(query.get("personne", ""))
        words = {
            "type": piece.label.in_(locale) if piece else None,
            "de": translate(_SIDES[query["de"]]) if query.get("de") in SIDES else None,
            "personne": person.first_name if person else None,
        }
        return [
            (text, self.request.route_path("documents", _query={key: query[key] for key in query if key != name}))
            for name, text in words.items()
            if text
        ]


@view_defaults(route_name="document_add", permission=Permission.SEND_REQUEST, renderer="document/add.html.jinja2")
class AddViews:
    """The file first: once it is kept, what it is may be said without losing it."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return {"upload": field_of(self.request), "errors": []}

    @view_config(request_method="POST", uploads=True)
    def add(self) -> Any:
        request, household = self.request, self.request.context.household
        limits = limits_of(request.tools, None)
        if not request.uploads:
            return self._again([request.localizer.translate(NOTHING_CHOSEN)])
        try:
            contract_id = contract_for(household, None, Tie())
        except NoContract:
            words = _(NO_CONTRACT, mapping={"phone": request.registry.brand.phone_shown})
            return self._again([request.localizer.translate(words)])
        last = last_document(request.db, household.viewer_id)
        refused = add_files(
            request.db,
            request.tools,
            None,
            request.uploads,
            actor=Actor.of(request.identity, request.origin),
            as_one=request.POST.get("as_one") == "1",
            safe=Safe(contract_id, household.viewer_id),
        )
        added = added_after(request.db, household.viewer_id, last)
        if refused:
            return self._again([refusal_words(request, one, limits) for one in refused], added=len(added))
        if len(added) == 1:
            return HTTPSeeOther(request.route_path("document_complete", attachment_id=added[0].public_id))
        return go_on(request.route_path("documents"), "documents-ajoutes")

    def _again(self, errors: list[str], added: int = 0) -> dict[str, Any]:
        self.request.response.status_int = 422
        upload = field_of(self.request, errors)
        return {"upload": upload, "errors": [(upload.id, text) for text in errors], "added": added}


@view_defaults(permission=Permission.SEND_REQUEST)
class DocumentViews:
    """One document: what it is, to the bin, out of it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.row = request.context.found
        self.household = request.context.household
        self.catalogue = catalogue_of(request.registry.member_space)

    @view_config(route_name="document_complete", request_method="GET", renderer="document/complete.html.jinja2")
    def ask(self) -> dict[str, Any]:
        row = self.row
        person = next((one for one in self.household.persons() if one.person_id == row.person_id), None)
        viewer = next((one for one in self.household.persons() if one.is_viewer), None)
        shown = person or viewer
        return self._form(
            {
                "titre": title_of(row),
                "type": row.piece or guess_piece(self.catalogue, row.name) or "",
                "personne": str(shown.public_id) if shown else "",
                "date": row.document_date.isoformat() if row.document_date else "",
            },
            {},
        )

    @view_config(route_name="document_complete", request_method="POST", renderer="document/complete.html.jinja2")
    def say(self) -> Any:
        request = self.request
        said = read_document(request.POST, self.household, self.catalogue, request.tools.today())
        if said.errors or said.person is None or said.day is None:
            typed = {name: request.POST.get(name, "") for name in FIELDS}
            return self._form(typed, {name: request.localizer.translate(words) for name, words in said.errors.items()})
        try:
            complete(request.db, self.row, said.title, said.piece, said.person, said.day)
        except NotAllowed:
            return HTTPSeeOther(request.route_path("documents"))
        return go_on(request.route_path("documents"), "document-range")

    @view_config(route_name="document_remove", request_method="POST", renderer="document/list.html.jinja2")
    def throw(self) -> Any:
        request = self.request
        try:
            remove(request.db, request.tools, self.row)
        except NotAllowed:
            return SafeViews(request).page(request.localizer.translate(OF_A_REQUEST))
        return go_on(request.route_path("documents"), "document-corbeille")

    @view_config(route_name="document_restore", request_method="POST")
    def take_back(self) -> Any:
        restore(self.request.db, self.request.tools, self.row)
        return go_on(self.request.route_path("documents"), "document-repris")

    def _form(self, typed: dict[str, str], wrong: dict[str, str]) -> dict[str, Any]:
        if wrong:
            self.request.response.status_int = 422
        locale = self.request.locale_name
        return {
            "row": self.row,
            "typed": typed,
            "errors": list(wrong.items()),
            "wrong": {name: wrong.get(name) for name in FIELDS},
            "guessed": not self.row.piece and bool(typed["type"]) and not wrong,
            "types": [(code, piece.label.in_(locale)) for code, piece in self.catalogue.pieces.items()],
            "persons": [(str(one.public_id), one.name) for one in self.household.persons()],
        }
