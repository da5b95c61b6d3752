"""PDF that people send: refused when it is locked, when it acts, or when it hides more than it shows."""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

import pikepdf

from member_space.domain.attachment import PIXELS_MAX, FileRefused, Refusal

INFLATED_MAX = 200_000_000
"""Bytes of all the streams together, inflated; they are counted piece by piece, and never held."""
TABLES_MAX = 20_000_000
"""The same, of the streams that hold objects: a parser keeps each of them in memory, many times as large."""
DEEPEST = 4
"""Streams within streams that are followed."""
PIECE = 1 << 18
"""Bytes inflated at once; also what a stream that breaks is counted for, since what it gave until then is lost."""
READ = 1 << 14
"""Bytes given at once to be inflated: what is left of them is copied each time."""
LEAST = 10_000
"""What any stream is counted for, even an empty one: finding it and looking before it costs about as much."""
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
DICTIONARY = 1024
ACTIVE_KEYS = frozenset({"/JS", "/AA", "/RichMediaContent", "/XFA"})
ACTIVE_NAMES = frozenset(
    {"/JavaScript", "/Launch", "/RichMedia", "/SubmitForm", "/ImportData", "/GoToE", "/Movie", "/Sound", "/Rendition",
     "/Screen", "/3D"}
)  # fmt: skip
"""Kinds of actions and annotations that do something else than show; « /URI », a link that one clicks, is none."""
INVOICE_DATA = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml"})
"""What an electronic invoice carries within itself (EN 16931, Factur-X): the only files in a file that are taken."""


def check(file: BinaryIO) -> int:
    """The number of pages; raises FileRefused."""
    file.seek(0)
    data = file.read()
    _bounds(data)
    _inflates(data)
    try:
        with pikepdf.open(BytesIO(data), suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise FileRefused(Refusal.ENCRYPTED)
            _refuse_acts(pdf)
            pages = len(pdf.pages)
    except pikepdf.PasswordError:
        raise FileRefused(Refusal.ENCRYPTED) from None
    except (FileRefused, MemoryError):
        raise
    except Exception as error:  # qpdf's, and whatever a broken tree makes of ours
        raise FileRefused(Refusal.UNREADABLE) from error
    if not pages:
        raise FileRefused(Refusal.UNREADABLE)
    return pages


def _bounds(data: bytes) -> None:
    """Nothing after the end: there another program would find what it reads. What stands before is the caller's."""
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise FileRefused(Refusal.UNREADABLE)
    if data[end + 5 :].strip(b"\0 \t\r\n\x0c\x1a"):
        raise FileRefused(Refusal.POLYGLOT)


def _inflates(data: bytes) -> None:
    """Count what the streams inflate to before a parser inflates one whole. Raises FileRefused above the caps.

    From wherever one begins: its dictionary may lie about its length and its filters.
    """
    left, left_of_tables = INFLATED_MAX, TABLES_MAX
    for found in _STREAM.finditer(data):
        table, cost = False, LEAST
        if _is_packed(data[found.end() : found.end() + 2]):
            table = _holds_objects(data[max(0, found.start() - DICTIONARY) : found.start()])
            cost = max(LEAST, _cost(data, found.end(), min(left, left_of_tables) if table else left))
        left -= cost
        left_of_tables -= cost if table else 0
        if left <= 0 or left_of_tables <= 0:
            raise FileRefused(Refusal.INFLATED)


def _is_packed(head: bytes) -> bool:
    """Whether two bytes begin a zlib stream."""
    return len(head) == 2 and head[0] & 0x0F == 8 and int.from_bytes(head, "big") % 31 == 0


def _holds_objects(dictionary: bytes) -> bool:
    names = _ESCAPED.sub(lambda match: bytes([int(match.group(1), 16)]), dictionary)
    return b"/ObjStm" in names or b"/XRef" in names


def _cost(data: bytes, at: int, most: int) -> int:
    """Bytes read and given by the zlib stream that begins there and by those within it, up to `most`."""
    counter, cost = _Inflating(DEEPEST), 0
    while at < len(data) and cost < most and not counter.over:
        cost += counter.feed(data[at : at + READ], most - cost)
        at += READ
    return cost


class _Inflating:
    """Counts what a stream inflates to, as it is given, and the streams that are its content."""

    def __init__(self, deepest: int) -> None:
        self._deepest = deepest
        self._opener: Any = None
        self._inner: _Inflating | None = None
        self.over = False

    def feed(self, packed: bytes, most: int) -> int:
        if self._opener is None:
            self.over = not _is_packed(packed[:2])
            self._opener = zlib.decompressobj()
        cost = 0
        while packed and cost < most and not self.over:
            try:
                out = self._opener.decompress(packed, PIECE)
            except zlib.error:
                # As far as it went: readers show what could be read too.
                self.over = True
                return cost + PIECE
            cost += len(packed) - len(self._opener.unconsumed_tail) - len(self._opener.unused_data) + len(out)
            packed = self._opener.unconsumed_tail
            self.over = self._opener.eof
            if out and self._deepest > 1:
                self._inner = self._inner or _Inflating(self._deepest - 1)
                cost += self._inner.feed(out, most - cost)
        return cost


def _refuse_acts(pdf: pikepdf.Pdf) -> None:
    opening = pdf.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") not in ("/GoTo", "/Named"):
        raise FileRefused(Refusal.ACTIVE)
    for found in pdf.objects:
        for one in _dictionaries(found):
            _refuse_act(one)


def _refuse_act(one: Any) -> None:
    keys = set(one.keys())
    names = {str(one[key]) for key in ("/S", "/Subtype", "/Type") if key in keys and isinstance(one[key], pikepdf.Name)}
    if keys & ACTIVE_KEYS or names & ACTIVE_NAMES or ("/EF" in keys and not _is_invoice_data(one)):
        raise FileRefused(Refusal.ACTIVE)
    if "/Image" in names and int(one.get("/Width", 0)) * int(one.get("/Height", 0)) > PIXELS_MAX:
        raise FileRefused(Refusal.TOO_MANY_PIXELS)


def _is_invoice_data(carried: Any) -> bool:
    name = str(carried.get("/UF", carried.get("/F", "")))
    streams = [carried.EF[key] for key in carried.EF.keys()]  # noqa: SIM118 - a pikepdf dictionary
    contents = [stream.read_bytes()[:200].lstrip(b"\xef\xbb\xbf \t\r\n") for stream in streams]
    return name.lower() in INVOICE_DATA and all(content.startswith(b"<") for content in contents)


def _dictionaries(found: Any) -> Iterator[Any]:
    """The dictionaries that stand in an object, not those that it refers to: they are objects too."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting += [each for each in one if not _apart(each)]
        elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            waiting += [one[key] for key in one.keys() if not _apart(one[key])]  # noqa: SIM118 - a pikepdf dictionary


def _apart(value: Any) -> bool:
    """Whether an object of its own, or nothing that holds others."""
    return not isinstance(value, pikepdf.Object) or value.is_indirect
