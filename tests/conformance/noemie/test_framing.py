"""Chapter 1: physical records."""

import io
import tracemalloc
from collections.abc import Iterator
from itertools import repeat

import pytest

from member_space.noemie import Closing, Envelope, Framing, Line, LogicalFile, read, stream
from tests.conformance.noemie import hand, test_writing

TWO = hand.body([hand.e120(), hand.e140(), hand.e290()], [hand.e120("020384"), hand.e140(), hand.e290("18", "R")])


def codes(data: bytes) -> list[str]:
    return [line.code for line in hand.lines(data)]


def one_entity_a_record(entities: list[str], line_end: str) -> bytes:
    return hand.prefixed(hand.header(), *entities, hand.trailer(len(entities) + 2), line_end=line_end)


@pytest.mark.parametrize("line_end", ["\r\n", "\n", ""], ids=["crlf", "lf", "none"])
class TestLineEnds:
    def test_several_entities_a_record(self, line_end: str) -> None:
        lines = hand.lines(hand.file_of(TWO, line_end=line_end))
        assert [(line.record, line.code) for line in lines] == [(2, "33"), (2, "18")]

    def test_one_entity_a_record(self, line_end: str) -> None:
        lines = hand.lines(one_entity_a_record(TWO, line_end))
        assert [(line.record, line.code) for line in lines] == [(6, "33"), (11, "18")]

    def test_several_logical_files(self, line_end: str) -> None:
        data = hand.file_of(TWO, line_end=line_end) + one_entity_a_record(hand.ONE, line_end)
        kinds = [type(item).__name__ for item in hand.read_all(data)]
        assert kinds == ["Envelope", "Answer", "Answer", "Closing", "Envelope", "Answer", "Closing"]

    def test_blocks(self, line_end: str) -> None:
        data = hand.blocks(TWO)
        cut = line_end.encode().join(data[at : at + 128] for at in range(0, len(data), 128))
        assert codes(cut) == ["33", "18"]

    def test_lines_without_a_prefix(self, line_end: str) -> None:
        text = line_end.join([hand.header(), *TWO, hand.trailer(len(TWO) + 2)]) + line_end
        assert codes(text.encode()) == ["33", "18"]


def test_the_record_of_an_answer_goes_on_counting_in_the_next_logical_file() -> None:
    data = hand.file_of(hand.ONE) + hand.file_of(hand.ONE)
    assert [line.record for line in hand.lines(data)] == [2, 5]


def test_entities_spread_over_records_of_any_length() -> None:
    text = [hand.ONE[0] + hand.ONE[1], "".join(hand.ONE[2:4]), "".join(hand.ONE[4:])]
    data = hand.prefixed(hand.header(), *text, hand.trailer(5))
    assert [(line.record, line.code) for line in hand.lines(data)] == [(4, "33")]


