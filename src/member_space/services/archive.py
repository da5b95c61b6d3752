"""A ZIP being written, file after file, with what proves each of them whole. Never a whole file in memory."""

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any


class Hashed:
    """Passes on what is written, and knows its SHA-256."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self.sha256, self.size = out, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        self.size += len(data)
        return self._out.write(data)


@dataclass(slots=True)
class Archive:
    """A ZIP being written, with the SHA-256 and the size of each file."""

    zip: zipfile.ZipFile
    now: datetime
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    @contextmanager
    def file(self, name: str, *, packed: bool = True) -> Iterator[Hashed]:
        """Write one file; Zip64 from the start, as nobody knows how large it will be.

        ``packed``: not for photographs and PDFs, which would not get smaller.
        """
        info = zipfile.ZipInfo(name, self.now.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        with self.zip.open(info, "w", force_zip64=True) as out:
            hashed = Hashed(out)
            yield hashed
        self.files[name] = {"sha256": hashed.sha256.hexdigest(), "bytes": hashed.size}

    def whole(self, name: str, data: bytes) -> None:
        """A small file, at once."""
        with self.file(name) as out:
            out.write(data)
