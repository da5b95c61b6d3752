"""Whether the database answers."""

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError


def check_database(engine: Engine) -> None:
    """Raise SQLAlchemy's error when the database does not answer, or has not the product's tables."""
    with engine.connect() as connection:
        connection.execute(text("select 1 from account limit 1"))


def is_away(error: BaseException) -> bool:
    """Whether this error says that the database does not answer for the moment: it stops, starts or is not reached."""
    if not isinstance(error, OperationalError):
        return False
    # Classes 08 and 57P: the connection is lost, the server stops or starts. Without a code nobody answered.
    code = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or code is None or code.startswith(("08", "57P"))
