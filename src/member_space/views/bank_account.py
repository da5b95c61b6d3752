"""« Compte bancaire »: where one is paid, the one that waits 48 hours, and those before (C154)."""

from typing import Any

import deform
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.forms.bank_account import BankAccountForm
from member_space.forms.ids import uuid_in
from member_space.forms.renderer import form_of
from member_space.security.drafts import PageDraft, draft_of
from member_space.services.bank_account import (
    AlreadyInUse,
    AnotherWaits,
    HolderRefused,
    PaymentsFrozen,
    TooLateToCancel,
    ask_bank_account,
    bank_accounts_of,
    cancel_bank_account,
    may_have_one,
)
from member_space.services.data_change import TooSoon
from member_space.views.contact_change import too_soon_words
from member_space.views.done import go_on

_ = TranslationStringFactory("member_space")

ACCOUNTS, NEW = "bank_account/accounts.html.jinja2", "bank_account/new.html.jinja2"
TOO_SOON = _(
    "Vos coordonnées viennent de changer, ou votre accès vient d’être rétabli : par prudence, le compte bancaire "
    "attend 48 heures. Vous pourrez le changer à partir du ${when}. C’est urgent ? Appelez-nous au ${phone}."
)
REFUSED: dict[type[Exception], TranslationString] = {
    HolderRefused: _(
        "Ce nom n’est celui d’aucun adulte de votre contrat. Écrivez le nom et le prénom, comme sur le RIB. "
        "Le compte est à quelqu’un d’autre ? Appelez-nous au ${phone} : nous regardons avec vous."
    ),
    AnotherWaits: _("Un autre compte attend déjà : annulez-le d’abord, puis recommencez."),
    AlreadyInUse: _("C’est déjà le compte où nous vous versons vos remboursements : il n’y a rien à changer."),
    PaymentsFrozen: _(
        "Vos virements sont suspendus parce qu’une connexion ou un changement a été signalé comme n’étant pas de vous. "
        "Appelez-nous au ${phone} : nous vérifions avec vous et reprenons les versements."
    ),
}
TOO_LATE = _("Ce compte n’attend plus : il est en service, ou déjà annulé. La liste ci-dessous est à jour.")


@view_defaults(permission=Permission.EDIT_PERSONAL_DATA)
class BankAccountViews:
    """One's own only, and of an adult: a child's care is paid to a parent."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.household = request.context.household
        self.adult = may_have_one(request.db, request.identity, self.household)

    @view_config(route_name="bank_account", request_method="GET", renderer=ACCOUNTS)
    def show(self) -> dict[str, Any]:
        return self._accounts(None)

    @view_config(route_name="bank_account_cancel", request_method="POST", renderer=ACCOUNTS)
    def cancel(self) -> Any:
        request = self.request
        asked = uuid_in(request.POST, "compte")
        try:
            if asked is None:
                raise TooLateToCancel
            cancel_bank_account(request.db, request.tools, request.identity, asked, request.origin)
        except TooLateToCancel:
            return self._accounts(self._say(TOO_LATE))
        return go_on(request.route_path("bank_account"), "iban-annule")

    @view_config(route_name="bank_account_new", request_method="GET", renderer=NEW, step_up=True)
    def ask(self) -> Any:
        draft = self._draft()
        return self._new(self._form(draft).render(draft.over({})), None)

    @view_config(route_name="bank_account_new", request_method="POST", renderer=NEW, step_up=True)
    def save(self) -> Any:
        request, form = self.request, self._form(self._draft())
        if not self.adult:
            raise HTTPNotFound
        try:
            given = form.validate(request.POST.items())
        except deform.ValidationFailure as refused:
            request.response.status_int = 422
            return self._new(refused.render(), None)
        try:
            ask_bank_account(
                request.db,
                request.tools,
                request.identity,
                self.household,
                given["iban"],
                given["titulaire"],
                request.origin,
            )
        except TooSoon as refusal:
            problem = too_soon_words(request, refusal.until, TOO_SOON)
        except tuple(REFUSED) as refusal:
            problem = self._say(REFUSED[type(refusal)], phone=request.registry.brand.phone_shown)
        else:
            return go_on(request.route_path("bank_account"), "iban-demande")
        return self._new(form.render(form.cstruct), problem)

    def _say(self, words: TranslationString, **values: str) -> str:
        return str(self.request.localizer.translate(_(words, mapping=values)))

    def _draft(self) -> PageDraft:
        """The name alone: the number of an account is kept nowhere but encrypted, once it is asked for."""
        return draft_of(self.request, "titulaire")

    def _form(self, draft: PageDraft) -> deform.Form:
        button = self.request.localizer.translate(_("Enregistrer ce compte"))
        return form_of(self.request, BankAccountForm(), formid="compte", button=button, draft=draft)

    def _accounts(self, problem: str | None) -> dict[str, Any]:
        """The page of the accounts; `problem`: why one was not cancelled."""
        request = self.request
        if problem:
            request.response.status_int = 422
        accounts = bank_accounts_of(request.db, request.tools, request.identity)
        wait = too_soon_words(request, accounts.free_at, TOO_SOON) if accounts.free_at else None
        return {"adult": self.adult, "accounts": accounts, "wait": wait, "problem": problem}

    def _new(self, form: str, problem: str | None) -> dict[str, Any]:
        """The page of the form; `problem`: what no field is to blame for."""
        if not self.adult:
            raise HTTPNotFound
        if problem:
            self.request.response.status_int = 422
        return {"form": form, "problem": problem}
