"""A file of a directory: known whole before anything of it is kept, then read by chunks from where reading stopped.

Columns are read by the names of the header: releases of the RPPS have 52, 56 or 57 of them (a trailing separator makes
an empty last one), and new ones come at the end. What is wrong with the file itself refuses it; what is wrong with a
line is that line's.
"""

import codecs
import csv
import difflib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from member_space.domain.practitioner import name_key
from member_space.services.feed import BLOCK, MAX_LINE, Report

if TYPE_CHECKING:
    import pandas as pd

LINES = 10_000
"""Read at once: some 60 MB of work, however large the file."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns of a directory: our name → its header's, and which it may lack. `separator`: one character."""

    separator: str
    quoted: bool
    names: Mapping[str, str]
    optional: frozenset[str] = frozenset()


@dataclass(slots=True)
class Chunk:
    """Whole rows. `lines`: their numbers in the file, the header's is 1; `end`: the byte where the next one begins.

    `report`: what is wrong with lines of this chunk; they are left out, and the others kept.
    """

    frame: "pd.DataFrame"
    lines: list[int]
    last_line: int
    end: int
    report: Report


class DirectoryFile:
    """A file that can be read: UTF-8, with the columns wanted, and ending with a whole line.

    Raises FeedRefusedError, with what to mend, when it cannot.
    """

    def __init__(self, path: Path, wanted: Wanted, report: Report) -> None:
        self.path, self._wanted, self._report = path, wanted, report
        self._separator = wanted.separator.encode()
        self.sha256 = self._check_bytes()
        with path.open("rb") as file:
            first = file.readline(MAX_LINE + 1)
        if len(first) > MAX_LINE:
            self._refuse(1, "", f"première ligne de plus de {MAX_LINE} octets : elle donne les noms des colonnes")
        self._start = len(first)
        header = [_header_name(name) for name in self._split(first.removeprefix(codecs.BOM_UTF8))]
        while header and not header[-1]:
            header.pop()
        self._width = len(header)
        self._positions = self._find(header)
        self._check_end()

    def _refuse(self, line: int, column: str, reason: str) -> None:
        self._report.refuse(line, column, "", reason)
        self._report.close()

    def _split(self, line: bytes) -> list[str]:
        text = line.decode().rstrip("\r\n")
        if self._wanted.quoted and '"' in text:
            return next(csv.reader([text], delimiter=self._wanted.separator))
        return text.split(self._wanted.separator)

    def _check_bytes(self) -> bytes:
        """The digest of the file, every byte of which is UTF-8."""
        digest, decoder, line = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 1
        with self.path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    wrong = line + block.count(b"\n", 0, error.start)
                    self._refuse(wrong, "", "le fichier n'est pas en UTF-8 (Windows-1252 ?) : convertissez-le d'abord")
                line += block.count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            self._refuse(line, "", "le fichier est coupé au milieu d'un caractère : téléchargez-le à nouveau")
        return digest.digest()

    def _find(self, header: list[str]) -> dict[str, int]:
        """Where each column wanted is; one that is not there is named, with the one that may have taken its place."""
        if not header:
            self._refuse(1, "", "fichier vide : la première ligne donne les noms des colonnes")
        names = {ours: _header_name(theirs) for ours, theirs in self._wanted.names.items()}
        if not set(names.values()) & set(header):
            self._refuse(
                1, "", f"la première ligne ne donne pas les noms des colonnes, séparés par « {self._wanted.separator} »"
            )
        unknown = [name for name in header if name not in names.values()]
        for ours, name in names.items():
            if name in header or ours in self._wanted.optional:
                continue
            near = difflib.get_close_matches(name, unknown, 1)
            instead = f" (renommée en « {near[0]} » ?)" if near else ""
            self._report.refuse(1, self._wanted.names[ours], "", f"colonne absente{instead}")
        self._report.close()
        return {ours: header.index(name) for ours, name in names.items() if name in header}

    def _check_end(self) -> None:
        """A download that stopped leaves half a line."""
        with self.path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(self._start, size - MAX_LINE))
            last = file.read()
        if last and not last.endswith(b"\n") and self._row(last.rpartition(b"\n")[2]) is None:
            self._refuse(0, "", "le fichier est coupé au milieu de sa dernière ligne : téléchargez-le à nouveau")

    def _row(self, line: bytes) -> bytes | None:
        """A line that has the columns of the header, without its end nor the separator that some releases add."""
        if len(line) > MAX_LINE or b"\0" in line:
            return None
        line = line.rstrip(b"\r\n")
        if b"\r" in line:
            return None
        columns = line.count(self._separator) + 1
        if self._wanted.quoted and b'"' in line:
            try:
                columns = len(next(csv.reader([line.decode()], delimiter=self._wanted.separator, strict=True)))
            except csv.Error:
                return None
        if columns == self._width + 1:
            return line[:-1] if line.endswith(self._separator) else None
        return line if columns == self._width else None

    def chunks(self, start: int, line: int, advance: Callable[[int], Any]) -> Iterator[Chunk]:
        """The rows from byte `start` on, which begins the line after number `line`; 0: from the first.

        A line that is no row is refused on the way. `advance` is told the bytes read.
        """
        with self.path.open("rb") as file:
            end = file.seek(start or self._start)
            advance(end)
            each_line = _lines(file)
            while raw := list(islice(each_line, LINES)):
                report = Report(self.path.name)
                size = file.tell() - end
                end += size
                numbers = range(line + 1, line + 1 + len(raw))
                line += len(raw)
                rows, lines = [], []
                for number, text in zip(numbers, raw, strict=True):
                    row = self._row(text)
                    if row is not None:
                        rows.append(row)
                        lines.append(number)
                    elif text.strip():
                        report.refuse(number, "", "", self._why(text))
                advance(size)
                yield Chunk(self._frame(rows), lines, line, end, report)

    def _why(self, line: bytes) -> str:
        columns = line.count(self._separator) + 1
        if columns == self._width or len(line) > MAX_LINE:
            return f"ligne illisible : caractère de contrôle, guillemets mal fermés ou plus de {MAX_LINE} octets"
        return f"{columns} colonnes au lieu de {self._width}"

    def _frame(self, rows: list[bytes]) -> "pd.DataFrame":
        import pandas as pd

        if not rows:
            return pd.DataFrame({name: [] for name in self._wanted.names}, dtype=object)
        frame = pd.read_csv(
            BytesIO(b"\n".join(rows)),
            sep=self._wanted.separator,
            header=None,
            names=range(self._width),
            usecols=sorted(set(self._positions.values())),
            dtype=object,
            na_filter=False,
            index_col=False,
            skip_blank_lines=False,
            quoting=csv.QUOTE_MINIMAL if self._wanted.quoted else csv.QUOTE_NONE,
        )
        found = {ours: frame[position] for ours, position in self._positions.items()}
        empty = pd.Series("", index=frame.index, dtype=object)
        return pd.DataFrame({name: found.get(name, empty) for name in self._wanted.names})


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Each line; of one that is too long its beginning alone, which is too long as well: it may not fit in memory."""
    while line := file.readline(MAX_LINE + 1):
        rest = line
        while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE + 1)
        yield line


def _header_name(text: str) -> str:
    """A header however it is written: capitals, accents, apostrophes and brackets apart."""
    return name_key(text.strip().strip('"').replace("_", " "))
