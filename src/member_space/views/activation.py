"""« Activer mon espace »: three doors, the channel, the code (C1, C2, C3, S-HCR-05 to 07)."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.notices import Channel
from member_space.forms.activation import DOORS, ChannelForm, EmailDoor
from member_space.forms.typed import read_form
from member_space.resources.household import public_id_of
from member_space.security.challenge_cookie import challenge_token, keep_challenge
from member_space.security.human_check import human_check
from member_space.services import activation
from member_space.services.activation import LetterRefused, is_finished, request_of_id, request_of_token
from member_space.services.challenge import CodeRefused, CodeSpent, Purpose, hand_over
from member_space.services.code_sending import NumberRefused, TooManySendings
from member_space.services.throttling import TooManyTries
from member_space.views.code import code_page, refusal_words, wrong_code_words
from member_space.views.errors import too_many_tries
from member_space.views.typed import Said, said

_ = TranslationStringFactory("member_space")

LETTER_REFUSED = _(
    "Ce code et cette date ne vont pas ensemble, ou la lettre ne sert plus (60 jours, une seule fois). "
    "Vérifiez-les, ou activez votre espace avec votre e-mail ou votre numéro d’adhérent."
)
MISSING_CODE = _("Écrivez le code reçu.")
START_AGAIN = "recommencer"


def asked(request: Request) -> activation.Request | None:
    """What this browser has under way, None where it must start again."""
    return request_of_token(request.db, request.tools, challenge_token(request, Purpose.ACTIVATION))


def go(request: Request, route: str, token: str | None = None, **query: str) -> Response:
    """To a page of the journey, with the browser's new token."""
    response = HTTPSeeOther(request.route_path(route, _query=query or None))
    return keep_challenge(request, response, Purpose.ACTIVATION, token) if token else response


def start_again(request: Request) -> Response:
    """Nothing is under way here: to the end when it was reached, else to the doors, which say so."""
    if is_finished(request.db, challenge_token(request, Purpose.ACTIVATION)):
        return go(request, "activation_done")
    return go(request, "activation", **{START_AGAIN: "1"})


class _Views:
    def __init__(self, request: Request) -> None:
        self.request = request

    def page(self, errors: Said, **values: Any) -> dict[str, Any]:
        if errors:
            self.request.response.status_int = 422
        return {"errors": errors, "typed": dict(self.request.POST), **values}

    def words(self, text: Any) -> str:
        return str(self.request.localizer.translate(text))


@view_defaults(route_name="activation", renderer="activation/doors.html.jinja2", permission=NO_PERMISSION_REQUIRED)
class DoorViews(_Views):
    """The same answer whoever is behind the door."""

    @view_config(request_method="GET")
    def show(self) -> Any:
        if self.request.identity:
            return HTTPSeeOther("/")
        return self._page([], "")

    @view_config(request_method="POST")
    def enter(self) -> Any:
        request = self.request
        door = request.POST.get("door", "")
        values, errors = read_form(DOORS.get(door, EmailDoor)(), request.POST)
        if errors:
            return self._page(said(request, errors), door)
        try:
            token = self._open(door, values)
        except LetterRefused:
            return self._page([("letter", self.words(LETTER_REFUSED))], door)
        except TooManyTries as refusal:
            return too_many_tries(request, refusal.wait)
        return go(request, "activation_password" if door == "letter" else "activation_channel", token)

    def _open(self, door: str, values: dict[str, Any]) -> str:
        db, tools = self.request.db, self.request.tools
        if door == "letter":
            return activation.by_letter(db, tools, values["letter"], values["letter_birth_date"], self.request.origin)
        if door == "number":
            return activation.by_member_number(db, tools, values["member_number"], values["birth_date"])
        return activation.by_email(db, tools, values["email"])

    def _page(self, errors: Said, door: str) -> dict[str, Any]:
        return self.page(errors, door=door, again=START_AGAIN in self.request.GET)


class _Sending(_Views):
    """What sends a code: the choice of the channel, and « recevoir un autre code »."""

    def send(self, under_way: activation.Request, channel: str) -> str | None:
        """Send; gives the words of a refusal."""
        request = self.request
        try:
            activation.send(
                request.db,
                request.tools,
                under_way,
                Channel(channel),
                request.origin,
                proved=human_check(request),
                language=request.locale_name,
            )
        except (TooManySendings, NumberRefused) as refusal:
            return refusal_words(request, refusal, confirms=bool(under_way.email))
        return None


