"""The card on a telephone: what it keeps, the page that shows it without network, and the web app (C48).

The page without network, its service worker and the manifest are the same for everybody: nothing of anybody is in what
a browser caches. What is somebody's leaves by `card_phone` alone, and is kept encrypted by static/phone.js.
"""

import hashlib
import re
from typing import Any

from pyramid.renderers import render
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.security.device_cookie import device_token
from member_space.services.card import ShownCard, cards_of, note_download
from member_space.services.card_offline import codes_of, owner_of, owner_of_phone, to_keep
from member_space.services.sessions import Identity
from member_space.views.locale import LOCALES

_ = TranslationStringFactory("member_space")

SHELL = "card/shell.html.jinja2"
PAPER = "#f7f8f6"
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)


@view_config(route_name="card_phone", request_method="GET", permission=Permission.VIEW_CARD, reads=What.CARD)
def again(request: Request) -> Response:
    """What a telephone that keeps the card asks by itself when it has a network; no card: it forgets the one it has."""
    return _kept(request, _cards(request))


@view_config(route_name="card_phone", request_method="POST", permission=Permission.VIEW_CARD, reads=What.CARD)
def keep(request: Request) -> Response:
    """« Garder ma carte sur ce téléphone »: the same, and the journal knows that the cards left."""
    cards = _cards(request)
    for one in cards:
        note_download(request.db, request.identity, one, "phone", request.origin)
    return _kept(request, cards)


def _cards(request: Request) -> list[ShownCard]:
    return to_keep(cards_of(request.db, request.tools.cipher, request.context.household))


def _kept(request: Request, cards: list[ShownCard]) -> Response:
    as_of = request.tools.now()
    return Response(
        json_body={
            "owner": request.card_owner,
            "cards": [
                {
                    "from": one.card.period.start.isoformat(),
                    "until": one.card.last_day.isoformat(),
                    "html": render(
                        "card/_kept.html.jinja2",
                        {"one": one, "codes": codes_of(request.tools, one), "as_of": as_of},
                        request,
                    ),
                }
                for one in cards
            ],
        }
    )


@view_config(route_name="card_phone_state", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def state(request: Request) -> Response:
    """Asked where nobody is signed in: whose card may stay on this browser, by the cookie of its trusted device."""
    return Response(json_body={"owner": owner_of_phone(request.db, request.tools, device_token(request))})


@view_config(route_name="card_shell", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def shell(request: Request) -> Response:
    """The page that shows the kept card."""
    return Response(_shell(request), content_type="text/html", charset="utf-8")


def _shell(request: Request) -> str:
    """In the language of the address: browsers ask for it, for the worker and for the manifest without any cookie."""
    request.locale_name = request.matchdict["locale"]
    return str(render(SHELL, {}, request))


@view_config(route_name="service_worker", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def service_worker(request: Request) -> Response:
    """At the root, which is what it may serve. Its version is that of all that it caches: another one replaces it."""
    page = _shell(request).replace(request.csp_nonce, "")
    path = request.route_path("card_shell", locale=request.locale_name)
    worker = {
        "version": hashlib.sha256(page.encode()).hexdigest()[:12],
        "shell": path,
        "shells": [request.route_path("card_shell", locale=locale) for locale in LOCALES],
        "card": request.route_path("card"),
        "assets": sorted(set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page))),
    }
    body = render("card/service_worker.js.jinja2", worker, request)
    response = Response(body, content_type="text/javascript", charset="utf-8")
    response.cache_control = "no-cache"
    return response


@view_config(route_name="manifest", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def manifest(request: Request) -> Response:
    """What makes of the card an application on the home screen of a telephone."""
    request.locale_name = request.matchdict["locale"]
    start, brand = request.route_path("card_shell", locale=request.locale_name), request.registry.brand
    translate = request.localizer.translate
    response = Response(content_type="application/manifest+json", charset="utf-8")
    response.json_body = {
        "id": request.route_path("card"),
        "name": f"{translate(_('Ma carte'))} – {brand.name}",
        "short_name": translate(_("Ma carte")),
        "description": translate(_("Votre carte de tiers payant, même sans réseau.")),
        "lang": request.locale_name,
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": brand.color_shown,
        "icons": [
            {"src": request.asset_path(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    }
    response.cache_control = "no-cache"
    return response


def _card_owner(request: Request) -> str:
    """By what this browser tells whose card it keeps; "" when no member is signed in."""
    identity = request.identity
    return owner_of(request.tools.cipher, identity.account_id) if isinstance(identity, Identity) else ""


def includeme(config: Any) -> None:
    config.add_request_method(_card_owner, "card_owner", reify=True)
