import copy
import dataclasses
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import nir as stdnum_nir

from member_space.domain.nir import Nir, NirError, NirProblem, NirWarning, key_of

VECTORS = [
    ("2840588321025", "32"),
    ("1850275116001", "11"),
    ("2900699352012", "92"),
    ("1780520004123", "81"),
    ("253072A073004", "43"),
    ("253072B073004", "70"),
    ("153072B073004", "23"),
    ("1991299999999", "61"),
]

departments = st.one_of(st.integers(1, 99).map("{:02d}".format), st.sampled_from(["2A", "2B"]))
numbers = st.builds(
    "{}{:02d}{:02d}{}{:03d}{:03d}".format,
    st.sampled_from("12"),
    st.integers(0, 99),
    st.integers(1, 12),
    departments,
    st.integers(0, 999),
    st.integers(1, 999),
)


@pytest.mark.parametrize(("number", "key"), VECTORS)
def test_published_vectors(number, key):
    assert Nir.parse(number).key == key
    assert Nir.parse(number + key).number == number
    assert Nir.parse(number + key).warnings == ()


@given(numbers)
def test_key_agrees_with_stdnum(number):
    assert key_of(number) == stdnum_nir.calc_check_digits(number)
    assert Nir.parse(number).text == stdnum_nir.validate(number + key_of(number))


@given(numbers, st.sampled_from([" ", ".", "\u00a0", "\u202f", "-", "\t"]), st.booleans())
def test_separators_and_case_do_not_matter(number, separator, lower):
    text = separator.join(Nir.parse(number).formatted.split())
    assert Nir.parse(text.lower() if lower else text) == Nir.parse(number)


@given(numbers, st.integers(0, 99).map("{:02d}".format))
def test_any_other_key_is_refused(number, key):
    if key == key_of(number):
        assert Nir.parse(number + key).number == number
    else:
        with pytest.raises(NirError) as caught:
            Nir.parse(number + key)
        assert caught.value.problem is NirProblem.KEY


@given(numbers, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_seen(number, position, shift):
    text = number + key_of(number)
    if not text[position].isdigit():
        return
    wrong = text[:position] + str((int(text[position]) + shift) % 10) + text[position + 1 :]
    with pytest.raises(NirError):
        Nir.parse(wrong)


@pytest.mark.parametrize("text", ["", " ", "284058832102", "28405883210253", "2840588321025321", "284 058"])
def test_wrong_length(text):
    with pytest.raises(NirError) as caught:
        Nir.parse(text)
    assert caught.value.problem is NirProblem.LENGTH


@pytest.mark.parametrize(
    "text",
    [
        "0840588321025",  # no such sex
        "5840588321025",
        "2841388321025",  # months 13 to 19, 43 to 49 and 00 do not exist
        "2841988321025",
        "2844388321025",
        "2844988321025",
        "2840088321025",
        "2840500321025",  # no department 00
        "284052C321025",
        "28405883A1025",
        "284O588321025",  # a letter O
        "٢840588321025",  # a digit, not an ASCII one
        "2840588321025XX",
        "2840588321025٣٢",
        "7341388321025",  # neither provisional (second digit 1 or 2) nor an ordinary month
    ],
)
def test_wrong_format(text):
    with pytest.raises(NirError) as caught:
        Nir.parse(text)
    assert caught.value.problem is NirProblem.FORMAT


@pytest.mark.parametrize("month", [*range(20, 43), *range(50, 100)])
def test_incomplete_civil_status_is_accepted_with_a_warning(month):
    assert Nir.parse(f"284{month:02d}88321025").warnings == (NirWarning.UNUSUAL_MONTH,)


@pytest.mark.parametrize("sex", "34")
def test_person_being_registered(sex):
    assert Nir.parse(sex + "840588321025").warnings == (NirWarning.PENDING_REGISTRATION,)


@pytest.mark.parametrize("number", ["7175112345678", "8200100000001", "7840588321025"])
def test_provisional_numbers(number):
    assert Nir.parse(number).warnings == (NirWarning.PROVISIONAL,)
    assert Nir.parse(Nir.parse(number).text).number == number


def test_order_zero_is_unusual():
    assert Nir.parse("2840588321000").warnings == (NirWarning.UNUSUAL_ORDER,)


def test_corsica_before_1976():
    assert Nir.parse("1 78 05 20 004 123 81").formatted == "1 78 05 20 004 123 81"


def test_display():
    nir = Nir.parse("284058832102532")
    assert nir.formatted == "2 84 05 88 321 025 32"
    assert nir.masked == "2 84 05 •• ••• ••• ••"
    assert nir.text == "284058832102532"


@given(numbers)
def test_nothing_printed_by_accident_shows_the_number(number):
    nir = Nir.parse(number)
    for printed in (repr(nir), str(nir), f"{nir}", f"{nir!r}", repr([nir])):
        assert not any(character.isdigit() for character in printed)


@given(numbers.filter(lambda number: number.isdigit()))
def test_error_does_not_carry_the_number(number):
    wrong_key = f"{int(key_of(number)) % 97 + 1:02d}"
    with pytest.raises(NirError) as caught:
        Nir.parse(number + wrong_key)
    assert number not in f"{caught.value!r} {caught.value} {caught.value.__dict__}"


def test_it_is_a_value():
    nir = Nir.parse("2840588321025")
    assert nir == Nir.parse("2 84 05 88 321 025 32")
    assert len({nir, Nir.parse("2840588321025")}) == 1
    assert pickle.loads(pickle.dumps(nir)) == copy.copy(nir) == nir
    with pytest.raises(dataclasses.FrozenInstanceError):
        nir.number = "1"
