"""The page of the second factor: of a sign-in here, of a step-up in views.step_up."""

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Role
from member_space.security.addresses import safe_next
from member_space.security.challenge_cookie import challenge_token, forget_challenge
from member_space.security.device_cookie import device_token
from member_space.services import totp
from member_space.services.challenge import CodeRefused, CodeSpent, Purpose
from member_space.services.code_sending import NumberRefused, TooManySendings
from member_space.services.contact_points import masked_email, masked_phone
from member_space.services.device import known_device
from member_space.services.second_factor import (
    SENT,
    ClockOff,
    Factor,
    Waiting,
    enrolment_secret,
    send,
    waiting_of,
)
from member_space.services.security import is_time_for_a_passkey
from member_space.services.sign_in import after_second_factor, why_it_waits
from member_space.services.throttling import TooManyTries
from member_space.views.code import code_page, refusal_words, wrong_code_words
from member_space.views.done import PARAMETER, go_on
from member_space.views.errors import too_many_tries
from member_space.views.security import qr_svg
from member_space.views.sign_in import HOME, go_in, visitor

_ = TranslationStringFactory("member_space")

PAGE = "second_factor/code.html.jinja2"
OTHERS = "second_factor/others.html.jinja2"
EMPTY = _("Écrivez le code.")
CLOCK_OFF = _(
    "Ce code est d’il y a quelques minutes, ou d’avance : l’heure de votre téléphone n’est pas juste. "
    "Réglez-la sur « automatique », puis recopiez le code qui s’affiche."
)


@dataclass(frozen=True, slots=True)
class Routes:
    """The pages of a second factor, by the name of their route."""

    page: str
    others: str
    send: str
    passkey: str


SIGN_IN = Routes("sign_in_code", "sign_in_code_others", "sign_in_code_send", "passkey_sign_in")


def path_to(request: Request, route: str, after: str, **query: str) -> str:
    """The page of this route, which leads to `after` once the factor is given."""
    asked = query | ({"next": after} if after != HOME else {})
    return str(request.route_path(route, _query=asked or None))


def factor_page(request: Request, waiting: Waiting, routes: Routes, problem: str | None = None) -> dict[str, Any]:
    """The values of both templates; `problem`: what was wrong with the code or the sending, in words."""
    factor = waiting.chosen(request.params.get("par"))
    after = safe_next(request.params.get("next"), HOME)
    sent = waiting.sent
    targets = {
        Factor.SMS: masked_phone(waiting.mobile) if waiting.mobile else None,
        Factor.EMAIL: masked_email(waiting.account.email),
    }
    to = waiting.mobile if sent is Factor.SMS else waiting.account.email
    return {
        "factor": factor,
        "factors": waiting.factors,
        "targets": targets,
        "number_to_confirm": not waiting.mobile_confirmed,
        "code": code_page(request, waiting.challenge, to) if sent and sent is factor else None,
        "member": waiting.account.role == Role.MEMBER,
        "next": after,
        "page_path": path_to(request, routes.page, after),
        "others_path": path_to(request, routes.others, after),
        "send_path": request.route_path(routes.send),
        "passkey_path": request.route_path(routes.passkey),
        "problem": problem,
    }


def is_over(refusal: CodeRefused | CodeSpent) -> bool:
    """Whether the request takes no other code: its tries are of the request, so another code would not help."""
    return isinstance(refusal, CodeSpent) or not refusal.tries_left


def refused(request: Request, refusal: CodeRefused | CodeSpent) -> str:
    """The words of a wrong code, the answer being a 422."""
    request.response.status_int = 422
    if isinstance(refusal, ClockOff):
        return str(request.localizer.translate(CLOCK_OFF))
    return wrong_code_words(request, refusal)


def factor_given(request: Request, waiting: Waiting) -> tuple[Factor | None, str]:
    """What the form brings: the factor that it is of, one of the account's, and the code as typed."""
    return waiting.chosen(request.POST.get("par")), request.POST.get("code", "").strip()


