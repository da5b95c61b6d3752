"""Words as they are searched for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.text import fold, slips


@given(st.text(), st.text())
def test_folding_is_stable_and_follows_words(one, two):
    assert fold(fold(one)) == fold(one)
    assert fold(f"{one} {two}") == f"{fold(one)} {fold(two)}".strip()


@given(st.text())
def test_capitals_and_spaces_make_no_difference(text):
    assert fold(f"  {text}\t") == fold(text)
    assert fold(text.title()) == fold(text) or not text.isascii()


def test_folding_forgets_accents_capitals_and_ligatures():
    assert fold("  Œil DROIT, Hôpital Ambroise-Paré ") == "oeil droit, hopital ambroise-pare"
    assert fold("Détartrage de l’enfant") == "detartrage de l'enfant"


@given(st.text("abcd", max_size=6), st.text("abcd", max_size=6), st.integers(0, 3))
def test_slips_are_symmetric_and_counted_no_further_than_asked(one, other, most):
    count = slips(one, other, most)
    assert count == slips(other, one, most) <= most + 1
    assert (count == 0) == (one == other)
    assert count == min(slips(one, other, 12), most + 1)


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("dentiste", "dentsite", 1), ("lyon", "lion", 1), ("lyon", "lyonn", 1), ("kitten", "sitting", 3), ("", "abc", 3)],
)
def test_what_one_slip_is(one, other, count):
    assert slips(one, other, 9) == count
