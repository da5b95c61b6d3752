"""Who gets which waiting request, and when one comes back."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.assignment import LEFT, UNBEGUN, Present, Waiting, comes_back, share_out, works

ALL: frozenset[str] = frozenset()
OPTICS, DENTAL, BOTH = frozenset({"optics"}), frozenset({"dental"}), frozenset({"optics", "dental"})


def people(*rows):
    return [Present(n, skills, load) for n, (skills, load) in enumerate(rows, start=1)]


def queues(*names):
    return [Waiting(n, name) for n, name in enumerate(names, start=1)]


@pytest.mark.parametrize(
    ("waiting", "present", "cap", "given"),
    [
        pytest.param(queues("optics"), [], 3, [], id="nobody is there"),
        pytest.param([], people((ALL, 0)), 3, [], id="nothing waits"),
        pytest.param(queues("optics"), people((DENTAL, 0)), 3, [], id="nobody works that queue"),
        pytest.param(queues("optics"), people((ALL, 3)), 3, [], id="his hands are full"),
        pytest.param(queues("optics"), people((ALL, 5)), 3, [], id="they are more than full: he took them himself"),
        pytest.param(queues("optics"), people((ALL, 2), (ALL, 1)), 3, [(1, 2)], id="to the one with the least"),
        pytest.param(queues("optics"), people((OPTICS, 2), (ALL, 1)), 3, [(1, 2)], id="load comes before skill"),
        pytest.param(queues("optics"), people((ALL, 1), (OPTICS, 1)), 3, [(1, 2)], id="of two alike, his only queue"),
        pytest.param(queues("optics"), people((BOTH, 1), (OPTICS, 1)), 3, [(1, 2)], id="then the fewest queues"),
        pytest.param(queues("optics"), people((OPTICS, 1), (OPTICS, 1)), 3, [(1, 1)], id="then the older account"),
        pytest.param(
            queues("optics", "optics", "optics"),
            people((ALL, 0), (ALL, 1)),
            3,
            [(1, 1), (2, 1), (3, 2)],
            id="each gift counts for the next one",
        ),
        pytest.param(
            queues("dental", "optics", "dental"),
            people((OPTICS, 0), (DENTAL, 0)),
            1,
            [(1, 2), (2, 1)],
            id="what finds nobody holds no other up",
        ),
        pytest.param([Waiting(1, "complaint", frozenset({1}))], people((ALL, 0)), 3, [], id="never his own judge"),
        pytest.param(
            [Waiting(1, "complaint", frozenset({1}))], people((ALL, 0), (ALL, 2)), 3, [(1, 2)], id="a colleague is"
        ),
    ],
)
def test_the_table(waiting, present, cap, given):
    assert share_out(waiting, present, cap) == given


names = st.sampled_from(["optics", "dental", "complaint", "claim"])
crowds = st.lists(
    st.builds(Present, st.integers(1, 40), st.frozensets(names, max_size=3), st.integers(0, 8)),
    max_size=12,
    unique_by=lambda one: one.account_id,
)
piles = st.lists(
    st.builds(Waiting, st.integers(1, 500), names, st.frozensets(st.integers(1, 40), max_size=4)),
    max_size=40,
    unique_by=lambda one: one.id,
)


@given(piles, crowds, st.integers(1, 10))
def test_never_over_the_cap_never_without_the_skill_never_barred_never_twice(waiting, present, cap):
    shared = share_out(waiting, present, cap)
    who, what = {one.account_id: one for one in present}, {one.id: one for one in waiting}
    assert len({request for request, _account in shared}) == len(shared)
    for request, account in shared:
        assert works(who[account].skills, what[request].queue)
        assert account not in what[request].barred
    for account, count in Counter(account for _request, account in shared).items():
        assert who[account].load + count <= cap


@given(piles, crowds, st.integers(1, 10), st.randoms())
def test_the_order_in_which_colleagues_are_read_changes_nothing(waiting, present, cap, random):
    shuffled = list(present)
    random.shuffle(shuffled)
    assert share_out(waiting, shuffled, cap) == share_out(waiting, present, cap)


@given(piles, crowds, st.integers(1, 10))
def test_what_is_left_is_left_because_nobody_could_have_it(waiting, present, cap):
    shared = share_out(waiting, present, cap)
    load = Counter({one.account_id: one.load for one in present}) + Counter(account for _request, account in shared)
    given_away = {request for request, _account in shared}
    for one in waiting:
        if one.id not in given_away:
            able = [p for p in present if works(p.skills, one.queue) and p.account_id not in one.barred]
            assert all(load[p.account_id] >= cap for p in able)


@pytest.mark.parametrize(
    ("begun", "absent", "back"),
    [
        (False, UNBEGUN - timedelta(minutes=1), False),
        (False, UNBEGUN, True),
        (True, UNBEGUN, False),
        (True, LEFT - timedelta(minutes=1), False),
        (True, LEFT, True),
    ],
)
def test_what_he_began_waits_longer_for_him(begun, absent, back):
    assert comes_back(begun=begun, absent=absent) is back
