"""Typst: self-contained, 10 ms a page, PDF/UA-1, and the same bytes for the same data."""

import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from zope.interface import implementer

from member_space.interfaces import IPdf

SQUARE = "\u25a1"
ZERO_WIDTH = "\u200b"
_OURS = re.compile(
    "[\\x00-\u0484\u0487-\u04ff\u0531-\u058f\u1e00-\u1fff\u2000-\u2040\u2042\u2044-\u2052\u2054-\u20cf"
    "\u2100-\u211e\u2120\u2122\u2124\u2126-\u2184\u2189\u2190-\u2193]"
)
"""The Latin, Greek and Cyrillic of names, their punctuation and currencies, as far as the fonts go."""
_CONTROL = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]")
"""The category Cc, but the tabulation and the end of a line: it has no shape, and stands in a text that was pasted."""
_ENDLESS = re.compile(r"(?<![^\s/-])(?![0-9a-f]{64}(?:$|[\s/-]))[^\s/-]{25,}")
"""Longer than any word of French; an address is cut at its strokes by itself, and a fingerprint by who lays it out: it
is copied to be compared."""
_NO_LETTER = ("Cn", "Co", "Cs")
"""What is no character at all: the fonts have a hole there, even between two letters."""


@implementer(IPdf)
class TypstPdf:
    """Templates are `pdf/<name>.typ` of member_space.templates; data reach them as JSON in `sys.inputs.data`."""

    def render(self, template: str, data: dict[str, Any], timestamp: int) -> bytes:
        """An accessible PDF shows every character or does not exist: what no font of ours has becomes a square."""
        import typst

        seen = _changed(data, lambda words: _breakable(_CONTROL.sub("", words)))
        try:
            return _compiled(template, seen, timestamp)
        except typst.TypstError:
            plain = _changed(seen, _with_squares)
            if plain == seen:
                raise
            return _compiled(template, plain, timestamp)


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    """The same data, each text in them changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _changed(one, change) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_changed(one, change) for one in value]
    return value


def _breakable(words: str) -> str:
    """A word that no column may hold goes on at the next line, instead of across what stands beside it."""
    return words if words.startswith("<svg") else _ENDLESS.sub(lambda found: ZERO_WIDTH.join(found[0]), words)


def _with_squares(words: str) -> str:
    return "".join(one if _OURS.match(one) and unicodedata.category(one) not in _NO_LETTER else SQUARE for one in words)


@cache
def _fonts() -> Any:
    """Read once: looking through their folder takes a fifth of a page. They never change: threads share them."""
    import typst
    from font_source_sans_pro import font_directory

    return typst.Fonts(include_system_fonts=False, font_paths=[font_directory])


def _compiled(template: str, data: dict[str, Any], timestamp: int) -> bytes:
    import typst

    document = typst.compile(
        str(files("member_space.templates").joinpath("pdf", template)),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        pdf_standards=["ua-1"],
        timestamp=timestamp,
    )
    return bytes(document)
