"""The accounts of the office, kept by administrators; nobody touches his own."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission, Role
from member_space.forms.ids import number_in
from member_space.forms.office import OfficeAccountForm, RoleForm, SkillsForm, TeamForm
from member_space.services.handlers import HANDLERS
from member_space.services.office_account import (
    NAME_LENGTH,
    TEAM_LENGTH,
    Activation,
    OfficeAccountRefused,
    activate_again,
    change_role,
    change_skills,
    change_team,
    close_office_account,
    create_office_account,
    find_office_account,
    office_accounts,
)
from member_space.services.reading_list import TEAMS
from member_space.services.request_queue import all_queues
from member_space.views.done import go_on
from member_space.views.office.request_words import queue_words
from member_space.views.office.words import ROLES, sentence
from member_space.views.typed import Said, typed

_ = TranslationStringFactory("member_space")

OFFICE = {role.value: words for role, words in ROLES.items() if role is not Role.MEMBER}


@view_defaults(
    route_name="office_accounts",
    permission=Permission.MANAGE_OFFICE_ACCOUNTS,
    renderer="office/accounts.html.jinja2",
    step_up=True,
)
class OfficeAccountsViews:
    """The list, and the form of a new one."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(request_method="POST")
    def create(self) -> dict[str, Any]:
        request = self.request
        values, errors = typed(request, OfficeAccountForm())
        if errors:
            return self._page(errors)
        try:
            activation = create_office_account(
                request.db,
                request.tools,
                values["email"],
                values["name"],
                Role(values["role"]),
                values["team"],
                by=request.identity,
                origin=request.origin,
            )
        except OfficeAccountRefused as refusal:
            return self._page([(None, sentence(refusal))])
        # Not a 303: the code is shown here and nowhere else.
        return self._page([], activation=activation, shown_for=values["name"])

    def _page(self, errors: Said, activation: Activation | None = None, shown_for: str = "") -> dict[str, Any]:
        request = self.request
        if errors:
            request.response.status_int = 422
        accounts, older = office_accounts(request.db, number_in(request.GET, "avant"))
        typed_before = {
            name: request.POST.get(name, "") if activation is None else "" for name in ("name", "email", "role", "team")
        }
        return {
            "errors": errors,
            "accounts": accounts,
            "older": older,
            "roles": OFFICE,
            "teams": TEAMS,
            "name_length": NAME_LENGTH,
            "team_length": TEAM_LENGTH,
            "activation": activation,
            "shown_for": shown_for,
            "typed": typed_before,
        }


@view_defaults(permission=Permission.MANAGE_OFFICE_ACCOUNTS, renderer="office/account.html.jinja2", step_up=True)
class OfficeAccountViews:
    """One colleague's account."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.found = request.context.found

    @view_config(route_name="office_account", request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(route_name="office_account_role", request_method="POST")
    def role(self) -> Any:
        request = self.request
        values, errors = typed(request, RoleForm())
        if errors:
            return self._page(errors)
        try:
            change_role(request.db, request.tools, self.found, Role(values["role"]), request.identity, request.origin)
        except OfficeAccountRefused as refusal:
            return self._page([(None, sentence(refusal))])
        return self._back("role-change")

    @view_config(route_name="office_account_team", request_method="POST")
    def team(self) -> Any:
        request = self.request
        values, errors = typed(request, TeamForm())
        if errors:
            return self._page(errors)
        try:
            change_team(request.db, request.tools, self.found, values["team"], request.identity, request.origin)
        except OfficeAccountRefused as refusal:
            return self._page([(None, sentence(refusal))])
        return self._back("equipe-changee")

    @view_config(route_name="office_account_skills", request_method="POST")
    def skills(self) -> Any:
        request = self.request
        posted = {"skills": request.POST.getall("skills")}
        values, errors = typed(request, SkillsForm(), posted)
        unknown = set(values["skills"] if values else ()) - set(all_queues(request.tools))
        if unknown:
            errors = [("skills", request.localizer.translate(_("Choisissez les files dans la liste.")))]
        if errors:
            return self._page(errors)
        try:
            change_skills(request.db, request.tools, self.found, values["skills"], request.identity, request.origin)
        except OfficeAccountRefused as refusal:
            return self._page([(None, sentence(refusal))])
        return self._back("files-changees")

    @view_config(route_name="office_account_close", request_method="POST")
    def close(self) -> Any:
        request = self.request
        try:
            close_office_account(request.db, request.tools, self.found, request.identity, request.origin)
        except OfficeAccountRefused as refusal:
            return self._page([(None, sentence(refusal))])
        return self._back("compte-ferme")

    @view_config(route_name="office_account_activation", request_method="POST")
    def activate(self) -> dict[str, Any]:
        request = self.request
        try:
            activation = activate_again(request.db, request.tools, self.found, request.identity, request.origin)
        except OfficeAccountRefused as refusal:
            return self._page([(None, sentence(refusal))])
        return self._page([], activation)

    def _back(self, code: str) -> Any:
        return go_on(self.request.route_path("office_account", office_account_id=self.found.public_id), code)

    def _page(self, errors: Said, activation: Activation | None = None) -> dict[str, Any]:
        if errors:
            self.request.response.status_int = 422
        # Read again: what was just done shows.
        account = find_office_account(self.request.db, self.found.public_id)
        own = account is not None and account.id == self.request.identity.account_id
        return {
            "errors": errors,
            "account": account,
            "own": own,
            "roles": OFFICE,
            "teams": TEAMS,
            "team_length": TEAM_LENGTH,
            "activation": activation,
            "handles": account is not None and account.role in HANDLERS,
            "queues": [(queue, queue_words(self.request, queue)) for queue in all_queues(self.request.tools)],
            "worked": [queue_words(self.request, queue) for queue in account.skills or ()] if account else [],
        }
