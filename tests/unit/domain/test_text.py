"""Words as they are searched for."""

from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.text import fold


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
