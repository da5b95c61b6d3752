"""A large file encrypted piece by piece: what a member takes away is never in clear on a disk of ours.

Each piece is a token of the cipher, after its length. Its number, whether it is the last one and the file's own name
are inside, so that no piece can be moved, dropped, or taken from another file.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import IO

from member_space.interfaces import ICipher

PIECE = 1 << 20
_LENGTH = struct.Struct(">I")
_PLACE = struct.Struct(">16sI?")


class SealedWriter:
    """A file opened for writing, as `zipfile` wants one: what is written is sealed in `out`; `close` ends it."""

    def __init__(self, cipher: ICipher, name: bytes, out: IO[bytes]) -> None:
        self._cipher, self._name, self._out = cipher, name, out
        self._waiting = bytearray()
        self._number = 0
        self.size = 0
        """Bytes written, in clear."""

    def write(self, data: bytes) -> int:
        self._waiting += data
        self.size += len(data)
        # The last piece says so: one is always kept back.
        while len(self._waiting) > PIECE:
            self._seal(PIECE, last=False)
        return len(data)

    def flush(self) -> None:
        """Nothing to do: a piece leaves when it is whole."""

    def close(self) -> None:
        self._seal(PIECE, last=True)
        self._out.flush()

    def _seal(self, size: int, *, last: bool) -> None:
        place = _PLACE.pack(self._name, self._number, last)
        token = self._cipher.encrypt_bytes(place + bytes(self._waiting[:size]))
        del self._waiting[:size]
        self._out.write(_LENGTH.pack(len(token)) + token)
        self._number += 1


def unsealed(cipher: ICipher, name: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces in clear of a sealed file read in chunks of any size.

    Raises ValueError when it was altered, cut short, or is another file than `name`.
    """
    last = False
    for number, token in enumerate(_tokens(chunks)):
        piece = cipher.decrypt_bytes(token)
        if last or piece[: _PLACE.size - 1] != _PLACE.pack(name, number, False)[:-1]:
            raise ValueError("a piece is not in its place")
        last = bool(piece[_PLACE.size - 1])
        yield piece[_PLACE.size :]
    if not last:
        raise ValueError("the end of the file is missing")


def _tokens(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= _LENGTH.size:
            (size,) = _LENGTH.unpack_from(held)
            end = _LENGTH.size + size
            if len(held) < end:
                break
            yield bytes(held[_LENGTH.size : end])
            del held[:end]
    if held:
        raise ValueError("the end of the file is missing")
