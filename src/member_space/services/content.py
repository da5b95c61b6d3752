"""Pages that the office writes: Markdown files with a title, kept in memory until they change."""

import html
import logging
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

log = logging.getLogger(__name__)

DEFAULT_LOCALE = "fr"

_FRONT_MATTER = re.compile(r"\A---\r?\n(?P<head>.*?)\r?\n---\r?\n(?P<body>.*)\Z", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+(?::[a-z-]+)?)\s*\}\}")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_BOLD = re.compile(r"(?<!\\)\*\*(.+?)(?<!\\)\*\*")
_EXPLICIT_ID = re.compile(r"\s*\{#(?P<id>[a-z0-9-]+)\}\s*$")


class ContentError(ValueError):
    """A content file cannot be shown; the message names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ContentPage:
    """A page ready to show. ``body``: safe HTML, made from Markdown in which raw HTML is plain text."""

    title: str
    description: str
    updated: date | None
    locale: str
    body: str


class ContentPages:
    """The pages of a folder ``<locale>/<slug>.md``; the office's own folder, when there is one, comes first."""

    def __init__(self, default: Path, override: Path | None) -> None:
        self._default = default
        self._override = override
        self._kept: dict[tuple[str, str], tuple[tuple[Path, int, Mapping[str, str]], ContentPage]] = {}

    def page(self, slug: str, locale: str, values: Mapping[str, str]) -> ContentPage:
        """The page in this language, else in French; ``values`` are what its placeholders ``{{name}}`` stand for.

        A file of the office that cannot be read gives way to ours, with a line in the log. Raises KeyError when
        there is no such page.
        """
        for candidate in (locale, DEFAULT_LOCALE):
            for folder in (self._override, self._default):
                path = folder / candidate / f"{slug}.md" if folder else None
                if path and path.is_file():
                    try:
                        return self._read(path, slug, candidate, values)
                    except ContentError as error:
                        if folder is self._default:
                            raise
                        log.warning("content file refused, ours is shown: %s", error)
        raise KeyError(slug)

    def source(self, slug: str, locale: str) -> str:
        """The Markdown of the page that `page` shows, as it is written; raises KeyError when there is no such page."""
        for folder in (self._override, self._default):
            path = folder / locale / f"{slug}.md" if folder else None
            found = _FRONT_MATTER.match(path.read_text("utf-8-sig", "replace")) if path and path.is_file() else None
            if found:
                return found["body"]
        raise KeyError(slug)

    def _read(self, path: Path, slug: str, locale: str, values: Mapping[str, str]) -> ContentPage:
        version = (path, path.stat().st_mtime_ns, values)
        kept = self._kept.get((slug, locale))
        if kept and kept[0] == version:
            return kept[1]
        page = _parse(path, locale, values)
        self._kept[slug, locale] = (version, page)
        return page


def _parse(path: Path, locale: str, values: Mapping[str, str]) -> ContentPage:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ContentError(f"{path}: save it as UTF-8") from None
    found = _FRONT_MATTER.match(text)
    if found is None:
        raise ContentError(f"{path}: it starts with ---, then title: …, then ---")
    head = _read_head(path, found["head"])
    if not head.get("title"):
        raise ContentError(f"{path}: title is missing")
    return ContentPage(
        title=filled(head["title"], values),
        description=filled(head.get("description", ""), values),
        updated=_read_day(path, head["updated"]) if head.get("updated") else None,
        locale=locale,
        body=render(filled(found["body"], values, escape=True)),
    )


def _read_head(path: Path, text: str) -> dict[str, str]:
    head = {}
    for line in filter(str.strip, text.splitlines()):
        name, colon, value = line.partition(":")
        if not colon:
            raise ContentError(f"{path}: {line.strip()!r} is not `name: value`")
        head[name.strip()] = value.strip()
    return head


def _read_day(path: Path, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ContentError(f"{path}: updated is a day like 2026-03-12, not {text!r}") from None


def filled(text: str, values: Mapping[str, str], *, escape: bool = False) -> str:
    """The text with its placeholders filled; an unknown one stays as it is, so that whoever wrote it sees it.

    ``escape``: a value is words, never Markdown.
    """

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1])
        if found is None:
            return match[0]
        return escaped(found) if escape else found

    return _PLACEHOLDER.sub(value, text)


def escaped(words: str) -> str:
    """Words as Markdown that says them: none of their signs means anything."""
    return _PUNCTUATION.sub(r"\\\1", words)


def plain(markdown: str) -> str:
    """The words of simple Markdown (bold, escapes) as plain text."""
    return _ESCAPED.sub(r"\1", _BOLD.sub(r"\1", markdown))


def render(markdown: str) -> str:
    """Safe HTML of Markdown in which raw HTML is plain text; headings have their id."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            _anchor(opening, inline)
    for token in tokens:
        # The page's title is its only h1.
        if token.tag == "h1":
            token.tag = "h2"
    return str(parser.renderer.render(tokens, parser.options, {}))


def _anchor(opening: Token, inline: Token) -> None:
    """Give a heading its id: the one written ``{#so}``, else its words."""
    written = _EXPLICIT_ID.search(inline.content)
    if written and inline.children:
        last = inline.children[-1]
        last.content = _EXPLICIT_ID.sub("", last.content)
        opening.attrs["id"] = written["id"]
        return
    plain = unicodedata.normalize("NFKD", html.unescape(inline.content)).encode("ascii", "ignore").decode().lower()
    opening.attrs["id"] = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"
