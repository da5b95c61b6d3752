"""The holes of an answer ready to send: what they are read as, and how long that takes."""

import pytest

from member_space.services.canned_answer import blanks_left, fill, unknown_variables

VALUES = {"prenom": "Hélène", "numero": None}


@pytest.mark.parametrize(
    ("body", "filled", "blanks", "unknown"),
    [
        ("Bonjour {{prenom}}", "Bonjour Hélène", [], []),
        ("Bonjour {{ prenom }}", "Bonjour Hélène", [], []),
        ("N° {{numero}}", "N° {{?numero}}", ["numero"], []),
        ("Le {{ ? jour }}, {{?jour}}", "Le {{?jour}}, {{?jour}}", ["jour"], []),
        ("{{ville}}", "{{?ville}}", ["ville"], ["ville"]),
        ("{{?}} {} {{a{b}}", "{{?}} {} {{a{b}}", [""], []),
    ],
)
def test_each_hole_is_filled_or_left_to_the_handler(body, filled, blanks, unknown):
    assert fill(body, VALUES) == filled
    assert blanks_left(filled) == blanks
    assert unknown_variables(body) == unknown


@pytest.mark.parametrize("body", ["{{" + " " * 400_000, "{{?" + " " * 400_000, "{{ a" * 200_000, "{" * 800_000])
def test_a_hole_that_is_not_closed_is_read_at_once(body):
    """One that is read again from each of its signs would take an hour."""
    assert blanks_left(body) == []
