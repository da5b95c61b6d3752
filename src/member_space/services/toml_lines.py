"""Where each entry of a TOML text stands: the standard reader tells nothing of lines once it has read.

Only what a person writes by hand is followed: tables, arrays of tables and keys, each at the head of its line. What
stands inside an inline table or an array has the line of its key.
"""

import re
from collections import Counter
from collections.abc import Sequence

Path = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_KEYS = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_KEYS})\s*\]\]?")
_ENTRY = re.compile(rf"\s*({_KEYS})\s*=(.*)")
_TOKEN = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|[\[\]{}]|#')


class TomlLines:
    """The line (from 1) of each table and key of a text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._ranks: Counter[Path] = Counter()
        table: Path = ()
        quote, depth = "", 0
        for number, line in enumerate(text.split("\n"), start=1):
            rest = line
            if not quote and not depth:
                if header := _HEADER.match(line):
                    table = self._table(_parts(header[2]), is_array=header[1] == "[[")
                    self._lines[table] = number
                    continue
                if entry := _ENTRY.match(line):
                    self._lines[(*table, *_parts(entry[1]))] = number
                    rest = entry[2]
            quote, depth = _left_open(rest, quote, depth)

    def _table(self, keys: Sequence[str], *, is_array: bool) -> Path:
        """The path of a table; a name that is an array of tables means its last one."""
        path: Path = ()
        for rank, key in enumerate(keys, start=1):
            path = (*path, key)
            if is_array and rank == len(keys):
                self._ranks[path] += 1
            if path in self._ranks:
                path = (*path, self._ranks[path] - 1)
        return path

    def line_of(self, *path: str | int) -> int:
        """The line of an entry, or of the nearest table that holds it; 1 for the whole file."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return 1


def _parts(keys: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, keys)]


def _left_open(text: str, quote: str, depth: int) -> tuple[str, int]:
    """The quote of a text of several lines, and the brackets, that are still open at the end of this one."""
    at = 0
    while at < len(text):
        if quote:
            end = text.find(quote, at)
            if end < 0:
                return quote, depth
            quote, at = "", end + 3
            continue
        token = _TOKEN.search(text, at)
        if token is None or token[0] == "#":
            break
        if token[0] in ('"""', "'''"):
            quote = token[0]
        depth += (token[0] in "[{") - (token[0] in "]}") if len(token[0]) == 1 else 0
        at = token.end()
    return quote, depth
