"""The end of an activation: an address where one is needed, the terms, the choice of who reads, the password."""

from typing import Any

from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.notices import Channel
from member_space.forms.activation import EmailDoor, FinishForm
from member_space.forms.password import NewPasswordForm
from member_space.forms.typed import read_form
from member_space.security.challenge_cookie import challenge_token
from member_space.services import activation
from member_space.services.activation import is_finished, with_own_address
from member_space.services.activation_account import (
    AddressTakenError,
    AlreadyOpenError,
    Opening,
    open_account,
    opening_of,
)
from member_space.services.challenge import CodeSpent, Purpose
from member_space.services.code_sending import TooManySendings
from member_space.services.password import PasswordRefused
from member_space.services.terms import current_terms
from member_space.views.activation import asked, go, start_again
from member_space.views.code import refusal_words
from member_space.views.done import go_on
from member_space.views.new_password import password_page, refused
from member_space.views.typed import Said, said

_ = TranslationStringFactory("member_space")


@view_defaults(
    route_name="activation_password", renderer="activation/password.html.jinja2", permission=NO_PERMISSION_REQUIRED
)
class PasswordViews:
    """Who passed the code opens the account here, once."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> Any:
        found = self._opening()
        return self._page(found, []) if isinstance(found, Opening) else found

    @view_config(request_method="POST")
    def open(self) -> Any:
        request = self.request
        found = self._opening()
        if not isinstance(found, Opening):
            return found
        values, errors = self._typed(found)
        if errors:
            return self._page(found, errors)
        under_way = asked(request)
        assert under_way is not None  # noqa: S101 - else there was no opening
        try:
            open_account(
                request.db,
                request.tools,
                under_way,
                values["new_password"],
                current_terms(request.registry.content),
                request.origin,
                care_opened=values["soins"] == "ouverts" if found.holders else None,
                language=request.locale_name,
            )
        except PasswordRefused as refusal:
            return self._page(found, refused(request, refusal))
        except AddressTakenError:
            return go(request, "activation_address")
        except (CodeSpent, AlreadyOpenError):
            return start_again(request)
        return go(request, "activation_done")

    def _opening(self) -> Any:
        """What the page shows, or where to go instead."""
        request = self.request
        under_way = asked(request)
        if under_way is None or not under_way.proven:
            return start_again(request)
        if not under_way.challenge.passed_at:
            return go(request, "activation_code")
        try:
            found = opening_of(request.db, request.tools, under_way)
        except AlreadyOpenError:
            return go_on(request.route_path("sign_in"), "espace-deja-ouvert")
        return found if found.email else go(request, "activation_address")

    def _typed(self, found: Opening) -> tuple[dict[str, str], Said]:
        request = self.request
        form = FinishForm().bind(has_choice=bool(found.holders))
        choices, wrong = read_form(form, request.POST)
        password, too = read_form(NewPasswordForm(), request.POST)
        return choices | password, said(request, [*too, *wrong])

    def _page(self, found: Opening, errors: Said) -> dict[str, Any]:
        return password_page(self.request, errors, opening=found, typed=dict(self.request.POST))


@view_defaults(
    route_name="activation_address", renderer="activation/address.html.jinja2", permission=NO_PERMISSION_REQUIRED
)
class AddressViews:
    """An address of one's own: none is known, it serves somebody else, or another is preferred."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> Any:
        under_way = asked(self.request)
        return self._page([]) if under_way and under_way.proven else start_again(self.request)

    @view_config(request_method="POST")
    def give(self) -> Any:
        request, under_way = self.request, asked(self.request)
        if under_way is None or not under_way.proven:
            return start_again(request)
        values, errors = read_form(EmailDoor(), request.POST)
        if errors:
            return self._page(said(request, errors))
        token = with_own_address(request.db, request.tools, under_way, values["email"])
        confirming = activation.request_of_token(request.db, request.tools, token)
        assert confirming is not None  # noqa: S101 - it was just opened
        try:
            activation.send(
                request.db, request.tools, confirming, Channel.EMAIL, request.origin, language=request.locale_name
            )
        except TooManySendings as refusal:
            return self._page([("email", refusal_words(request, refusal, confirms=True))])
        return go(request, "activation_code", token)

    def _page(self, errors: Said) -> dict[str, Any]:
        if errors:
            self.request.response.status_int = 422
        return {"errors": errors, "typed": dict(self.request.POST)}


@view_config(
    route_name="activation_done",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    renderer="activation/done.html.jinja2",
)
def done(request: Request) -> Any:
    """The end, and the way back to the sign-in (S-HE-07): only where an activation ended in this browser."""
    return {} if is_finished(request.db, challenge_token(request, Purpose.ACTIVATION)) else start_again(request)