@pytest.mark.parametrize("count", [1000, 9000])
def test_no_limit_is_assumed_to_the_length_of_a_record(count: int) -> None:
    leaves = [hand.e120(), hand.e140(), *[hand.e290()] * (count // 98)]
    text = "".join(hand.body(leaves))
    data = hand.prefixed(hand.header(), text, hand.trailer(3))
    assert len(hand.lines(data)) == count // 98


class TestBlocks:
    def test_the_record_is_the_block_where_the_290_starts(self) -> None:
        start = "".join(hand.ONE).index("29099")
        assert [line.record for line in hand.lines(hand.blocks(hand.ONE))] == [2 + start // 127]

    @pytest.mark.parametrize("records", [3, 6, 9], ids=["000, body, 999", "blocks", "entities"])
    def test_what_999_counts_is_open(self, records: int) -> None:
        assert len(hand.ONE) == 7
        assert codes(hand.blocks(hand.ONE, tail=hand.trailer(records))) == ["33"]

    def test_several_logical_files(self) -> None:
        assert codes(hand.blocks(hand.ONE) + hand.blocks(TWO)) == ["33", "33", "18"]

    def test_empty_body(self) -> None:
        data = (hand.header() + "1" + " " * 127 + hand.trailer(3, batches=0)).encode()
        assert isinstance(hand.read_all(data)[-1], Closing)


class TestOneLine:
    @pytest.mark.parametrize("end", ["", "\n", "\r\n"])
    def test_read(self, end: str) -> None:
        assert [(i.record, i.code) for i in hand.lines(hand.one_line(TWO) + end.encode())] == [(1, "33"), (1, "18")]

    @pytest.mark.parametrize("records", [1, 3, 9])
    def test_what_999_counts_is_open(self, records: int) -> None:
        assert codes(hand.one_line(hand.ONE, tail=hand.trailer(records))) == ["33"]

    def test_two_files_on_two_lines_or_one(self) -> None:
        line = hand.one_line(hand.ONE)
        assert [i.record for i in hand.lines(line + b"\r\n" + line)] == [1, 2]
        assert [i.record for i in hand.lines(line + line)] == [1, 1]

    def test_longer_than_what_is_held_in_memory(self) -> None:
        groups = [[hand.e120(), hand.e140(), hand.e290()]] * 1000
        assert len(hand.lines(hand.one_line(hand.body(*groups)))) == 1000

    def test_no_entity_between_000_and_999(self) -> None:
        data = (hand.header() + hand.trailer(2, batches=0)).encode()
        assert [type(item) for item in hand.read_all(data)] == [Envelope, Closing]


def test_the_four_shapes_may_follow_one_another() -> None:
    parts = [
        hand.file_of(hand.ONE),
        hand.blocks(hand.ONE),
        b"\r\n",
        hand.one_line(hand.ONE),
        b"\n",
        one_entity_a_record(hand.ONE, ""),
    ]
    assert codes(b"".join(parts)) == ["33"] * 4


@pytest.mark.parametrize("padding", [b"\0" * 200, b" " * 80, b"\r\n\r\n", b"\x1a", b"\x1a\0\0"])
def test_padding_after_the_last_999(padding: bytes) -> None:
    assert codes(hand.file_of(hand.ONE) + padding) == ["33"]
    assert codes(hand.one_line(hand.ONE) + padding) == ["33"]


@pytest.mark.parametrize("padding", [" ", "\0\0", "  \r\n"])
def test_padding_before_the_999_of_a_line(padding: str) -> None:
    text = hand.header() + "".join(hand.ONE) + padding + hand.trailer(3)
    assert codes(text.encode()) == ["33"]


@pytest.mark.parametrize("padding", ["  ", "\0\0", " \0"])
def test_padding_at_the_end_of_a_record(padding: str) -> None:
    assert codes(hand.prefixed(hand.header(), "".join(hand.ONE) + padding, hand.trailer(3))) == ["33"]


def test_any_byte_is_latin_1() -> None:
    label = "LIBELL\xc9 \xe9\xff\x80"
    assert hand.lines(hand.file_of(hand.body([hand.e120(), hand.e140(), hand.e290(label=label)])))[0].label == label


class Slow(io.BytesIO):
    """A stream that gives seven bytes at a time, as a pipe may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 7, 7) if size is None or size > 0 else 7)


@pytest.mark.parametrize("shape", [hand.file_of, hand.blocks, hand.one_line])
def test_bytes_may_come_in_any_pieces(shape: object) -> None:
    data = shape(TWO)  # type: ignore[operator]
    found = [item.code for item in read(Slow(data)) if isinstance(item, Line)]
    assert found == ["33", "18"]


class Counting(io.BytesIO):
    """Counts what was asked of it."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        part = super().read(size)
        self.taken += len(part)
        return part


class Endless(io.RawIOBase):
    """A file made while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")


@pytest.mark.parametrize("framing", list(Framing))
def test_memory_does_not_grow_with_the_file(framing: Framing) -> None:
    def peak(count: int) -> int:
        envelope, entry = test_writing.ENVELOPE, test_writing.CAMILLE
        file = LogicalFile(envelope, test_writing.OC, repeat(entry, count))
        tracemalloc.start()
        try:
            assert sum(isinstance(item, Line) for item in read(Endless(stream([file], framing=framing)))) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(3000) < peak(1000) + 100_000


def test_the_start_is_given_before_the_end_is_read() -> None:
    stream = Counting(hand.file_of(hand.body(*[[hand.e120(), hand.e140(), hand.e290()]] * 2)) * 2000)
    items = read(stream)
    assert isinstance(next(items), Envelope)
    assert stream.taken < len(stream.getvalue()) / 10
