"""The office's inbox over a million messages: fifty handlers at once, then each page beside a tenth of the data."""

import random
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Any
from uuid import UUID

from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.home_and_list import DayOfTheData, Peer, app_with, best_in_turns
from benchmarks.large import ensure_requests, settings
from benchmarks.measure import beside, under
from member_space.domain.permissions import Role
from member_space.models import Account
from member_space.models import Request as MemberRequest
from member_space.security.logs import configure_logging
from member_space.security.policy import cookie_name
from member_space.services.complaint import OPEN_STATES
from member_space.services.demo.large_requests import COMMON, HANDLERS, MESSAGES_PER_REQUEST
from member_space.services.sessions import Lifetimes, close_session, open_session

REQUESTS, FEWER = 200_000, 20_000
SECONDS = 60
THINKS = (3, 9)
"""Seconds between two acts of one handler: he reads, and answers on the telephone."""
POLLS_EVERY = 5
RUNS = 25
GOALS = {"list": 150, "open": 200, "search": 300}
"""Milliseconds that 95 of 100 take at most."""
GROWTH = 1.3
CSRF = "0" * 40
LIST = "/bureau/demandes"
LISTS = ("", "?chez=moi", "?genre=claim", "?etat=waiting_member", "?retard=oui")


@dataclass(frozen=True, slots=True)
class Inbox:
    """The application over one insurer: `tokens` of its handlers, `opened`: requests that wait for the office."""

    app: Callable[..., Any]
    tokens: list[str]
    opened: list[UUID]

    def ask(self, token: str, path: str, **fields: str) -> Response:
        """One page, or one form; whatever is not expected stops the benchmark."""
        headers = {"Cookie": f"{cookie_name(settings())}={token}; csrf={CSRF}"}
        values = fields | {"csrf_token": CSRF} if fields else None
        response = Request.blank(path, headers=headers, POST=values).get_response(self.app)
        if response.status_int not in (200, 303, 304):
            raise RuntimeError(f"{path}: {response.status}")
        return response


def run() -> list[dict[str, object]]:
    """The mixed load on the large one, then both alone, in turns."""
    configure_logging("json", StringIO())
    with inbox_of(REQUESTS) as large, inbox_of(FEWER) as small:
        return [*under_load(large), *growth(large, small)]


@contextmanager
def inbox_of(requests: int) -> Any:
    """Everything signed in, and out again."""
    engine = ensure_requests(requests)
    now = DayOfTheData().now()
    with Session(engine) as db:
        handlers = db.scalars(select(Account.id).where(Account.role == Role.HANDLER.value).limit(HANDLERS)).all()
        sessions = [open_session(db, account, now, Lifetimes.of(settings())) for account in handlers]
        open_ones = select(MemberRequest.public_id).where(MemberRequest.state.in_(OPEN_STATES))
        opened = list(db.scalars(open_ones.order_by(MemberRequest.id).limit(500)))
        db.commit()
    yield Inbox(app_with(Peer(engine)), [token for _id, token in sessions], opened)
    with Session(engine) as db:
        for session_id, _token in sessions:
            close_session(db, session_id)
        db.commit()
    engine.dispose()


def under_load(inbox: Inbox) -> list[dict[str, object]]:
    """Fifty handlers list, open, search, write and ask for news; 95 of 100 of each within its goal."""
    times: dict[str, list[float]] = {}
    lock, over = threading.Lock(), time.monotonic() + SECONDS

    def timed(name: str, call: Callable[[], object]) -> None:
        start = time.perf_counter()
        call()
        with lock:
            times.setdefault(name, []).append(time.perf_counter() - start)

    def handler(n: int) -> None:
        chance, token = random.Random(n), inbox.tokens[n]
        # They do not all sit down at the same second.
        time.sleep(chance.uniform(0, THINKS[1]))
        while time.monotonic() < over:
            name = chance.choices(["list", "open", "search", "note"], [4, 4, 1, 1])[0]
            timed(name, acts(inbox, token, chance)[name])
            time.sleep(chance.uniform(*THINKS))

    def polls(n: int) -> None:
        time.sleep(POLLS_EVERY * n / HANDLERS)
        while time.monotonic() < over:
            timed("news", lambda: inbox.ask(inbox.tokens[n], LIST + "/fraicheur"))
            time.sleep(POLLS_EVERY)

    has_news = any(route == "/bureau/demandes/fraicheur" for route in routes(inbox))
    with ThreadPoolExecutor(2 * HANDLERS) as pool:
        everybody = [pool.submit(handler, n) for n in range(HANDLERS)]
        everybody += [pool.submit(polls, n) for n in range(HANDLERS)] if has_news else []
        for one in everybody:
            one.result()
    sizes = f"{REQUESTS * MESSAGES_PER_REQUEST} messages, {HANDLERS} handlers"
    return [
        under(f"inbox, {name}, {sizes}, p95 of {len(times[name])}", p95(times[name]) * 1000, "ms", goal)
        for name, goal in GOALS.items()
    ]


def routes(inbox: Inbox) -> list[str]:
    """The addresses of the application."""
    from pyramid.interfaces import IRoutesMapper

    return [route.pattern for route in inbox.app.registry.getUtility(IRoutesMapper).get_routes()]


def acts(inbox: Inbox, token: str, chance: random.Random) -> dict[str, Callable[[], Response]]:
    """What a handler does, each on something drawn."""
    one = chance.choice(inbox.opened)
    return {
        "list": lambda: inbox.ask(token, LIST + chance.choice(LISTS)),
        "open": lambda: inbox.ask(token, f"{LIST}/{one}"),
        "search": lambda: inbox.ask(token, LIST, cherche=searched(chance)),
        "note": lambda: inbox.ask(token, LIST + f"/{one}/note", version=version_in(inbox, token, one), note="Vu."),
    }


def version_in(inbox: Inbox, token: str, one: UUID) -> str:
    """The version that the page of this request shows."""
    page = inbox.ask(token, f"{LIST}/{one}").text
    return page.partition('name="version" value="')[2].partition('"')[0]


def searched(chance: random.Random) -> str:
    """A number, a member, a rare word, a file, or two words that stand in half of the messages."""
    n = chance.randrange(1, FEWER)
    return chance.choice(
        [f"{n:06d}", f"Alice Membre{n % 5000}", f"mot{n}", f"facture_{n}.pdf", " ".join(chance.sample(COMMON, 2))]
    )


def growth(large: Inbox, small: Inbox) -> list[dict[str, object]]:
    """Each page alone, large and small in turns: what ten times the messages cost."""
    pages = {
        "list": lambda inbox: inbox.ask(inbox.tokens[0], LIST),
        "open": lambda inbox: inbox.ask(inbox.tokens[0], f"{LIST}/{inbox.opened[0]}"),
        "search of a number": lambda inbox: inbox.ask(inbox.tokens[0], LIST, cherche="001234"),
        "search of a rare word and a common one": lambda inbox: inbox.ask(
            inbox.tokens[0], LIST, cherche="mot1234 facture"
        ),
        "search of two common words": lambda inbox: inbox.ask(inbox.tokens[0], LIST, cherche="merci facture"),
    }
    results = []
    for name, ask in pages.items():
        ask(large), ask(small)
        ours, fewer = best_in_turns(RUNS, lambda ask=ask: ask(large), lambda ask=ask: ask(small))
        told = f"inbox, {name}, {REQUESTS * MESSAGES_PER_REQUEST} messages beside {FEWER * MESSAGES_PER_REQUEST}"
        results.append(beside(told, ours * 1000, "ms", GROWTH, peer=fewer * 1000))
    return results


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
