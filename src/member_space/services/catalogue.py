"""What can be asked for, in the office's words: objects, the pieces that each needs, limits, suggested answers.

A TOML file that the office edits without a release, as it edits the pages: its own `requests.toml` in the folder of the
setting `content.folder` comes first; one that cannot be read gives way to ours, with a line in the log.
"""

import logging
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from member_space.domain.attachment import MEGABYTE, Limits
from member_space.domain.request import RequestKind
from member_space.settings import Settings

log = logging.getLogger(__name__)

FILE = "requests.toml"
LANGUAGES = ("fr", "en")
MOST_DAYS = 3650
"""Days that a paper may be good for: nothing is kept much longer."""


class CatalogueError(ValueError):
    """The file cannot be used; the message names the file, the entry and the repair."""


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in each language of the space."""

    fr: str
    en: str

    def in_(self, locale: str) -> str:
        return self.en if locale == "en" else self.fr


@dataclass(frozen=True, slots=True)
class Piece:
    """A paper. ``why``: why it is asked for, and what must be read on it; ``icon``: its picture, of our sprite.

    ``good_for``: how long one that was received is not asked for again, None: it is of one care. ``same_object``: it
    is good for requests of the same object only.
    """

    code: str
    label: Words
    why: Words
    icon: str
    good_for: timedelta | None
    same_object: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """A piece of an object: needed, or only where there is one."""

    piece: Piece
    required: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """An object of a kind of request. ``form``: the questions that it alone asks, by name (hospital, birth…)."""

    code: str
    kind: RequestKind
    category: str | None
    label: Words
    hint: Words
    icon: str
    pieces: tuple[Expected, ...]
    form: str | None
    queue: str
    target_days: float
    """Working days until its target (domain.service_clock.A_DAY)."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An answer offered before a message about these topics is written; never an obstacle."""

    topics: frozenset[str]
    title: Words
    answer: Words
    path: str | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of the file, checked."""

    pieces: Mapping[str, Piece]
    categories: Mapping[str, Words]
    topics: Mapping[str, Topic]
    limits: Mapping[RequestKind, Limits]
    suggestions: tuple[Suggestion, ...]
    reply_days: float
    """Working days until a message in a request under way is to be answered."""

    def of_kind(self, kind: RequestKind, category: str | None = None) -> list[Topic]:
        """The objects of a kind, in the order of the file; of one category of messages."""
        return [t for t in self.topics.values() if t.kind is kind and (category is None or t.category == category)]

    def suggested(self, topic: str, most: int = 3) -> list[Suggestion]:
        """The answers to offer for an object."""
        return [one for one in self.suggestions if topic in one.topics][:most]


_kept: dict[Path, tuple[int, Catalogue]] = {}


def catalogue_of(settings: Settings) -> Catalogue:
    """The catalogue in force, read again when its file changes."""
    ours = Path(str(files("member_space") / "reference" / FILE))
    theirs = settings.content_folder / FILE if settings.content_folder else None
    if theirs and theirs.is_file():
        try:
            return _kept_or_read(theirs)
        except CatalogueError as error:
            log.warning("catalogue of requests refused, ours is used: %s", error)
    return _kept_or_read(ours)


def _kept_or_read(path: Path) -> Catalogue:
    changed = path.stat().st_mtime_ns
    kept = _kept.get(path)
    if kept is None or kept[0] != changed:
        kept = _kept[path] = (changed, read_catalogue(path))
    return kept[1]


def read_catalogue(path: Path) -> Catalogue:
    """Read and check a file. Raises CatalogueError."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError, OSError) as error:  # ValueError: no TOML, no UTF-8, an endless number
        raise CatalogueError(f"{path}: {error}") from None
    try:
        return _Reader(path).catalogue(content)
    except CatalogueError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise CatalogueError(f"{path}: {error!r} is missing or of another kind") from None


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = ""

    def catalogue(self, content: Mapping[str, Any]) -> Catalogue:
        pieces = {one["code"]: self._piece(one) for one in self._entries(content, "piece")}
        categories = {one["code"]: self._words(one, "label") for one in self._entries(content, "category")}
        topics = {one["code"]: self._topic(one, pieces, categories) for one in self._entries(content, "topic")}
        suggestions = tuple(self._suggestion(one, topics) for one in self._entries(content, "suggestion"))
        limits = self._limits(content)
        self._at = "replies"
        reply_days = self._days(content.get("reply_days", DEFAULT_REPLY_DAYS), "reply_days")
        return Catalogue(pieces, categories, topics, limits, suggestions, reply_days)

    def _entries(self, content: Mapping[str, Any], name: str) -> Iterable[Mapping[str, Any]]:
        seen: set[str] = set()
        for rank, entry in enumerate(content.get(name, []), start=1):
            code = entry.get("code", f"number {rank}")
            self._at = f"{name} {code}"
            if code in seen:
                raise self._wrong("this code stands twice")
            seen.add(code)
            yield entry

    def _wrong(self, what: str) -> CatalogueError:
        return CatalogueError(f"{self._path}: {self._at}: {what}")

    def _words(self, entry: Mapping[str, Any], name: str, default: str | None = None) -> Words:
        given = entry.get(name)
        if given is None and default is not None:
            return Words(default, default)
        if not isinstance(given, dict) or not all(str(given.get(language, "")).strip() for language in LANGUAGES):
            raise self._wrong(f'{name} is written {{fr = "…", en = "…"}}')
        return Words(*(str(given[language]) for language in LANGUAGES))

    def _piece(self, entry: Mapping[str, Any]) -> Piece:
        days = entry.get("good_for_days")
        if days is not None and (isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS):
            raise self._wrong(f"good_for_days is a number of days, from 1 to {MOST_DAYS}")
        return Piece(
            entry["code"],
            self._words(entry, "label"),
            self._words(entry, "why"),
            entry.get("icon", "document"),
            timedelta(days=days) if days else None,
            entry.get("good_for_same_object", False),
        )

    def _topic(self, entry: Mapping[str, Any], pieces: Mapping[str, Piece], categories: Mapping[str, Words]) -> Topic:
        try:
            kind = RequestKind(entry["kind"])
        except ValueError:
            raise self._wrong(f"kind is one of {', '.join(RequestKind)}") from None
        category = entry.get("category")
        if (category is None) == (kind is RequestKind.MESSAGE) or (category and category not in categories):
            raise self._wrong("a message has a category of the list, and nothing else has one")
        expected = [(code, True) for code in entry.get("required", [])]
        expected += [(code, False) for code in entry.get("if_any", [])]
        unknown = [code for code, _required in expected if code not in pieces]
        if unknown:
            raise self._wrong(f"unknown piece: {', '.join(unknown)}")
        return Topic(
            code=entry["code"],
            kind=kind,
            category=category,
            label=self._words(entry, "label"),
            hint=self._words(entry, "hint", ""),
            icon=entry.get("icon", "document"),
            pieces=tuple(Expected(pieces[code], required) for code, required in expected),
            form=entry.get("form"),
            queue=entry.get("queue", kind.value),
            target_days=self._days(entry.get("target_days", DEFAULT_TARGETS[kind])),
        )

    def _days(self, given: Any, name: str = "target_days") -> float:
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= 60:
            raise self._wrong(f"{name} is a number of working days, above 0 and up to 60")
        return float(given)

    def _limits(self, content: Mapping[str, Any]) -> dict[RequestKind, Limits]:
        self._at = "limits"
        given = content.get("limits", {})
        limits = {}
        for kind in RequestKind:
            own = given.get(kind.value, {})
            count, size = own.get("files", 4), own.get("megabytes", 3)
            if not (isinstance(count, int) and 1 <= count <= 20 and isinstance(size, int) and 1 <= size <= 25):
                raise self._wrong(f"{kind}: files from 1 to 20, megabytes from 1 to 25")
            limits[kind] = Limits(count, size * MEGABYTE)
        return limits

    def _suggestion(self, entry: Mapping[str, Any], topics: Mapping[str, Topic]) -> Suggestion:
        about = frozenset(entry["topics"])
        unknown = sorted(about - set(topics))
        if unknown:
            raise self._wrong(f"unknown topic: {', '.join(unknown)}")
        return Suggestion(about, self._words(entry, "title"), self._words(entry, "answer"), entry.get("path"))


DEFAULT_REPLY_DAYS = 1
DEFAULT_TARGETS = {
    RequestKind.CLAIM: 2,
    RequestKind.QUOTE: 1,
    RequestKind.MESSAGE: 1,
    RequestKind.CHANGE: 2,
    RequestKind.COMPLAINT: 15,
}
"""Working days within which nine of ten are answered (service levels of the product)."""
