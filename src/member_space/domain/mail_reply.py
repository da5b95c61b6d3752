"""A mail that somebody sent in answer to one of ours, read without trusting any of it (C100).

Whatever comes is read: a part that cannot be is left out and counted, never an error. RFC 5322 for the whole, RFC 3834
for what no machine may answer.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from hashlib import sha256
from html import unescape

TOKEN = re.compile(r"[0-9a-f]{32}")
PARTS_MAX = 100
"""Parts of a message that are looked at; nobody writes so many by hand."""
HEADERS_MAX = 200_000
"""Bytes in which the headers of a message too large to be read are looked for."""
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
"""The id of a mail that may be written in a header of ours: nothing in it ends the line."""
_LISTS = ("List-Id", "List-Post", "List-Unsubscribe", "List-Help")
_MACHINES = re.compile(r"\b(mailer-daemon|postmaster|no-?reply|ne-pas-repondre|bounces?)@|-request@", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"}
"""Python's own, that no mail is written in: they are slow, or make what is no text."""
_ATTRIBUTION = re.compile(r"(wrote|a écrit|schrieb|escribió|ha scritto)\s*:\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Incoming:
    """`sender`: the one address that it says to come from, in lower case; None: none, or several. `to`: whom it was
    sent to. `text`: None where none could be read. `files`: (name, bytes). `unread`: parts that could not be."""

    message_id: str | None
    fingerprint: bytes
    sender: str | None
    to: tuple[str, ...]
    automatic: bool
    text: str | None = field(default=None, repr=False)
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    unread: int = 0


def read_incoming(raw: bytes, *, whole: bool = True) -> Incoming:
    """What a mail is. `whole`: False for the beginning of one that is too large; then its headers alone are read."""
    try:
        message = message_from_bytes(raw, policy=policy.default) if whole else None
        parts = [part for part in message.walk() if not part.is_multipart()] if message else []
    except Exception:  # whatever the library trips over (deep nesting, headers that are none), the headers may do
        message, parts = None, []
    head = _head_of(raw)
    incoming = Incoming(
        message_id=head["message-id"] if MESSAGE_ID.fullmatch(head["message-id"]) else None,
        fingerprint=sha256(head["message-id"].encode() or raw).digest(),
        sender=_only_address(head["from"]),
        to=_addresses(head[name] for name in ("delivered-to", "x-original-to", "to", "cc")),
        automatic=_is_automatic(head),
    )
    return _with_body(incoming, parts) if message is not None else incoming


class _Head(dict[str, str]):
    """The headers, by their name in lower case, joined where they come twice; what is not there is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def _head_of(raw: bytes) -> _Head:
    head = _Head()
    try:
        # Without the structure of each, which is what malformed ones break.
        parsed = BytesHeaderParser(policy=policy.compat32).parsebytes(raw[:HEADERS_MAX])
        for name, value in parsed.items():
            said = " ".join(str(value).split())
            known = head[name.lower()]
            head[name.lower()] = f"{known}, {said}" if known else said
    except Exception:
        return head
    return head


def _addresses(headers: Iterable[str]) -> tuple[str, ...]:
    try:
        found = getaddresses([one for one in headers if one])
    except RecursionError:  # comments in comments, groups in groups: nobody's address
        return ()
    return tuple(dict.fromkeys(address.lower() for _name, address in found if _ADDRESS.fullmatch(address)))


def _only_address(header: str) -> str | None:
    found = _addresses([header])
    return found[0] if len(found) == 1 else None


def _is_automatic(head: _Head) -> bool:
    """Whether nobody wrote it: then nothing may be answered (RFC 3834, 2), and nothing of it is kept."""
    said = head["auto-submitted"].lower()
    suppressed = head["x-auto-response-suppress"].lower()
    return bool(
        (said and not said.startswith("no"))
        or head["precedence"].lower() in ("bulk", "list", "junk", "auto_reply")
        or any(head[name.lower()] for name in _LISTS)
        or any(one in suppressed for one in ("all", "autoreply", "oof"))
        or any(head[name] for name in ("x-autoreply", "x-autorespond", "x-loop", "feedback-id", "x-failed-recipients"))
        or head["return-path"].replace(" ", "") == "<>"
        or head["content-type"].lower().startswith("multipart/report")
        or _MACHINES.search(head["from"])
    )


def _with_body(incoming: Incoming, parts: list[EmailMessage]) -> Incoming:
    plain: list[str] = []
    html: list[str] = []
    files: list[tuple[str, bytes]] = []
    unread = max(len(parts) - PARTS_MAX, 0)
    for part in parts[:PARTS_MAX]:
        try:
            kind, name = part.get_content_type(), part.get_filename()
            if name or part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
                data = part.get_payload(decode=True)
                files.append((name or "document", data if isinstance(data, bytes) else b""))
            elif kind == "text/html":
                html.append(_text_of(part))
            elif kind == "text/plain":
                plain.append(_text_of(part))
        except Exception:  # a part that is not what it says; the others are read
            unread += 1
    words = "\n".join(plain)
    if not words.strip() and html:
        words = html_to_text("\n".join(html))
    return replace(incoming, text=words.strip() or None, files=tuple(files), unread=unread)


def _text_of(part: EmailMessage) -> str:
    """In whatever charset, one that nobody knows included."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    for charset in (part.get_content_charset(), "utf-8", "cp1252", "latin-1"):
        try:
            known = codecs.lookup(charset or "utf-8").name
            words = data.decode("utf-8" if known in _NO_CHARSETS else known)
            break
        except (LookupError, ValueError):
            continue
    return _UNSEEN.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))


