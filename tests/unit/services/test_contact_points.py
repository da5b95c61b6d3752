"""E-mail addresses and telephone numbers."""

import pytest

from member_space.services.contact_points import (
    can_get_sms,
    masked_email,
    masked_phone,
    read_email,
    read_phone,
    shown_phone,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0690 12 34 56", "+590690123456"),
        ("0692 12 34 56", "+262692123456"),
        ("+41 79 123 45 67", "+41791234567"),
    ],
)
def test_numbers(text, number):
    assert read_phone(text) == number


@pytest.mark.parametrize("text", ["", "12", "06 12 34 56", "06 12 34 56 78 90 12", "téléphone", "+999 123"])
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match="téléphone"):
        read_phone(text)


def test_an_address_is_kept_in_lower_case():
    assert read_email(" Camille.Durand@Example.ORG ") == "camille.durand@example.org"


@pytest.mark.parametrize(
    "text", ["", "camille", "camille@", "@example.org", "a b@example.org", "a@b", "a@example.org\0"]
)
def test_what_is_no_address(text):
    with pytest.raises(ValueError, match="e-mail"):
        read_email(text)


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("+33612345678", "06 12 34 56 78"),
        ("+262692123456", "0692 12 34 56"),
        ("+41446681800", "+41 44 668 18 00"),
    ],
)
def test_a_number_is_shown_as_its_country_writes_it(kept, shown):
    assert shown_phone(kept) == shown.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+33612345612", "06\u00a0••\u00a0••\u00a0••\u00a012"), ("+41791234567", "+41\u00a0••\u00a0•••\u00a0••\u00a067")],
)
def test_a_number_is_masked_but_for_its_ends(number, shown):
    assert masked_phone(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [("nadia@example.org", "n•••@e•••.org"), ("a@b.fr", "a•••@b•••.fr"), ("x@y.z.co.uk", "x•••@y•••.uk")],
)
def test_an_address_is_masked_without_its_length(address, shown):
    assert masked_email(address) == shown


@pytest.mark.parametrize(
    ("number", "may"),
    [
        ("+33612345612", True),
        ("+590690123456", True),
        ("+12025550123", True),
        ("+33123456789", False),
        ("+33899123456", False),
        ("+88216123456", False),
        ("+870773111632", False),
        ("+8835100", False),
        ("3630", False),
        ("", False),
    ],
)
def test_only_mobiles_get_codes(number, may):
    assert can_get_sms(number) is may
