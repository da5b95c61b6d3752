"""Changing one's password."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.forms.password import ChangePasswordForm
from member_space.services.password import CurrentPasswordWrong, PasswordRefused, change_password, has_password
from member_space.services.sessions import Identity
from member_space.services.throttling import TooManyTries
from member_space.views.done import go_on
from member_space.views.errors import too_many_tries
from member_space.views.new_password import password_page, refused
from member_space.views.typed import typed

_ = TranslationStringFactory("member_space")


@view_defaults(
    route_name="password",
    permission=Permission.EDIT_SECURITY,
    renderer="password/change.html.jinja2",
    before_new_password=True,
)
class PasswordViews:
    """The page, a member's or a colleague's."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(request_method="POST")
    def change(self) -> Any:
        request = self.request
        values, errors = typed(request, ChangePasswordForm())
        if errors:
            return self._page(errors)
        current, new = values["current_password"], values["new_password"]
        try:
            change_password(request.db, request.tools, request.identity, current, new, request.origin)
        except CurrentPasswordWrong:
            words = _("Ce n’est pas votre mot de passe actuel. Vérifiez les majuscules et les chiffres.")
            return self._page([("current_password", request.localizer.translate(words))])
        except PasswordRefused as refusal:
            return self._page(refused(request, refusal))
        except TooManyTries as refusal:
            return too_many_tries(request, refusal.wait)
        home = "personal_data" if isinstance(request.identity, Identity) else "office_home"
        return go_on(request.route_path(home), "mot-de-passe")

    def _page(self, errors: list[tuple[str | None, str]]) -> dict[str, Any]:
        known = has_password(self.request.db, self.request.identity)
        return password_page(self.request, errors, has_password=known)
