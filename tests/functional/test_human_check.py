"""A proof of work instead of a picture to solve (C18)."""

from datetime import timedelta

import pytest

from member_space.models import SpentPuzzle
from member_space.services import human_check
from member_space.services.human_check import accept, forget_spent, new_puzzle, solve
from member_space.services.tools import Tools
from tests.functional.clock import clock_at


@pytest.fixture
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def tools(app, clock, monkeypatch):
    monkeypatch.setattr(human_check, "BITS", 6)
    registry = app.app.registry
    return Tools(registry.member_space, registry.getUtility)


def test_a_solved_puzzle_is_good_once(db, tools):
    puzzle = new_puzzle(tools)
    answer = solve(puzzle)
    assert accept(db, tools, puzzle, answer)
    assert not accept(db, tools, puzzle, answer)


def test_an_old_one_is_not_and_is_forgotten(db, tools, clock):
    puzzle, other = new_puzzle(tools), new_puzzle(tools)
    answer = solve(puzzle)
    assert accept(db, tools, other, solve(other))
    clock.at += timedelta(hours=1)
    assert not accept(db, tools, puzzle, answer)
    forget_spent(db, tools)
    assert db.query(SpentPuzzle).count() == 0


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "0.9999999999.00.00",
        lambda puzzle: puzzle.replace("6.", "0.", 1),
        lambda puzzle: puzzle[:-1] + ("0" if puzzle[-1] != "0" else "1"),
        lambda puzzle: "é" + puzzle,
        lambda puzzle: puzzle + "\ud800",
    ],
)
def test_a_forged_one_is_not(db, tools, forged):
    puzzle = forged(new_puzzle(tools)) if callable(forged) else forged
    assert not accept(db, tools, puzzle, "0")


def test_a_wrong_answer_is_not_and_spends_nothing(db, tools):
    odd = "é\ud800"
    # One of 64 is solved by any words.
    puzzle = next(one for one in iter(lambda: new_puzzle(tools), None) if not human_check._is_solution(one, odd, 6))
    right = solve(puzzle)
    wrong = next(str(n) for n in range(1000) if not human_check._is_solution(puzzle, str(n), 6))
    assert not accept(db, tools, puzzle, wrong)
    assert not accept(db, tools, puzzle, odd)
    assert accept(db, tools, puzzle, right)


def form_of(app, n):
    """The choice of the channel, for another person each time: only the network is counted."""
    form = next(form for form in app.get("/activation").forms.values() if "email" in form.fields)
    form["email"] = f"personne{n}@example.org"
    form.submit()
    return next(form for form in app.get("/activation/canal").forms.values() if "channel" in form.fields)


@pytest.mark.parametrize(("trap", "solved", "limit"), [("", True, 30), ("", False, 5), ("http://spam", True, 5)])
def test_without_proof_the_form_works_at_lower_limits(app, tools, trap, solved, limit):
    for n in range(limit + 1):
        form = form_of(app, n)
        form["channel"], form["site_web"] = "email", trap
        if solved:
            form["preuve"] = solve(form["enigme"].value)
        answer = form.submit(expect_errors=True)
        assert answer.status_int == (422 if n == limit else 303)
    assert "depuis votre réseau" in answer
