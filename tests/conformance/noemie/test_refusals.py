"""Chapter 9: refusals, with file, record, entity and position."""

import io

import pytest

from member_space.noemie import NoemieError, read
from member_space.noemie.errors import (
    EntityError,
    HeaderError,
    LengthError,
    TruncatedError,
    UnknownEntityError,
)
from tests.conformance.noemie import hand

BODY = "".join(hand.ONE)


def refused(data: bytes, kind: type[NoemieError], name: str = "retour.txt") -> NoemieError:
    with pytest.raises(kind) as caught:
        list(read(io.BytesIO(data), name=name))
    return caught.value


def with_prefix(record: int, prefix: str, line_end: str = "\r\n") -> bytes:
    """The three records, one of them under a wrong prefix."""
    texts = [hand.header(), BODY, hand.trailer(3)]
    prefixes = [f"{len(text):04}" for text in texts]
    prefixes[record - 1] = prefix
    return "".join(p + text + line_end for p, text in zip(prefixes, texts, strict=True)).encode()


def test_the_message_says_where() -> None:
    entities = hand.replaced(hand.ONE, "140", lambda entity: "255" + entity[3:])
    error = refused(hand.file_of(entities), UnknownEntityError)
    assert str(error) == "fichier retour.txt, enregistrement 2, entité 255, position 1 : entité inconnue"


def test_a_message_without_a_place() -> None:
    assert str(NoemieError("rien")) == "rien"


@pytest.mark.parametrize("data", [b"", b"\r\n", b"\0\0\0", b"   \n"])
def test_empty(data: bytes) -> None:
    error = refused(data, TruncatedError)
    assert (error.entity, error.position) == ("000", 1)
    assert "vide" in str(error)


@pytest.mark.parametrize("data", [b"%PDF-1.7 ...", b"NIR;NOM\r\n", b"<xml/>", b"0128", b"99", b"0128999" + b" " * 125])
def test_another_kind_of_file(data: bytes) -> None:
    error = refused(data, HeaderError)
    assert (error.record, error.entity, error.position) == (1, "000", 1)


@pytest.mark.parametrize("line_end", ["\r\n", "\n", ""])
@pytest.mark.parametrize("record", [1, 2, 3])
@pytest.mark.parametrize("change", [-100, -3, -1, 1, 2, 3, 100])
def test_wrong_length_prefix(record: int, change: int, line_end: str) -> None:
    length = (128, len(BODY), 128)[record - 1]
    # With nothing after it, a last record that announces more cannot be told from a truncated one.
    kind = TruncatedError if line_end == "" and record == 3 and change > 0 else LengthError
    assert refused(with_prefix(record, f"{length + change:04}", line_end), kind).record == record


@pytest.mark.parametrize("prefix", ["    ", "ABCD", "04X2", "-412"])
def test_a_prefix_that_is_no_number(prefix: str) -> None:
    assert refused(with_prefix(2, prefix), NoemieError).record == 2


def test_a_prefix_of_zero() -> None:
    assert refused(with_prefix(2, "0000"), LengthError).record == 2


@pytest.mark.parametrize("shape", [hand.file_of, hand.blocks, hand.one_line], ids=["records", "blocks", "line"])
class TestTruncated:
    def test_anywhere(self, shape) -> None:  # type: ignore[no-untyped-def]
        data = shape(hand.ONE).rstrip(b"\r\n")
        for size in range(1, len(data)):
            with pytest.raises(NoemieError):
                list(read(io.BytesIO(data[:size])))

    def test_before_the_999(self, shape) -> None:  # type: ignore[no-untyped-def]
        data = shape(hand.ONE).rstrip(b"\r\n")
        assert "tronqué" in str(refused(data[:-132] if shape is hand.file_of else data[:-128], TruncatedError))

    def test_inside_the_999(self, shape) -> None:  # type: ignore[no-untyped-def]
        data = shape(hand.ONE).rstrip(b"\r\n")
        assert "tronqué" in str(refused(data[:-5], TruncatedError))

    def test_the_second_file(self, shape) -> None:  # type: ignore[no-untyped-def]
        data = shape(hand.ONE)
        with pytest.raises(NoemieError):
            list(read(io.BytesIO(data + data.rstrip(b"\r\n")[:-200])))

    def test_followed_by_another_file(self, shape) -> None:  # type: ignore[no-untyped-def]
        data = shape(hand.ONE).rstrip(b"\r\n")
        cut = data[:-132] if shape is hand.file_of else data[:-128]
        with pytest.raises(NoemieError):
            list(read(io.BytesIO(cut + data)))


