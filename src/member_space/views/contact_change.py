"""« Mes informations », each block with its pencil: e-mail, telephones, address (S-HCR-52, C16, C153)."""

from typing import Any

import deform
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.commune import Doubt
from member_space.domain.data_change import DataKind
from member_space.domain.permissions import Permission
from member_space.forms.contact_change import (
    AddressForm,
    EmailForm,
    LandlineForm,
    MobileForm,
    address_typed,
    phone_typed,
)
from member_space.forms.renderer import form_of
from member_space.models import Challenge
from member_space.security.challenge_cookie import challenge_token, forget_challenge, keep_challenge
from member_space.security.drafts import PageDraft, draft_of
from member_space.services.challenge import CodeRefused, CodeSpent
from member_space.services.code_sending import NumberRefused, TooManySendings
from member_space.services.contact_change import (
    CONFIRMED,
    AddressTaken,
    AlreadyYours,
    ask_change,
    asked_change,
    asked_value,
    change_plain,
    confirm_change,
    send_again,
)
from member_space.services.data_change import TooSoon, Values
from member_space.services.personal_data import edits_of, personal_data_of
from member_space.views.address import corrected, doubt_of, seen
from member_space.views.code import code_page, refusal_words, wrong_code_words
from member_space.views.done import go_on
from member_space.views.rendering import datetime_long

_ = TranslationStringFactory("member_space")

EDIT, CODE = "contact_change/edit.html.jinja2", "contact_change/code.html.jinja2"
HOME = "personal_data"
DONE = {
    DataKind.EMAIL: "email-change",
    DataKind.MOBILE: "mobile-change",
    DataKind.LANDLINE: "fixe-change",
    DataKind.ADDRESS: "adresse-change",
}
ROUTES = {
    "personal_email": DataKind.EMAIL,
    "personal_mobile": DataKind.MOBILE,
    "personal_landline": DataKind.LANDLINE,
    "personal_address": DataKind.ADDRESS,
    "personal_email_code": DataKind.EMAIL,
    "personal_mobile_code": DataKind.MOBILE,
}
FORMS: dict[DataKind, tuple[Any, TranslationString]] = {
    DataKind.EMAIL: (EmailForm, _("Recevoir un code à cette adresse")),
    DataKind.MOBILE: (MobileForm, _("Recevoir un code à ce numéro")),
    DataKind.LANDLINE: (LandlineForm, _("Enregistrer")),
    DataKind.ADDRESS: (AddressForm, _("Enregistrer")),
}
YOURS = {
    DataKind.EMAIL: _("C’est déjà votre adresse : il n’y a rien à changer."),
    DataKind.MOBILE: _("C’est déjà votre numéro : il n’y a rien à changer."),
}
TOO_SOON = _(
    "L’e-mail, le mobile et le compte bancaire ne changent pas tous les trois en 48 heures : c’est ce que ferait "
    "quelqu’un qui prend votre place. Vous pourrez faire ce changement à partir du ${when}. "
    "C’est urgent ? Appelez-nous au ${phone}."
)
TAKEN = _(
    "Cette adresse sert à un autre compte de la mutuelle depuis un instant. Donnez-en une autre, à vous seul, "
    "ou appelez-nous au ${phone}."
)
MISSING = _("Écrivez le code à 6 chiffres que vous avez reçu.")


def too_soon_words(request: Request, until: Any, words: TranslationString = TOO_SOON) -> str:
    """Why a change waits, and until when."""
    values = {"when": datetime_long(until, request.locale_name), "phone": request.registry.brand.phone_shown}
    return str(request.localizer.translate(_(words, mapping=values)))


