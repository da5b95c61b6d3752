"""the end of a contract can be written

The trigger that keeps coverages inside their contract named, for both tables at once, a column that contracts have not:
whatever changed the period of a contract failed at commit.
"""

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

def upgrade() -> None:
    op.execute(COVERAGE_INSIDE_CONTRACT)
