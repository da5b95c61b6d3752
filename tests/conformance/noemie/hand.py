"""Files written by hand, column by column, without the codec's own tables: what the reader is judged against.

The people are specimens: the NIR 2 55 08 14 168 025 is the one INSEE prints on its examples.
"""

import io
from collections.abc import Callable, Sequence

from member_space.noemie import Line, read

NIR, KEY = "2550814168025", "38"
Record = Sequence[str]


def edge(number: str, *, sender: str = "      01751000", identification: str = "000001") -> str:
    """Positions 1 to 55, the same in a 000 and in its 999."""
    text = number + "CP" + sender + "NOE929" + "MU" + "00000012345678" + " " * 6 + "RJ" + identification
    assert len(text) == 55
    return text


def header(
    *,
    reference: str = "929 ",
    created: str = "150326",
    flow: str = " ",
    compression: str = "0",
    encryption: str = "N",
    length: str = "128",
    start: str | None = None,
) -> str:
    """A 000, 128 characters."""
    text = (start or edge("000")) + created + reference + "  " + compression + encryption + "U" + flow
    text = (text + " " * 11 + length).ljust(128)
    assert len(text) == 128
    return text


def trailer(
    records: int | str, *, batches: int | str = 1, total: str = "0" * 11, flow: str = " ", start: str | None = None
) -> str:
    """A 999, 128 characters."""
    text = (start or edge("999")) + str(records).rjust(8, "0") + flow + " " * 18 + str(batches).rjust(3, "0") + total
    text = (text + "P").ljust(128)
    assert len(text) == 128
    return text


def e010(oc: str = "1234567", key: str = "8", level: str = "01") -> str:
    """Insurer."""
    return f"010{level}{oc}{key}@"


def e110(nir: str = NIR, key: str = KEY, name: str = "SPECIMEN", first: str = "CAMILLE", level: str = "02") -> str:
    """Insured."""
    text = f"110{level}{nir}{key}P{name:<25}{'':26}{first:<15}@"
    assert len(text) == 88
    return text


def e120(born: str = "140855", rank: str = "1", name: str = "SPECIMEN", first: str = "CAMILLE") -> str:
    """Beneficiary."""
    text = f"12099{born}{rank}{name:<25}{first:<15}    @"
    assert len(text) == 57
    return text


def e140(
    member: str = "00012345", movement: str = "C", kind: str = "01", start: str = "20260101", end: str = "20991231"
) -> str:
    """Rubric of the insurer."""
    text = f"14099{member:<8}{movement}{kind}{start}{end}00{'0' * 8}{'0' * 8}{'0' * 18}@"
    assert len(text) == 69
    return text


def e290(code: str = "33", nature: str = "C", label: str = "CREATION INFO.OC ACQUITTEE", line: str = "01") -> str:
    """Verdict."""
    text = f"29099{line}MUJ1300{code}{nature}{label:<80}@"
    assert len(text) == 98
    return text


def e990(level: str, count: int | str, key: str = "", total: str = "0" * 11, sign: str = " ") -> str:
    """Subtotal."""
    text = f"990{level}{key:<17}{str(count).rjust(8, '0')}{total}{sign}@"
    assert len(text) == 43
    return text


def body(*groups: Sequence[str]) -> list[str]:
    """The entities of a file whose insured have these leaves (an insured each)."""
    entities = [e010()]
    for leaves in groups:
        entities += [e110(), *leaves, e990("02", len(leaves))]
    return [*entities, e990("01", len(groups))]


ONE = body([e120(), e140(), e290()])


def prefixed(*records: str, line_end: str = "\r\n") -> bytes:
    """Records prefixed by their length."""
    return "".join(f"{len(record):04}{record}{line_end}" for record in records).encode("latin-1")


def file_of(entities: Record, *, line_end: str = "\r\n", head: str | None = None, tail: str | None = None) -> bytes:
    """A logical file of three prefixed records, the entities in one."""
    return prefixed(head or header(), "".join(entities), tail or trailer(3), line_end=line_end)


def blocks(entities: Record, *, head: str | None = None, tail: str | None = None) -> bytes:
    """A logical file in blocks of 128 characters."""
    text = "".join(entities)
    parts = [text[at : at + 127] for at in range(0, len(text), 127)]
    marked = [("1" if part is parts[-1] else "0") + part.ljust(127) for part in parts]
    return "".join([head or header(), *marked, tail or trailer(len(parts) + 2)]).encode("latin-1")


def one_line(entities: Record, *, tail: str | None = None) -> bytes:
    """A logical file on one line, without a prefix."""
    return (header() + "".join(entities) + (tail or trailer(len(entities) + 2))).encode("latin-1")


def read_all(data: bytes, **options: bool | str) -> list[object]:
    """Everything the reader gives."""
    return list(read(io.BytesIO(data), **options))  # type: ignore[arg-type]


def lines(data: bytes) -> list[Line]:
    """Only the lines."""
    return [item for item in read_all(data) if isinstance(item, Line)]


def replaced(entities: Record, number: str, change: Callable[[str], str]) -> list[str]:
    """The entities with the first one of ``number`` changed."""
    at = next(i for i, entity in enumerate(entities) if entity.startswith(number))
    return [*entities[:at], change(entities[at]), *entities[at + 1 :]]
