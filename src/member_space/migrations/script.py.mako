"""${message}

A migration runs while the site is open: add before you remove, never lock a large table for long (4 s, then it
gives up), separate data from schema, fill large tables in batches.
"""

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
