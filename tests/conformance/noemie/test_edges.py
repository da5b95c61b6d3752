"""Chapter 2: entities 000 and 999."""

from datetime import date

import pytest

from member_space.noemie import Closing, Envelope, Fund
from member_space.noemie.errors import (
    CounterError,
    HeaderError,
    NotProductionError,
    UnknownReferenceError,
)
from tests.conformance.noemie import hand


def read_with(*, head: str | None = None, tail: str | None = None, production: bool = True) -> list[object]:
    return hand.read_all(hand.file_of(hand.ONE, head=head, tail=tail), production=production)


def test_envelope() -> None:
    envelope = read_with()[0]
    assert envelope == Envelope(
        sender_type="CP",
        sender="01751000",
        recipient_type="MU",
        recipient="00000012345678",
        application="RJ",
        identification="000001",
        created_on=date(2026, 3, 15),
        reference="929",
        sender_program="NOE929",
    )


def test_the_fund_is_read_in_the_senders_number() -> None:
    envelope = read_with()[0]
    assert isinstance(envelope, Envelope)
    assert envelope.fund == Fund("01", "751", "000")


@pytest.mark.parametrize("number", ["", "0175100", "ABCDEFGH", "00000012345678"])
def test_a_number_that_is_no_fund(number: str) -> None:
    assert Fund.from_number(number) is None


def test_closing_says_what_was_counted() -> None:
    closing = read_with()[-1]
    assert isinstance(closing, Closing)
    assert (closing.records, closing.batches, closing.lines) == (3, 1, 1)


@pytest.mark.parametrize("sender", ["01751000      ", "00000001751000", "      01751000", "01751000\0\0\0\0\0\0"])
def test_the_senders_number_may_be_padded_anyhow(sender: str) -> None:
    head = hand.header(start=hand.edge("000", sender=sender))
    tail = hand.trailer(3, start=hand.edge("999", sender=sender))
    envelope = read_with(head=head, tail=tail)[0]
    assert isinstance(envelope, Envelope)
    assert int(envelope.sender) == 1751000


@pytest.mark.parametrize("flow", [" ", "R", "\0"])
def test_real_files(flow: str) -> None:
    assert isinstance(read_with(head=hand.header(flow=flow))[-1], Closing)


@pytest.mark.parametrize("flow", ["T", "D"])
class TestTestFiles:
    def test_refused_in_production(self, flow: str) -> None:
        with pytest.raises(NotProductionError, match="refusé en production") as caught:
            read_with(head=hand.header(flow=flow))
        assert (caught.value.record, caught.value.entity, caught.value.position) == (1, "000", 71)

    def test_read_elsewhere(self, flow: str) -> None:
        items = read_with(head=hand.header(flow=flow), tail=hand.trailer(3, flow=flow), production=False)
        assert isinstance(items[-1], Closing)

    def test_a_999_that_says_so_alone(self, flow: str) -> None:
        with pytest.raises(HeaderError) as caught:
            read_with(tail=hand.trailer(3, flow=flow))
        assert (caught.value.record, caught.value.entity, caught.value.position) == (3, "999", 64)


@pytest.mark.parametrize("reference", ["578 ", "932 ", "580 ", "    ", "9290"])
def test_unknown_reference(reference: str) -> None:
    with pytest.raises(UnknownReferenceError) as caught:
        read_with(head=hand.header(reference=reference))
    assert (caught.value.record, caught.value.entity, caught.value.position) == (1, "000", 62)


@pytest.mark.parametrize(
    ("head", "position"),
    [
        (hand.header(length="127"), 83),
        (hand.header(compression="1"), 68),
        (hand.header(encryption="O"), 69),
        (hand.header(flow="X"), 71),
        (hand.header(created="321326"), 56),
        (hand.header(created="      "), 56),
        (hand.header(start=hand.edge("000", sender=" " * 14)), 6),
    ],
)
def test_wrong_header(head: str, position: int) -> None:
    with pytest.raises(HeaderError) as caught:
        read_with(head=head)
    assert (caught.value.record, caught.value.entity, caught.value.position) == (1, "000", position)


@pytest.mark.parametrize("column", [*range(4, 56)])
def test_the_999_repeats_positions_4_to_55(column: int) -> None:
    start = hand.edge("999")
    changed = start[: column - 1] + "#" + start[column:]
    with pytest.raises(HeaderError, match="999 ne répond pas") as caught:
        read_with(tail=hand.trailer(3, start=changed))
    assert (caught.value.record, caught.value.entity) == (3, "999")
    assert caught.value.position <= column


@pytest.mark.parametrize(
    ("tail", "position", "message"),
    [
        (hand.trailer(4), 56, "4 enregistrements annoncés, 3 lus"),
        (hand.trailer(9), 56, "9 enregistrements annoncés, 3 lus"),
        (hand.trailer("     ABC"), 56, "illisible"),
        (hand.trailer(3, batches=2), 83, "2 lots annoncés, 1 lus"),
        (hand.trailer(3, total="00000000001"), 86, "cumul"),
        (hand.trailer("\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9"), 56, "illisible"),
    ],
)
def test_wrong_totals(tail: str, position: int, message: str) -> None:
    with pytest.raises(CounterError, match=message) as caught:
        read_with(tail=tail)
    assert (caught.value.record, caught.value.entity, caught.value.position) == (3, "999", position)


def test_a_batch_is_an_entity_of_level_01() -> None:
    entities = [*hand.ONE, *hand.ONE]
    closing = hand.read_all(hand.file_of(entities, tail=hand.trailer(3, batches=2)))[-1]
    assert isinstance(closing, Closing)
    assert closing.batches == 2


def test_each_logical_file_has_its_own_totals() -> None:
    good, bad = hand.file_of(hand.ONE), hand.file_of(hand.ONE, tail=hand.trailer(6))
    with pytest.raises(CounterError) as caught:
        hand.read_all(good + bad)
    assert caught.value.record == 6
