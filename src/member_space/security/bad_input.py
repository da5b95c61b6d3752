"""Refuse at the door what no browser of ours sends, so that no page has to think of it."""

from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from pyramid.httpexceptions import HTTPBadRequest, HTTPRequestEntityTooLarge
from pyramid.request import Request
from webob.multidict import MultiDict

from member_space.security.json_body import check_json
from member_space.security.policy import API, is_api
from member_space.security.uploads import check_length, form_of, has_files
from member_space.services.oauth_server import MACHINES

URL_MAX = 4096
BODY_MAX = 64 * 1024
FIELDS_MAX = 200
FORM = "application/x-www-form-urlencoded"
CONDITIONS = ("range", "if_range", "if_modified_since")
ASKED_BY_MACHINES = ("/healthz", "/readyz", "/metrics")
"""What a balancer asks by address, without the name of the site."""


class BoundedRequest(Request):
    """A request whose body is kept in memory, to be read again after a conflict, and only when it is small.

    A larger one, or of unknown length, stays unread until `refuse_unreadable` refuses it or a view reads its files.
    """

    request_body_tempfile_limit = BODY_MAX

    def make_body_seekable(self) -> None:
        if self.content_length is not None and self.content_length <= BODY_MAX:
            super().make_body_seekable()
        elif self.content_length is None and not self.headers.get("Transfer-Encoding"):
            # There is none (RFC 9112, 6.3), where gunicorn gives a stream that nobody can go back in.
            self.body_file_raw, self.is_body_seekable = BytesIO(), True

    @property
    def POST(self) -> MultiDict:  # noqa: N802 - WebOb's name
        """The texts of the form. WebOb's own reading of files, without limits, is never used."""
        if has_files(self):
            return form_of(self).texts
        texts: MultiDict = super().POST
        return texts


def refuse_unreadable(event: Any) -> None:
    """Raise a 4xx for text that is not UTF-8, NUL, an endless URL or body, a crowd of fields, or another kind of body.

    A form with files is let through unread: `security.uploads` reads it, for the views that take one.
    """
    request = event.request
    try:
        _check_url(request.environ)
    except HTTPBadRequest:
        # The page of errors reads the URL too, for its links.
        path = request.environ["PATH_INFO"]
        known = API if is_api(request) else path if path in MACHINES else "/"
        request.environ.update(PATH_INFO=known, QUERY_STRING="")
        raise
    _check_host(request)
    _forget_conditions(request)
    if request.method not in ("GET", "HEAD"):
        _check_body(request)


def _check_host(request: Request) -> None:
    """A redirect repeats the host of the request: only ours, where `site.hosts` names them."""
    hosts = request.registry.member_space.hosts
    if hosts and request.host.lower() not in hosts and request.environ["PATH_INFO"] not in ASKED_BY_MACHINES:
        request.host = next(iter(hosts))
        raise HTTPBadRequest


def _forget_conditions(request: Request) -> None:
    """A range or a date that cannot be read is as if it had not been sent (RFC 9110, 13.1.3 and 14.2)."""
    for name in CONDITIONS:
        try:
            getattr(request, name)
        except (ValueError, OverflowError):
            del request.environ[f"HTTP_{name.upper()}"]


def _check_url(environ: dict[str, Any]) -> None:
    path = environ.get("PATH_INFO", "").encode("latin-1", "replace")
    query = environ.get("QUERY_STRING", "").encode("latin-1", "replace")
    if len(path) + len(query) > URL_MAX or query.count(b"&") >= FIELDS_MAX:
        raise HTTPBadRequest
    _readable(path)
    _readable(unquote_to_bytes(query))


def _check_body(request: Request) -> None:
    length = request.content_length
    if length is None and not request.headers.get("Transfer-Encoding"):
        return
    if is_api(request):
        check_json(request, BODY_MAX)
        return
    if has_files(request):
        check_length(request)
        return
    # A body of unknown length is unknown until it is read; no browser sends one.
    if length is None or request.content_type not in (FORM, "") or not _is_utf8(request.charset):
        raise HTTPBadRequest
    if length > BODY_MAX:
        raise HTTPRequestEntityTooLarge
    if request.body.count(b"&") >= FIELDS_MAX:
        raise HTTPBadRequest
    _readable(unquote_to_bytes(request.body))


def _is_utf8(charset: str) -> bool:
    return charset.lower().replace("-", "") == "utf8"


def _readable(raw: bytes) -> None:
    if b"\0" in raw:
        raise HTTPBadRequest
    try:
        raw.decode()
    except UnicodeDecodeError:
        raise HTTPBadRequest from None
