"""What the CSV feeds share: how a file is read line by line, and how it is refused.

A feed is all or nothing: everything wrong with a file is reported, by line and column, and then nothing of it is
kept. The report goes to screens and logs, so it never repeats a value, only its shape: a shifted column may put a
NIR or an IBAN anywhere. The formats are in docs/feeds.md.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

SEPARATOR = ";"
MAX_LINE = 16_384
"""Bytes of one line: thirty columns of the longest texts do not make half of it."""
MAX_SHOWN = 1_000
"""Refusals kept in a report; those beyond are counted, so that a wrong file of a million lines costs no memory."""
BLOCK = 1 << 20

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_FRENCH = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", re.ASCII)
_UPPER, _LOWER, _DIGIT = re.compile(r"[^\W\d_a-z]"), re.compile(r"[a-z]"), re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a line was refused, or what is odd in it. ``value``: the shape of what was read, see `shape`."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Report:
    """What became of one file."""

    file: str
    counts: Counter[str] = field(default_factory=Counter)
    refusals: list[Remark] = field(default_factory=list)
    refused: int = 0
    warnings: list[Remark] = field(default_factory=list)
    warned: int = 0

    def refuse(self, line: int, column: str, value: str, reason: str) -> None:
        """One more reason for the file to be refused; `value` is reported by its shape only."""
        self.refused += 1
        if len(self.refusals) < MAX_SHOWN:
            self.refusals.append(Remark(line, column, shape(value), reason))

    def warn(self, line: int, column: str, value: str, reason: str) -> None:
        """Something odd that refuses nothing."""
        self.warned += 1
        if len(self.warnings) < MAX_SHOWN:
            self.warnings.append(Remark(line, column, shape(value), reason))

    def close(self) -> None:
        """Put the refusals in the order of the file; raise FeedRefusedError when there is one."""
        self.refusals.sort(key=lambda remark: remark.line)
        self.warnings.sort(key=lambda remark: remark.line)
        if self.refused:
            raise FeedRefusedError(self)


class FeedRefusedError(Exception):
    """A file has refusals: nothing of it may be kept. `report` tells them."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"{report.file}: {report.refused}")
        self.report = report


class FeedValueError(ValueError):
    """A value that a column cannot hold; the message is the reason, in French, without the value."""


def shape(value: str) -> str:
    """What may be said of a value: letters as A or a, digits as 9, marks as they are, 24 characters at most."""
    if not value:
        return "vide"
    masked = _DIGIT.sub("9", _LOWER.sub("a", _UPPER.sub("A", value[:24])))
    return masked.encode("ascii", "replace").decode() + ("…" if len(value) > 24 else "")


@dataclass(frozen=True, slots=True)
class Lines:
    """Raw lines, each with the right number of columns. `numbers`: their rank in the file, the header's is 1."""

    numbers: list[int]
    raw: list[bytes]

    def __add__(self, other: "Lines") -> "Lines":
        return Lines(self.numbers + other.numbers, self.raw + other.raw)

    def split(self, at: int) -> tuple["Lines", "Lines"]:
        return Lines(self.numbers[:at], self.raw[:at]), Lines(self.numbers[at:], self.raw[at:])


