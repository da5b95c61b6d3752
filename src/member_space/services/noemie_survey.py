"""What is in a physical file of answers (929), before anything is done with it."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from member_space.noemie import Answer, Closing, Envelope, NoemieError, read
from member_space.noemie.errors import UnknownReferenceError


class Logical(NamedTuple):
    """A logical file 000…999: `sha256` is that of its header and of the entities of its lines, so that the same file
    is known again when another channel frames it otherwise."""

    envelope: Envelope
    lines: int
    sha256: bytes

    @property
    def identity(self) -> tuple[str, str, date, bytes]:
        """What the ledger has once: sender, identification, date of creation, content."""
        envelope = self.envelope
        return f"{envelope.sender_type} {envelope.sender}", envelope.identification, envelope.created_on, self.sha256


def answers_in(path: Path, production: bool) -> Iterator[tuple[int, int, Answer]]:
    """The answers of a physical file, each with the index of its logical file and its position there, from 1."""
    index = -1
    position = 0
    with path.open("rb") as stream:
        for item in read(stream, name=str(path), production=production):
            if isinstance(item, Answer):
                position += 1
                yield index, position, item
            elif isinstance(item, Envelope):
                index, position = index + 1, 0


def survey(path: Path, production: bool) -> list[Logical]:
    """The logical files of a physical 929 read to its end. Raises NoemieError."""
    logicals: list[Logical] = []
    digest, insurer = hashlib.sha256(), None
    with path.open("rb") as stream:
        for item in read(stream, name=str(path), production=production):
            if isinstance(item, Answer):
                if item.insurer is not insurer:
                    insurer = item.insurer
                    digest.update("".join(insurer).encode("latin-1"))
                digest.update(item.raw)
            elif isinstance(item, Envelope):
                _check_reference(item, path)
                digest, insurer = hashlib.sha256(_heading(item)), None
            elif isinstance(item, Closing):
                logicals.append(Logical(item.envelope, item.lines, digest.digest()))
    return logicals


def _heading(envelope: Envelope) -> bytes:
    """What the header says beside the sender, the identification and the date, which the ledger holds as they are."""
    parts = envelope.reference, envelope.recipient_type, envelope.recipient, envelope.flow
    return "|".join(parts).encode("latin-1")


def _check_reference(envelope: Envelope, path: Path) -> None:
    if envelope.reference != "929":
        message = f"référence {envelope.reference} : seules les réponses des caisses (929) sont importées"
        raise UnknownReferenceError(message, file=str(path), record=1, entity="000", position=62)


Version = tuple[int, int, int]


def version_of(path: Path) -> Version:
    """Tells the file of one reading from what stands there at the next."""
    stat = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def check_unchanged(path: Path, version: Version) -> None:
    """Raises NoemieError when another file took the place of the one surveyed, or when it was written to."""
    if version_of(path) != version:
        raise NoemieError("le fichier a changé pendant sa lecture", file=str(path))
