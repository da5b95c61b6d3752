"""Who reads whose care between the adults of a contract (C44)."""

from typing import Any

import colander
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.reference import AgeRule
from member_space.forms.privacy import PrivacyForm
from member_space.security.drafts import draft_of
from member_space.services.age import age_of
from member_space.services.privacy import MinorCannotChooseError, choose_privacy, privacy_choices
from member_space.views.done import go_on
from member_space.views.refusal import refuse

_ = TranslationStringFactory("member_space")


@view_defaults(route_name="privacy", permission=Permission.EDIT_PRIVACY, renderer="privacy/privacy.html.jinja2")
class PrivacyViews:
    """The page, and the one choice it offers."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.household = request.context.household

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page(None)

    @view_config(request_method="POST")
    def choose(self) -> Any:
        request = self.request
        try:
            opened = PrivacyForm().deserialize(dict(request.POST))["soins"] == "ouverts"
            choose_privacy(request.db, request.identity, self.household, opened, request.origin)
        except colander.Invalid as invalid:
            return self._page(refuse(request, invalid))
        except MinorCannotChooseError:
            request.response.status_int = 422
            years = age_of(AgeRule.ADULT, request.tools.today())
            words = _("Vous pourrez choisir qui lit vos soins à vos ${years} ans.", mapping={"years": years})
            return self._page(request.localizer.translate(words))
        return go_on(request.route_path("privacy"), "soins-ouverts" if opened else "soins-fermes")

    def _page(self, problem: str | None) -> dict[str, Any]:
        choices = privacy_choices(self.request.db, self.household)
        names = self.request.localizer.translate(_(" et ")).join(choices.holders)
        draft = draft_of(self.request, "soins")
        return {"choices": choices, "problem": problem, "draft": draft, "done_values": {"names": names}}
