"""The terms of use have changed: what is new, and one's agreement (C19)."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.security.addresses import safe_next
from member_space.services.sessions import Identity
from member_space.services.terms import accept_terms, current_terms, terms_to_accept
from member_space.views.done import go_on

_ = TranslationStringFactory("member_space")

UNTICKED = _("Cochez la case pour accepter les conditions d’utilisation.")


def terms_first(request: Request, account_id: int, path: str) -> str:
    """Where to go after signing in: first to the terms when they changed since this account accepted them."""
    waiting = terms_to_accept(request.db, account_id, current_terms(request.registry.content))
    if waiting is None or waiting.accepted_on is None:
        return path
    return str(request.route_path("terms", _query={"next": path}))


@view_defaults(route_name="terms", permission=Permission.EDIT_SECURITY, renderer="terms/accept.html.jinja2")
class TermsViews:
    """Shown after signing in, while the words accepted are not those of now."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.terms = current_terms(request.registry.content)
        self.waiting = terms_to_accept(request.db, request.identity.account_id, self.terms)

    @view_config(request_method="GET")
    def show(self) -> Any:
        return self._page(None)

    @view_config(request_method="POST")
    def accept(self) -> Any:
        request, identity = self.request, self.request.identity
        if self.waiting is None:
            return HTTPSeeOther(self._next())
        if not request.POST.get("terms"):
            request.response.status_int = 422
            return self._page(request.localizer.translate(UNTICKED))
        person_id = identity.person_id if isinstance(identity, Identity) else None
        accept_terms(request.db, identity.account_id, person_id, self.terms, request.origin, request.tools.now())
        return go_on(self._next(), "conditions-acceptees")

    def _next(self) -> str:
        return safe_next(self.request.params.get("next"), "/")

    def _page(self, problem: str | None) -> dict[str, Any]:
        return {"waiting": self.waiting, "problem": problem, "next": self._next()}
