"""The help of a postal address: towns offered by postcode, and a doubt told once (C153). What is typed can be kept."""

from collections.abc import Iterable
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.commune import Doubt
from member_space.domain.permissions import Permission
from member_space.services.commune import communes

CORRECT = "corriger"
"""The button that puts its own postcode and town in place of those typed."""


@view_config(route_name="address_communes", request_method="GET", permission=Permission.EDIT_SECURITY, renderer="json")
def of_postcode(request: Request) -> dict[str, list[str]]:
    """For the script: the communes of a postcode, none for what is no postcode."""
    return {"communes": communes().towns("".join(request.GET.get("code_postal", "").split()))}


def corrected(post: Any) -> Iterable[tuple[str, str]]:
    """The fields as sent, or with the correction that was chosen in their place."""
    postcode, _space, town = post.get(CORRECT, "").partition(" ")
    values = {"code_postal": postcode, "ville": town} if town else {}
    return [(name, values.get(name, value)) for name, value in post.items()]


def seen(given: dict[str, Any]) -> str:
    """The postcode and the town of an address, as the form remembers which ones were doubted."""
    return f"{given['code_postal']} {given['ville']}"


def doubt_of(given: dict[str, Any]) -> Doubt | None:
    """Why an address that the form took may be wrong; None abroad, and for what was sent again after a doubt."""
    if given["etranger"] or given["vu"] == seen(given):
        return None
    return communes().doubt(given["code_postal"], given["ville"])
