from itertools import product

import pytest

from member_space.domain.privacy import View, view_of

HOLDER, SPOUSE = 1, 2


def seen(**facts):
    facts = {"viewer_is_holder": True, "subject_is_adult": True, "subject_opened": False} | facts
    return view_of(viewer_person_id=facts.pop("viewer"), subject_person_id=facts.pop("subject"), **facts)


@pytest.mark.parametrize(("holder", "adult", "opened"), list(product([True, False], repeat=3)))
def test_everyone_sees_his_own_care(holder, adult, opened):
    own = seen(viewer=1, subject=1, viewer_is_holder=holder, subject_is_adult=adult, subject_opened=opened)
    assert own is View.FULL


@pytest.mark.parametrize(
    ("adult", "opened", "expected"),
    [
        (False, False, View.FULL),
        (False, True, View.FULL),
        (True, False, View.AMOUNTS_ONLY),
        (True, True, View.FULL),
    ],
)
def test_holder_sees_minors_and_only_the_amounts_of_adults(adult, opened, expected):
    assert seen(viewer=HOLDER, subject=SPOUSE, subject_is_adult=adult, subject_opened=opened) is expected


@pytest.mark.parametrize(("adult", "opened"), list(product([True, False], repeat=2)))
def test_other_beneficiaries_see_nobody_else(adult, opened):
    facts = {"viewer_is_holder": False, "subject_is_adult": adult, "subject_opened": opened}
    assert seen(viewer=SPOUSE, subject=HOLDER, **facts) is View.NONE


def test_views_are_ordered():
    assert View.NONE < View.AMOUNTS_ONLY < View.FULL