def send_and_show(request: Request, waiting: Waiting, routes: Routes) -> Any:
    """Send the code that was asked for, then the page that takes it; or why it does not leave."""
    factor = waiting.chosen(request.POST.get("par"))
    device = known_device(request.db, request.tools, waiting.account.id, device_token(request))
    try:
        if factor in SENT:
            send(
                request.db,
                request.tools,
                waiting,
                factor,
                request.origin,
                device_id=device.id if device else None,
                language=request.locale_name,
            )
    except (TooManySendings, NumberRefused) as refusal:
        request.response.status_int = 422
        return factor_page(request, waiting, routes, refusal_words(request, refusal))
    after = safe_next(request.POST.get("next"), HOME)
    return HTTPSeeOther(path_to(request, routes.page, after, **({"par": factor.value} if factor else {})))


@view_defaults(permission=NO_PERMISSION_REQUIRED)
class SignInCodeViews:
    """Between the two factors: no session, only a cookie that names the request, for ten minutes."""

    def __init__(self, request: Request) -> None:
        self.request = request
        token = challenge_token(request, Purpose.SIGN_IN)
        self.waiting = waiting_of(request.db, request.tools, Purpose.SIGN_IN, token) if token else None

    def _page(self, waiting: Waiting, problem: str | None = None) -> dict[str, Any]:
        why = why_it_waits(self.request.tools, waiting)
        return factor_page(self.request, waiting, SIGN_IN, problem) | {"why": why.value} | self._enrolment(waiting)

    def _enrolment(self, waiting: Waiting) -> dict[str, Any]:
        """What a colleague's application must know, when he has no second factor yet."""
        request = self.request
        if Factor.ENROLMENT not in waiting.factors:
            return {}
        secret = enrolment_secret(request.tools, waiting)
        enrolment = totp.enrolment(secret, waiting.account.email, request.registry.brand.name)
        title = request.localizer.translate(_("Code QR à lire avec votre application"))
        return {"enrolment": enrolment, "qr": qr_svg(enrolment.uri, title)}

    def _start_again(self) -> Response:
        """Too old, used, tried too often or another browser's: the password again; who is in already goes on."""
        request = self.request
        after = safe_next(request.params.get("next"), HOME)
        if request.identity:
            return HTTPSeeOther(after)
        door = go_on(path_to(request, "sign_in", after), "recommencer")
        return forget_challenge(request, door, Purpose.SIGN_IN)

    @view_config(route_name="sign_in_code", request_method="GET", renderer=PAGE)
    def show(self) -> Any:
        return self._page(self.waiting) if self.waiting else self._start_again()

    @view_config(route_name="sign_in_code_others", request_method="GET", renderer=OTHERS)
    def others(self) -> Any:
        return self._page(self.waiting) if self.waiting else self._start_again()

    @view_config(route_name="sign_in_code_send", request_method="POST", renderer=PAGE)
    def send(self) -> Any:
        if self.waiting is None:
            return self._start_again()
        answer = send_and_show(self.request, self.waiting, SIGN_IN)
        return self._page(self.waiting) | answer if isinstance(answer, dict) else answer

    @view_config(route_name="sign_in_code", request_method="POST", renderer=PAGE)
    def enter(self) -> Any:
        request, waiting = self.request, self.waiting
        if waiting is None:
            return self._start_again()
        factor, code = factor_given(request, waiting)
        if factor is None or not code:
            request.response.status_int = 422
            return self._page(waiting, request.localizer.translate(EMPTY))
        trust = bool(request.POST.get("confiance"))
        try:
            opened = after_second_factor(
                request.db, request.tools, waiting, factor, code, visitor(request), trust=trust
            )
        except (CodeRefused, CodeSpent) as refusal:
            return self._start_again() if is_over(refusal) else self._page(waiting, refused(request, refusal))
        except TooManyTries as refusal:
            return too_many_tries(request, refusal.wait)
        return go_in(request, opened, self._after(waiting, factor))

    def _after(self, waiting: Waiting, factor: Factor) -> str:
        """Where he goes now; on the way, a number may be given (S-HCR-14), or a passkey is proposed (C7)."""
        request = self.request
        path = safe_next(request.POST.get("next"), HOME)
        if factor is Factor.HANDLER:
            # What he had is lost: another one is added now.
            return str(go_on(request.route_path("security"), "acces-retrouve").location)
        if factor is Factor.EMAIL and Factor.SMS not in waiting.factors and path == HOME:
            return str(request.route_path("security_mobile"))
        if factor is Factor.SMS and path == HOME and is_time_for_a_passkey(request.db, waiting.account):
            return f"{path}?{PARAMETER}=proposer-cle"
        return path
