"""Zones, the plain text of names, and what a layout refuses to be."""

from datetime import date
from typing import Annotated, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.noemie.errors import ZoneError
from member_space.noemie.layouts import Kind, Layout, Zone
from member_space.noemie.text import plain


class Pair(NamedTuple):
    """A layout of two zones."""

    number: Annotated[str, Zone(1, 3, Kind.NUMBER, "123")]
    name: Annotated[str, Zone(4, 5, Kind.WORDS)]


class Holed(NamedTuple):
    """A layout with a hole."""

    number: Annotated[str, Zone(1, 3)]
    name: Annotated[str, Zone(5, 5)]


PAIR = Layout("123", "pair", Pair)


def test_both_directions() -> None:
    assert PAIR.build(name="né") == "123NE   @"
    assert PAIR.parse("123NE   ") == Pair("123", "NE   ")
    assert (PAIR.size, PAIR.length) == (8, 9)


def test_a_zone_refused_says_where() -> None:
    with pytest.raises(ZoneError, match="entité 123, position 1 : zone « number »"):
        PAIR.build(number="12X")


def test_a_zone_that_does_not_exist() -> None:
    with pytest.raises(TypeError, match="nom"):
        PAIR.build(nom="x")


def test_zones_must_touch() -> None:
    with pytest.raises(ValueError, match="starts at 5, expected 4"):
        Layout("123", "holed", Holed)


@pytest.mark.parametrize(
    ("zone", "value", "text"),
    [
        (Zone(1, 4, Kind.NUMBER), 7, "0007"),
        (Zone(1, 4, Kind.NUMBER), "7", "0007"),
        (Zone(1, 4, Kind.NUMBER), None, "0000"),
        (Zone(1, 4, Kind.NUMBER, "12"), None, "0012"),
        (Zone(1, 8, Kind.CENTS), 1250, "00001250"),
        (Zone(1, 4), "A", "A   "),
        (Zone(1, 4), None, "    "),
        (Zone(1, 4, Kind.WORDS), " été prochain", "ETE"),
        (Zone(1, 6, Kind.DATE6), date(2026, 3, 15), "150326"),
        (Zone(1, 8, Kind.DATE8), date(2026, 3, 15), "20260315"),
        (Zone(1, 8, Kind.DATE8), None, "00000000"),
        (Zone(1, 2, exact=True), "AB", "AB"),
    ],
)
def test_fill(zone: Zone, value: str | int | date | None, text: str) -> None:
    assert zone.fill(value).rstrip() == text.rstrip()
    assert len(zone.fill(value)) == zone.length


@pytest.mark.parametrize(
    ("zone", "value"),
    [
        (Zone(1, 4, Kind.NUMBER), 12345),
        (Zone(1, 4, Kind.NUMBER), -1),
        (Zone(1, 4, Kind.NUMBER), "1.5"),
        (Zone(1, 4, Kind.NUMBER), "\u00b2"),
        (Zone(1, 4), "ABCDE"),
        (Zone(1, 4), "A@"),
        (Zone(1, 4), "\u20ac"),
        (Zone(1, 4), "\x7f"),
        (Zone(1, 6, Kind.DATE6), "1503"),
        (Zone(1, 2, exact=True), "A"),
    ],
)
def test_refused(zone: Zone, value: str | int | date) -> None:
    with pytest.raises(ValueError):
        zone.fill(value)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Lefèvre", "LEFEVRE"),
        ("Œuvre cœur", "OEUVRE COEUR"),
        ("L’Haÿ–les\u00a0Roses", "L'HAY-LES ROSES"),
        ("Strauß", "STRAUSS"),
        ("Łukasz Đorđe Øre", "LUKASZ DORDE ORE"),
        ("Nguyễn", "NGUYEN"),
        ("e\u0301", "E"),
    ],
)
def test_plain(text: str, result: str) -> None:
    assert plain(text) == result


@given(st.text(max_size=30))
def test_plain_twice_is_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="@"), max_size=60))
def test_words_written_twice_are_the_same(text: str) -> None:
    zone = Zone(1, 25, Kind.WORDS)
    assert zone.fill(zone.fill(text)) == zone.fill(text)
