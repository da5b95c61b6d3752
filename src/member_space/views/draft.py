"""No form loses what was typed: when a door closes before its view, the text is kept as a draft (C17, R13).

A door is whatever answers in place of the view: the session ended, the form is of another session, a second factor or
a new password is asked first. A view that answers « done » (303) ends the draft of its form. The script that saves as
one types (static/draft.js) comes in by the same way, so that its last text is kept after the session too.
"""

from collections.abc import Callable
from typing import Any

from pyramid.exceptions import BadCSRFToken
from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from pyramid.viewderivers import INGRESS

from member_space.domain.permissions import Permission
from member_space.security.drafts import asked_by_script, keep_sent, sent_form
from member_space.services import draft as drafts
from member_space.services.draft import DraftForm
from member_space.services.sessions import Lifetimes, prolong
from member_space.views.done import go_on

View = Callable[[Any, Request], Any]


def keeper(view: View, info: Any) -> View:
    """Outside every door; a page of errors is none, and the body it answers may be one that cannot be read."""
    if info.exception_only:
        return view

    def kept(context: Any, request: Request) -> Any:
        form = sent_form(request)
        if form is None:
            return view(context, request)
        try:
            response = view(context, request)
        except HTTPForbidden:
            if request.identity or not keep_sent(request, form):
                raise
            return _to_the_door(request, form)
        except BadCSRFToken:
            if not keep_sent(request, form):
                raise
            return _to_the_door(request, form)
        if not getattr(request, "view_reached", False):
            keep_sent(request, form)
        elif response.status_int == 303:
            drafts.forget(request.db, form)
        return response

    return kept


def reached(view: View, _info: Any) -> View:
    """Inside every door: who comes here is answered by the view itself."""

    def noted(context: Any, request: Request) -> Any:
        request.view_reached = True
        return view(context, request)

    return noted


def _to_the_door(request: Request, form: DraftForm) -> Response:
    """Answered, not raised: what was kept stays."""
    if asked_by_script(request):
        return Response(status=401, json_body={})
    if request.identity:
        # Signed in again since, in another tab: the form of this session, with the text in it.
        return HTTPSeeOther(form.path)
    return go_on(request.route_path("sign_in", _query={"next": form.path}), "texte-garde")


@view_config(route_name="draft_keep", request_method="POST", permission=Permission.EDIT_SECURITY, renderer="json")
def keep(request: Request) -> dict[str, Any]:
    """For the script: whether the text is kept, and the seconds that the session has left."""
    form = sent_form(request)
    kept = form is not None and keep_sent(request, form)
    if not kept:
        request.response.status_int = 422
    return {"kept": kept, "left": request.session_left}


@view_config(route_name="draft_forget", request_method="POST", permission=Permission.EDIT_SECURITY)
def forget(request: Request) -> Response:
    """« Effacer »: the keeper does it, as after any view that is done."""
    form = sent_form(request)
    return HTTPSeeOther(form.path if form else request.route_path("home"))


@view_config(route_name="session_prolong", request_method="POST", permission=Permission.EDIT_SECURITY, renderer="json")
def stay(request: Request) -> dict[str, Any]:
    """« Rester connecté »: a sign of life, and the seconds that it gives."""
    left = prolong(request.db, request.identity, request.tools.now(), Lifetimes.of(request.tools.settings))
    return {"left": int(left.total_seconds())}


def includeme(config: Any) -> None:
    config.add_view_deriver(keeper, name="draft_keeper", under=INGRESS, over="secured_view")
    config.add_view_deriver(reached, name="draft_reached", under="decorated_view", over="rendered_view")
