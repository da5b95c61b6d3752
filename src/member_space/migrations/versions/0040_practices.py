"""practice: where practitioners practise, and how the directories are brought in (C87-C92)"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from member_space.models.practitioner import PlanePoint

revision = "0040"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("public_id", sa.UUID(), nullable=False),
        sa.Column(
            "person_key",
            sa.Text(),
            nullable=False,
            comment="the same for all the places of one person; an opposition's",
        ),
        sa.Column("rpps", sa.Text(), nullable=True, comment="null for a shop, and where the source has none"),
        sa.Column("speciality", sa.Text(), nullable=False, comment="reference/specialities.csv"),
        sa.Column("title", sa.Text(), server_default="", nullable=False, comment="« Dr », « M. », « Mme »"),
        sa.Column("last_name", sa.Text(), server_default="", nullable=False),
        sa.Column("first_name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "structure", sa.Text(), server_default="", nullable=False, comment="a shop, a laboratory, a health centre"
        ),
        sa.Column(
            "name_key",
            sa.Text(),
            nullable=False,
            comment="folded: the last name, or the structure's where there is none",
        ),
        sa.Column("first_key", sa.Text(), server_default="", nullable=False, comment="the first name, folded"),
        sa.Column("complement", sa.Text(), server_default="", nullable=False),
        sa.Column("street", sa.Text(), server_default="", nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("insee", sa.Text(), server_default="", nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False, comment="E.164, or empty"),
        sa.Column("address_key", sa.LargeBinary(), nullable=False, comment="of what a geocoder is asked"),
        sa.Column(
            "sector", sa.Text(), nullable=True, comment="1, 2, dp (dépassement permanent), none (non conventionné)"
        ),
        sa.Column("optam", sa.Boolean(), nullable=True),
        sa.Column("carte_vitale", sa.Boolean(), nullable=True),
        sa.Column("third_party", sa.Boolean(), nullable=True, comment="practises tiers payant; null: nobody says"),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("price_class", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("precision", sa.Text(), nullable=False, comment="address, street, town; area: a commune nearby"),
        sa.Column("place", PlanePoint(), nullable=False, comment="km, domain.geo, on the speciality's plane"),
        sa.Column(
            "content", sa.LargeBinary(), nullable=False, comment="digest of what the source says, to tell a change"
        ),
        sa.Column(
            "shown", sa.Boolean(), server_default=sa.text("true"), nullable=False, comment="false: told by another row"
        ),
        sa.Column("rpps_on", sa.Date(), nullable=True, comment="day of the extract that says so"),
        sa.Column("ameli_on", sa.Date(), nullable=True),
        sa.Column("network_on", sa.Date(), nullable=True),
        sa.CheckConstraint("precision in ('address', 'street', 'town', 'area')", name=op.f("ck__practice__precision")),
        sa.CheckConstraint("sector in ('1', '2', 'dp', 'none')", name=op.f("ck__practice__sector")),
        sa.CheckConstraint("source in ('rpps', 'ameli', 'network')", name=op.f("ck__practice__source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__practice")),
        sa.UniqueConstraint("public_id", name=op.f("uq__practice__public_id")),
    )
    op.create_index(
        "ix__practice__name_key_postcode_speciality", "practice", ["name_key", "postcode", "speciality"], unique=False
    )
    op.create_index(
        "ix__practice__place",
        "practice",
        ["place"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("shown"),
    )
    op.create_index(
        "ix__practice__rpps", "practice", ["rpps"], unique=False, postgresql_where=sa.text("rpps is not null")
    )
    op.create_table(
        "practice_staging",
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("plane", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("public_id", sa.UUID(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("rpps", sa.Text(), nullable=True),
        sa.Column("speciality", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("structure", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("first_key", sa.Text(), nullable=False),
        sa.Column("complement", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("insee", sa.Text(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address_key", sa.LargeBinary(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("optam", sa.Boolean(), nullable=True),
        sa.Column("carte_vitale", sa.Boolean(), nullable=True),
        sa.Column("third_party", sa.Boolean(), nullable=True),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("price_class", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("precision", sa.Text(), nullable=False),
        sa.Column("place", PlanePoint(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        comment="lines of a file being read, merged at once when all of them are here",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "practitioner_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="of the extract, told by whoever brings it in"),
        sa.Column("state", sa.Text(), server_default="reading", nullable=False),
        sa.Column("read_bytes", sa.BigInteger(), server_default="0", nullable=False, comment="where reading goes on"),
        sa.Column(
            "lines", sa.Integer(), server_default="1", nullable=False, comment="read so far, the header included"
        ),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source in ('rpps', 'ameli', 'network')", name=op.f("ck__practitioner_import__source")),
        sa.CheckConstraint("state in ('reading', 'merged', 'given_up')", name=op.f("ck__practitioner_import__state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__practitioner_import")),
    )
    op.create_index(
        "uq__practitioner_import__source",
        "practitioner_import",
        ["source"],
        unique=True,
        postgresql_where=sa.text("state = 'reading'"),
    )
    op.create_table(
        "practitioner_refusal",
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["practitioner_import.id"],
            name=op.f("fk__practitioner_refusal__import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk__practitioner_refusal")),
    )
    op.create_table(
        "practitioner_opposition",
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("person_key", name=op.f("pk__practitioner_opposition")),
    )
    op.create_table(
        "geocoded_address",
        sa.Column("address_key", sa.LargeBinary(), nullable=False),
        sa.Column("precision", sa.Text(), nullable=True, comment="null: nothing that can be trusted"),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("precision in ('address', 'street', 'town')", name=op.f("ck__geocoded_address__precision")),
        sa.CheckConstraint(
            "num_nulls(precision, latitude, longitude) in (0, 3)", name=op.f("ck__geocoded_address__whole")
        ),
        sa.PrimaryKeyConstraint("address_key", name=op.f("pk__geocoded_address")),
    )
