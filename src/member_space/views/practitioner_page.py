"""One place of the directory: all that is known of it, who says so, and its card for an address book."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.services.practitioner_days import directory_days
from member_space.services.practitioner_search import practice_of
from member_space.services.speciality import specialities
from member_space.services.vcard import Contact, to_vcard
from member_space.views.download import download
from member_space.views.errors import error_page
from member_space.views.practitioner import RESULTS, shown_of, slowed_visitor
from member_space.views.practitioner_words import address_of, name_of, sources_of, town_of
from member_space.views.words import data_words

VCARD = "text/vcard; charset=utf-8"


def found_of(request: Request) -> Any | None:
    """The place that the address names; None for one that is not shown, as for one that does not exist."""
    try:
        return practice_of(request.db, UUID(request.matchdict["practice_id"]))
    except ValueError:
        return None


@view_config(
    route_name="practitioner",
    request_method="GET",
    permission=Permission.VIEW_DIRECTORY,
    renderer="practitioner/practice.html.jinja2",
)
def practitioner(request: Request) -> dict[str, Any] | Response:
    """Where the directory is public, an answer: a 404 that is raised would send a visitor to sign in."""
    if slowed := slowed_visitor(request, "directory page"):
        return slowed
    practice = found_of(request)
    if practice is None:
        return error_page(request, 404)
    days = directory_days(request.db)
    return {"one": shown_of(request, practice, days), "sources": sources_of(days), "back": list_behind(request)}


def list_behind(request: Request) -> str | None:
    """The list that one comes from, as the browser tells it; None where one comes from elsewhere, or by a position."""
    form = str(request.route_path("practitioners"))
    try:
        came = urlsplit(request.referer or "")
    except ValueError:  # what no browser sends
        return None
    if (came.hostname, came.path) != (request.domain, form) or not came.query:
        return None
    return f"{form}?{came.query}#{RESULTS}"


@view_config(route_name="practitioner_vcard", request_method="GET", permission=Permission.VIEW_DIRECTORY)
def vcard(request: Request) -> Response:
    """A file that telephones add to their address book."""
    if slowed := slowed_visitor(request, "directory page"):
        return slowed
    practice = found_of(request)
    if practice is None:
        return error_page(request, 404)
    contact = Contact(
        uid=practice.public_id,
        name=name_of(practice),
        last_name=practice.last_name,
        first_name=practice.first_name,
        title=practice.title,
        structure=practice.structure,
        speciality=data_words(specialities().by_code[practice.speciality].label),
        street=", ".join(address_of(practice)[:-1]),
        postcode=practice.postcode,
        town=town_of(practice),
        phone=practice.phone,
        point=(practice.latitude, practice.longitude) if practice.precision == "address" else None,
    )
    return download(to_vcard(contact), "professionnel-de-sante.vcf", VCARD)
