"""Static files, read and compressed once at boot, under a URL that changes with their bytes.

No build step, no CDN, nothing copied from a package: a text file leaves compressed and is kept for a year by the
browser, since another content has another URL.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import xstatic.pkg.bootstrap
import xstatic.pkg.leaflet
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

BOOTSTRAP = ("css/bootstrap.min.css",)
LEAFLET = ("leaflet.css", "leaflet.js")
COMPRESSED = (".css", ".js", ".json", ".svg")
# Firefox and Chromium want the type of a module to be JavaScript, whatever the machine's mime table says.
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    name: str
    version: str
    content_type: str
    body: bytes
    compressed: bytes | None


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(
        name=path.name,
        version=hashlib.sha256(body).hexdigest()[:12],
        content_type=TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        body=body,
        compressed=gzip.compress(body, 9, mtime=0) if path.suffix in COMPRESSED else None,
    )


def load_assets() -> dict[str, Asset]:
    """All files of `static/` and the chosen ones of Bootstrap and Leaflet, by name."""
    bootstrap, leaflet = Path(xstatic.pkg.bootstrap.BASE_DIR), Path(xstatic.pkg.leaflet.BASE_DIR)
    ours = Path(str(files("member_space").joinpath("static")))
    kept = [bootstrap / name for name in BOOTSTRAP] + [leaflet / name for name in LEAFLET]
    paths = kept + sorted(p for p in ours.iterdir() if p.is_file())
    return {path.name: _asset(path) for path in paths}


@view_config(route_name="asset", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def asset(request: Request) -> Response:
    found = request.registry.assets.get(request.matchdict["name"])
    if found is None:
        raise HTTPNotFound
    response = Response(content_type=found.content_type, charset="utf-8" if found.compressed else None)
    response.cache_control = "public, max-age=31536000, immutable"
    response.etag = found.version
    response.conditional_response = True
    if found.compressed:
        response.vary = ("Accept-Encoding",)
    if found.compressed and request.accept_encoding.acceptable_offers(("gzip",)):
        response.content_encoding = "gzip"
        response.body = found.compressed
    else:
        response.body = found.body
    return response


def includeme(config: Any) -> None:
    config.registry.assets = load_assets()
    # A module finds its neighbours by relative URL, which would miss the version: modules stand alone.
    config.add_request_method(_asset_path, "asset_path")


def _asset_path(request: Request, name: str) -> str:
    """The versioned path of a static file; KeyError for a name that is not there, so that a page cannot ship it."""
    found = request.registry.assets[name]
    return str(request.path_to("asset", version=found.version, name=name))
