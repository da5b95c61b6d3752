"""The three rules of a password, and what is too much about its owner."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.password import LONGEST, SHORTEST, Gap, Owner, Policy, composed, gaps, is_about, words_about

JEAN = Owner("j.dupont@example.org", ("Jean", "Dupont-Lévêque"), date(1985, 4, 12))


@pytest.mark.parametrize(
    ("policy", "password", "missing"),
    [
        # S-HCR-09: 8, upper, lower, digit or special, none of * ' >
        (Policy.HCR, "Bonjour1", ()),
        (Policy.HCR, "Bonjour!", ()),
        (Policy.HCR, "Bonjour", (Gap.TOO_SHORT, Gap.NO_DIGIT_NOR_SPECIAL)),
        (Policy.HCR, "bonjour1", (Gap.NO_UPPER,)),
        (Policy.HCR, "BONJOUR1", (Gap.NO_LOWER,)),
        (Policy.HCR, "Bonjour*", (Gap.FORBIDDEN,)),
        (Policy.HCR, "L'Bonjour1", (Gap.FORBIDDEN,)),
        (Policy.HCR, "Bonjour1>", (Gap.FORBIDDEN,)),
        (Policy.HCR, "", (Gap.TOO_SHORT, Gap.NO_UPPER, Gap.NO_LOWER, Gap.NO_DIGIT_NOR_SPECIAL)),
        # S-BL-09: 12, upper, lower, digit and special
        (Policy.BL, "Bonjour 1234", ()),
        (Policy.BL, "Bonjour 123", (Gap.TOO_SHORT,)),
        (Policy.BL, "Bonjour12345", (Gap.NO_SPECIAL,)),
        (Policy.BL, "Bonjour tous", (Gap.NO_DIGIT,)),
        (Policy.BL, "bonjour 1234", (Gap.NO_UPPER,)),
        (Policy.BL, "Bonjour*'>12", ()),
        # C4: 12, any character
        (Policy.STRONG, "            ", ()),
        (Policy.STRONG, "*'>*'>*'>*'>", ()),
        (Policy.STRONG, "éléphant 🐘🐘🐘", ()),
        (Policy.STRONG, "onze lettre", (Gap.TOO_SHORT,)),
        (Policy.STRONG, "x" * 128, ()),
        (Policy.STRONG, "x" * 129, (Gap.TOO_LONG,)),
    ],
)
def test_the_rules_in_words(policy, password, missing):
    assert gaps(policy, password) == missing


@given(st.sampled_from(Policy), st.text(max_size=140))
def test_length_is_a_gap_exactly_when_it_is_one(policy, password):
    found, length = gaps(policy, password), len(composed(password))
    assert (Gap.TOO_SHORT in found) == (length < SHORTEST[policy])
    assert (Gap.TOO_LONG in found) == (length > LONGEST)


@given(st.text(min_size=12, max_size=100))
def test_under_strong_any_character_is_good(password):
    assert not gaps(Policy.STRONG, password) or len(composed(password)) < 12


def test_an_accent_counts_once_however_it_is_typed():
    apart = "e\u0301" * 11
    assert gaps(Policy.STRONG, apart) == (Gap.TOO_SHORT,)
    assert gaps(Policy.STRONG, apart + "x") == ()


@pytest.mark.parametrize(
    "password",
    [
        "JeanDupont1985",
        "j.dupont@example",
        "Dupont-Lévêque 12/04/1985",
        "LEVEQUE-12041985!!",
        "1985-04-12 jean",
        "example1985 !",
    ],
)
def test_a_password_about_its_owner(password):
    assert is_about(JEAN, password)


@pytest.mark.parametrize("password", ["quatre loups verts", "Jean mange des pommes", "1985 tournesols bleus"])
def test_a_password_that_holds_more_than_its_owner(password):
    assert not is_about(JEAN, password)


def test_short_pieces_of_a_name_are_no_word():
    """« Li » or « d' » would make any password about its owner."""
    assert words_about(Owner("a@b.fr", ("Li", "d'Or"))) == {"dor"}


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=200))
def test_any_name_and_any_password_can_be_compared(email, name, password):
    assert is_about(Owner(email, (name,), date(1900, 1, 1)), password) in (True, False)
