"""A member on the telephone: found exactly, seen in the minimum, verified by a script, helped by two colleagues."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.assisted_recovery import Check, Wish
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.forms.office import MemberSearchForm, RecoveryForm
from member_space.security.drafts import draft_of
from member_space.services.assisted_recovery import RecoveryRefused, ask_recovery
from member_space.services.office_member import REASON, search_members
from member_space.views.done import go_on
from member_space.views.office.words import CHECKS, REFUSALS, WISHES, missing_words
from member_space.views.typed import Said, typed

_ = TranslationStringFactory("member_space")


@view_defaults(
    route_name="office_members",
    permission=Permission.VIEW_MEMBER,
    renderer="office/members.html.jinja2",
    reads=What.FILE,
    reason=REASON,
)
class OfficeMembersViews:
    """The search; what was asked is in no address."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return {"errors": [], "asked": "", "members": None}

    @view_config(request_method="POST")
    def search(self) -> dict[str, Any]:
        request = self.request
        asked = request.POST.get("asked", "")
        values, errors = typed(request, MemberSearchForm())
        if errors:
            request.response.status_int = 422
            return {"errors": errors, "asked": asked, "members": None}
        members = search_members(request.db, values["asked"], request.context.shown)
        return {"errors": [], "asked": asked, "members": members}


@view_defaults(permission=Permission.VIEW_MEMBER, renderer="office/member.html.jinja2", reads=What.FILE, reason=REASON)
class OfficeMemberViews:
    """One member, and the request for a way back in."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.member = request.context.found

    @view_config(route_name="office_member", request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(route_name="office_member_recovery", request_method="POST", permission=Permission.ASK_RECOVERY)
    def ask(self) -> Any:
        request = self.request
        posted = dict(request.POST) | {"checks": request.POST.getall("checks")}
        values, errors = typed(request, RecoveryForm(), posted)
        if errors:
            return self._page(errors)
        checks = [Check(one) for one in values["checks"]]
        try:
            ask_recovery(
                request.db,
                request.tools,
                request.identity,
                self.member,
                Wish(values["wish"]),
                checks,
                request.origin,
            )
        except RecoveryRefused as refusal:
            field = "checks" if refusal.missing else None
            return self._page([(field, self._why(refusal))])
        return go_on(request.route_path("office_recoveries"), "demande-envoyee")

    def _why(self, refusal: RecoveryRefused) -> str:
        translate = self.request.localizer.translate
        words = [REFUSALS[refusal.why], *([missing_words(self.request, refusal.missing)] if refusal.missing else [])]
        return " ".join(translate(one) for one in words)

    def _page(self, errors: Said) -> dict[str, Any]:
        request = self.request
        if errors:
            request.response.status_int = 422
        # What is ticked, never an answer: the form has no field for one.
        page = request.route_path("office_member", person_id=self.member.public_id)
        draft = draft_of(request, "wish", "checks", path=page)
        return {
            "errors": errors,
            "member": self.member,
            "draft": draft,
            "wishes": WISHES,
            "checks": CHECKS,
            "wish": draft.chosen("wish", request.POST.get("wish", "")),
            "done": draft.ticked("checks", request.POST.getall("checks") if request.method == "POST" else []),
            "may_ask": request.has_permission(Permission.ASK_RECOVERY),
            "may_write": request.has_permission(Permission.HANDLE_REQUESTS),
        }
