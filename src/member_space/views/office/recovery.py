"""Requests for a way back in: those that wait for a colleague, and one's own with its code, shown once."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.forms.office import DecisionForm
from member_space.services.assisted_recovery import (
    RecoveryRefused,
    State,
    decide,
    find_recovery,
    recoveries_of,
    recoveries_to_decide,
    show_code,
)
from member_space.services.office_member import REASON
from member_space.views.done import go_on
from member_space.views.office.words import CHECKS, REFUSALS, STATES, WISHES
from member_space.views.typed import Said, typed


@view_config(
    route_name="office_recoveries",
    request_method="GET",
    permission=Permission.ASK_RECOVERY,
    renderer="office/recoveries.html.jinja2",
    reads=What.FILE,
    reason=REASON,
)
def recoveries(request: Request) -> dict[str, Any]:
    """Who may agree reads what waits; whoever asked reads his own."""
    may_decide = request.has_permission(Permission.APPROVE_RECOVERY)
    shown = request.context.shown
    waiting = recoveries_to_decide(request.db, request.tools, shown) if may_decide else []
    mine = recoveries_of(request.db, request.tools, request.identity, shown)
    now = request.tools.now()
    return {
        "may_decide": may_decide,
        "waiting": [one for one in waiting if one.asked_by != request.identity.account_id],
        "mine": mine,
        "states": {one.public_id: STATES[one.state(now)] for one in [*waiting, *mine]},
        "wishes": WISHES,
    }


@view_defaults(
    permission=Permission.ASK_RECOVERY, renderer="office/recovery.html.jinja2", reads=What.FILE, reason=REASON
)
class OfficeRecoveryViews:
    """One request: decided by a colleague, then its code shown to the one who asked."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.found = request.context.found

    @view_config(route_name="office_recovery", request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(route_name="office_recovery_decision", request_method="POST", permission=Permission.APPROVE_RECOVERY)
    def decide(self) -> Any:
        request = self.request
        values, errors = typed(request, DecisionForm())
        if errors:
            return self._page(errors)
        agreed = values["decision"] == "oui"
        try:
            decide(request.db, request.tools, request.identity, self.found, agreed, request.origin)
        except RecoveryRefused as refusal:
            return self._page([(None, request.localizer.translate(REFUSALS[refusal.why]))])
        code = "demande-acceptee" if agreed else "demande-refusee"
        return go_on(request.route_path("office_recoveries"), code)

    @view_config(route_name="office_recovery_code", request_method="POST")
    def code(self) -> dict[str, Any]:
        request = self.request
        try:
            code = show_code(request.db, request.tools, request.identity, self.found)
        except RecoveryRefused as refusal:
            return self._page([(None, request.localizer.translate(REFUSALS[refusal.why]))])
        # Not a 303: the code is shown here and nowhere else.
        return self._page([], code)

    def _page(self, errors: Said, code: str | None = None) -> dict[str, Any]:
        request = self.request
        if errors:
            request.response.status_int = 422
        found = find_recovery(request.db, self.found.public_id, request.context.shown) or self.found
        state = found.state(request.tools.now())
        own = found.asked_by == request.identity.account_id
        may_decide = request.has_permission(Permission.APPROVE_RECOVERY)
        return {
            "errors": errors,
            "recovery": found,
            "state": STATES[state],
            "wish": WISHES[found.wish],
            "checks": CHECKS,
            "may_decide": may_decide and not own and state is State.WAITING,
            "may_show": own and state is State.APPROVED,
            "code": code,
        }
