"""Reading physical records: how the text of the entities is cut into what a disk or a line carries.

The writing side is packing.py.

Four shapes are known, and several logical files (000 to 999) may follow one another in one physical file:

- records prefixed by their length on four digits (not counting itself), with one or several entities each;
- blocks of 128 characters, the first being a continuation mark (``0`` more, ``1`` last) between a raw 000 and 999;
- one line, or lines, without a prefix.

Line ends are CR LF, LF or none. Bytes are Latin-1; NUL, spaces and SUB may pad the end.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from member_space.noemie.entities import REFERENCES
from member_space.noemie.errors import EntityError, HeaderError, LengthError, NoemieError, TruncatedError

CHUNK = 1 << 16
EDGE = 128
"""Characters of a 000 and of a 999, and of a block."""
_PAD = re.compile(r"[ \0\r\n\x1a]*")
_LINE_ENDS = re.compile(r"[\r\n]*")
_AFTER = re.compile(r"[ \0\r\n\x1a0-9]|\Z")
_PREFIXED = 4 + 9999 + 1
"""The longest prefixed record, and the byte that follows it."""
LONGEST = 4096
"""No entity is near that long: without an ``@`` in as many bytes the file is not an exchange."""

Records = tuple[int, list[str]]
"""The number of a physical record, from 1, and its text with that of those which follow it."""
MARKS = ("0", "1")
# What may follow a continuation mark in the first block: an entity, or the padding of an empty body.
_IN_BLOCK = {"   ", *(layout.number for layouts in REFERENCES.values() for layout in layouts)}


class Frames:
    """Iterates over ``Records`` in constant memory: a 000 alone, then texts of whole entities, then a 999 alone.

    ``prefixed`` tells how the logical file being read is framed: only length-prefixed records have a number that
    every source counts the same way. Raises NoemieError.
    """

    def __init__(self, stream: BinaryIO, name: str = "") -> None:
        self._stream = stream
        self._name = name
        self._data = ""
        self._at = 0
        self._record = 0
        self._new_line = True
        self._line_end = ""
        self.prefixed = False

    def __iter__(self) -> Iterator[Records]:
        self._skip(_PAD)
        if not self._peek(1):
            raise self._error(TruncatedError, "le fichier est vide", "000")
        while self._peek(1):
            yield from self._logical_file()
            self._new_line = self._skip(_PAD) > 0 or self.prefixed

    # Bytes.

    def _fill(self, size: int) -> int:
        """Reads until ``size`` bytes are ahead; returns how many are (fewer only at the end of the file)."""
        ahead = len(self._data) - self._at
        if ahead >= size:
            return ahead
        parts = [self._data[self._at :]]
        while ahead < size and (part := self._stream.read(CHUNK)):
            parts.append(part.decode("latin-1"))
            ahead += len(part)
        self._data, self._at = "".join(parts), 0
        return ahead

    def _peek(self, size: int) -> str:
        if len(self._data) - self._at < size:
            self._fill(size)
        return self._data[self._at : self._at + size]

    def _take(self, size: int) -> str:
        taken = self._peek(size)
        self._at += len(taken)
        return taken

    def _skip(self, wanted: re.Pattern[str]) -> int:
        """Skips the bytes of ``wanted``; returns how many line feeds there were."""
        feeds = 0
        while self._fill(1):
            start = self._at
            self._at = wanted.match(self._data, start).end()  # type: ignore[union-attr]
            feeds += self._data.count("\n", start, self._at)
            if self._at < len(self._data):
                break
        return feeds

    def _error(self, kind: type[NoemieError], message: str, entity: str = "", position: int = 1) -> NoemieError:
        return kind(message, file=self._name, record=self._record, entity=entity, position=position)

    # Logical files.

    def _logical_file(self) -> Iterator[Records]:
        head = self._peek(EDGE + 6)
        self.prefixed = head[:4].isdecimal() and head[4:7] == "000"
        if self.prefixed:
            return self._prefixed()
        if not head.startswith("000"):
            self._record += 1
            raise self._error(HeaderError, "le fichier ne commence pas par une entité 000", "000")
        after = head[EDGE:].lstrip("\r\n")[:4]
        return self._blocks() if after[:1] in MARKS and after[1:] in _IN_BLOCK else self._lines()

    def _edge(self, entity: str) -> Records:
        text = self._take(EDGE)
        if len(text) < EDGE:
            message = f"fichier tronqué : {len(text)} caractères sur {EDGE}"
            raise self._error(TruncatedError, message, entity, len(text) + 1)
        if _has_line_end(text):
            raise self._error(LengthError, f"fin de ligne dans une entité de {EDGE} caractères", entity)
        return self._record, [text]

    def _prefixed(self) -> Iterator[Records]:
        last = False
        while not last:
            if plain := self._plain_records():
                self._record += len(plain)
                yield self._record - len(plain) + 1, plain
            self._record += 1
            payload = self._payload()
            last = payload.startswith("999")
            yield self._record, [payload]

    def _plain_records(self) -> list[str]:
        """The records in memory that call for no question: this is where the time of a large file goes.

        Stops at whatever ``_payload`` must look at: the end of what is in memory, a 000 or 999, padding, a fault.
        """
        data, at = self._data, self._at
        tail = "@" + self._line_end
        after = len(self._line_end)
        texts = []
        while (prefix := data[at : at + 4]).isdecimal():
            start = at + 4
            end = start + int(prefix)
            text = data[start:end]
            if data[end - 1 : end + after] != tail or "\n" in text or "\r" in text:
                break
            texts.append(text)
            at = end + after
        self._at = at
        return texts

    def _payload(self) -> str:
        """The record ahead, looked at in every way, and past its line end."""
        self._fill(_PREFIXED)
        data, start = self._data, self._at + 4
        prefix = data[self._at : start]
        if not prefix.isdecimal() or len(prefix) < 4:
            if self._skip(_LINE_ENDS):
                return self._payload()
            raise self._no_prefix(prefix)
        size = int(prefix)
        end = start + size
        payload = data[start:end]
        if len(payload) < size or "\n" in payload or "\r" in payload:
            raise self._short(payload, size)
        if payload[-1:] != "@":
            self._check_unended(payload)
        if not _AFTER.match(data, end):
            raise self._length(payload, f"longueur annoncée {size}, mais l'enregistrement est plus long")
        self._line_end = next(ending for ending in ("\r\n", "\n", "") if data.startswith(ending, end))
        self._at = end + len(self._line_end)
        return payload

    def _check_unended(self, payload: str) -> None:
        """A 000 or a 999 has its own length; any other record ends with an entity, and perhaps padding."""
        if payload.startswith(("000", "999")):
            if len(payload) != EDGE:
                raise self._length(payload, f"longueur annoncée {len(payload)}, {EDGE} attendue")
        elif not payload.rstrip(" \0").endswith("@"):
            raise self._length(payload, f"longueur annoncée {len(payload)} : l'enregistrement ne finit pas par « @ »")

    def _no_prefix(self, prefix: str) -> NoemieError:
        if len(prefix) < 4 or not prefix.strip(" \0\x1a"):
            return self._error(TruncatedError, "fichier tronqué : il s'arrête avant l'entité 999", "999")
        return self._error(LengthError, "quatre chiffres de longueur attendus en tête de l'enregistrement")

    def _length(self, payload: str, message: str) -> NoemieError:
        return self._error(LengthError, message, *_last(payload))

    def _short(self, payload: str, size: int) -> NoemieError:
        whole = re.split("[\r\n]", payload)[0]
        if whole != payload:
            return self._length(whole, f"longueur annoncée {size}, mais l'enregistrement a {len(whole)} caractères")
        message = f"fichier tronqué : longueur annoncée {size}, il reste {len(payload)} caractères"
        return self._error(TruncatedError, message, *_last(payload))

    def _lines(self) -> Iterator[Records]:
        self._record += self._new_line
        yield self._edge("000")
        self._record += bool(self._skip(_LINE_ENDS))
        while self._fill(LONGEST):
            if self._data.startswith("999", self._at):
                yield self._edge("999")
                return
            yield self._record, [self._whole_entities()]
            self._record += bool(self._skip(_PAD))
        raise self._error(TruncatedError, "fichier tronqué : il s'arrête avant l'entité 999", "999")

    def _whole_entities(self) -> str:
        """What is ahead up to its line end, its 999 or its last ``@`` in memory."""
        feed = self._data.find("\n", self._at)
        limit = len(self._data) if feed < 0 else feed
        trailer = self._data.find("@999", self._at, limit)
        end = trailer + 1 if trailer >= 0 else limit if feed >= 0 else self._data.rfind("@", self._at) + 1
        entity = self._peek(3)
        if end <= self._at:
            kind = TruncatedError if limit - self._at < LONGEST else EntityError
            raise self._error(kind, "entité sans « @ » final", entity, limit - self._at + 1)
        text = self._take(end - self._at).rstrip("\r")
        if "\r" in text:
            raise self._error(EntityError, "retour chariot dans une entité", *_last(text[: text.index("\r")]))
        return text

    def _blocks(self) -> Iterator[Records]:
        self._record += 1
        yield self._edge("000")
        self._skip(_LINE_ENDS)
        last, carry, started = False, "", 0
        while not last:
            block = self._block(carry)
            last = block.startswith("1")
            first, delimiter, rest = block[1:].partition("@")
            started = started if carry else self._record
            carry += first + delimiter
            if delimiter:
                yield started, [carry]
                whole = rest.rfind("@") + 1
                yield self._record, [rest[:whole]]
                carry, started = rest[whole:], self._record
            if len(carry) > LONGEST:
                raise self._error(EntityError, "entité sans « @ » final", *_last(carry))
        if carry.strip(" \0"):
            raise self._error(TruncatedError, "entité inachevée à la fin du dernier bloc", *_last(carry))
        self._record += 1
        yield self._edge("999")

    def _block(self, carry: str) -> str:
        """The block ahead; ``carry``: what there is already of the entity that it goes on with."""
        self._record += 1
        block = self._take(EDGE)
        if len(block) < EDGE:
            message = f"fichier tronqué : bloc de {len(block)} caractères sur {EDGE}"
            raise self._error(TruncatedError, message, *_last(carry + block[1:]))
        if block[:1] not in MARKS:
            message = "marque de suite « 0 » ou « 1 » attendue en tête du bloc"
            raise self._error(LengthError, message, (carry + block[1:])[:3], len(carry) + 1)
        if _has_line_end(block):
            message = f"fin de ligne dans un bloc de {EDGE} caractères"
            raise self._error(LengthError, message, *_last(carry + re.split("[\r\n]", block[1:])[0]))
        self._skip(_LINE_ENDS)
        return block


def _last(text: str) -> tuple[str, int]:
    """The number of the last entity of a text, and the position that follows what there is of it."""
    start = text.rfind("@", 0, len(text) - 1) + 1
    return text[start : start + 3], len(text) - start + 1


def _has_line_end(data: str) -> bool:
    return "\n" in data or "\r" in data
