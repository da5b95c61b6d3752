"""Who may have a space, and whom a door leads to."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.activation import Candidate, may_have_account, one_of_contract, owner_of_contact

TODAY = date(2026, 11, 20)
GROWN, CHILD = date(1985, 4, 12), date(2012, 5, 2)


@pytest.mark.parametrize(
    ("birth", "may"),
    [
        (date(2010, 11, 20), True),
        (date(2010, 11, 21), False),
        (date(1926, 1, 1), True),
        (date(2026, 11, 21), False),  # not yet born: a feed may say so
    ],
)
def test_sixteen_on_that_day(birth, may):
    assert may_have_account(birth, TODAY) is may


@pytest.mark.parametrize(
    ("candidates", "owner"),
    [
        ([], None),
        ([Candidate(1, CHILD, is_holder=False)], None),
        ([Candidate(1, CHILD, is_holder=False), Candidate(2, GROWN, is_holder=False)], 2),
        ([Candidate(1, GROWN, is_holder=False), Candidate(2, GROWN, is_holder=True)], 2),
        ([Candidate(3, GROWN, is_holder=True), Candidate(2, GROWN, is_holder=True)], 2),
    ],
)
def test_whose_a_shared_address_is(candidates, owner):
    found = owner_of_contact(candidates, TODAY)
    assert (found.person_id if found else None) == owner


@pytest.mark.parametrize(
    ("candidates", "found"),
    [
        ([], None),
        ([Candidate(1, CHILD, is_holder=False)], None),
        ([Candidate(1, GROWN, is_holder=False)], 1),
        ([Candidate(1, GROWN, is_holder=False), Candidate(2, GROWN, is_holder=False)], None),  # twins
        ([Candidate(1, GROWN, is_holder=False, account_id=9), Candidate(2, GROWN, is_holder=False)], 2),
        ([Candidate(1, GROWN, is_holder=False, account_id=9)], 1),
    ],
)
def test_whom_a_member_number_and_a_birth_date_lead_to(candidates, found):
    one = one_of_contract(candidates, TODAY)
    assert (one.person_id if one else None) == found


people = st.lists(
    st.builds(
        Candidate,
        person_id=st.integers(1, 50),
        birth_date=st.dates(date(1920, 1, 1), TODAY),
        is_holder=st.booleans(),
        account_id=st.none() | st.integers(1, 9),
    ),
    max_size=6,
    unique_by=lambda one: one.person_id,
)


@given(people)
def test_the_order_in_which_they_are_found_changes_nothing(candidates):
    assert owner_of_contact(candidates, TODAY) == owner_of_contact(candidates[::-1], TODAY)
    assert one_of_contract(candidates, TODAY) == one_of_contract(candidates[::-1], TODAY)


@given(people)
def test_nobody_too_young_is_ever_found(candidates):
    for found in (owner_of_contact(candidates, TODAY), one_of_contract(candidates, TODAY)):
        assert found is None or may_have_account(found.birth_date, TODAY)
