"""« J’ai un code donné par un conseiller » (C9)."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.forms.recovery_entry import RecoveryEntryForm
from member_space.models import Challenge
from member_space.security.challenge_cookie import keep_challenge
from member_space.services.recovery_entry import PURPOSE, EntryRefused, come_back, give_dictated_code
from member_space.services.throttling import TooManyTries
from member_space.views.done import go_on
from member_space.views.errors import too_many_tries
from member_space.views.password_reset import PasswordAfterCode
from member_space.views.sign_in import go_in, visitor
from member_space.views.typed import Said, typed

_ = TranslationStringFactory("member_space")

REFUSED = _(
    "Cette adresse et ce code ne vont pas ensemble, ou le code a plus de dix minutes. "
    "Vérifiez-les avec le conseiller, ou demandez-lui un autre code."
)


@view_defaults(
    route_name="recovery_entry", renderer="recovery_entry/code.html.jinja2", permission=NO_PERMISSION_REQUIRED
)
class RecoveryEntryViews:
    """The address and the code; who still has his password is sent to the sign-in."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(request_method="POST")
    def give(self) -> Any:
        request = self.request
        values, errors = typed(request, RecoveryEntryForm())
        if errors:
            return self._page(errors)
        try:
            token = give_dictated_code(request.db, request.tools, values["email"], values["code"], request.origin)
        except EntryRefused:
            return self._page([(None, request.localizer.translate(REFUSED))])
        except TooManyTries as refusal:
            return too_many_tries(request, refusal.wait)
        onward = HTTPSeeOther(request.route_path("recovery_entry_password"))
        return keep_challenge(request, onward, PURPOSE, token)

    def _page(self, errors: Said) -> dict[str, Any]:
        if errors:
            self.request.response.status_int = 422
        return {"errors": errors, "email": self.request.POST.get("email", "")}


@view_defaults(
    route_name="recovery_entry_password",
    renderer="recovery_entry/password.html.jinja2",
    permission=NO_PERMISSION_REQUIRED,
)
@view_config(attr="show", request_method="GET")
@view_config(attr="choose", request_method="POST")
class RecoveryPasswordViews(PasswordAfterCode):
    """The new password; then in, to the page where another second factor is added."""

    purpose, start = PURPOSE, "recovery_entry"

    def _take(self, asked: Challenge, password: str) -> Response:
        request = self.request
        opened = come_back(request.db, request.tools, asked, password, visitor(request))
        return go_in(request, opened, go_on(request.route_path("security"), "acces-retrouve").location)
