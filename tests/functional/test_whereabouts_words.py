"""What is said when « Où ? » has no one place."""

import pytest

from member_space.domain.whereabouts import FURTHEST, PlaceProblem, Reason
from member_space.services.whereabouts import check_position, find_place, place_of_key
from member_space.views.whereabouts_words import PROBLEMS


def test_each_reason_has_its_sentence_which_tells_the_repair():
    assert set(PROBLEMS) == set(Reason)
    sentences = [words.interpolate() for words in PROBLEMS.values()]
    assert len(set(sentences)) == len(sentences)
    repairs = ("ndiquez", "omplétez", "récisez", "hoisissez")
    assert all(any(repair in one for repair in repairs) for one in sentences)
    assert f"{FURTHEST:.0f}\N{NO-BREAK SPACE}km" in sentences[list(PROBLEMS).index(Reason.FAR_POSITION)]


def test_the_table_of_the_product_tells_places():
    found = find_place("Paris 11e")
    assert place_of_key(found.key) == found
    assert check_position("48,86", "2.35") == (48.86, 2.35)
    with pytest.raises(PlaceProblem):
        check_position("0", "0")
