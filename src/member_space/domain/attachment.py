"""Files that people send: what is taken, what is refused and why."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

MEGABYTE = 1_000_000
AS_TAKEN = 25 * MEGABYTE
"""A photograph may come as the telephone took it, and is made smaller; other files obey the office's limit."""
PAGES_MAX = 50
PIXELS_MAX = 50_000_000
PHOTOS_MAX = 10
"""Photographs of one piece: more would each be too small to be read."""


class Kind(StrEnum):
    """A kind of file, recognised by its content; the value is its media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"
    WEBP = "image/webp"
    TIFF = "image/tiff"
    HEIC = "image/heic"
    PDF = "application/pdf"

    @property
    def is_image(self) -> bool:
        return self is not Kind.PDF


PHOTO_FORMATS = ", ".join(kind.name for kind in Kind if kind.is_image)
"""The formats of photographs that are taken, as people are told before they choose."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the content of a file is, whatever its name says."""

    kind: Kind
    pages: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of a piece, as it is to be shown. ``turns``: quarter turns to the right, from how it was held."""

    media_type: str
    file: BinaryIO
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """What people are shown of a piece: made of its files, without what telephones write in them (place, device)."""

    data: bytes
    media_type: str
    pages: int


class Verdict(StrEnum):
    """What the antivirus says of a file. Only CLEAN lets it go on; UNREACHABLE says nothing of it, and it waits."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNSCANNABLE = "unscannable"
    UNREACHABLE = "unreachable"


class Refusal(StrEnum):
    """Why a file is not taken; the words are in views.attachment_words, each with its repair."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    TOO_MANY = "too_many"
    UNKNOWN_KIND = "unknown_kind"
    UNREADABLE = "unreadable"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    ENCRYPTED = "encrypted"
    ACTIVE = "active"
    POLYGLOT = "polyglot"
    INFLATED = "inflated"
    INFECTED = "infected"
    UNSCANNABLE = "unscannable"
    DUPLICATE = "duplicate"
    NOT_A_PHOTO = "not_a_photo"
    """A PDF among the photographs of one piece."""
    NOT_KEPT = "not_kept"
    """Nothing is wrong with it: our storage did not answer."""


class FileState(StrEnum):
    """Where a file stands: waiting for the worker, looked at, or refused after it was accepted."""

    RECEIVED = "received"
    CHECKED = "checked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request takes: the office's own numbers. ``bytes``: of one file as it is kept to be shown."""

    files: int
    bytes: int

    @property
    def megabytes(self) -> int:
        return self.bytes // MEGABYTE


class FileRefused(Exception):  # noqa: N818 - named after the event
    """This file is not taken; the others are. ``name``: as it is shown."""

    def __init__(self, why: Refusal, name: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.name = name


@dataclass(slots=True)
class SentFile:
    """A file of a form, on the server's disk. ``refused``: why what was sent was not kept, the name alone is known."""

    name: str
    file: BinaryIO
    size: int
    sha256: bytes
    refused: Refusal | None = None


NAME_MAX = 100
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_PATH = re.compile(r".*[/\\]")


def clean_name(sent: str, default: str = "document") -> str:
    """The name of a file as it may be shown: without its path, nor what turns or hides letters (« U+202E »).

    A long one loses its middle, so that its end still tells what it is.
    """
    name = unicodedata.normalize("NFC", _PATH.sub("", sent))
    seen = "".join(" " if character.isspace() else character for character in name)
    seen = "".join(character for character in seen if unicodedata.category(character) not in _UNSEEN)
    name = " ".join(seen.split()).strip(". ") or default
    return name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 21]}…{name[-20:]}"
