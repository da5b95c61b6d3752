"""The addresses where applications have themselves told: registered, closed, told again (C165)."""

from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.opening_hours import PARIS
from member_space.domain.permissions import Permission
from member_space.domain.target_address import LONGEST, TargetRefused
from member_space.domain.webhook import News
from member_space.forms.ids import number_in
from member_space.forms.webhook import ReplayForm, WebhookForm
from member_space.services.webhook import (
    Registered,
    UnknownClientError,
    add_target,
    close_target,
    find_target,
    open_clients,
    renew_secret,
    replay,
    targets,
)
from member_space.services.webhook_list import deliveries
from member_space.views.done import go_on
from member_space.views.office.webhook_words import FAULTS, NEWS, STATES
from member_space.views.typed import Said, typed

_ = TranslationStringFactory("member_space")

UNKNOWN_CLIENT = _("Cette application n’est plus autorisée\N{NO-BREAK SPACE}: choisissez-en une autre.")


@view_defaults(
    route_name="office_webhooks",
    permission=Permission.MANAGE_WEBHOOKS,
    renderer="office/webhooks.html.jinja2",
    step_up=True,
)
class WebhooksViews:
    """The list, and the form of a new one."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(request_method="POST")
    def add(self) -> dict[str, Any]:
        request = self.request
        posted = {name: request.POST.get(name, "") for name in ("client", "url")}
        values, errors = typed(request, WebhookForm(), posted | {"news": request.POST.getall("news")})
        if errors:
            return self._page(errors)
        news = [News(one) for one in values["news"]]
        by, origin = request.identity.account_id, request.origin
        try:
            made = add_target(request.db, request.tools, UUID(values["client"]), values["url"], news, by, origin)
        except TargetRefused as refusal:
            return self._page([("url", request.localizer.translate(FAULTS[refusal.fault]))])
        except UnknownClientError:
            return self._page([("client", request.localizer.translate(UNKNOWN_CLIENT))])
        # Not a 303: the secret is shown here and nowhere else.
        return self._page([], made)

    def _page(self, errors: Said, made: Registered | None = None) -> dict[str, Any]:
        request = self.request
        if errors:
            request.response.status_int = 422
        before = request.POST if made is None else {}
        return {
            "errors": errors,
            "made": made,
            "targets": targets(request.db),
            "clients": open_clients(request.db),
            "news": NEWS,
            "longest": LONGEST,
            "typed": {name: before.get(name, "") for name in ("client", "url")}
            | {"news": request.POST.getall("news") if made is None else []},
        }


@view_defaults(permission=Permission.MANAGE_WEBHOOKS, renderer="office/webhook.html.jinja2", step_up=True)
class WebhookViews:
    """One target: what was sent there, and what may be done of it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.found = request.context.found
        self.by = (request.identity.account_id, request.origin)

    @view_config(route_name="office_webhook", request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(route_name="office_webhook_secret", request_method="POST")
    def secret(self) -> Any:
        if self.found.closed_at:
            return self._back("webhook-ferme")
        return self._page([], renew_secret(self.request.db, self.request.tools, self.found, *self.by))

    @view_config(route_name="office_webhook_close", request_method="POST")
    def close(self) -> Any:
        close_target(self.request.db, self.request.tools, self.found, *self.by)
        return self._back("webhook-ferme")

    @view_config(route_name="office_webhook_replay", request_method="POST")
    def again(self) -> Any:
        """One event, by its id in ``delivery``, or all that failed since a day."""
        request = self.request
        if self.found.closed_at:
            return self._back("webhook-ferme")
        values, errors = typed(request, ReplayForm())
        if errors:
            return self._page(errors)
        since = values["since"] and datetime.combine(values["since"], time(), PARIS).astimezone(UTC)
        one = _id(request.POST.get("delivery"))
        replay(request.db, request.tools, self.found, since, one, *self.by)
        return self._back("webhook-renvoye")

    def _back(self, code: str) -> Any:
        return go_on(self.request.route_path("office_webhook", webhook_id=self.found.public_id), code)

    def _page(self, errors: Said, made: Registered | None = None) -> dict[str, Any]:
        request = self.request
        if errors:
            request.response.status_int = 422
        sent, older = deliveries(request.db, self.found, number_in(request.GET, "avant"))
        return {
            "errors": errors,
            "made": made,
            # Read again: what was just done shows.
            "target": find_target(request.db, self.found.public_id),
            "deliveries": sent,
            "older": older,
            "news": NEWS,
            "states": STATES,
        }


def _id(text: str | None) -> UUID | None:
    """What is no id is that of no event."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return UUID(int=0)
