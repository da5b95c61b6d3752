"""« Mes notifications »: what a member is told outside his space, by which channel, in which language (C149)."""

from typing import Any

import colander
from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from member_space.domain.notices import CHOSEN
from member_space.domain.permissions import Permission
from member_space.forms.notification import AS_IT_COMES, DAILY, NAMES, PreferencesForm
from member_space.security.drafts import draft_of
from member_space.services.notification_preferences import choose_preferences, preferences_of
from member_space.views.done import go_on


@view_defaults(
    route_name="notification_preferences",
    permission=Permission.EDIT_PERSONAL_DATA,
    renderer="notification/preferences.html.jinja2",
)
class NotificationViews:
    """The page, and the whole choice that it sends."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page({})

    @view_config(request_method="POST")
    def choose(self) -> Any:
        request = self.request
        sent = {name: request.POST.get(name, "") for name in ("rythme", "langue")}
        sent |= {"choix": request.POST.getall("choix")}
        try:
            chosen = PreferencesForm().deserialize(sent)
        except colander.Invalid as invalid:
            request.response.status_int = 422
            return self._page(invalid.asdict(request.localizer.translate), sent)
        wanted = frozenset(NAMES[name] for name in chosen["choix"])
        daily = chosen["rythme"] == DAILY
        choose_preferences(request.db, request.identity, wanted, chosen["langue"], daily, request.origin)
        return go_on(request.route_path("notification_preferences"), "notifications")

    def _page(self, problems: dict[str, str], sent: dict[str, Any] | None = None) -> dict[str, Any]:
        known = preferences_of(self.request.db, self.request.identity)
        on = [name for name, choice in NAMES.items() if choice in known.wanted]
        draft = draft_of(self.request, "choix", "rythme", "langue")
        return {
            "categories": [category.value for category in CHOSEN],
            "preferences": known,
            "ticked": sent["choix"] if sent else draft.ticked("choix", on),
            "rhythm": sent["rythme"] if sent else draft.chosen("rythme", DAILY if known.daily else AS_IT_COMES),
            "language": sent["langue"] if sent else draft.chosen("langue", known.language),
            "draft": draft,
            "problems": problems,
        }