class FeedFile:
    """A feed opened for reading: its encoding and its header are known and right.

    `columns`: name → whether the header must have it. Raises FeedRefusedError when the file cannot be a feed at all.
    """

    def __init__(
        self, path: Path, columns: dict[str, bool], report: Report, advance: Callable[[int], Any] = lambda _size: None
    ) -> None:
        self._path, self._report, self._advance = path, report, advance
        self.encoding = encoding_of(path)
        with path.open("rb") as file:
            first = file.readline(MAX_LINE).removeprefix(codecs.BOM_UTF8)
        self.header = self._read_header(first, columns)

    def _read_header(self, first: bytes, columns: dict[str, bool]) -> list[str]:
        text = first.decode(self.encoding, "replace").strip()
        header = [name.strip().strip('"').lower() for name in text.split(SEPARATOR)]
        if not text:
            self._report.refuse(1, "", "", "fichier vide : la première ligne donne les noms des colonnes")
        elif not set(header) & set(columns):
            self._report.refuse(1, "", text, "la première ligne ne donne pas les noms des colonnes, séparés par « ; »")
        else:
            for name in [name for name, required in columns.items() if required and name not in header]:
                self._report.refuse(1, name, "", "colonne absente")
            for name, times in Counter(header).items():
                if name not in columns:
                    self._report.refuse(1, "", name, "colonne inconnue")
                elif times > 1:
                    self._report.refuse(1, name, name, "colonne en double")
        self._report.close()
        return header

    def chunks(self, size: int) -> Iterator[Lines]:
        """The lines of data by groups of about `size`; those that are not a row are refused on the way."""
        with self._path.open("rb") as file:
            self._advance(len(file.readline(MAX_LINE)))
            number = 1
            while True:
                lines, number, more = self._chunk(file, size, number)
                if lines.raw:
                    yield lines
                if not more:
                    return

    def _chunk(self, file: BinaryIO, size: int, number: int) -> tuple[Lines, int, bool]:
        numbers: list[int] = []
        raw: list[bytes] = []
        read = 0
        for _ in range(size):
            line = file.readline(MAX_LINE + 1)
            if not line:
                break
            number += 1
            read += len(line)
            if len(line) > MAX_LINE:
                self._report.refuse(number, "", "", f"ligne de plus de {MAX_LINE} octets, lecture arrêtée")
                return Lines(numbers, raw), number, False
            line = line.rstrip(b"\r\n")
            if line and self._is_row(line, number):
                numbers.append(number)
                raw.append(line)
        self._advance(read)
        return Lines(numbers, raw), number, bool(line)

    def _is_row(self, line: bytes, number: int) -> bool:
        """Whether a line has the columns of the header; a row is one line, even between quotes."""
        if b"\0" in line or b"\r" in line:
            self._report.refuse(number, "", "", "caractère de contrôle (NUL ou retour chariot) dans la ligne")
            return False
        columns = line.count(b";") + 1
        if b'"' in line:
            try:
                columns = len(self.split(line))
            except csv.Error:
                self._report.refuse(number, "", "", "guillemets mal fermés")
                return False
        if columns != len(self.header):
            self._report.refuse(
                number, "", "", f"{columns} colonnes au lieu de {len(self.header)} : un « ; » de trop ou de moins"
            )
            return False
        return True

    def split(self, line: bytes) -> list[str]:
        """The values of one line, quotes removed."""
        return next(csv.reader([line.decode(self.encoding, "replace")], delimiter=SEPARATOR, strict=True))


def encoding_of(path: Path) -> str:
    """`utf-8` (a BOM is left to the header) when the whole file is, else `cp1252`."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def clean_text(value: str, longest: int) -> str:
    """A text of at most `longest` characters, its spaces made ordinary and single. Raises FeedValueError."""
    text = " ".join(value.split())
    if len(text) > longest:
        raise FeedValueError(f"plus de {longest} caractères")
    if not text.isprintable():
        raise FeedValueError("caractère de contrôle ou invisible")
    if "\ufffd" in text:
        raise FeedValueError("caractère illisible dans l'encodage du fichier (UTF-8 ou Windows-1252)")
    return text


def read_date(value: str, oldest: date = date(1880, 1, 1)) -> date:
    """`2026-03-12` or `12/03/2026`, not before `oldest`. Raises FeedValueError."""
    iso, french = _ISO.fullmatch(value), _FRENCH.fullmatch(value)
    if not (iso or french):
        raise FeedValueError("n'est pas une date (attendu : 2026-03-12 ou 12/03/2026)")
    year, month, day = iso.groups() if iso else reversed(french.groups())  # type: ignore[union-attr]
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise FeedValueError("date qui n'existe pas") from None
    if found < oldest:
        raise FeedValueError(f"date antérieure au {oldest:%d/%m/%Y}")
    return found
