"""Chapter 10: the one real file, read where it is; it is reference data of someone else and never copied here."""

import io
from collections.abc import Iterator
from datetime import date

import pytest

from member_space.noemie import Answer, Closing, Envelope, Fund, NoemieError, read
from member_space.noemie.errors import CounterError
from tests.factories.noemie import SAMPLE, needs_sample

pytestmark = needs_sample


@pytest.fixture(scope="module")
def data() -> bytes:
    return SAMPLE.read_bytes()


@pytest.fixture(scope="module")
def items(data: bytes) -> list[object]:
    return list(read(io.BytesIO(data), name=SAMPLE.name))


@pytest.fixture(scope="module")
def answers(items: list[object]) -> list[Answer]:
    return [item for item in items if isinstance(item, Answer)]


def test_envelope(items: list[object]) -> None:
    envelope = items[0]
    assert isinstance(envelope, Envelope)
    assert (envelope.sender_type, envelope.sender, envelope.fund) == ("SI", "01594000", Fund("01", "594", "000"))
    assert (envelope.recipient_type, int(envelope.recipient)) == ("MU", 31906571)
    assert (envelope.application, envelope.reference, envelope.flow) == ("RJ", "929", "")
    assert envelope.created_on == date(2017, 2, 19)


def test_every_counter_is_right(items: list[object]) -> None:
    closing = items[-1]
    assert isinstance(closing, Closing)
    assert (closing.records, closing.batches, closing.lines) == (3, 1, 6)


def test_five_insured_six_lines_each_33c(answers: list[Answer]) -> None:
    assert [(a.record, a.code, a.nature, a.movement) for a in answers] == [(2, "33", "C", "C")] * 6
    assert len({id(a.insured) for a in answers}) == 5
    assert {a.codification for a in answers} == {"MUJ130033C"}
    assert {a.label for a in answers} == {"CREATION INFO.OC ACQUITTEE"}


def test_zones(answers: list[Answer]) -> None:
    assert [a.birth_date_raw for a in answers] == ["010588", "260462", "260462", "150766", "100559", "140965"]
    assert [a.member_number for a in answers] == ["3", "40305060", "40305070", "40305080", "40305080", "40305060"]
    assert {(a.birth_rank, a.contract_type, a.oc_number) for a in answers} == {("1", "01", "31906571")}
    assert [a.start for a in answers[:3]] == [date(2017, 3, 1), date(2017, 2, 1), date(2017, 4, 1)]
    assert [a.end for a in answers[:3]] == [date(2024, 12, 31), date(2017, 3, 31), date(2024, 12, 31)]


def test_every_key_is_that_of_its_nir(answers: list[Answer]) -> None:
    assert all(97 - int(a.nir) % 97 == int(a.key) for a in answers)


def test_raw_bytes_are_in_the_file(answers: list[Answer], data: bytes) -> None:
    assert all(a.raw.split(b"@")[-2] + b"@" in data for a in answers)
    assert {len(a.raw) for a in answers} == {88 + 57 + 69 + 98}


def counters(data: bytes) -> Iterator[tuple[int, int]]:
    """The columns of every counter of the file: each 990, then the 999."""
    at = data.find(b"@990") + 1
    while at:
        yield at + 22, at + 30
        at = data.find(b"@990", at) + 1
    edge = data.find(b"999SI")
    yield edge + 55, edge + 63
    yield edge + 82, edge + 85


def test_no_counter_can_change(data: bytes) -> None:
    found = list(counters(data))
    assert len(found) == 8
    for start, end in found:
        wrong = b"%0*d" % (end - start, int(data[start:end]) + 1)
        with pytest.raises(CounterError):
            list(read(io.BytesIO(data[:start] + wrong + data[end:])))


def test_no_byte_can_go_missing(data: bytes) -> None:
    for at in range(len(data.rstrip(b"\r\n"))):
        if data[at : at + 1] not in b"\r\n":
            with pytest.raises(NoemieError):
                list(read(io.BytesIO(data[:at] + data[at + 1 :])))
