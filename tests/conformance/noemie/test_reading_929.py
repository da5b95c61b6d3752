"""Chapter 6: how 120, 140 and 290 are put together, in 929 and 408."""

import pytest

from member_space.noemie import Answer, Closing, Movement
from member_space.noemie.errors import EntityError
from tests.conformance.noemie import hand
from tests.conformance.noemie.hand import e120, e140, e290

B1, B2 = e120("010101"), e120("020202")
M1, M2 = e140("1"), e140("2")
V1, V2 = e290("33", "C"), e290("53", "S")
FIRST, SECOND = ("010101", "1", "33"), ("020202", "2", "53")


def answers(*leaves: str) -> list[tuple[str, str, str]]:
    lines = hand.lines(hand.file_of(hand.body(leaves)))
    assert all(isinstance(line, Answer) for line in lines)
    return [(line.birth_date_raw, line.member_number, line.code) for line in lines]


@pytest.mark.parametrize(
    "leaves",
    [
        (B1, M1, V1, B2, M2, V2),
        (M1, B1, V1, M2, B2, V2),
        (B1, V1, M1, B2, V2, M2),
        (M1, V1, B1, M2, V2, B2),
        (V1, B1, M1, V2, B2, M2),
        (V1, M1, B1, V2, M2, B2),
    ],
    ids=["120 140 290", "140 120 290", "120 290 140", "140 290 120", "290 120 140", "290 140 120"],
)
def test_any_order(leaves: tuple[str, ...]) -> None:
    assert answers(*leaves) == [FIRST, SECOND]


def test_several_290_are_several_answers() -> None:
    assert answers(B1, M1, V1, V2) == [FIRST, ("010101", "1", "53")]
    assert answers(B1, M1, V1, V2, B2, M2, V2) == [FIRST, ("010101", "1", "53"), SECOND]


def test_several_140_of_one_120() -> None:
    assert answers(B1, M1, V1, M2, V2) == [FIRST, ("010101", "2", "53")]


def test_several_120_of_one_140_that_leads() -> None:
    assert answers(M1, B1, V1, B2, V2) == [FIRST, ("020202", "1", "53")]


def test_the_rubric_of_one_is_never_given_to_the_next() -> None:
    assert answers(B1, M1, V1, B2, V2) == [FIRST, ("020202", "", "53")]


def test_an_answer_for_the_insured_alone_is_kept() -> None:
    assert answers(V2) == [("000000", "", "53")]
    assert answers(B1, V2) == [("010101", "", "53")]
    assert answers(M1, V2) == [("000000", "1", "53")]


def test_raw_bytes_hold_only_what_was_there() -> None:
    line = hand.lines(hand.file_of(hand.body([V2])))[0]
    assert line.raw == (hand.e110() + V2).encode()


def test_each_insured_has_his_own_lines() -> None:
    entities = [hand.e010(), hand.e110(), B1, M1, V1, hand.e990("02", 3)]
    entities += [hand.e110("1550814168025", "97"), B2, M2, V2, hand.e990("02", 3), hand.e990("01", 2)]
    assert [(line.nir[0], line.code) for line in hand.lines(hand.file_of(entities))] == [("2", "33"), ("1", "53")]


def test_each_insurer_has_his_own_lines() -> None:
    other = [hand.e010("7654321", "9"), *hand.ONE[1:]]
    data = hand.file_of([*hand.ONE, *other], tail=hand.trailer(3, batches=2))
    assert [line.oc_number for line in hand.lines(data)] == ["12345678", "76543219"]


@pytest.mark.parametrize("leaves", [(B1, M1), (B1, M1, V1, B2, M2), (B1, M1, B2, M2, V2), (B1,), (M1,)])
def test_a_beneficiary_without_an_answer_is_refused(leaves: tuple[str, ...]) -> None:
    with pytest.raises(EntityError, match="sans réponse"):
        answers(*leaves)


def test_an_insured_without_leaves_is_no_line() -> None:
    items = hand.read_all(hand.file_of(hand.body([])))
    assert isinstance(items[-1], Closing)
    assert items[-1].lines == 0


class Test408:
    HEAD = hand.header(reference="408 ")

    def movements(self, *leaves: str) -> list[tuple[str, str]]:
        lines = hand.lines(hand.file_of(hand.body(leaves), head=self.HEAD))
        assert all(isinstance(line, Movement) for line in lines)
        return [(line.birth_date_raw, line.member_number) for line in lines]

    @pytest.mark.parametrize("leaves", [(B1, M1, B2, M2), (M1, B1, M2, B2)])
    def test_any_order(self, leaves: tuple[str, ...]) -> None:
        assert self.movements(*leaves) == [("010101", "1"), ("020202", "2")]

    def test_a_rubric_that_leads_serves_several(self) -> None:
        assert self.movements(M1, B1, B2) == [("010101", "1"), ("020202", "1")]

    @pytest.mark.parametrize("leaves", [(B1,), (M1,), (B1, M1, B2)])
    def test_incomplete(self, leaves: tuple[str, ...]) -> None:
        with pytest.raises(EntityError, match="incomplet"):
            self.movements(*leaves)

    def test_a_movement_has_no_verdict(self) -> None:
        line = hand.lines(hand.file_of(hand.body([M1, B1]), head=self.HEAD))[0]
        assert (line.code, line.nature, line.codification, line.label) == ("", "", "", "")
        assert line.raw == (hand.e110() + B1 + M1).encode()
