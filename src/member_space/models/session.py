"""Engine and sessions."""

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session, sessionmaker


def make_engine(url: str, role: str | None = None) -> Engine:
    """One engine a process; connections are checked before use, so that a restarted server is no error.

    `role`: whom every connection works as from its first statement, by the options of the connection itself: `reset
    role` comes back to it, and whoever opens connections of his own from this engine's URL (the job queue) has it too.
    """
    where = make_url(url)
    # A page's statements are short: starting workers takes longer than they save, and takes the processors of others.
    settings = ["max_parallel_workers_per_gather=0", *([f"role={role}"] if role else [])]
    given = where.query.get("options")
    options = [*([str(given)] if given else []), *(f"-c {setting}" for setting in settings)]
    where = where.update_query_dict({"options": " ".join(options)})
    return create_engine(
        where,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        # An error names its statement, never the values: they may be a NIR.
        hide_parameters=True,
    )


def make_session_factory(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)