class _Views:
    """What the pages share: which contact, how it stands, its form."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.kind = ROUTES[request.matched_route.name]

    def _say(self, words: TranslationString, **values: str) -> str:
        return str(self.request.localizer.translate(_(words, mapping=values) if values else words))

    def _form(self, draft: PageDraft | None = None) -> deform.Form:
        schema, button = FORMS[self.kind]
        return form_of(self.request, schema(), formid=self.kind.value, button=self._say(button), draft=draft)

    def _draft(self) -> PageDraft:
        schema, _button = FORMS[self.kind]
        return draft_of(self.request, *(node.name for node in schema().children))

    def _page(self, form: str, problem: str | None = None, doubt: Doubt | None = None) -> dict[str, Any]:
        """`form`: as HTML; `problem`: what no field is to blame for; `doubt`: of an address that may be kept."""
        request = self.request
        if problem or doubt:
            request.response.status_int = 422
        return {
            "kind": self.kind.value,
            "form": form,
            "problem": problem,
            "doubt": doubt,
            "person": personal_data_of(request.db, request.identity),
            "edits": edits_of(request.db, request.identity.person_id).get(self.kind, []),
        }

    def _refused(self, refused: deform.ValidationFailure) -> dict[str, Any]:
        self.request.response.status_int = 422
        return self._page(refused.render())

    def _done(self) -> HTTPSeeOther:
        return go_on(self.request.route_path(HOME), DONE[self.kind])


@view_defaults(permission=Permission.EDIT_PERSONAL_DATA, renderer=EDIT)
class PlainViews(_Views):
    """Landline and address: saved at once."""

    @view_config(route_name="personal_landline", request_method="GET")
    @view_config(route_name="personal_address", request_method="GET")
    def show(self) -> dict[str, Any]:
        draft = self._draft()
        return self._page(self._form(draft).render(draft.over(self._known())))

    @view_config(route_name="personal_landline", request_method="POST")
    @view_config(route_name="personal_address", request_method="POST")
    def save(self) -> Any:
        request, form = self.request, self._form(self._draft())
        try:
            given = form.validate(corrected(request.POST))
        except deform.ValidationFailure as refused:
            return self._refused(refused)
        if self.kind is DataKind.ADDRESS and (doubt := doubt_of(given)):
            form.cstruct = {**form.cstruct, "vu": seen(given)}
            return self._page(form.render(), doubt=doubt)
        values = _landline(given) if self.kind is DataKind.LANDLINE else _address(given)
        change_plain(request.db, request.tools, request.identity, self.kind, values, request.origin)
        return self._done()

    def _known(self) -> dict[str, Any]:
        person = personal_data_of(self.request.db, self.request.identity)
        if self.kind is DataKind.LANDLINE:
            return {"fixe": phone_typed(person.landline)}
        return address_typed(*person.address_parts)


def _landline(given: dict[str, Any]) -> Values:
    return {"landline": given["fixe"]}


def _address(given: dict[str, Any]) -> Values:
    return {
        "address_line1": given["ligne1"],
        "address_line2": given["ligne2"],
        "postcode": given["code_postal"],
        "city": given["ville"],
    }


@view_defaults(permission=Permission.EDIT_PERSONAL_DATA, renderer=EDIT, step_up=True)
class ConfirmedViews(_Views):
    """E-mail and mobile: a code goes where they lead, and nothing changes before it comes back."""

    @view_config(route_name="personal_email", request_method="GET")
    @view_config(route_name="personal_mobile", request_method="GET")
    def show(self) -> dict[str, Any]:
        draft = self._draft()
        return self._page(self._form(draft).render(draft.over({})))

    @view_config(route_name="personal_email", request_method="POST")
    @view_config(route_name="personal_mobile", request_method="POST")
    def ask(self) -> Any:
        request, form, what = self.request, self._form(self._draft()), CONFIRMED[self.kind]
        try:
            value = form.validate(request.POST.items())[self.kind.value]
        except deform.ValidationFailure as refused:
            return self._refused(refused)
        try:
            token = ask_change(
                request.db, request.tools, request.identity, what, value, request.origin, request.locale_name
            )
        except AlreadyYours:
            return self._page(form.render(form.cstruct), self._say(YOURS[self.kind]))
        except TooSoon as refusal:
            return self._page(form.render(form.cstruct), too_soon_words(request, refusal.until))
        except (TooManySendings, NumberRefused) as refusal:
            return self._page(form.render(form.cstruct), refusal_words(request, refusal, confirms=True))
        onward = HTTPSeeOther(request.route_path(f"personal_{self.kind.value}_code"))
        return keep_challenge(request, onward, what.purpose, token)


@view_defaults(permission=Permission.EDIT_PERSONAL_DATA, renderer=CODE)
class CodeViews(_Views):
    """The code, in the browser that asked for it: proved then, so that no second factor is asked again."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.what = CONFIRMED[self.kind]
        token = challenge_token(request, self.what.purpose)
        self.asked = asked_change(request.db, request.tools, request.identity, self.what, token)

    @view_config(route_name="personal_email_code", request_method="GET")
    @view_config(route_name="personal_mobile_code", request_method="GET")
    def show(self) -> Any:
        return self._code_page(self.asked) if self.asked else self._start_again()

    @view_config(route_name="personal_email_code", request_method="POST")
    @view_config(route_name="personal_mobile_code", request_method="POST")
    def enter(self) -> Any:
        request, asked = self.request, self.asked
        if asked is None:
            return self._start_again()
        if "renvoyer" in request.POST:
            return self._send_again(asked)
        code = request.POST.get("code", "").strip()
        if not code:
            return self._code_page(asked, self._say(MISSING))
        try:
            confirm_change(request.db, request.tools, request.identity, self.what, asked, code, request.origin)
        except (CodeRefused, CodeSpent) as refusal:
            return self._code_page(asked, wrong_code_words(request, refusal))
        except TooSoon as refusal:
            return self._code_page(asked, too_soon_words(request, refusal.until))
        except AddressTaken:
            return self._code_page(asked, self._say(TAKEN, phone=request.registry.brand.phone_shown))
        return forget_challenge(request, self._done(), self.what.purpose)

    def _send_again(self, asked: Challenge) -> Any:
        request = self.request
        try:
            send_again(
                request.db, request.tools, request.identity, self.what, asked, request.origin, request.locale_name
            )
        except (TooManySendings, NumberRefused) as refusal:
            return self._code_page(asked, refusal_words(request, refusal, confirms=True))
        return HTTPSeeOther(request.path)

    def _code_page(self, asked: Challenge, problem: str | None = None) -> dict[str, Any]:
        if problem:
            self.request.response.status_int = 422
        value = asked_value(self.request.tools, asked)
        return {
            "kind": self.kind.value,
            "value": value,
            "code": code_page(self.request, asked, value),
            "problem": problem,
            "edit_path": self.request.route_path(f"personal_{self.kind.value}"),
        }

    def _start_again(self) -> HTTPSeeOther:
        """Too old, used, or asked from another browser: the new address is typed again."""
        return go_on(self.request.route_path(f"personal_{self.kind.value}"), "code-passe")
