"""Reader of 929 (answers of the funds) and 408 (movements sent to them).

Everything that can be counted is: levels, subtotals, records, batches. As the totals stand at the end, an error can
come after lines were yielded: apply a file in one transaction, or not at all.
"""

from collections.abc import Iterator
from typing import BinaryIO

from member_space.noemie.body import Body
from member_space.noemie.edges import read_header, read_trailer
from member_space.noemie.entities import TRAILER
from member_space.noemie.framing import Frames
from member_space.noemie.records import Closing, Envelope, Line

Item = Envelope | Line | Closing


def read(stream: BinaryIO, *, name: str = "", production: bool = True) -> Iterator[Item]:
    """Reads a physical file: for each logical file its ``Envelope``, its ``Answer`` (929) or ``Movement`` (408)
    lines in the order of the file, then a ``Closing`` once its totals are found right.

    Memory does not grow with the file. ``name`` is quoted in errors; with ``production`` test and demonstration
    files are refused. Raises NoemieError at the first fault.
    """
    frames = Frames(stream, name)
    records = iter(frames)
    for first, (header, *_) in records:
        envelope = read_header(header, first, name, production)
        yield envelope
        body = Body(envelope, name)
        ready = body.ready
        for record, texts in records:
            if texts[0].startswith(TRAILER.number):
                break
            body.feed(record, texts)
            if ready:
                yield from ready
                ready.clear()
        body.close()
        counts = {record - first + 1}
        if not frames.prefixed:
            # Without prefixed records, what counts as a record is open: blocks or lines, the 000, the body and the
            # 999, or every entity (docs/noemie.md).
            counts |= {3, body.entities + 2}
        yield read_trailer(
            texts[0],
            record,
            name,
            header=header,
            envelope=envelope,
            records=counts,
            batches=body.batches,
            lines=body.lines,
        )
