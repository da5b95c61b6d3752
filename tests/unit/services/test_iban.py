"""Account numbers as people type them, beside a peer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban as peer

from member_space.services.iban import IbanProblem, IbanRefused, read_iban, shown_iban

GOOD = (
    "FR7630006000011234567890189",
    "DE89370400440532013000",
    "BE68539007547034",
    "GB29NWBK60161331926819",
    "MC5811222000010123456789030",
    "NO9386011117947",
    "LU280019400644750000",
)
ANY_CASE = st.sampled_from((str.lower, str.upper, str.swapcase))
GAPS = st.sampled_from(("", " ", "  ", "\u00a0", "-", ".", "\t", "\u202f"))


@given(
    st.sampled_from(GOOD), ANY_CASE, st.lists(GAPS, min_size=40, max_size=40), st.sampled_from(("", "IBAN ", "iban: "))
)
def test_spaces_and_capitals_say_nothing(iban, cased, gaps, before):
    typed = before + "".join(one + gap for one, gap in zip(cased(iban), gaps, strict=False))
    assert read_iban(typed).text == iban


@given(st.sampled_from(GOOD), st.integers(2, 26), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_seen(iban, place, digit):
    place %= len(iban)
    wrong = iban[:place] + digit + iban[place + 1 :]
    if wrong == iban:
        return
    with pytest.raises(IbanRefused):
        read_iban(wrong)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        found = read_iban(text)
    except IbanRefused:
        return
    assert peer.is_valid(found.text)


@pytest.mark.parametrize(
    ("typed", "problem", "country", "length"),
    [
        ("", IbanProblem.SHAPE, "", 0),
        ("30006000011234567890189", IbanProblem.SHAPE, "", 0),
        ("FR", IbanProblem.SHAPE, "", 0),
        ("FR76 3000 6000 0112 3456 7890 18é", IbanProblem.SHAPE, "", 0),
        ("ＦＲ7630006000011234567890189", IbanProblem.SHAPE, "", 0),
        ("ZZ7630006000011234567890189", IbanProblem.COUNTRY, "ZZ", 0),
        ("FR763000600001123456789018", IbanProblem.LENGTH, "FR", 27),
        ("FR76300060000112345678901890", IbanProblem.LENGTH, "FR", 27),
        ("FR7730006000011234567890189", IbanProblem.KEY, "FR", 0),
        ("TR330006100519786457841326", IbanProblem.NOT_SEPA, "TR", 0),
        ("US64SVBKUS6S3300958879", IbanProblem.COUNTRY, "US", 0),
    ],
)
def test_each_refusal_says_why(typed, problem, country, length):
    with pytest.raises(IbanRefused) as refused:
        read_iban(typed)
    assert (refused.value.problem, refused.value.country, refused.value.length) == (problem, country, length)


def test_the_key_of_the_rib_is_checked_besides_that_of_the_iban():
    """A RIB whose own key is wrong, under an IBAN key that was computed over it."""
    bban = "30006000011234567890188"
    wrong = "FR" + peer.calc_check_digits("FR00" + bban) + bban
    assert peer.is_valid(wrong, check_country=False)
    with pytest.raises(IbanRefused) as refused:
        read_iban(wrong)
    assert refused.value.problem is IbanProblem.KEY


def test_the_bank_is_named_where_its_code_is_known():
    assert read_iban(GOOD[0]).bank_name == "CREDIT AGRICOLE SA"
    assert shown_iban(GOOD[0]).replace("\u00a0", " ") == "FR76 •••• … 0189"
