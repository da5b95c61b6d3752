import contextlib
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.money import (
    MAX_MONEY,
    MoneyError,
    MoneyProblem,
    apply_rate,
    format_money,
    format_rate,
    parse_money,
    parse_rate,
    to_decimal_text,
)

amounts = st.integers(-MAX_MONEY, MAX_MONEY)
rates = st.integers(0, 20_000)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("0", 0),
        ("12", 1200),
        ("12,5", 1250),
        ("12.5", 1250),
        ("12,50", 1250),
        ("1234.5", 123450),
        ("1 234,50", 123450),
        ("1\u00a0234,50", 123450),
        ("1\u202f234,50\u00a0€", 123450),
        ("1.234,50", 123450),
        ("1,234.50", 123450),
        ("12 345 678,90", 1234567890),
        ("\u221212,00", -1200),
        ("-12,00 €", -1200),
        ("- 12", -1200),
        ("+7,00", 700),
        ("  0,05 ", 5),
        ("000007", 700),
        ("-0", 0),
        ("21474836,47", MAX_MONEY),
    ],
)
def test_reads_what_people_and_files_write(text, cents):
    assert parse_money(text) == cents


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "format"),
        ("€", "format"),
        ("NaN", "format"),
        ("inf", "format"),
        ("1e3", "format"),
        ("0x10", "format"),
        ("12,", "format"),
        (",50", "format"),
        ("--12", "format"),
        ("12-", "format"),
        ("1 23,50", "format"),
        ("1,23.50", "format"),
        ("1.234.567", "format"),
        ("1,234,567", "format"),
        ("١٢", "format"),
        ("12,3O", "format"),
        ("=1+1", "format"),
        ("12\x00", "format"),
        ("12,345", "too_many_decimals"),
        ("1.234", "too_many_decimals"),
        ("21474836,48", "too_large"),
        ("9" * 5000, "too_large"),
    ],
)
def test_refuses_with_its_reason(text, problem):
    with pytest.raises(MoneyError) as caught:
        parse_money(text)
    assert caught.value.problem is MoneyProblem(problem)


@pytest.mark.parametrize("value", [12.5, 12, Decimal("12.5"), None, b"12"])
def test_reads_nothing_but_text(value):
    with pytest.raises(TypeError):
        parse_money(value)


@given(amounts)
def test_what_is_shown_is_read_back(amount):
    assert parse_money(format_money(amount)) == amount
    assert parse_money(to_decimal_text(amount)) == amount
    assert parse_money(to_decimal_text(amount, ",")) == amount


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_a_clear_refusal(text):
    with contextlib.suppress(MoneyError):
        assert abs(parse_money(text)) <= MAX_MONEY


def test_shown_with_no_break_spaces():
    assert format_money(123450) == "1\u202f234,50\u00a0€"
    assert format_money(-5) == "\u22120,05\u00a0€"
    assert format_money(123456789) == "1\u202f234\u202f567,89\u00a0€"
    assert to_decimal_text(-123450, ",") == "-1234,50"


def test_shown_in_english_with_the_sign_before():
    assert format_money(123450, "en") == "€1,234.50"
    assert format_money(-5, "en") == "\u2212€0.05"
    assert [format_rate(rate, "en") for rate in (7000, 6550, 10000, 0)] == ["70%", "65.5%", "100%", "0%"]


@pytest.mark.parametrize(("text", "rate"), [("70", 7000), ("65,5 %", 6550), ("0", 0), ("100%", 10000)])
def test_rates_are_read(text, rate):
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    ("rate", "shown"), [(7000, "70"), (6550, "65,5"), (6625, "66,25"), (0, "0"), (10000, "100"), (1000, "10")]
)
def test_rates_are_shown(rate, shown):
    assert format_rate(rate) == f"{shown}\u00a0%"


@given(st.integers(-(10**9), 10**9), rates)
def test_rounds_half_up_to_the_cent_whatever_the_sign(amount, rate):
    exact = Decimal(amount) * rate / 10_000
    assert apply_rate(amount, rate) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert apply_rate(-amount, rate) == -apply_rate(amount, rate)


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_a_part_and_the_rest_make_the_whole(amount, rate):
    part = apply_rate(amount, rate)
    assert 0 <= part <= amount
    assert abs(amount - part - apply_rate(amount, 10_000 - rate)) <= 1
