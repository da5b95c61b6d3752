"""Pages that the office writes; everybody may read them, signed in or not (S-HCR-61, 63, 64)."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from member_space.services.content import ContentPage, ContentPages

OPENING_PLACES = {"contact": "before", "aide": "after", "services": "after"}
"""Where the adviser's phone stands, on the pages where one looks for somebody to talk to."""


@view_config(
    route_name="content",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    renderer="content_page/page.html.jinja2",
)
def content(request: Request) -> dict[str, Any]:
    slug = request.matchdict["slug"]
    return {"page": page_of(request, slug), "opening_place": OPENING_PLACES.get(slug)}


def page_of(request: Request, slug: str) -> ContentPage:
    """A page of the office, in the language asked where it has it. Raises HTTPNotFound."""
    try:
        page: ContentPage = request.registry.content.page(slug, request.locale_name, _values(request))
    except KeyError:
        raise HTTPNotFound from None
    return page


def _values(request: Request) -> dict[str, str]:
    """What the placeholders of a page stand for."""
    brand = request.registry.brand
    return {
        "brand": brand.name,
        "phone": brand.phone_shown,
        "opening_hours": request.week_words,
        "opening_hours_inline": request.week_words_inline,
        "postal_address": brand.postal_address,
        "complaints_address": brand.complaints_address,
        "mediator": brand.mediator,
        "site_url": brand.site_url,
    }


def includeme(config: Any) -> None:
    """`registry.content`: the folder of ours, after the office's when the setting names one."""
    ours = Path(str(files("member_space.templates"))) / "content"
    config.registry.content = ContentPages(ours, config.registry.member_space.content_folder)
