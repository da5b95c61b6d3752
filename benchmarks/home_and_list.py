"""Home and the list of reimbursements, in process, beside a view that runs their statements and returns a constant."""

import statistics
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from io import StringIO
from typing import Any

from pyramid.authorization import Allow, Authenticated
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from benchmarks.large import SETTINGS, TODAY, ensure_large, settings
from benchmarks.measure import beside, best_of, under
from member_space.config import configurator
from member_space.interfaces import IClock
from member_space.models import Account
from member_space.security.logs import configure_logging
from member_space.security.policy import cookie_name
from member_space.services.sessions import Lifetimes, close_session, open_session

MEMBERS, FEWER = 200_000, 10_000
ACCOUNTS = 20
RUNS = 25
PAGES = {"home": "/", "reimbursements": "/remboursements"}
MOST_STATEMENTS = 8
Statements = list[tuple[str, Any]]


@implementer(IClock)
class DayOfTheData:
    """Noon of the day that the data were made for, so that the twelve months are full."""

    def now(self) -> datetime:
        return datetime.combine(TODAY, time(12), UTC)

    def today(self) -> date:
        return TODAY


def run() -> list[dict[str, object]]:
    """Each page at 200,000 members: its statements, its time beside its peer's, and beside its time at 10,000."""
    configure_logging("json", StringIO())
    with Site(MEMBERS) as large, Site(FEWER) as small:
        return [result for page, path in PAGES.items() for result in measure(page, path, large, small)]


def measure(page: str, path: str, large: "Site", small: "Site") -> list[dict[str, object]]:
    """One page. The three times are taken in turns, so that the noise of the machine falls on all of them."""
    counts, times = [], []
    for token, other in zip(large.tokens, small.tokens, strict=True):
        ask, ask_small = asking(large.app, path, token), asking(small.app, path, other)
        ask(), ask_small()
        large.peer.record(ask)
        counts.append(len(large.peer.statements))
        times.append(best_in_turns(RUNS, ask, asking(large.app, "/peer", token), ask_small))
    seconds, peer, fewer = (statistics.mean(column) for column in zip(*times, strict=True))
    name = f"{page}, {MEMBERS} members"
    return [
        under(f"{name}: SQL statements", max(counts), "statements", MOST_STATEMENTS),
        beside(f"{name}, beside the same statements by psycopg", seconds * 1000, "ms", 4, peer=peer * 1000),
        beside(f"{name}, beside {FEWER} members", seconds * 1000, "ms", 1.2, peer=fewer * 1000),
    ]


def best_in_turns(times: int, *calls: Callable[[], object]) -> list[float]:
    """The shortest run of each, in seconds."""
    rounds = [[best_of(1, call) for call in calls] for _ in range(times)]
    return [min(column) for column in zip(*rounds, strict=True)]


class Site:
    """The application over an insurer of so many members, with sessions of accounts spread over it."""

    def __init__(self, members: int) -> None:
        self.engine = ensure_large(members)
        self.peer = Peer(self.engine)
        self.app = app_with(self.peer)
        with Session(self.engine) as db:
            self._opened = sessions_of(db)
        self.tokens = [token for _, token in self._opened]

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *_exception: object) -> None:
        with Session(self.engine) as db:
            for session_id, _ in self._opened:
                close_session(db, session_id)
            db.commit()
        self.engine.dispose()


class Peer:
    """A view of the same application, behind the same doors: runs statements through psycopg, returns a constant.

    Its reader is signed in as on any page, so the statement that finds the session, the first, is run by the policy.
    """

    __acl__ = ((Allow, Authenticated, "peer"),)

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements: Statements = []

    def __call__(self, request: Request) -> Response:
        psycopg_connection = request.db.connection().connection.driver_connection
        for statement, parameters in self.statements[1:]:
            cursor = psycopg_connection.execute(statement, parameters)
            if cursor.description:  # a page also writes: that its news were seen, whose data it read
                cursor.fetchall()
        return Response("constant")

    def record(self, ask: Callable[[], Response]) -> None:
        """Take the statements of one request, with their values."""
        self.statements = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            self.statements.append((statement, parameters))

        event.listen(self.engine, "before_cursor_execute", note)
        ask()
        event.remove(self.engine, "before_cursor_execute", note)
        if "web_session" not in self.statements[0][0]:
            raise RuntimeError("the first statement does not find the session")


def app_with(peer: Peer) -> Callable[..., Any]:
    """The whole application, on the day of the data, with the peer as one more page."""
    config = configurator(SETTINGS, peer.engine)
    config.registry.registerUtility(DayOfTheData(), IClock)
    config.add_route("peer", "/peer", factory=lambda _request: peer)
    config.add_view(peer, route_name="peer", permission="peer")
    return config.make_wsgi_app()


def sessions_of(db: Session) -> list[tuple[int, str]]:
    """Sessions of accounts spread over the whole insurer: (id, token)."""
    every = db.scalars(select(Account.id).order_by(Account.id)).all()
    spread = every[:: max(1, len(every) // ACCOUNTS)][:ACCOUNTS]
    lifetimes = Lifetimes.of(settings())
    opened = [open_session(db, account, DayOfTheData().now(), lifetimes) for account in spread]
    db.commit()
    return opened


def asking(app: Callable[..., Any], path: str, token: str) -> Callable[[], Response]:
    """One request of one member, as often as it is called; a page that is not there stops the benchmark."""
    headers = {"Cookie": f"{cookie_name(settings())}={token}"}

    def ask() -> Response:
        response = Request.blank(path, headers=headers).get_response(app)
        if response.status_int != 200:
            raise RuntimeError(f"{path}: {response.status}")
        return response

    return ask
