"""Chapter 3: break levels and their subtotals (990)."""

import pytest

from member_space.noemie.errors import CounterError, EntityError, NoemieError
from tests.conformance.noemie import hand
from tests.conformance.noemie.hand import e010, e110, e120, e140, e290, e990

LEAVES = [e120(), e140(), e290()]


def refused(entities: list[str], kind: type[NoemieError]) -> NoemieError:
    with pytest.raises(kind) as caught:
        hand.read_all(hand.file_of(entities))
    return caught.value


def test_level_02_counts_every_leaf_and_level_01_every_insured() -> None:
    entities = [e010(), e110(), *LEAVES, *LEAVES, e990("02", 6), e110(), *LEAVES, e990("02", 3), e990("01", 2)]
    assert len(hand.lines(hand.file_of(entities))) == 3


@pytest.mark.parametrize("count", [0, 2, 4, 99999999])
def test_wrong_count_of_leaves(count: int) -> None:
    error = refused([e010(), e110(), *LEAVES, e990("02", count), e990("01", 1)], CounterError)
    assert (error.record, error.entity, error.position) == (2, "990", 23)
    assert f"niveau 02 : {count} annoncé, 3 compté" in str(error)


def test_wrong_count_of_insured() -> None:
    error = refused([e010(), e110(), *LEAVES, e990("02", 3), e990("01", 2)], CounterError)
    assert "niveau 01 : 2 annoncé, 1 compté" in str(error)


def test_unreadable_count() -> None:
    assert refused([e010(), e110(), *LEAVES, e990("02", "3XX"), e990("01", 1)], CounterError).position == 23


def test_a_total_where_nothing_is_paid() -> None:
    entities = [e010(), e110(), *LEAVES, e990("02", 3, total="00000000100"), e990("01", 1)]
    assert refused(entities, CounterError).position == 31


@pytest.mark.parametrize("sign", ["P", "N", " ", "\0"])
@pytest.mark.parametrize("total", ["0" * 11, " " * 11, "\0" * 11])
def test_signs_and_blank_totals(sign: str, total: str) -> None:
    entities = [e010(), e110(), *LEAVES, e990("02", 3, sign=sign, total=total), e990("01", 1)]
    assert len(hand.lines(hand.file_of(entities))) == 1


@pytest.mark.parametrize("key", ["", hand.NIR, hand.NIR + hand.KEY])
def test_the_key_of_the_level_closed_may_be_blank(key: str) -> None:
    entities = [e010(), e110(), *LEAVES, e990("02", 3, key), e990("01", 1, "12345678")]
    assert len(hand.lines(hand.file_of(entities))) == 1


def test_a_key_of_another_insured() -> None:
    error = refused([e010(), e110(), *LEAVES, e990("02", 3, "1550814168025"), e990("01", 1)], EntityError)
    assert (error.entity, error.position) == ("990", 6)
    assert "1550814168025" not in str(error)


def test_the_level_is_read_not_deduced_from_the_entity() -> None:
    # In other references the insured stands at level 03 or 05: here the insurer is given an outer level.
    outer = e010(level="01")
    inner = e010(level="02")
    entities = [outer, inner, e110(level="03"), *LEAVES, e990("03", 3), e990("02", 1), e990("01", 1)]
    assert len(hand.lines(hand.file_of(entities))) == 1


@pytest.mark.parametrize(
    ("entities", "entity"),
    [
        ([e110(level="02"), *LEAVES, e990("02", 3)], "110"),
        ([e010(level="02"), e990("02", 0)], "010"),
        ([e010(), e110(level="03"), *LEAVES, e990("03", 3), e990("01", 1)], "110"),
        ([e010(), e110(level="00"), *LEAVES, e990("00", 3), e990("01", 1)], "110"),
        ([e010(), e110(level="AB"), *LEAVES, e990("AB", 3), e990("01", 1)], "110"),
    ],
)
def test_a_level_must_follow_the_one_that_is_open(entities: list[str], entity: str) -> None:
    error = refused(entities, EntityError)
    assert (error.entity, error.position) == (entity, 4)


@pytest.mark.parametrize(
    "entities",
    [
        [e010(), e110(), *LEAVES, e990("01", 1)],
        [e010(), e110(), *LEAVES, e990("02", 3), e990("02", 1)],
        [e010(), e110(), *LEAVES, e990("02", 3), e990("01", 1), e990("01", 1)],
        [e990("01", 0)],
    ],
)
def test_a_990_closes_the_level_that_is_open(entities: list[str]) -> None:
    error = refused(entities, EntityError)
    assert (error.entity, error.position) == ("990", 4)


@pytest.mark.parametrize("end", [[], [e990("02", 3)]])
def test_a_level_left_open(end: list[str]) -> None:
    error = refused([e010(), e110(), *LEAVES, *end], EntityError)
    assert "non fermé" in str(error)
    assert error.entity == "999"


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_leaf_out_of_an_insured(leaf: str) -> None:
    assert refused([e010(), leaf, e990("01", 1)], EntityError).entity == leaf[:3]
    assert refused([leaf], EntityError).entity == leaf[:3]
    after = [e010(), e110(), *LEAVES, e990("02", 3), leaf, e990("01", 2)]
    assert refused(after, EntityError).entity == leaf[:3]
