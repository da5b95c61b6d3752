"""A ZIP of which every byte has its place before any file is read: its length is known, and any part of it (C126).

Files are stored as they are: what members give is photographs and PDFs, which packing makes no smaller. Zip64 all
through, so that no size is a case of its own. Layout: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol
from zlib import crc32

VERSION = 45
"""4.5: the first that reads Zip64."""
MADE_BY = (3 << 8) | VERSION
"""Unix, as the rights below are."""
UTF8 = 0x0800
ZIP64 = 0x0001
IN_ZIP64, MANY = 0xFFFFFFFF, 0xFFFF
"""Instead of a number: it is in the Zip64 part."""
RIGHTS = 0o100600 << 16


class Opened(Protocol):
    """Opens a file where asked; raises KeyError when it is not there."""

    def __call__(self, key: str, start: int) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One file. ``data``: its bytes, or the key that ``Opened`` knows it by; ``at``: its date, 1980 at the soonest."""

    name: str
    at: datetime
    size: int
    crc: int
    data: bytes | str

    @classmethod
    def of(cls, name: str, at: datetime, data: bytes) -> "Entry":
        return cls(name, at, len(data), crc32(data), data)


class StoredZip:
    """Gives itself whole, or from one byte to another as WebOb asks of an ``app_iter``.

    ``tag``: other bytes, another tag. A file that is not of the size said breaks off rather than spoil what follows.
    """

    def __init__(self, entries: Sequence[Entry], opened: Opened) -> None:
        self._opened = opened
        self._parts: list[tuple[int, bytes | Entry]] = []
        self.size = 0
        directory = []
        for entry in entries:
            directory.append(_directory_line(entry, self.size))
            self._add(_head(entry))
            self._add(entry.data if isinstance(entry.data, bytes) else entry)
        lines = b"".join(directory)
        self._add(lines + _end(len(entries), self.size, len(lines)))
        # The heads hold the name, size and CRC of each file, and the manifest its SHA-256.
        ours = (part for _at, part in self._parts if isinstance(part, bytes))
        self.tag = sha256(b"".join(ours)).hexdigest()

    def _add(self, part: bytes | Entry) -> None:
        self._parts.append((self.size, part))
        self.size += _size_of(part)

    def __iter__(self) -> Iterator[bytes]:
        return self.app_iter_range(0, self.size)

    def app_iter_range(self, start: int, stop: int | None) -> Iterator[bytes]:
        """The bytes from ``start`` to just before ``stop``; no file that is not among them is opened."""
        stop = self.size if stop is None else stop
        for at, part in self._parts:
            first, last = max(start - at, 0), min(stop - at, _size_of(part))
            if first >= last:
                continue
            if isinstance(part, bytes):
                yield part[first:last]
            else:
                yield from self._file(part, first, last)

    def _file(self, entry: Entry, first: int, last: int) -> Iterator[bytes]:
        left = last - first
        for chunk in self._opened(str(entry.data), first):
            piece = chunk[:left]
            left -= len(piece)
            yield piece
            if not left:
                return
        raise OSError("a file of the archive is shorter than its row says")


def _size_of(part: bytes | Entry) -> int:
    return len(part) if isinstance(part, bytes) else part.size


def _stamp(at: datetime) -> tuple[int, int]:
    """Time, then date, as MS-DOS wrote them: two seconds at a time."""
    day = (max(at.year - 1980, 0) << 9) | (at.month << 5) | at.day
    return (at.hour << 11) | (at.minute << 5) | (at.second // 2), day


def _head(entry: Entry) -> bytes:
    """4.3.7: what stands before the file."""
    name = entry.name.encode()
    more = struct.pack("<HHQQ", ZIP64, 16, entry.size, entry.size)
    fixed = struct.pack(
        "<4s5H3L2H",
        *(b"PK\x03\x04", VERSION, UTF8, 0, *_stamp(entry.at)),
        *(entry.crc, IN_ZIP64, IN_ZIP64, len(name), len(more)),
    )
    return fixed + name + more


def _directory_line(entry: Entry, offset: int) -> bytes:
    """4.3.12: the file's line in the directory at the end."""
    name = entry.name.encode()
    more = struct.pack("<HHQQQ", ZIP64, 24, entry.size, entry.size, offset)
    fixed = struct.pack(
        "<4s6H3L5H2L",
        *(b"PK\x01\x02", MADE_BY, VERSION, UTF8, 0, *_stamp(entry.at)),
        *(entry.crc, IN_ZIP64, IN_ZIP64, len(name), len(more), 0, 0, 0, RIGHTS, IN_ZIP64),
    )
    return fixed + name + more


def _end(count: int, offset: int, size: int) -> bytes:
    """4.3.14 to 4.3.16: where the directory is, and how large."""
    zip64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, MADE_BY, VERSION, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, offset + size, 1)
    return zip64 + locator + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, MANY, MANY, IN_ZIP64, IN_ZIP64, 0)