_ENDS_A_LINE = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "pre", "table"}
_NOT_WORDS = {"style", "script", "head", "title"}
_TAG = re.compile(r"(<(?:[!?]|/?[a-zA-Z])[^<>]*>)")
_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
"""Of no character, and more digits than Python reads."""


class _Words:
    """The words of a page, line by line; what it quotes is behind a « > », as in a plain text.

    Not the library's parser: some tags that never end take it minutes, and anybody may send them.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._line: list[str] = []
        self._quoted = self._hidden = 0

    def read(self, html: str) -> None:
        for piece in _TAG.split("".join(_uncommented(html))):
            if not _TAG.fullmatch(piece):
                self._say(piece)
            elif found := _NAME.match(piece):
                self._tag(found[2].lower(), -1 if found[1] else 1)
        self._break()

    def _tag(self, name: str, step: int) -> None:
        if name in _ENDS_A_LINE:
            self._break()
        if name in _NOT_WORDS:
            self._hidden = max(self._hidden + step, 0)
        if name == "blockquote":
            self._quoted = max(self._quoted + step, 0)

    def _break(self) -> None:
        if self._line:
            self.lines.append(" ".join(self._line))
        self._line = []

    def _say(self, text: str) -> None:
        words = "" if self._hidden else " ".join(unescape(_NUMBER.sub("", text)).split())
        if words:
            self._line.append(f"> {words}" if self._quoted and not self._line else words)


def _uncommented(html: str) -> Iterator[str]:
    at = 0
    while (start := html.find("<!--", at)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        yield html[at:start]
        at = end + 3
    yield html[at:]


def html_to_text(html: str) -> str:
    """The words that it shows, in a time that grows as its length."""
    reader = _Words()
    reader.read(html)
    return "\n".join(reader.lines)


def own_words(text: str, mark: str) -> str:
    """The text without what it quotes at its very end, in whose place `mark` stands.

    Only where it is sure: nothing but lines behind a « > » until the end, after the line that says who wrote them.
    Anything else stays whole: a quotation too many is read, words too few are lost.
    """
    lines = text.rstrip().split("\n")
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    if not any(line.lstrip().startswith(">") for line in lines[end:]):
        return text.strip()
    # « Le lun. 3 mars 2031 à 10:12, Mutuelle <…> a écrit : » is often cut over two or three lines.
    for first in range(end - 1, max(end - 4, -1), -1):
        introduced = " ".join(lines[first:end])
        if not lines[first].strip():
            break
        if _ATTRIBUTION.search(introduced) and re.match(r"\s*(le|on|am|el|il)\b", lines[first], re.IGNORECASE):
            return "\n".join([*lines[:first], mark]).strip()
    return text.strip()


def token_in(addresses: tuple[str, ...], mailbox: str) -> str | None:
    """The token behind the « + » of the mailbox that replies go to, in one of these addresses."""
    local, _, domain = mailbox.lower().partition("@")
    for address in addresses:
        name, _, host = address.partition("@")
        token = name.removeprefix(f"{local}+")
        if host == domain and token != name and TOKEN.fullmatch(token):
            return token
    return None
