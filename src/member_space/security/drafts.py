"""The draft of a form, as pages and doors know it (C17, R13); views/draft keeps it, services/draft holds it."""

from dataclasses import dataclass
from typing import Any

from pyramid.request import Request

from member_space.services import draft as drafts
from member_space.services.draft import DraftForm, Kept

FIELD, AT = "draft", "draft_at"
"""The names of the hidden fields: the sealed token, and the field where the text stopped."""


@dataclass(frozen=True, slots=True)
class PageDraft:
    """For the page of a form: what partials/draft shows, and what was found again."""

    form: DraftForm
    token: str
    kept: Kept

    def over(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values of the form, with what was found again in their place: what is missing there was empty."""
        found = self.kept.values
        return {**values, **{name: found.get(name, "") for name in self.form.names}} if found else values

    def chosen(self, name: str, otherwise: str) -> str:
        """The choice that was found again."""
        return self.kept.values.get(name, "") if self.kept.values else otherwise

    def ticked(self, name: str, otherwise: list[str]) -> list[str]:
        """The boxes of one name that were found again."""
        return self.kept.values.get(name, "").split("\n") if self.kept.values else otherwise

    def focus(self, name: str) -> dict[str, str]:
        """The attributes of a field: the focus, for the one where the text stopped."""
        return {"autofocus": "autofocus"} if self.kept.at == name else {}


def draft_of(request: Request, *names: str, path: str | None = None) -> PageDraft:
    """The draft of the form with these fields, on this page or on the one of `path`.

    The answer to a POST shows what was just typed, so nothing is looked for then.
    """
    form = drafts.form_of(request.identity.account_id, path or request.path, names)
    kept = drafts.find(request.db, request.tools, form) if request.method == "GET" else Kept()
    return PageDraft(form, drafts.seal(request.tools, form), kept)


def sent_form(request: Request) -> DraftForm | None:
    """The form whose token this POST carries, unless somebody else is signed in."""
    token = request.POST.get(FIELD) if request.method == "POST" else None
    form = drafts.unseal(request.tools, token) if token else None
    if form is None or (request.identity and request.identity.account_id != form.account_id):
        return None
    return form


def keep_sent(request: Request, form: DraftForm) -> bool:
    """Keep the fields of this POST; whether they are kept."""
    # Several boxes of one name are a line each.
    typed = {name: "\n".join(request.POST.getall(name)) for name in form.names}
    return drafts.keep(request.db, request.tools, form, typed, request.POST.get(AT))


def end_draft(request: Request) -> None:
    """What this POST carries is done with: for a view whose answer is no 303, after which it ends by itself."""
    form = sent_form(request)
    if form:
        drafts.forget(request.db, form)


def come_back_to(request: Request) -> str:
    """The page to come back to once a door opened: that of the form, where one was sent."""
    form = sent_form(request)
    return form.path if form else str(request.path_qs)


def asked_by_script(request: Request) -> bool:
    """A script that wants a status, rather than a page to go to."""
    return bool(request.headers.get("Accept") == "application/json")