@view_defaults(
    route_name="activation_channel", renderer="activation/channel.html.jinja2", permission=NO_PERMISSION_REQUIRED
)
class ChannelViews(_Sending):
    """By SMS or by e-mail: both are offered to everybody, as neither tells what we know."""

    @view_config(request_method="GET")
    def show(self) -> Any:
        return self.page([]) if asked(self.request) else start_again(self.request)

    @view_config(request_method="POST")
    def choose(self) -> Any:
        request, under_way = self.request, asked(self.request)
        if under_way is None:
            return start_again(request)
        values, errors = read_form(ChannelForm(), request.POST)
        if errors:
            return self.page(said(request, errors))
        problem = self.send(under_way, values["channel"])
        return self.page([(None, problem)]) if problem else go(request, "activation_code")


@view_defaults(route_name="activation_code", renderer="activation/code.html.jinja2", permission=NO_PERMISSION_REQUIRED)
class CodeViews(_Sending):
    """The code, in the browser that asked for it."""

    @view_config(request_method="GET")
    def show(self) -> Any:
        under_way = asked(self.request)
        if under_way is None:
            return start_again(self.request)
        if under_way.challenge.passed_at:
            return go(self.request, "activation_password")
        return self._page(under_way, []) if under_way.challenge.sent_at else go(self.request, "activation_channel")

    @view_config(request_method="POST")
    def answer(self) -> Any:
        request, under_way = self.request, asked(self.request)
        if under_way is None:
            return start_again(request)
        if "renvoyer" in request.POST:
            problem = self.send(under_way, _channel(request, under_way))
            return self._page(under_way, [(None, problem)]) if problem else go(request, "activation_code")
        problem = try_code(request, under_way)
        return self._page(under_way, [("code", problem)]) if problem else go(request, "activation_password")

    def _page(self, under_way: activation.Request, errors: Said) -> dict[str, Any]:
        return self.page(errors, code=code_page(self.request, under_way.challenge, under_way.email))


def _channel(request: Request, under_way: activation.Request) -> str:
    """The one asked for now, else the one of before."""
    asked_for = request.POST.get("channel")
    return asked_for if asked_for in ("sms", "email") else under_way.challenge.channel or "email"


def try_code(request: Request, under_way: activation.Request) -> str | None:
    """Answer with what was typed; gives the words of a refusal. A second click on a code that passed is no refusal."""
    if under_way.challenge.passed_at:
        return None
    typed = request.POST.get("code", "")
    if not typed.strip():
        return str(request.localizer.translate(MISSING_CODE))
    try:
        activation.try_code(request.db, request.tools, under_way, typed, request.origin)
    except (CodeRefused, CodeSpent) as refusal:
        return wrong_code_words(request, refusal)
    return None


@view_defaults(route_name="activation_link", renderer="activation/link.html.jinja2", permission=NO_PERMISSION_REQUIRED)
class LinkViews(_Views):
    """The link of the mail, in any browser: opening it uses nothing; the code goes on here (C3, R19)."""

    @view_config(request_method="GET")
    def show(self) -> Any:
        mine = asked(self.request)
        if mine and mine.challenge.passed_at and mine.challenge.public_id == public_id_of(self.request, "challenge_id"):
            return go(self.request, "activation_password")
        return self._page([])

    @view_config(request_method="POST")
    def answer(self) -> Any:
        request, under_way = self.request, self._asked()
        if under_way is None:
            return self._page([])
        problem = try_code(request, under_way)
        if problem:
            return self._page([("code", problem)])
        # Whoever asked elsewhere holds nothing any more: the code, not the request, says who goes on.
        return go(request, "activation_password", hand_over(request.db, under_way.challenge))

    def _asked(self) -> activation.Request | None:
        found = request_of_id(self.request.db, self.request.tools, public_id_of(self.request, "challenge_id"))
        return None if found is None or found.challenge.passed_at else found

    def _page(self, errors: Said) -> dict[str, Any]:
        is_open = self._asked() is not None
        if not is_open:
            self.request.response.status_int = 410
        return self.page(errors, is_open=is_open)


@view_config(
    route_name="activation_help",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    renderer="activation/help.html.jinja2",
)
def no_code(request: Request) -> Any:
    """« Je ne reçois pas mon code »: the causes, the other way, and who helps."""
    under_way = asked(request)
    code = code_page(request, under_way.challenge) if under_way and not under_way.challenge.passed_at else None
    return {"code": code, "own_address": bool(under_way and under_way.email)}
