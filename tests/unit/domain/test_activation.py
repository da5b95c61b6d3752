"""Who may have a space, and whom a door leads to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.activation import Candidate, one_of_contract, owner_of_contact


@pytest.mark.parametrize(
    ("candidates", "owner"),
    [
        ([], None),
        ([Candidate(2, is_holder=False)], 2),
        ([Candidate(1, is_holder=False), Candidate(2, is_holder=True)], 2),
        ([Candidate(3, is_holder=True), Candidate(2, is_holder=True)], 2),
    ],
)
def test_whose_a_shared_address_is(candidates, owner):
    found = owner_of_contact(candidates)
    assert (found.person_id if found else None) == owner


@pytest.mark.parametrize(
    ("candidates", "found"),
    [
        ([], None),
        ([Candidate(1, is_holder=False)], 1),
        ([Candidate(1, is_holder=False), Candidate(2, is_holder=False)], None),  # twins
        ([Candidate(1, is_holder=False, account_id=9), Candidate(2, is_holder=False)], 2),
        ([Candidate(1, is_holder=False, account_id=9)], 1),
    ],
)
def test_whom_a_member_number_and_a_birth_date_lead_to(candidates, found):
    one = one_of_contract(candidates)
    assert (one.person_id if one else None) == found


people = st.lists(
    st.builds(
        Candidate,
        person_id=st.integers(1, 50),
        is_holder=st.booleans(),
        account_id=st.none() | st.integers(1, 9),
    ),
    max_size=6,
    unique_by=lambda one: one.person_id,
)


@given(people)
def test_the_order_in_which_they_are_found_changes_nothing(candidates):
    assert owner_of_contact(candidates) == owner_of_contact(candidates[::-1])
    assert one_of_contract(candidates) == one_of_contract(candidates[::-1])
