"""Engine and sessions."""

import time
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session, sessionmaker

IDLE = 2.0
"""Seconds: a connection that served so lately is not asked first whether it lives."""


def make_engine(url: str, role: str | None = None) -> Engine:
    """One engine a process; connections that rested are checked before use, so that a restarted server is no error.

    `role`: whom every connection works as from its first statement, by the options of the connection itself: `reset
    role` comes back to it, and whoever opens connections of his own from this engine's URL (the job queue) has it too.
    """
    where = make_url(url)
    # A page's statements are short: starting workers takes longer than they save, and takes the processors of others.
    settings = ["max_parallel_workers_per_gather=0", *([f"role={role}"] if role else [])]
    given = where.query.get("options")
    options = [*([str(given)] if given else []), *(f"-c {setting}" for setting in settings)]
    where = where.update_query_dict({"options": " ".join(options)})
    engine = create_engine(
        where,
        pool_size=10,
        max_overflow=10,
        # The one that served last: its server process has the tables at hand, those that others left do not.
        pool_use_lifo=True,
        # An error names its statement, never the values: they may be a NIR.
        hide_parameters=True,
    )
    _check_what_rested(engine)
    return engine


def _check_what_rested(engine: Engine) -> None:
    """As ``pool_pre_ping``, which asks the server twice for each question to the API (one transaction counts it)."""

    def rests(_connection: Any, record: Any) -> None:
        record.info["since"] = time.monotonic()

    def check(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info["since"] > IDLE:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as gone:
                raise DisconnectionError from gone

    event.listen(engine, "connect", rests)
    event.listen(engine, "checkin", rests)
    event.listen(engine, "checkout", check)


def make_session_factory(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)
