"""The entries of the office's pages: what the colleague's role may do, and nothing else."""

from typing import Any

from pyramid.events import BeforeRender
from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.permissions import GRANTS, Permission
from member_space.services.sessions import OfficeIdentity

_ = TranslationStringFactory("member_space")

ENTRIES = (
    ("office_home", _("Bureau"), Permission.VIEW_OFFICE),
    ("office_requests", _("Demandes"), Permission.HANDLE_REQUESTS),
    ("office_answers", _("Réponses types"), Permission.HANDLE_REQUESTS),
    ("office_complaints", _("Réclamations"), Permission.EXPORT_COMPLAINTS),
    ("office_members", _("Adhérents"), Permission.VIEW_MEMBER),
    ("office_directory", _("Annuaire"), Permission.HANDLE_REQUESTS),
    ("office_recoveries", _("Demandes d’accès"), Permission.ASK_RECOVERY),
    ("office_legal_holds", _("Conservations légales"), Permission.HOLD_RECORDS),
    ("office_journal", _("Journal"), Permission.READ_JOURNAL),
    ("office_clients", _("Applications"), Permission.MANAGE_CLIENTS),
    ("office_accounts", _("Comptes du bureau"), Permission.MANAGE_OFFICE_ACCOUNTS),
    ("office_webhooks", _("Webhooks"), Permission.MANAGE_WEBHOOKS),
)
"""Route, label, and the permission that its page asks."""
BESIDE = {"office_answers": "office_faq"}
"""Pages that are reached from those of an entry, and of which it is said to be the place."""


def entries(request: Request) -> list[dict[str, Any]]:
    """The entries for the layout; no query."""
    granted = GRANTS[request.identity.role]
    return [
        {
            "label": request.localizer.translate(label),
            "href": request.path_to(route),
            "current": _is_within(request, route) or (route in BESIDE and _is_within(request, BESIDE[route])),
        }
        for route, label, permission in ENTRIES
        if permission in granted
    ]


def _is_within(request: Request, route: str) -> bool:
    path: str = request.path_to(route)
    return bool(request.path == path or (route != "office_home" and request.path.startswith(path + "/")))


def _add_entries(event: BeforeRender) -> None:
    request = event["request"]
    if request is not None and isinstance(request.identity, OfficeIdentity):
        event["office_nav"] = entries(request)


def includeme(config: Any) -> None:
    config.add_subscriber(_add_entries, BeforeRender, page=True)
