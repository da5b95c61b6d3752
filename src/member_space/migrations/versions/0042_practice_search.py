"""practice: the index of places has what a search reads, so that it reads nothing else"""

from alembic import op
from sqlalchemy import text

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Four seconds for 1,200,000 places; no page searches them before.
    op.drop_index("ix__practice__place", table_name="practice")
    op.create_index(
        "ix__practice__place",
        "practice",
        ["place"],
        postgresql_using="gist",
        postgresql_include=["id", "latitude", "longitude", "sector", "optam", "third_party", "network"],
        postgresql_where=text("shown"),
    )
