"""Writer of 408 (movements to the funds), and of 929 so that fixtures and demonstrations come from the same tables.

Every value is checked against its zone: words are upper-cased, unaccented and cut; numbers are never cut.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from itertools import groupby

from member_space.noemie.entities import BENEFICIARY, HEADER, INSURED, INSURER, RUBRIC, SUBTOTAL, TRAILER, VERDICT
from member_space.noemie.entries import LogicalFile, Writable
from member_space.noemie.errors import ZoneError
from member_space.noemie.packing import Framing, pack
from member_space.noemie.records import Envelope, Fund

MOVEMENTS = ("C", "M", "A")
SENDER = "OC"
RECIPIENT_TYPES = {
    "02": "MA",
    "04": "CF",
    "05": "RP",
    "06": "EN",
    "07": "RM",
    "08": "CM",
    "09": "BF",
    "10": "CE",
    "12": "CI",
    "14": "AN",
    "15": "SE",
    "16": "PB",
    "90": "CC",
}
"""Recipient type of a fund by its régime; CP (the general one) for the others."""
_OF_INSURED = ("nir", "key", "name_kind", "name", "second_name_kind", "second_name", "first_name")
# Funds write their number over spaces from the right (seen), insurers from the left (seen in 408).
_INSURER_TYPES = ("OC", "MU", "SI", "CS")


def logical_files(
    movements: Iterable[tuple[Fund, Writable]],
    *,
    oc_number: str,
    created_on: date,
    identification: str = "NOEVAL",
    sender_type: str = SENDER,
) -> list[LogicalFile]:
    """One 408 for each fund (régime, caisse, centre), in the order of their numbers; movements keep their order.

    ``oc_number`` is the insurer's, seven digits and key.
    """
    by_fund: dict[Fund, list[Writable]] = {}
    for fund, movement in movements:
        by_fund.setdefault(fund, []).append(movement)
    return [
        LogicalFile(
            Envelope(
                sender_type=sender_type,
                sender=oc_number,
                recipient_type=RECIPIENT_TYPES.get(fund.regime, "CP"),
                recipient=fund.number,
                application="MU",
                identification=identification,
                created_on=created_on,
                reference="408",
            ),
            oc_number,
            lines,
        )
        for fund, lines in sorted(by_fund.items())
    ]


def write(files: Iterable[LogicalFile], *, framing: Framing = Framing.RECORDS, line_end: bytes = b"\r\n") -> bytes:
    """The physical file holding ``files`` one after the other. Raises ZoneError."""
    return b"".join(stream(files, framing=framing, line_end=line_end))


def stream(
    files: Iterable[LogicalFile], *, framing: Framing = Framing.RECORDS, line_end: bytes = b"\r\n"
) -> Iterator[bytes]:
    """``write`` piece by piece, in constant memory."""
    for file in files:
        header = _header(file.envelope)
        yield from pack(header, _body(file), partial(_trailer, file.envelope), framing, line_end)


def _edge_values(envelope: Envelope) -> dict[str, str]:
    return {
        "sender_type": envelope.sender_type,
        "sender": _party(envelope.sender_type, envelope.sender),
        "sender_program": envelope.sender_program,
        "recipient_type": envelope.recipient_type,
        "recipient": _party(envelope.recipient_type, envelope.recipient),
        "recipient_program": envelope.recipient_program,
        "application": envelope.application,
        "identification": envelope.identification,
        "flow": envelope.flow,
    }


def _party(kind: str, number: str) -> str:
    width = HEADER.zones["sender"].length
    return number.strip(" ").ljust(width) if kind in _INSURER_TYPES else number.strip(" ").rjust(width)


def _header(envelope: Envelope) -> str:
    return HEADER.build(**_edge_values(envelope), created_on=envelope.created_on, reference=envelope.reference)


def _trailer(envelope: Envelope, records: int) -> str:
    # One 010, so one batch, whatever the number of lines.
    return TRAILER.build(**_edge_values(envelope), records=records, batches=1)


def _body(file: LogicalFile) -> Iterator[str]:
    """The entities between 000 and 999; consecutive lines of one insured share its 110."""
    oc, key = file.oc_number[:-1], file.oc_number[-1:]
    leaves_of = _answer if file.envelope.reference == "929" else _movement
    yield INSURER.build(oc=oc, key=key)
    insured = 0
    for opening, lines in groupby(file.lines, lambda line: INSURED.build(**_texts(line, _OF_INSURED))):
        insured += 1
        yield opening
        leaves = 0
        for line in lines:
            for leaf in leaves_of(line):
                leaves += 1
                yield leaf
        record = INSURED.parse(opening)
        yield SUBTOTAL.build(level="02", key=record.nir + record.key, counter=leaves)
    yield SUBTOTAL.build(level="01", key=file.oc_number, counter=insured)


def _texts(line: Writable, names: tuple[str, ...]) -> dict[str, str]:
    return {name: getattr(line, name).strip(" ") for name in names}


def _beneficiary(line: Writable) -> str:
    return BENEFICIARY.build(
        birth_date=line.birth_date_raw,
        name=line.beneficiary_name,
        first_name=line.beneficiary_first_name,
        **_texts(line, ("birth_rank", "management_unit")),
    )


def _rubric(line: Writable) -> str:
    texts = _texts(line, ("member_number", "movement", "contract_type"))
    return RUBRIC.build(start=line.start, end=line.end, **texts)


def _movement(line: Writable) -> list[str]:
    # The order of the leaves seen in 408; in 929 it is the other one, and readers may rely on neither.
    if line.movement not in MOVEMENTS:
        position = RUBRIC.zones["movement"].position
        raise ZoneError("code mouvement C, M ou A attendu", entity=RUBRIC.number, position=position)
    return [_rubric(line), _beneficiary(line)]


def _answer(line: Writable) -> list[str]:
    verdict = VERDICT.build(**_texts(line, ("domain", "code", "nature", "label")))
    return [_beneficiary(line), _rubric(line), verdict]
