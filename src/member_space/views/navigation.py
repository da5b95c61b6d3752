"""The five entries of the member's guide (S-HCR-16), and which one the page belongs to."""

from typing import Any

from pyramid.events import BeforeRender
from pyramid.request import Request
from translationstring import TranslationStringFactory

_ = TranslationStringFactory("member_space")

ENTRIES = (
    ("home", _("Accueil"), "home", ()),
    ("contracts", _("Situation"), "folder", ("/contrats", "/forfaits", "/beneficiaires", "/situation")),
    ("reimbursements", _("Remboursements"), "euro", ("/remboursements",)),
    ("card", _("Tiers payant"), "card", ("/tiers-payant",)),
    ("steps", _("Démarches"), "steps", ("/demarches", "/demandes", "/professionnels-de-sante")),
)
"""Route, label, icon, and the beginnings of the paths of its pages besides its own."""


def navigation(request: Request) -> list[dict[str, Any]]:
    """The entries for the layout; no query."""
    translate = request.localizer.translate
    return [
        {
            "label": translate(label),
            "href": request.path_to(route),
            "icon": icon,
            "current": request.path == request.path_to(route) or request.path.startswith(beginnings),
        }
        for route, label, icon, beginnings in ENTRIES
    ]


def unread_count(request: Request) -> int:
    """What the envelope says: read with the session; the page that opens a thread lowers it."""
    return getattr(request.identity, "unread", 0)


def _add_navigation(event: BeforeRender) -> None:
    if event["request"] is not None:
        event["nav"] = navigation(event["request"])
        event["unread_count"] = event["request"].unread_count


def includeme(config: Any) -> None:
    config.add_request_method(unread_count, "unread_count", reify=True)
    config.add_subscriber(_add_navigation, BeforeRender, page=True)
