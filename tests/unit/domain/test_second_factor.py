"""When a second factor is asked: the cases one by one, then what holds for all of them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.permissions import Role
from member_space.domain.second_factor import (
    LONG_ABSENCE,
    MANY_FAILURES,
    Method,
    Move,
    Policy,
    Signs,
    Why,
    move_between,
    why_asked,
)

DAY = timedelta(days=1)
HOME = Signs(known_browser=True, absence=DAY)


def signs(**values):
    return Signs(**{"known_browser": True, "absence": DAY} | values)


CASES = [
    # what it looks like                                                       scored             strict
    ("a known browser at home", HOME, None, None),
    ("a new browser", signs(known_browser=False), Why.NEW_BROWSER, Why.NEW_BROWSER),
    ("a new browser after a year", signs(known_browser=False, absence=365 * DAY), Why.NEW_BROWSER, Why.NEW_BROWSER),
    ("the first sign-in ever", signs(absence=None), Why.LONG_ABSENCE, Why.LONG_ABSENCE),
    ("one day less than three months", signs(absence=LONG_ABSENCE - DAY), None, None),
    ("three months", signs(absence=LONG_ABSENCE), Why.LONG_ABSENCE, Why.LONG_ABSENCE),
    ("another address nearby", signs(move=Move.NEAR), None, Why.OTHER_ADDRESS),
    ("another address elsewhere", signs(move=Move.FAR), None, Why.OTHER_ADDRESS),
    ("elsewhere, after wrong passwords", signs(move=Move.FAR, failures=5), Why.OTHER_ADDRESS, Why.OTHER_ADDRESS),
    ("elsewhere, after a slip", signs(move=Move.FAR, failures=1), None, Why.OTHER_ADDRESS),
    ("elsewhere, other software", signs(move=Move.FAR, other_software=True), Why.OTHER_ADDRESS, Why.OTHER_ADDRESS),
    ("nearby, other software", signs(move=Move.NEAR, other_software=True), None, Why.OTHER_ADDRESS),
    (
        "nearby, both signs",
        signs(move=Move.NEAR, failures=9, other_software=True),
        Why.OTHER_ADDRESS,
        Why.OTHER_ADDRESS,
    ),
    ("at home, wrong passwords by somebody", signs(failures=50), None, None),
    ("at home, the browser was renewed", signs(other_software=True), None, None),
]


@pytest.mark.parametrize(("what", "seen", "scored", "strict"), CASES, ids=[case[0] for case in CASES])
def test_each_case(what, seen, scored, strict):
    for policy, expected in ((Policy.SCORED, scored), (Policy.STRICT, strict)):
        assert why_asked(seen, policy=policy, method=Method.PASSWORD, role=Role.MEMBER) is expected


ANY_SIGNS = st.builds(
    Signs,
    known_browser=st.booleans(),
    absence=st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)),
    move=st.sampled_from(Move),
    failures=st.integers(0, 30),
    other_software=st.booleans(),
)
NOT_PASSKEY = st.sampled_from([Method.PASSWORD, Method.OIDC])
ANY_ROLE = st.sampled_from(Role)


@given(ANY_SIGNS, NOT_PASSKEY, ANY_ROLE)
def test_strict_asks_whenever_scored_does(seen, method, role):
    if why_asked(seen, policy=Policy.SCORED, method=method, role=role):
        assert why_asked(seen, policy=Policy.STRICT, method=method, role=role)


@given(ANY_SIGNS, NOT_PASSKEY)
def test_strict_is_exactly_the_three_triggers_of_the_guide(seen, method):
    triggers = not seen.known_browser, seen.absence is None or seen.absence >= LONG_ABSENCE, seen.move is not Move.SAME
    asked = why_asked(seen, policy=Policy.STRICT, method=method, role=Role.MEMBER)
    assert (asked is not None) == any(triggers)


@given(ANY_SIGNS, st.sampled_from(Policy), NOT_PASSKEY, ANY_ROLE.filter(lambda role: role is not Role.MEMBER))
def test_the_office_is_always_asked(seen, policy, method, role):
    assert why_asked(seen, policy=policy, method=method, role=role) is Why.OFFICE


@given(ANY_SIGNS, st.sampled_from(Policy), ANY_ROLE)
def test_a_passkey_is_both_factors(seen, policy, role):
    assert why_asked(seen, policy=policy, method=Method.PASSKEY, role=role) is None


@given(ANY_SIGNS, st.sampled_from(Policy), st.integers(0, MANY_FAILURES))
def test_one_more_odd_sign_never_asks_less(seen, policy, more):
    odder = Signs(
        seen.known_browser, seen.absence, Move(min(seen.move + 1, 2)), seen.failures + more, other_software=True
    )
    if why_asked(seen, policy=policy, method=Method.PASSWORD, role=Role.MEMBER):
        assert why_asked(odder, policy=policy, method=Method.PASSWORD, role=Role.MEMBER)


@given(ANY_SIGNS, ANY_ROLE)
def test_at_home_failures_alone_ask_nothing(seen, role):
    """Who types wrong passwords elsewhere cannot make the member pay for it."""
    here = Signs(known_browser=True, absence=DAY, failures=seen.failures)
    assert why_asked(here, policy=Policy.STRICT, method=Method.PASSWORD, role=Role.MEMBER) is None


@pytest.mark.parametrize(
    ("before", "now", "move"),
    [
        ("203.0.113.9", "203.0.113.9", Move.SAME),
        ("203.0.113.9", "203.0.113.10", Move.NEAR),
        ("203.0.113.9", "203.0.200.1", Move.NEAR),
        ("203.0.113.9", "198.51.100.1", Move.FAR),
        # A home is given a /56: its telephones change address inside it every day.
        ("2001:db8:1:100::1", "2001:db8:1:1ff:aaaa::2", Move.SAME),
        ("2001:db8:1:100::1", "2001:db8:1:200::1", Move.NEAR),
        ("2001:db8:1:100::1", "2001:db9::1", Move.FAR),
        ("203.0.113.9", "2001:db8::1", Move.NEAR),
        (None, None, Move.SAME),
        (None, "203.0.113.9", Move.FAR),
        ("203.0.113.9", None, Move.FAR),
    ],
)
def test_how_far_two_addresses_are(before, now, move):
    assert move_between(before, now) is move


@given(st.ip_addresses(), st.ip_addresses())
def test_how_far_is_the_same_both_ways(before, now):
    assert move_between(str(before), str(now)) is move_between(str(now), str(before))
