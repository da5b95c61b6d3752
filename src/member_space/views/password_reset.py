"""« Mot de passe oublié »: an address, a code, a new password. No page here opens a session."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.notices import Channel
from member_space.forms.password import NewPasswordForm
from member_space.forms.password_reset import AskResetForm
from member_space.models import Challenge
from member_space.resources.household import public_id_of
from member_space.security.challenge_cookie import challenge_token, forget_challenge, keep_challenge
from member_space.security.device_cookie import device_token
from member_space.security.human_check import human_check
from member_space.services.challenge import CodeRefused, CodeSpent, Purpose, challenge_of_token
from member_space.services.code_sending import TooManySendings
from member_space.services.password import PasswordRefused
from member_space.services.password_reset import (
    PURPOSE,
    ask_reset,
    give_code,
    give_code_of_link,
    reset_password,
    send_again,
)
from member_space.views.code import code_page, refusal_words, wrong_code_words
from member_space.views.done import go_on
from member_space.views.new_password import password_page, refused
from member_space.views.typed import Said, typed

_ = TranslationStringFactory("member_space")

MISSING = _("Écrivez le code que vous avez reçu.")


def asked_here(request: Request, purpose: Purpose = PURPOSE) -> Challenge | None:
    """The request that this browser made and that still serves."""
    return challenge_of_token(request.db, request.tools, purpose, challenge_token(request, purpose))


@view_defaults(
    route_name="password_reset", renderer="password_reset/ask.html.jinja2", permission=NO_PERMISSION_REQUIRED
)
class AskViews:
    """The address of the account, and by which way the code comes."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(request_method="POST")
    def ask(self) -> Any:
        request = self.request
        values, errors = typed(request, AskResetForm())
        if errors:
            return self._page(errors)
        proved = human_check(request)
        try:
            token = ask_reset(
                request.db,
                request.tools,
                values["email"],
                Channel(values["channel"]),
                request.origin,
                proved=proved,
                language=request.locale_name,
                device_token=device_token(request),
            )
        except TooManySendings as refusal:
            return self._page([(None, refusal_words(request, refusal))])
        onward = HTTPSeeOther(request.route_path("password_reset_code"))
        return keep_challenge(request, onward, PURPOSE, token)

    def _page(self, errors: Said) -> dict[str, Any]:
        if errors:
            self.request.response.status_int = 422
        post = self.request.POST
        return {"errors": errors, "email": post.get("email", ""), "channel": post.get("channel", Channel.EMAIL.value)}


@view_defaults(
    route_name="password_reset_code", renderer="password_reset/code.html.jinja2", permission=NO_PERMISSION_REQUIRED
)
class CodeViews:
    """The code, in the browser that asked for it."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> Any:
        return self._page([])

    @view_config(request_method="POST")
    def give(self) -> Any:
        request, asked = self.request, asked_here(self.request)
        if asked is None:
            return HTTPSeeOther(request.route_path("password_reset"))
        if "renvoyer" in request.POST:
            return self._send_again(asked)
        code = request.POST.get("code", "")
        if not code.strip():
            return self._page([("code", request.localizer.translate(MISSING))])
        try:
            give_code(request.db, request.tools, asked, code, request.origin)
        except (CodeRefused, CodeSpent) as refusal:
            return self._page([("code", wrong_code_words(request, refusal))])
        return HTTPSeeOther(request.route_path("password_reset_new"))

    def _send_again(self, asked: Challenge) -> Any:
        request = self.request
        try:
            send_again(request.db, request.tools, asked, request.origin, proved=True, language=request.locale_name)
        except TooManySendings as refusal:
            return self._page([(None, refusal_words(request, refusal))])
        return go_on(request.route_path("password_reset_code"), "code-envoye")

    def _page(self, errors: Said) -> Any:
        asked = asked_here(self.request)
        if asked is None:
            return HTTPSeeOther(self.request.route_path("password_reset"))
        if asked.passed_at:
            return HTTPSeeOther(self.request.route_path("password_reset_new"))
        if errors:
            self.request.response.status_int = 422
        return {"errors": errors, "code": code_page(self.request, asked)}


class CodeOfLink:
    """A code given on the page behind a link, in whatever browser; opening it uses nothing and tells nothing."""

    purpose: Purpose
    onward: str
    """The route of the page that the right code opens."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.public_id = public_id_of(request, "challenge_id")

    def show(self) -> dict[str, Any]:
        return {"errors": []}

    def give(self) -> Any:
        request = self.request
        code = request.POST.get("code", "")
        if not code.strip():
            return self._refuse(request.localizer.translate(MISSING))
        try:
            token = give_code_of_link(request.db, request.tools, self.purpose, self.public_id, code, request.origin)
        except (CodeRefused, CodeSpent) as refusal:
            return self._refuse(wrong_code_words(request, refusal))
        return keep_challenge(request, HTTPSeeOther(request.route_path(self.onward)), self.purpose, token)

    def _refuse(self, words: str) -> dict[str, Any]:
        self.request.response.status_int = 422
        return {"errors": [("code", words)]}


class PasswordAfterCode:
    """The new password that a right code allows, once; what it opens is for `_take` to say."""

    purpose: Purpose
    start: str
    """The route where one begins again."""
    done = "mot-de-passe"
    """What the sign-in page says of it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.asked = asked_here(request, self.purpose)

    def _allowed(self) -> bool:
        return bool(self.asked and self.asked.passed_at and self.asked.account_id)

    def _from_the_start(self) -> Response:
        return HTTPSeeOther(self.request.route_path(self.start))

    def show(self) -> Any:
        return password_page(self.request, []) if self._allowed() else self._from_the_start()

    def choose(self) -> Any:
        request = self.request
        if self.asked is None or not self._allowed():
            return self._from_the_start()
        values, errors = typed(request, NewPasswordForm())
        if errors:
            return password_page(request, errors)
        try:
            done = self._take(self.asked, values["new_password"])
        except PasswordRefused as refusal:
            return password_page(request, refused(request, refusal))
        except CodeSpent:
            return self._from_the_start()
        return forget_challenge(request, done, self.purpose)

    def _take(self, asked: Challenge, password: str) -> Response:
        """Keep it, and where to go then: to sign in with it. Raises PasswordRefused or CodeSpent."""
        reset_password(self.request.db, self.request.tools, asked, password, self.request.origin)
        return go_on(self.request.route_path("sign_in"), self.done)


@view_defaults(
    route_name="password_reset_link", renderer="password_reset/link.html.jinja2", permission=NO_PERMISSION_REQUIRED
)
@view_config(attr="show", request_method="GET")
@view_config(attr="give", request_method="POST")
class LinkViews(CodeOfLink):
    """The link of the mail."""

    purpose, onward = PURPOSE, "password_reset_new"


@view_defaults(
    route_name="password_reset_new", renderer="password_reset/new.html.jinja2", permission=NO_PERMISSION_REQUIRED
)
@view_config(attr="show", request_method="GET")
@view_config(attr="choose", request_method="POST")
class NewPasswordViews(PasswordAfterCode):
    """The new password of who forgot his."""

    purpose, start = PURPOSE, "password_reset"
