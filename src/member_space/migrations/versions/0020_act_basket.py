"""act.basket: whether a dental act is of the basket without rest, of the moderate one, or of neither"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("act", sa.Column("basket", sa.Text(), nullable=True, comment="of a dental act of one basket"))
    op.create_check_constraint("basket", "act", "basket in ('no_rest', 'moderate', 'free')")
