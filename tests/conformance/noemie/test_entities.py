"""Chapter 4: entities 010, 110, 120, 140, 290, and the zones of all."""

import pytest

from member_space.noemie import Answer
from member_space.noemie.entities import (
    BENEFICIARY,
    HEADER,
    INSURED,
    INSURER,
    RUBRIC,
    SUBTOTAL,
    TRAILER,
    VERDICT,
)
from member_space.noemie.errors import EntityError, UnknownEntityError
from member_space.noemie.layouts import Layout
from tests.conformance.noemie import hand
from tests.conformance.noemie.hand import e110, e120, e140, e290

LENGTHS = {"000": 128, "010": 14, "110": 88, "120": 57, "140": 69, "290": 98, "990": 43, "999": 128}
LAYOUTS = [HEADER, INSURER, INSURED, BENEFICIARY, RUBRIC, VERDICT, SUBTOTAL, TRAILER]


def test_lengths() -> None:
    assert {layout.number: layout.length for layout in LAYOUTS} == LENGTHS


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.number)
def test_what_is_cut_can_be_joined_again(layout: Layout) -> None:
    text = "".join(chr(33 + i % 90) for i in range(layout.size))
    assert "".join(layout.parse(text)) == text


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.number)
def test_an_entity_built_of_nothing_has_its_length(layout: Layout) -> None:
    built = layout.build()
    assert len(built) == LENGTHS[layout.number]
    assert built.endswith("@") == (layout.number not in ("000", "999"))


@pytest.mark.parametrize(
    ("layout", "zone", "position", "length"),
    [
        (INSURER, "oc", 6, 7),
        (INSURED, "nir", 6, 13),
        (INSURED, "key", 19, 2),
        (INSURED, "name", 22, 25),
        (INSURED, "second_name", 48, 25),
        (INSURED, "first_name", 73, 15),
        (BENEFICIARY, "birth_date", 6, 6),
        (BENEFICIARY, "birth_rank", 12, 1),
        (BENEFICIARY, "first_name", 38, 15),
        (RUBRIC, "member_number", 6, 8),
        (RUBRIC, "movement", 14, 1),
        (RUBRIC, "start", 17, 8),
        (RUBRIC, "end", 25, 8),
        (VERDICT, "domain", 8, 3),
        (VERDICT, "code", 15, 2),
        (VERDICT, "nature", 17, 1),
        (VERDICT, "label", 18, 80),
        (SUBTOTAL, "counter", 23, 8),
        (HEADER, "reference", 62, 4),
        (HEADER, "flow", 71, 1),
        (TRAILER, "batches", 83, 3),
    ],
)
def test_positions(layout: Layout, zone: str, position: int, length: int) -> None:
    found = layout.zones[zone]
    assert (found.position, found.length) == (position, length)


@pytest.fixture
def answer() -> Answer:
    item = hand.lines(hand.file_of(hand.ONE))[0]
    assert isinstance(item, Answer)
    return item


def test_every_value_of_an_answer(answer: Answer) -> None:
    assert answer.oc_number == "12345678"
    assert (answer.nir, answer.key) == ("2550814168025", "38")
    assert (answer.name_kind, answer.name, answer.first_name) == ("P", "SPECIMEN", "CAMILLE")
    assert (answer.second_name_kind, answer.second_name) == ("", "")
    assert (answer.birth_date_raw, answer.birth_rank) == ("140855", "1")
    assert (answer.beneficiary_name, answer.beneficiary_first_name) == ("SPECIMEN", "CAMILLE")
    assert (answer.member_number, answer.movement, answer.contract_type) == ("00012345", "C", "01")
    assert (answer.start_raw, answer.end_raw) == ("20260101", "20991231")
    assert (answer.code, answer.nature, answer.domain) == ("33", "C", "MUJ")
    assert (answer.codification, answer.label) == ("MUJ130033C", "CREATION INFO.OC ACQUITTEE")


def test_raw_bytes_are_those_of_the_four_entities(answer: Answer) -> None:
    assert answer.raw == (e110() + e120() + e140() + e290()).encode("latin-1")


def test_raw_bytes_keep_nul_and_odd_characters() -> None:
    verdict = e290(label="A\0B\xe9" + "\0" * 76)
    line = hand.lines(hand.file_of(hand.body([e120(), e140(), verdict])))[0]
    assert line.raw.endswith(verdict.encode("latin-1"))


def test_nobody_is_shown_when_a_line_is_printed(answer: Answer) -> None:
    shown = f"{answer!r} {answer} {answer.insured!r} {answer.beneficiary!r}"
    assert not any(secret in shown for secret in (hand.NIR, "SPECIMEN", "140855", "CAMILLE"))


def test_a_nir_of_corsica() -> None:
    entities = hand.replaced(hand.ONE, "110", lambda _: e110("185012A004250", "00"))
    assert hand.lines(hand.file_of(entities))[0].nir == "185012A004250"


@pytest.mark.parametrize("number", ["010", "110", "120", "140", "290", "990"])
class TestEnds:
    def test_an_early_end(self, number: str) -> None:
        entities = hand.replaced(hand.ONE, number, lambda entity: entity[:9] + "@" + entity[10:])
        with pytest.raises(EntityError, match="« @ » dans l'entité") as caught:
            hand.read_all(hand.file_of(entities))
        assert (caught.value.record, caught.value.entity, caught.value.position) == (2, number, 10)

    def test_an_entity_too_short(self, number: str) -> None:
        entities = hand.replaced(hand.ONE, number, lambda entity: entity[:-2] + "@")
        with pytest.raises(EntityError) as caught:
            hand.read_all(hand.file_of(entities))
        assert (caught.value.entity, caught.value.position) == (number, LENGTHS[number] - 1)

    def test_an_entity_too_long(self, number: str) -> None:
        entities = hand.replaced(hand.ONE, number, lambda entity: entity[:-1] + "  @")
        with pytest.raises(EntityError, match="« @ » attendu") as caught:
            hand.read_all(hand.file_of(entities))
        assert (caught.value.entity, caught.value.position) == (number, LENGTHS[number])

    def test_an_end_left_out(self, number: str) -> None:
        entities = hand.replaced(hand.ONE, number, lambda entity: entity[:-1] + " ")
        with pytest.raises((EntityError, UnknownEntityError)):
            hand.read_all(hand.one_line(entities))


@pytest.mark.parametrize("number", ["127", "255", "150", "ABC", "   ", "\xb9\xb9\xb9"])
def test_unknown_entity(number: str) -> None:
    entities = hand.replaced(hand.ONE, "140", lambda entity: number + entity[3:])
    with pytest.raises(UnknownEntityError) as caught:
        hand.read_all(hand.file_of(entities))
    assert (caught.value.record, caught.value.entity) == (2, number)


def test_an_entity_foreign_to_the_exchange() -> None:
    with pytest.raises(UnknownEntityError, match="408") as caught:
        hand.read_all(hand.file_of(hand.ONE, head=hand.header(reference="408 ")))
    assert caught.value.entity == "290"


def test_nothing_between_two_ends() -> None:
    entities = hand.replaced(hand.ONE, "140", lambda entity: "@" + entity)
    with pytest.raises(UnknownEntityError):
        hand.read_all(hand.file_of(entities))
