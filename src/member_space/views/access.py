"""« Mes accès »: what applications and one's own tokens may read, since when, from where; and how to end it (C162)."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.api_scope import Scope
from member_space.domain.oauth import GRANT_DAYS
from member_space.domain.permissions import Permission
from member_space.forms.access import PersonalTokenForm
from member_space.services.api_grant import (
    MOST_TOKENS,
    NAME_LENGTH,
    TooManyTokens,
    accesses_of,
    make_personal_token,
    take_back,
)
from member_space.views.access_form import posted, read_allowed
from member_space.views.access_words import choices_of, names_of, scope_words
from member_space.views.done import go_on
from member_space.views.typed import Said

_ = TranslationStringFactory("member_space")

TITLE = _("Créer un jeton personnel")
USE = _("Un programme à vous, qui présente ce jeton, lira ce que vous cochez ici.")
TOO_MANY = _(
    "Vous avez déjà ${most} jetons\N{NO-BREAK SPACE}: retirez-en un qui ne sert plus.", mapping={"most": MOST_TOKENS}
)


@view_config(
    route_name="accesses",
    request_method="GET",
    permission=Permission.ANSWER_CONSENT,
    renderer="access/list.html.jinja2",
)
def accesses(request: Request) -> dict[str, Any]:
    alive, ended = accesses_of(request.db, request.tools, request.identity.account_id)
    household = request.context.household
    return {
        "alive": alive,
        "ended": ended,
        "scope": lambda scope: scope_words(request, scope),
        "names": lambda access: names_of(household, access.person_ids),
    }


@view_config(route_name="access_end", request_method="POST", permission=Permission.ANSWER_CONSENT)
def end_access(request: Request) -> Response:
    take_back(request.db, request.tools, request.identity, request.context.found, request.origin)
    return go_on(request.route_path("accesses"), "acces-retire")


@view_defaults(
    route_name="personal_token",
    permission=Permission.ANSWER_CONSENT,
    step_up=True,
    renderer="access/token.html.jinja2",
)
class PersonalTokenViews:
    """A name, what it opens, whose, until when; then the token, once."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.choices = choices_of(request, Scope, request.context.household)

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(request_method="POST")
    def make(self) -> dict[str, Any]:
        # No redirection: a page that could be asked again would have to keep the token.
        request, translate = self.request, self.request.localizer.translate
        shown = (translate(TITLE), [translate(USE)], self.choices)
        values = posted(request, ("name", "days"))
        given, allowed, errors = read_allowed(request, PersonalTokenForm(), tuple(Scope), values, shown)
        if allowed is None:
            return self._page(errors)
        try:
            name = " ".join(given["name"].split())
            token = make_personal_token(request.db, request.tools, request.identity, name, allowed, request.origin)
        except TooManyTokens:
            return self._page([(None, translate(TOO_MANY))])
        return self._page([]) | {"token": token, "made": name, "days": given["days"]}

    def _page(self, errors: Said) -> dict[str, Any]:
        request = self.request
        if errors:
            request.response.status_int = 422
        typed = posted(request, ("name", "days"))
        return {
            "errors": errors,
            "token": None,
            "choices": self.choices,
            "typed": typed | {"days": typed["days"] or str(GRANT_DAYS[0])},
            "name_length": NAME_LENGTH,
        }
