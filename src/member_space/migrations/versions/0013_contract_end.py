"""the end of a contract can be written; requests are erased five years after it, unless a legal hold keeps them

The trigger that keeps coverages inside their contract named, for both tables at once, a column that contracts have not:
whatever changed the period of a contract failed at commit.

The log of requests stays closed to the application: a function of the owner's erases it, of requests whose contract
ended five years ago, that are over, and that no hold keeps.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COVERAGE_INSIDE_CONTRACT = """
create or replace function coverage_inside_contract() returns trigger language plpgsql as $$
declare changed bigint;
begin
  if tg_table_name = 'contract' then
    changed := new.id;
  else
    changed := new.contract_id;
  end if;
  if exists (
    select from coverage join contract on contract.id = coverage.contract_id
    where coverage.contract_id = changed and not coverage.period <@ contract.period
  ) then
    raise exception 'a coverage lies outside its contract''s period'
      using errcode = 'check_violation', constraint = 'ck__coverage__inside_contract';
  end if;
  return null;
end $$;
"""

ERASE_LOG = """
create function erase_log_of_requests(ids bigint[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (
    select from request r join contract c on c.id = r.contract_id
    where r.id = any(ids) and (
      r.closed_at is null
      or coalesce(upper(c.period) + interval '5 years' > current_date, true)
      or exists (
        select from legal_hold h
        where h.person_id = r.author_person_id and h.lifted_at is null and coalesce(h.request_id = r.id, true)
      )
    )
  ) then
    raise exception 'a request keeps its log until its time is over and no hold keeps it'
      using errcode = 'insufficient_privilege';
  end if;
  delete from request_transition where request_id = any(ids);
end $$;
"""


def upgrade() -> None:
    op.execute(COVERAGE_INSIDE_CONTRACT)
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="whose file it is"),
        sa.Column("request_id", sa.BigInteger(), nullable=True, comment="null: the whole file"),
        sa.Column("ground", sa.Text(), nullable=False, comment="domain.legal_hold.HoldGround; no member ever reads it"),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_by", sa.BigInteger(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "ground in ('litigation', 'authority', 'audit', 'fraud')", name=op.f("ck__legal_hold__ground")
        ),
        sa.CheckConstraint("(lifted_at is null) = (lifted_by is null)", name=op.f("ck__legal_hold__lifted")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk__legal_hold__person_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk__legal_hold__request_id"), ondelete="cascade"
        ),
        sa.ForeignKeyConstraint(["put_by"], ["account.id"], name=op.f("fk__legal_hold__put_by")),
        sa.ForeignKeyConstraint(["lifted_by"], ["account.id"], name=op.f("fk__legal_hold__lifted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__legal_hold")),
        sa.UniqueConstraint("public_id", name=op.f("uq__legal_hold__public_id")),
    )
    op.create_index("ix__legal_hold__person_id", "legal_hold", ["person_id"])
    op.create_index("ix__legal_hold__request_id", "legal_hold", ["request_id"])
    op.create_index(
        "uq__legal_hold__file",
        "legal_hold",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("request_id is null and lifted_at is null"),
    )
    op.create_index(
        "uq__legal_hold__request",
        "legal_hold",
        ["request_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    )
    op.execute(ERASE_LOG)
