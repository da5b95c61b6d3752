"""Migrations never stop the site: a short lock time-out, a statement time-out, one migrator at a time.

The caller gives a connection in `config.attributes["connection"]` (`member-space db upgrade`), or alembic is run
with `-c development.ini` and the settings tell the database.
"""

from alembic import context
from sqlalchemy import Connection, text

from member_space.models import Base

MIGRATION_LOCK = 6543001


def is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """procrastinate keeps its own tables, and the journal its chain: no model maps them."""
    return not (kind == "table" and name is not None and name.startswith(("procrastinate_", "event_chain")))


def migrate(connection: Connection) -> None:
    connection.execute(text("set lock_timeout = '4s'"))
    connection.execute(text("set statement_timeout = '5min'"))
    connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
    connection.commit()
    context.configure(
        connection=connection, target_metadata=Base.metadata, include_object=is_ours, compare_server_default=False
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.execute(text("reset lock_timeout"))
        connection.execute(text("reset statement_timeout"))
        connection.commit()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    from member_space.config import engine_from_ini

    with engine_from_ini(context.config.config_file_name).connect() as own:
        migrate(own)
