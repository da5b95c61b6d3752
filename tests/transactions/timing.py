"""Whether the time of an answer tells who is known: distributions compared.

Both kinds of tries are shuffled, so that a busy machine slows them alike, and ranks are compared, which a few slow
tries do not move. What chance alone does once in a million and a half is measured again.
"""

import random
import statistics
from collections.abc import Callable
from math import sqrt
from time import perf_counter

from tests.log_guard import Browser

CSRF = "a-token-that-both-halves-share"
TRIES = 40
"""Of each kind."""
FAR = 5.0
"""Standard deviations between sums of ranks: a chance of one in a million and a half."""
FACTOR = 1.5
"""Between medians; an address that is not hashed for is ten times faster."""

Ask = Callable[[bool, int], float]
"""Seconds of the try of this number, of somebody known or not."""


def browser_of(app, number: int) -> Browser:
    """From a network of its own, so that none is made to wait for another."""
    browser = Browser(app, extra_environ={"REMOTE_ADDR": f"198.18.{number}.1"})
    browser.set_cookie("csrf", CSRF)
    return browser


def seconds(browser: Browser, path: str, status: int, **fields: str) -> float:
    """How long this form took to be answered."""
    start = perf_counter()
    browser.post(path, fields | {"csrf_token": CSRF}, status=status)
    return perf_counter() - start


def measured(ask: Ask, seed: int) -> tuple[list[float], list[float]]:
    """The times of who is known and of who is not, taken in turns in a random order."""
    numbers = list(range(2 * TRIES))
    random.Random(seed).shuffle(numbers)
    ask(True, 2 * TRIES), ask(False, 2 * TRIES + 1)  # what is made once, at the first try
    known, unknown = [], []
    for number in numbers:
        (known if number % 2 else unknown).append(ask(bool(number % 2), number))
    return known, unknown


def apart(known: list[float], unknown: list[float]) -> float:
    """How far from each other two samples are, in standard deviations (Mann-Whitney U, no ties among such times)."""
    ranks = {time: rank for rank, time in enumerate(sorted(known + unknown), 1)}
    n, m = len(known), len(unknown)
    u = sum(ranks[time] for time in known) - n * (n + 1) / 2
    return abs(u - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)


def tells(ask: Ask, seed: int) -> bool:
    """Whether the times tell who is known."""
    known, unknown = measured(ask, seed)
    ratio = statistics.median(known) / statistics.median(unknown)
    return apart(known, unknown) > FAR or not 1 / FACTOR < ratio < FACTOR
