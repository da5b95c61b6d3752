"""Forms with files: read as they come, each file to the disk, and only by the views that say `uploads=True`.

The text of the form is in `request.POST` as that of any other; the files are in `request.uploads`, apart, so that no
view takes a file for a text. A file too big is read past and named: what was typed beside it is never lost (R1).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header
from pyramid.httpexceptions import HTTPBadRequest, HTTPRequestEntityTooLarge
from pyramid.request import Request
from pyramid.viewderivers import INGRESS
from pyramid_retry import is_error_retryable
from webob.multidict import MultiDict
from webob.request import DisconnectionError

from member_space.domain.attachment import AS_TAKEN, MEGABYTE, Refusal, SentFile, clean_name

FORM_WITH_FILES = "multipart/form-data"
BODY_MAX = 256 * MEGABYTE
"""Above, nothing is read. Between what is kept and this, the files are read past so that the answer can name them."""
KEPT_MAX = 4 * AS_TAKEN + MEGABYTE
FILES_MAX = 20
PARTS_MAX = 200
TEXT_MAX = 64 * 1024
IN_MEMORY = 256 * 1024
"""Bytes of a file before it goes to the disk."""
CHUNK = 64 * 1024
_READ = "member_space.form_with_files"
_NOTHING = sha256().digest()


@dataclass(slots=True)
class SentForm:
    """What was read of a form with files."""

    texts: MultiDict = field(default_factory=MultiDict)
    files: list[SentFile] = field(default_factory=list)

    def close(self) -> None:
        """Forget the files of the disk."""
        for sent in self.files:
            sent.file.close()


def has_files(request: Request) -> bool:
    """Whether the body is that of a form with files."""
    return bool(request.method == "POST" and request.content_type == FORM_WITH_FILES)


def check_length(request: Request) -> None:
    """Before anything is read: its length is known, and is that of a few files."""
    if request.content_length is None:
        raise HTTPBadRequest
    if request.content_length > BODY_MAX:
        raise HTTPRequestEntityTooLarge


def form_of(request: Request) -> SentForm:
    """What was read of the body; empty as long as no view with `uploads=True` read it."""
    found: SentForm = request.environ.get(_READ) or SentForm()
    return found


def files_of(request: Request) -> list[SentFile]:
    """`request.uploads`: the files of this form, in the order of the page."""
    return form_of(request).files


def uploads_deriver(view: Callable[..., Any], info: Any) -> Callable[..., Any]:
    """Outside the keeper of drafts and the check of the token: both read the text of the form."""
    if info.exception_only:
        return view
    allowed = bool(info.options.get("uploads"))

    def read(context: Any, request: Request) -> Any:
        if has_files(request):
            if not allowed:
                raise HTTPBadRequest
            # Read once: an attempt after a conflict finds what the first one read.
            if _READ not in request.environ:
                # Whoever is not signed in has his text kept, never his files.
                request.environ[_READ] = _read(request, keep=request.identity is not None)
            request.add_finished_callback(_close)
            for sent in form_of(request).files:
                sent.file.seek(0)
        return view(context, request)

    return read


uploads_deriver.options = ("uploads",)  # type: ignore[attr-defined]  # Pyramid's own protocol


def _close(request: Request) -> None:
    """At the end, unless another attempt follows."""
    if not is_error_retryable(request, request.exception):
        form_of(request).close()


def _read(request: Request, *, keep: bool) -> SentForm:
    form = SentForm()
    try:
        _fill(form, request, keep=keep)
    except Exception:
        form.close()
        raise
    return form


def _fill(form: SentForm, request: Request, *, keep: bool) -> None:
    _kind, options = parse_options_header(request.headers["Content-Type"])
    try:
        # Of the names, which may be in any charset: see `_name`.
        parser = PushMultipartParser(
            options.get("boundary", ""),
            content_length=request.content_length,
            max_segment_count=PARTS_MAX,
            header_charset="latin-1",
        )
        with parser:
            _Reading(form, keep=keep).all_of(parser.parse_blocking(request.body_file.read, CHUNK))
    except (MultipartError, DisconnectionError):
        raise HTTPBadRequest from None


class _Reading:
    """One body, part after part."""

    def __init__(self, form: SentForm, *, keep: bool) -> None:
        self._form = form
        self._text = 0
        self._room = KEPT_MAX if keep else 0

    def all_of(self, events: Iterator[Any]) -> None:
        for event in events:
            if isinstance(event, MultipartSegment):
                if event.filename is None:
                    self._one_text(event, events)
                else:
                    self._one_file(event, events)

    def _one_text(self, part: MultipartSegment, events: Iterator[Any]) -> None:
        kept = bytearray()
        for chunk in _body(events):
            self._text += len(chunk)
            if self._text > TEXT_MAX:
                raise HTTPRequestEntityTooLarge
            kept += chunk
        name = _utf8((part.name or "").encode("latin-1"))
        self._form.texts.add(name, _utf8(bytes(kept)))

    def _one_file(self, part: MultipartSegment, events: Iterator[Any]) -> None:
        file = cast(BinaryIO, SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 - closed with the form
        sent = SentFile(clean_name(_name(part.filename or "")), file, 0, _NOTHING)
        # At once, so that it is closed whatever follows.
        self._form.files.append(sent)
        digest = sha256()
        if len(self._form.files) > FILES_MAX:
            sent.refused = Refusal.TOO_MANY
        for chunk in _body(events):
            sent.size += len(chunk)
            if sent.refused is None and (sent.size > AS_TAKEN or sent.size > self._room):
                sent.refused = Refusal.TOO_BIG
                file.seek(0)
                file.truncate()
            if sent.refused is None:
                file.write(chunk)
                digest.update(chunk)
        if sent.refused is None:
            self._room -= sent.size
            sent.sha256 = digest.digest()
        # A field left empty comes as a file without a name nor a byte.
        if not part.filename and not sent.size:
            self._form.files.pop().file.close()


def _body(events: Iterator[Any]) -> Iterator[bytes]:
    """The pieces of one part, up to its end."""
    return iter(events.__next__, None)


def _utf8(raw: bytes) -> str:
    if b"\0" in raw:
        raise HTTPBadRequest
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise HTTPBadRequest from None


def _name(sent: str) -> str:
    """The name of a file: in UTF-8 from a browser, in anything from elsewhere, and never a reason to fail."""
    raw = sent.encode("latin-1", "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def includeme(config: Any) -> None:
    config.add_view_deriver(uploads_deriver, name="uploads", under=INGRESS, over="draft_keeper")
    config.add_request_method(files_of, "uploads", property=True)
