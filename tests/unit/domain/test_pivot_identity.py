"""Who is the same person by birth, and who is not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.pivot_identity import PivotIdentity, is_same_person, pivot_of

BORN = date(1985, 4, 12)


def same(pivot, first_name="Zoé", last_name="Lévêque", birth_name=None, birth_date=BORN):
    return is_same_person(
        pivot, last_name=last_name, birth_name=birth_name, first_name=first_name, birth_date=birth_date
    )


def zoe(birth_name="LEVEQUE", given_names="Zoé Marie Anne", birth_date="1985-04-12"):
    return pivot_of(birth_name, given_names, birth_date)


@pytest.mark.parametrize(
    ("ours", "expected"),
    [
        ({}, True),
        ({"first_name": "ZOE"}, True),
        ({"first_name": "Zoé Marie"}, True),
        ({"first_name": "zoe-marie anne"}, True),
        ({"last_name": "Martin", "birth_name": "Lévêque"}, True),
        # A name of use is not one of birth.
        ({"last_name": "Lévêque", "birth_name": "Martin"}, False),
        ({"last_name": "Martin"}, False),
        # Another given name, a second one alone, one cut in its middle, one too many.
        ({"first_name": "Chloé"}, False),
        ({"first_name": "Marie"}, False),
        ({"first_name": "Zo"}, False),
        ({"first_name": "Zoé Anne"}, False),
        ({"first_name": "Zoé Marie Anne Lise"}, False),
        ({"first_name": ""}, False),
        ({"birth_date": date(1985, 12, 4)}, False),
        ({"birth_date": date(1984, 4, 12)}, False),
    ],
)
def test_birth_name_given_names_and_date_all_three(ours, expected):
    assert same(zoe(), **ours) is expected


@pytest.mark.parametrize(
    ("theirs", "ours", "expected"),
    [
        ("Jean-Noël Paul", "Jean Noël", True),
        ("Jean-Noël Paul", "Jean-Noel", True),
        # Half of a compound name is somebody else's.
        ("Jean-Noël Paul", "Jean", False),
        ("Jean Noël Paul", "Jean", True),
        ("Jean Noël Paul", "Jean-Noël", True),
    ],
)
def test_a_compound_name_is_one(theirs, ours, expected):
    assert same(zoe(given_names=theirs), first_name=ours) is expected


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("D'ORMESSON", "d’Ormesson"),
        ("SAINT-EXUPERY", "Saint Exupéry"),
        ("BOEUF", "Bœuf"),
        ("  DE   LA TOUR ", "de la Tour"),
    ],
)
def test_how_a_name_is_written_does_not_matter(theirs, ours):
    assert same(zoe(birth_name=theirs), last_name=ours)


@pytest.mark.parametrize(
    "claims",
    [("", "Zoé", "1985-04-12"), ("LEVEQUE", "", "1985-04-12"), ("LEVEQUE", "Zoé", ""), ("LEVEQUE", "Zoé", "1985-00-00"),
     ("LEVEQUE", "Zoé", "1985-04-31"), ("LEVEQUE", "Zoé", "12/04/1985"), ("-", "Zoé", "1985-04-12"),
     ("LEVEQUE", "' -", "1985-04-12")],
)  # fmt: skip
def test_an_identity_that_is_not_whole_is_none(claims):
    assert pivot_of(*claims) is None


NAMES = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=12)


@given(birth_name=NAMES, names=st.lists(NAMES, min_size=1, max_size=4), born=st.dates(), count=st.integers(1, 4))
def test_whoever_has_the_first_names_whole_is_the_same(birth_name, names, born, count):
    pivot = pivot_of(birth_name, " ".join(names), born.isoformat())
    assert pivot is None or pivot == PivotIdentity(birth_name, tuple(names), born)
    if pivot is not None:
        assert same(pivot, first_name="-".join(names[:count]), last_name=birth_name, birth_date=born)


@given(first=NAMES, other=NAMES)
def test_two_that_are_the_same_have_the_same_given_name(first, other):
    pivot = pivot_of("LEVEQUE", first, "1985-04-12")
    if pivot and same(pivot, first_name=other):
        assert same(pivot_of("LEVEQUE", other, "1985-04-12"), first_name=first)
