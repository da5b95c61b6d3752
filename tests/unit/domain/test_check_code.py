"""Codes copied by hand: what is slipped is told, whatever was drawn."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.check_code import ALPHABET, DRAWN, LENGTH, MistypedCodeError, in_groups, read_code, with_check

drawn = st.text(ALPHABET, min_size=DRAWN, max_size=DRAWN)
places = st.integers(0, LENGTH - 1)


@given(drawn)
def test_a_code_is_read_back_however_it_is_typed(letters):
    code = with_check(letters)
    assert len(code) == LENGTH
    assert code.startswith(letters)
    assert read_code(f"  {in_groups(code).lower().replace('-', ' – ')} ") == code


@given(drawn, st.dictionaries(places, st.sampled_from(ALPHABET), min_size=1, max_size=2))
def test_one_or_two_wrong_characters_are_always_told(letters, wrong):
    code = list(with_check(letters))
    changed = [wrong.get(place, one) for place, one in enumerate(code)]
    if changed != code:
        with pytest.raises(MistypedCodeError) as told:
            read_code("".join(changed))
        assert told.value.slip == "check"


@given(drawn, places, places)
def test_two_characters_exchanged_are_always_told(letters, one, other):
    code = list(with_check(letters))
    changed = code.copy()
    changed[one], changed[other] = code[other], code[one]
    if changed != code:
        with pytest.raises(MistypedCodeError):
            read_code("".join(changed))


@pytest.mark.parametrize(
    ("typed", "slip"),
    [
        ("", "length"),
        ("ABCD", "length"),
        ("A" * (LENGTH + 1), "length"),
        ("0" * LENGTH, "letter"),
        ("É" * LENGTH, "letter"),
        ("٣" * LENGTH, "letter"),
        ("ABCDEFGHJKLMNPQR", "check"),
    ],
)
def test_what_cannot_be_a_code_says_why(typed, slip):
    with pytest.raises(MistypedCodeError) as told:
        read_code(typed)
    assert told.value.slip == slip


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(typed):
    with suppress(MistypedCodeError):
        assert len(read_code(typed)) == LENGTH


def test_only_drawn_characters_make_a_code():
    with pytest.raises(ValueError, match="14"):
        with_check("ABC")
