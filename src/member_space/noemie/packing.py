"""Writing physical records, in the shapes that framing.py reads."""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from member_space.noemie.framing import EDGE

PACKED = 2048
"""Characters of a record of several entities; no limit is known when reading."""


class Framing(Enum):
    """The shapes written. RECORDS is the one seen from a writer of 408."""

    RECORDS = "one entity a prefixed record"
    PACKED = "several entities a prefixed record"
    BLOCKS = "blocks of 128 characters"
    LINE = "one line"


def pack(
    header: str, entities: Iterable[str], trailer: Callable[[int], str], framing: Framing, line_end: bytes
) -> Iterator[bytes]:
    """One logical file as physical records; ``trailer`` gives the 999 for their number (000 and 999 included).

    In one line there is no record to count: it is the number of entities, as when each has its own record.
    """
    count = 1
    prefixed = framing in (Framing.RECORDS, Framing.PACKED)
    between = b"" if framing is Framing.LINE else line_end
    yield _prefix(header) * prefixed + header.encode("latin-1") + between
    for record in _SHAPES[framing](entities):
        count += 1
        yield _prefix(record) * prefixed + record.encode("latin-1") + between
    end = trailer(count + 1)
    yield _prefix(end) * prefixed + end.encode("latin-1") + line_end


def _prefix(record: str) -> bytes:
    return b"%04d" % len(record)


def _packed(entities: Iterable[str]) -> Iterator[str]:
    record = ""
    for entity in entities:
        if len(record) + len(entity) > PACKED:
            yield record
            record = ""
        record += entity
    if record:
        yield record


def _in_blocks(entities: Iterable[str]) -> Iterator[str]:
    size = EDGE - 1
    text = ""
    for entity in entities:
        text += entity
        while len(text) > size:
            yield "0" + text[:size]
            text = text[size:]
    yield "1" + text.ljust(size)


_SHAPES: dict[Framing, Callable[[Iterable[str]], Iterator[str]]] = {
    Framing.RECORDS: iter,
    Framing.PACKED: _packed,
    Framing.BLOCKS: _in_blocks,
    Framing.LINE: iter,
}
