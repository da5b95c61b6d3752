"""Signing in with a password, in process, beside a view that runs its statements and returns a constant.

The hash of the password is left out on both sides: argon2id costs what the installation wants it to cost (20 ms and
19 MiB a try), which would hide everything else. Here a hasher compares in constant time and hashes nothing.
"""

import hmac
import secrets
import statistics
from collections.abc import Callable
from contextlib import contextmanager
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from sqlalchemy import Engine, delete, event, select, update
from sqlalchemy.orm import Session
from zope.interface import implementer

from benchmarks.home_and_list import DayOfTheData, Statements, best_in_turns
from benchmarks.large import SETTINGS, ensure_large, settings
from benchmarks.measure import beside
from member_space.config import configurator
from member_space.interfaces import IClock, IPasswordHasher
from member_space.models import Account, Device, WebSession
from member_space.security.logs import configure_logging
from member_space.services.device import trust_device
from member_space.services.tools import Origin, Tools

MEMBERS = 10_000
ACCOUNTS = 20
RUNS = 25
PASSWORD = "the password of everybody here"
CSRF = "a-token-that-both-halves-share"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"


@implementer(IPasswordHasher)
class NoHash:
    """Compares, and costs nothing."""

    def hash(self, password: str) -> str:
        return password

    def verify(self, encoded: str | None, password: str) -> bool:
        return hmac.compare_digest(encoded or "", password)

    def needs_rehash(self, _encoded: str) -> bool:
        return False


def run() -> list[dict[str, object]]:
    """A browser that is trusted signs in with its password: in at once, 303."""
    configure_logging("json", StringIO())
    engine = ensure_large(MEMBERS)
    results = measure(engine, ACCOUNTS, RUNS)
    engine.dispose()
    return results


def measure(engine: Engine, accounts: int, runs: int) -> list[dict[str, object]]:
    """The same in any database that has so many accounts, which is left as it was but for the journal."""
    peer = Peer(engine)
    app, tools = app_with(peer)
    with known_browsers(engine, tools, accounts) as browsers:
        times = []
        for email, token in browsers:
            enter = asking(app, "/connexion", email, token)
            enter()
            peer.record(enter)
            times.append(best_in_turns(runs, enter, asking(app, "/peer", email, token, 200)))
    ours, floor = (statistics.mean(column) * 1000 for column in zip(*times, strict=True))
    name = f"sign-in, {len(peer.statements)} statements, argon2 excluded"
    return [beside(f"{name}, beside the same statements by psycopg", ours, "ms", 4, floor=floor)]


class Peer:
    """A view of the same application: runs the statements of a sign-in through psycopg, returns a constant."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements: Statements = []

    def __call__(self, _context: Any, request: Request) -> Response:
        connection = request.db.connection().connection.driver_connection
        for statement, parameters in self.statements:
            cursor = connection.execute(statement, self._fresh(parameters))
            if cursor.description:
                cursor.fetchall()
        return Response("constant")

    @staticmethod
    def _fresh(parameters: Any) -> Any:
        """The token of a new session is unique: each run has its own."""
        opens = "expires_at" in (parameters or ())
        return parameters | {"token_hash": secrets.token_bytes(32)} if opens else parameters

    def record(self, ask: Callable[[], Response]) -> None:
        """Take the statements of one sign-in, with their values."""
        self.statements = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            self.statements.append((statement, parameters))

        event.listen(self.engine, "before_cursor_execute", note)
        ask()
        event.remove(self.engine, "before_cursor_execute", note)


def app_with(peer: Peer) -> tuple[Callable[..., Any], Tools]:
    """The whole application, with the hasher that hashes nothing and the peer as one more page."""
    config = configurator(SETTINGS, peer.engine)
    config.registry.registerUtility(DayOfTheData(), IClock)
    config.registry.registerUtility(NoHash(), IPasswordHasher)
    config.add_route("peer", "/peer")
    config.add_view(peer, route_name="peer", permission=NO_PERMISSION_REQUIRED, request_method="POST")
    app = config.make_wsgi_app()
    return app, Tools(config.registry.member_space, config.registry.getUtility)


@contextmanager
def known_browsers(engine: Engine, tools: Tools, accounts: int) -> Any:
    """Addresses of accounts spread over the insurer, each with the token of a browser it trusts; all undone after."""
    with Session(engine) as db:
        every = db.scalars(select(Account.id).where(Account.email.is_not(None)).order_by(Account.id)).all()
        spread = every[:: max(1, len(every) // accounts)][:accounts]
        found = []
        for account in db.scalars(select(Account).where(Account.id.in_(spread))):
            account.password_hash = PASSWORD
            account.last_signed_in_at = tools.now()
            _device, token = trust_device(db, tools, account, Origin("127.0.0.1", FIREFOX))
            found.append((account.email, token))
        db.commit()
    try:
        yield found
    finally:
        with Session(engine) as db:
            for model in (WebSession, Device):
                db.execute(delete(model).where(model.account_id.in_(spread)))
            db.execute(update(Account).where(Account.id.in_(spread)).values(password_hash=None, last_signed_in_at=None))
            db.commit()


def asking(app: Callable[..., Any], path: str, email: str, token: str, status: int = 303) -> Callable[[], Response]:
    """One sign-in, as often as it is called; another answer stops the benchmark."""
    assert not settings().cookie_secure
    body = urlencode({"csrf_token": CSRF, "email": email, "password": PASSWORD}).encode()
    headers = {"Cookie": f"csrf={CSRF}; device={token}", "User-Agent": FIREFOX}

    def ask() -> Response:
        request = Request.blank(
            path, headers=headers, environ={"REMOTE_ADDR": "127.0.0.1"}, method="POST", body=body,
            content_type="application/x-www-form-urlencoded",
        )  # fmt: skip
        response = request.get_response(app)
        if response.status_int != status or (status == 303 and response.location != "http://localhost/"):
            raise RuntimeError(f"{path}: {response.status} {response.location}")
        return response

    return ask
