"""« Mes appareils » of an account with 1,000 open sessions and 1,000 devices, beside one with ten of each."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

from sqlalchemy import Engine, delete, event, insert, select, text
from sqlalchemy.orm import Session

from benchmarks.home_and_list import DayOfTheData, Peer, app_with, asking, best_in_turns
from benchmarks.large import ensure_large, settings
from benchmarks.measure import beside, under
from member_space.models import Account, Device, WebSession
from member_space.security.logs import configure_logging
from member_space.services.sessions import Lifetimes, open_session

MEMBERS = 10_000
MANY, FEW = 1_000, 10
RUNS = 50
MOST_STATEMENTS = 6
PATH = "/securite/appareils"
BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17 Safari/605",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
)


def run() -> list[dict[str, object]]:
    """The first page, which is full on both sides: its statements, and its time beside that of ten of each."""
    configure_logging("json", StringIO())
    engine = ensure_large(MEMBERS)
    results = measure(engine, MANY, RUNS)
    engine.dispose()
    return results


def measure(engine: Engine, many: int, runs: int) -> list[dict[str, object]]:
    """The same in any database that has two accounts, which is left as it was."""
    app = app_with(Peer(engine))
    with signed_in(engine, (many, FEW)) as (large, small):
        ask, ask_few = asking(app, PATH, large), asking(app, PATH, small)
        ask(), ask_few()
        counts = [statements_of(engine, one) for one in (ask, ask_few)]
        seconds, few = best_in_turns(runs, ask, ask_few)
    name = f"devices, {many} sessions and {many} devices"
    return [
        under(f"{name}: SQL statements", max(counts), "statements", MOST_STATEMENTS),
        under(f"{name}: SQL statements more than with {FEW}", counts[0] - counts[1], "statements", 0.5),
        beside(f"{name}, beside {FEW} of each", seconds * 1000, "ms", 1.2, peer=few * 1000),
    ]


@contextmanager
def signed_in(engine: Engine, sizes: tuple[int, ...]) -> Iterator[list[str]]:
    """The token of an account for each size, with so many other sessions and devices; all undone after."""
    with Session(engine) as db:
        accounts = db.scalars(select(Account.id).order_by(Account.id).limit(len(sizes))).all()
        tokens = [_fill(db, account, size) for account, size in zip(accounts, sizes, strict=True)]
        db.commit()
        for table in ("web_session", "device"):
            db.execute(text(f"analyze {table}"))
        db.commit()
    try:
        yield tokens
    finally:
        with Session(engine) as db:
            for model in (WebSession, Device):
                db.execute(delete(model).where(model.account_id.in_(accounts)))
            db.commit()


def _fill(db: Session, account: int, size: int) -> str:
    now, lifetimes = DayOfTheData().now(), Lifetimes.of(settings())
    moments = [now - timedelta(milliseconds=100 * n) for n in range(1, size + 1)]
    common: list[dict[str, Any]] = [
        {
            "account_id": account,
            "token_hash": secrets.token_bytes(32),
            "user_agent": BROWSERS[n % len(BROWSERS)],
            "last_seen_at": moment,
        }
        for n, moment in enumerate(moments)
    ]
    db.execute(insert(WebSession), [one | {"expires_at": now + lifetimes.total} for one in common])
    trusted = {"trusted_until": now + timedelta(days=90)}
    db.execute(insert(Device), [one | trusted | {"token_hash": secrets.token_bytes(32)} for one in common])
    _id, token = open_session(db, account, now, lifetimes)
    return token


def statements_of(engine: Engine, ask: Callable[[], object]) -> int:
    """How many SQL statements one request runs."""
    run: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        run.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    ask()
    event.remove(engine, "before_cursor_execute", note)
    return len(run)
