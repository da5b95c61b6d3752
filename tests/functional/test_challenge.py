"""The one code mechanism: what holds whatever is typed (C2, R16, R19)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from member_space.domain.check_code import ALPHABET
from member_space.services.challenge import (
    RULES,
    CodeRefused,
    CodeSpent,
    Purpose,
    answer,
    challenge_of_token,
    draw_code,
    open_challenge,
    plain,
    use,
)
from member_space.services.tools import Tools
from tests.functional.clock import clock_at

SAME_DATABASE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)


@pytest.fixture
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def tools(app, clock):
    registry = app.app.registry
    return Tools(registry.member_space, registry.getUtility)


@given(typed=st.text(max_size=40))
@SAME_DATABASE
def test_anything_typed_is_right_wrong_or_late_and_no_more(db, tools, typed):
    challenge, _token = open_challenge(db, tools, Purpose.ACTIVATION)
    code = draw_code(tools, challenge)
    if plain(typed) == code:
        answer(db, tools, challenge, typed)
        return
    with pytest.raises(CodeRefused) as refusal:
        answer(db, tools, challenge, typed)
    assert refusal.value.tries_left == 4


@given(tries=st.lists(st.sampled_from(["right", "wrong", "another"]), max_size=12))
@SAME_DATABASE
def test_never_more_than_five_tries_nor_one_success(db, tools, tries):
    """Whatever the order, with new codes in between: tries are of the request, not of the code."""
    challenge, _token = open_challenge(db, tools, Purpose.ACTIVATION)
    code, passed, counted = draw_code(tools, challenge), 0, 0
    for what in tries:
        if what == "another":
            code = draw_code(tools, challenge)
            continue
        try:
            answer(db, tools, challenge, code if what == "right" else "wrong")
        except CodeRefused:
            assert what == "wrong"
            counted += 1
        except CodeSpent:
            assert passed or counted == 5
        else:
            passed, counted = passed + 1, counted + 1
    assert passed <= 1
    assert challenge.tries == counted <= 5


@given(st.sampled_from(list(RULES.values())))
@settings(max_examples=30)
def test_a_code_is_drawn_in_its_shape(rule):
    code = rule.draw()
    assert plain(code) == code
    assert (len(code) == 6 and code.isdigit()) if rule.digits else (len(code) == 10 and set(code) <= set(ALPHABET))


@given(code=st.from_regex(r"[A-HJ-NP-Z2-9]{10}", fullmatch=True), mark=st.sampled_from([" ", "-", ".", "\u00a0", "\t"]))
def test_spaces_dashes_and_case_change_nothing(code, mark):
    assert plain(f" {code[:5].lower()}{mark}{code[5:]}{mark}") == code


def test_a_code_is_late_to_the_second(db, tools, clock):
    challenge, token = open_challenge(db, tools, Purpose.ACTIVATION)
    code = draw_code(tools, challenge)
    clock.at += timedelta(minutes=10)
    assert challenge_of_token(db, tools, Purpose.ACTIVATION, token) is None
    with pytest.raises(CodeSpent):
        answer(db, tools, challenge, code)
    clock.at -= timedelta(seconds=1)
    answer(db, tools, challenge, code)


def test_what_is_proved_serves_once_and_for_one_purpose(db, tools):
    challenge, token = open_challenge(db, tools, Purpose.ACTIVATION)
    with pytest.raises(CodeSpent):
        use(db, tools, challenge)
    answer(db, tools, challenge, draw_code(tools, challenge))
    assert challenge_of_token(db, tools, Purpose.SIGN_IN, token) is None
    use(db, tools, challenge)
    with pytest.raises(CodeSpent):
        use(db, tools, challenge)
    assert challenge_of_token(db, tools, Purpose.ACTIVATION, token) is None


def test_the_former_code_is_worth_nothing_once_another_is_drawn(db, tools):
    challenge, _token = open_challenge(db, tools, Purpose.INVITATION)
    former, latter = draw_code(tools, challenge), draw_code(tools, challenge)
    with pytest.raises(CodeRefused):
        answer(db, tools, challenge, former)
    answer(db, tools, challenge, latter)
