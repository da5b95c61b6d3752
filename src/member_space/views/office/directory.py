"""What was told of the directory of practitioners: read, and dealt with one by one."""

from typing import Any
from uuid import UUID

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config
from translationstring import TranslationStringFactory

from member_space.domain.directory_report import Wish
from member_space.domain.permissions import Permission
from member_space.services.directory_report import deal, waiting_reports
from member_space.services.practitioner_opposition import UnknownPractitionerError
from member_space.views.done import go_on

_ = TranslationStringFactory("member_space")

WISHES = {
    Wish.ERROR: _("Une erreur a été vue"),
    Wish.CORRECT: _("Le professionnel demande une correction"),
    Wish.HIDE: _("Le professionnel demande à ne plus figurer"),
}


@view_config(
    route_name="office_directory",
    request_method="GET",
    permission=Permission.HANDLE_REQUESTS,
    renderer="office/directory.html.jinja2",
)
def show(request: Request, unchecked: str = "") -> dict[str, Any]:
    """``unchecked``: the report whose practitioner was to be hidden without saying that it was checked."""
    return {
        "reports": waiting_reports(request.db),
        "wishes": {wish.value: words for wish, words in WISHES.items()},
        "unchecked": unchecked,
    }


@view_config(
    route_name="office_directory_report",
    request_method="POST",
    permission=Permission.HANDLE_REQUESTS,
    renderer="office/directory.html.jinja2",
)
def close(request: Request) -> Any:
    """One that waits no more, dealt with by a colleague meanwhile, is not found, nor one that asked something else.

    Nor is a place that left its directory while the page was open: the report then waits on, as raising undoes it.
    """
    try:
        public_id = UUID(request.matchdict["report_id"])
    except ValueError:
        raise HTTPNotFound from None
    hide = request.POST.get("act") == "hide"
    if hide and not request.POST.get("checked"):
        request.response.status_int = 422
        return show(request, str(public_id))
    try:
        dealt = deal(request.db, request.tools, request.identity.account_id, public_id, hide=hide)
    except UnknownPractitionerError:
        raise HTTPNotFound from None
    if not dealt:
        raise HTTPNotFound
    return go_on(request.route_path("office_directory"), "signalement-retire" if hide else "signalement-traite")
