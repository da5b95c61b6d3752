"""The key of an establishment's number, letters of Corsica included."""

import pytest

from member_space.domain.finess import read_finess


@pytest.mark.parametrize("number", ["2A0000154", "2B0004246", "2B0000038", "2B0005342", "2B0005359", "240000059"])
def test_the_numbers_of_a_published_list_are_right(number):
    """Order of 4 March 2015, NOR AFSH1506177A, annex: its lines of Corsica, and one of Aquitaine."""
    assert read_finess(number) == number


@pytest.mark.parametrize("number", ["2B0000154", "2A0004246", "2C0000154", "200000154", "2A0000155", "2A000015"])
def test_another_letter_key_or_length_is_wrong(number):
    assert read_finess(number) is None


def test_it_is_read_as_people_write_it():
    assert read_finess(" 2a 000 015-4 ") == "2A0000154"
