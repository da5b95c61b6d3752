"""« J’ai oublié mon adresse », and why nothing comes."""

from typing import Any

from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults

from member_space.forms.password_reset import EmailReminderForm
from member_space.security.human_check import human_check
from member_space.services.email_reminder import remind_email
from member_space.services.throttling import TooManyTries
from member_space.views.done import go_on
from member_space.views.errors import too_many_tries
from member_space.views.typed import Said, typed


@view_defaults(
    route_name="email_reminder", renderer="email_reminder/ask.html.jinja2", permission=NO_PERMISSION_REQUIRED
)
class EmailReminderViews:
    """The same answer for everybody."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(request_method="POST")
    def remind(self) -> Any:
        request = self.request
        values, errors = typed(request, EmailReminderForm())
        if errors:
            return self._page(errors)
        proved = human_check(request)
        try:
            remind_email(
                request.db,
                request.tools,
                values["member_number"],
                values["birth_date"],
                request.origin,
                proved=proved,
                language=request.locale_name,
            )
        except TooManyTries as refusal:
            return too_many_tries(request, refusal.wait)
        return go_on(request.route_path("sign_in"), "adresse-rappelee")

    def _page(self, errors: Said) -> dict[str, Any]:
        if errors:
            self.request.response.status_int = 422
        post = self.request.POST
        return {"errors": errors} | {name: post.get(name, "") for name in ("member_number", "birth_date")}


@view_config(
    route_name="nothing_comes",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    renderer="email_reminder/nothing_comes.html.jinja2",
)
def nothing_comes(request: Request) -> dict[str, Any]:  # noqa: ARG001 - a view
    """The five causes, and what to do about each."""
    return {}
