"""Is it a person's browser? Asked in silence: a field that only machines fill, and a small proof of work (C18).

A form takes the macro of partials/human_check; its view asks `human_check(request)` once, on POST. False never
refuses anybody (a browser without script does no work): the form goes on, at lower limits.
"""

from typing import Any

from pyramid.events import BeforeRender
from pyramid.request import Request

from member_space.services.human_check import accept, new_puzzle

TRAP, PUZZLE, ANSWER = "site_web", "enigme", "preuve"


def human_check(request: Request) -> bool:
    """Whether this POST left the trap empty and brings a fresh proof of work; the proof is used up."""
    if request.POST.get(TRAP):
        return False
    puzzle, answer = request.POST.get(PUZZLE, ""), request.POST.get(ANSWER, "")
    return bool(answer) and accept(request.db, request.tools, puzzle, answer)


def _give_puzzle(event: Any) -> None:
    """`puzzle()` in templates: only drawn by a page that asks."""
    request = event["request"]
    if request is not None:
        event["puzzle"] = lambda: new_puzzle(request.tools)


def includeme(config: Any) -> None:
    config.add_subscriber(_give_puzzle, BeforeRender)