def test_a_000_before_the_999_of_the_file_before() -> None:
    data = hand.prefixed(hand.header(), BODY, hand.header(), BODY, hand.trailer(3))
    error = refused(data, TruncatedError)
    assert (error.record, error.entity) == (3, "000")


def test_an_entity_cut_by_the_end_of_its_record() -> None:
    data = hand.prefixed(hand.header(), BODY[:50], BODY[50:], hand.trailer(4))
    assert refused(data, LengthError).record == 2


@pytest.mark.parametrize("extra", ["\r\n", "\n", "\r"])
def test_a_line_end_inside_an_entity(extra: str) -> None:
    for data in (hand.file_of(hand.ONE), hand.blocks(hand.ONE), hand.one_line(hand.ONE)):
        for at in (20, 145, 250):
            with pytest.raises(NoemieError):
                list(read(io.BytesIO(data[:at] + extra.encode() + data[at:])))


@pytest.mark.parametrize(
    ("size", "record", "entity", "position"),
    [
        (4 + 100, 1, "000", 101),
        (134 + 4 + 14 + 50, 2, "110", 51),
        (134 + 4 + 14 + 88, 2, "110", 89),
        (134 + 4 + 14 + 88 + 30, 2, "120", 31),
        (134 + 4 + len(BODY) + 2, 3, "999", 1),
        (134 + 4 + len(BODY) + 2 + 4 + 60, 3, "999", 61),
    ],
)
def test_where_it_is_truncated(size: int, record: int, entity: str, position: int) -> None:
    error = refused(hand.file_of(hand.ONE)[:size], TruncatedError)
    assert (error.record, error.entity, error.position) == (record, entity, position)


@pytest.mark.parametrize(("change", "position"), [(-1, 43), (1, 44), (2, 44)])
def test_where_a_length_is_wrong(change: int, position: int) -> None:
    error = refused(with_prefix(2, f"{len(BODY) + change:04}"), LengthError)
    assert (error.record, error.entity, error.position) == (2, "990", position)


def test_an_entity_that_cannot_be_printed() -> None:
    entities = hand.replaced(hand.ONE, "140", lambda entity: "\0\x1b[" + entity[3:])
    assert "entité ?, position 1" in str(refused(hand.file_of(entities), UnknownEntityError))


class TestBlocks:
    @pytest.mark.parametrize("mark", [b"2", b" ", b"A"])
    def test_continuation_mark(self, mark: bytes) -> None:
        data = hand.blocks(hand.ONE)
        error = refused(data[:256] + mark + data[257:], LengthError)
        # The first block of the body ends in the 120, after the 14 of the 010 and the 88 of the 110.
        assert (error.record, error.entity, error.position) == (3, "120", 127 - 14 - 88 + 1)

    @pytest.mark.parametrize("size", [256 + 1, 256 + 20])
    def test_a_block_cut_short_names_its_entity(self, size: int) -> None:
        error = refused(hand.blocks(hand.ONE)[:size], TruncatedError)
        assert (error.record, error.entity, error.position) == (3, "120", 127 - 14 - 88 + size - 256)

    def test_last_mark_too_early(self) -> None:
        data = hand.blocks(hand.ONE)
        refused(data[:256] + b"1" + data[257:], TruncatedError)

    def test_last_mark_missing(self) -> None:
        data = hand.blocks(hand.ONE)
        assert data[512:513] == b"1"
        with pytest.raises(NoemieError):
            list(read(io.BytesIO(data[:512] + b"0" + data[513:])))

    def test_no_999_after_the_last_block(self) -> None:
        assert refused(hand.blocks(hand.ONE, tail=hand.header()), TruncatedError).entity == "000"
        assert refused(hand.blocks(hand.ONE, tail=" " * 128), EntityError).entity == "999"


class TestOneLine:
    def test_no_delimiter_at_all(self) -> None:
        data = (hand.header() + hand.e010() + "110" + "x" * 20000).encode()
        assert refused(data, EntityError).record == 1

    def test_more_after_the_999(self) -> None:
        refused(hand.one_line(hand.ONE) + b"010", HeaderError)


@pytest.mark.parametrize("number", ["000", "999"])
def test_the_edges_have_no_delimiter(number: str) -> None:
    entities = [*hand.ONE[:1], number + " " * 50 + "@", *hand.ONE[1:]]
    assert refused(hand.file_of(entities), EntityError).entity == number


def test_what_precedes_a_fault_was_given() -> None:
    items = read(io.BytesIO(hand.file_of(hand.ONE, tail=hand.trailer(4))))
    assert [type(next(items)).__name__ for _ in range(2)] == ["Envelope", "Answer"]
    with pytest.raises(NoemieError):
        next(items)
