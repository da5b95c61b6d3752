"""« Sécurité et connexion »: the ways in, an application's codes, the sheet of codes, a linked identity."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.security.addresses import safe_next
from member_space.services import totp
from member_space.services.contact_points import masked_phone
from member_space.services.oidc import unlink
from member_space.services.recovery_code import codes_left
from member_space.services.security import LastFactor, add_totp, new_codes, remove_totp, ways_in
from member_space.services.sessions import Identity
from member_space.views.done import go_on
from member_space.views.sign_in import HOME

_ = TranslationStringFactory("member_space")

REMOVE = "security/remove.html.jinja2"
WRONG_CODE = _(
    "Ce n’est pas le code que nous attendons. Vérifiez que l’heure de votre téléphone est réglée sur « automatique », "
    "attendez le code suivant, et recopiez-le."
)
CLOCK_OFF = _(
    "L’heure de votre téléphone n’est pas juste : ce code est d’un autre moment. "
    "Réglez-la sur « automatique », puis recopiez le code qui s’affiche."
)
LAST_FACTOR = _(
    "C’est votre seul second moyen, et un compte de la mutuelle en a toujours un : ajoutez-en un autre d’abord."
)


def qr_svg(text: str, title: str) -> str:
    """The QR code of a text, drawn in the page: nothing leaves, and no file holds it."""
    import segno

    return str(segno.make(text, error="m").svg_inline(border=3, omitsize=True, dark="#000", light="#fff", title=title))


@view_config(
    route_name="security",
    request_method="GET",
    permission=Permission.EDIT_SECURITY,
    renderer="security/security.html.jinja2",
)
def security(request: Request) -> dict[str, Any]:
    ways = ways_in(request.db, request.tools, request.identity)
    return {
        "ways": ways,
        "member": isinstance(request.identity, Identity),
        "mobile": masked_phone(ways.mobile) if ways.mobile else None,
    }


@view_config(
    route_name="security_mobile",
    request_method="GET",
    permission=Permission.EDIT_PERSONAL_DATA,
    renderer="security/mobile.html.jinja2",
)
def security_mobile(request: Request) -> dict[str, Any]:
    """After a sign-in by e-mail: the number may be given, now that the mailbox proved who asks (S-HCR-14)."""
    return {"next": safe_next(request.GET.get("next"), HOME)}


def removal(request: Request, words: TranslationString, problem: TranslationString | None = None) -> dict[str, Any]:
    """The page that asks once more before a way in is removed."""
    translate = request.localizer.translate
    if problem:
        request.response.status_int = 422
    return {"words": translate(words), "problem": translate(problem) if problem else None}


@view_defaults(
    route_name="security_totp",
    permission=Permission.EDIT_SECURITY,
    step_up=True,
    renderer="security/totp.html.jinja2",
)
class TotpViews:
    """An application is enrolled by its first code; its secret travels sealed in the form, and is kept only then."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> Any:
        if ways_in(self.request.db, self.request.tools, self.request.identity).totp:
            return HTTPSeeOther(self.request.route_path("security"))
        return self._page(totp.new_secret())

    @view_config(request_method="POST")
    def enrol(self) -> Any:
        request, identity = self.request, self.request.identity
        secret = totp.unsealed(request.tools, identity.account_id, request.POST.get("scelle", ""))
        if secret is None:
            return HTTPSeeOther(request.route_path("security_totp"))
        code = totp.digits(request.POST.get("code", ""))
        if add_totp(request.db, request.tools, identity, secret, code, request.origin):
            return go_on(request.route_path("security"), "application-ajoutee")
        off = totp.clock_is_off(secret, code, request.tools.now())
        return self._page(secret, CLOCK_OFF if off else WRONG_CODE)

    def _page(self, secret: str, problem: TranslationString | None = None) -> dict[str, Any]:
        request = self.request
        if problem:
            request.response.status_int = 422
        enrolment = totp.enrolment(secret, request.identity.email, request.registry.brand.name)
        return {
            "enrolment": enrolment,
            "qr": qr_svg(enrolment.uri, request.localizer.translate(_("Code QR à lire avec votre application"))),
            "sealed": totp.sealed(request.tools, request.identity.account_id, secret),
            "problem": request.localizer.translate(problem) if problem else None,
        }


@view_defaults(route_name="security_totp_remove", permission=Permission.EDIT_SECURITY, step_up=True, renderer=REMOVE)
class TotpRemovalViews:
    """Its codes open nothing any more."""

    words = _("Les codes de votre application d’authentification ne serviront plus à vous connecter.")

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return removal(self.request, self.words)

    @view_config(request_method="POST")
    def remove(self) -> Any:
        request = self.request
        try:
            remove_totp(request.db, request.tools, request.identity, request.origin)
        except LastFactor:
            return removal(request, self.words, LAST_FACTOR)
        return go_on(request.route_path("security"), "application-retiree")


@view_defaults(route_name="security_identity", permission=Permission.EDIT_SECURITY, step_up=True, renderer=REMOVE)
class IdentityRemovalViews:
    """A linked identity opens the account no more."""

    words = _("Cette identité n’ouvrira plus votre espace. Vous garderez vos autres moyens de vous connecter.")

    def __init__(self, request: Request) -> None:
        self.request = request
        if not ways_in(request.db, request.tools, request.identity).links:
            raise HTTPNotFound

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return removal(self.request, self.words)

    @view_config(request_method="POST")
    def remove(self) -> Any:
        request, identity = self.request, self.request.identity
        unlink(request.db, request.tools, identity.account_id, request.origin, session_id=identity.session_id)
        return go_on(request.route_path("security"), "identite-retiree")


@view_defaults(
    route_name="security_codes",
    permission=Permission.EDIT_SECURITY,
    step_up=True,
    renderer="security/codes.html.jinja2",
)
class RecoveryCodesViews:
    """How many are left; new ones are shown once, by the answer that drew them, and are kept nowhere."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return {"codes": None, "left": codes_left(self.request.db, self.request.identity.account_id)}

    @view_config(request_method="POST")
    def draw(self) -> dict[str, Any]:
        # No redirection: a page that could be asked again would have to keep the codes.
        request = self.request
        codes = new_codes(request.db, request.tools, request.identity, request.origin)
        return {"codes": codes, "left": len(codes), "drawn_at": request.tools.now()}
