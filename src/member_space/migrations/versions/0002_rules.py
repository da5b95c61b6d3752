"""rules the database itself keeps

The closing of statements, coverage inside its contract, an immutable ledger, and a journal that is
append-only and chained.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COVERAGE_INSIDE_CONTRACT = """
create function coverage_inside_contract() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from coverage join contract on contract.id = coverage.contract_id
    where coverage.contract_id = case when tg_table_name = 'contract' then new.id else new.contract_id end
      and not coverage.period <@ contract.period
  ) then
    raise exception 'a coverage lies outside its contract''s period'
      using errcode = 'check_violation', constraint = 'ck__coverage__inside_contract';
  end if;
  return null;
end $$;
create constraint trigger coverage_inside_contract after insert or update on coverage
  deferrable initially deferred for each row execute function coverage_inside_contract();
create constraint trigger coverage_inside_contract after update of period on contract
  deferrable initially deferred for each row execute function coverage_inside_contract();
"""

# A statement is checked once, at commit; lines added, changed or removed later are checked at once, all together.
STATEMENT_CLOSES = """
create function statement_closes() returns trigger language plpgsql as $$
declare lines bigint;
begin
  select coalesce(sum(our_share), 0) into lines from statement_line where statement_id = new.id;
  if lines <> new.total then
    raise exception 'statement %: total % but lines %', new.reference, new.total, lines
      using errcode = 'check_violation', constraint = 'ck__statement__closes';
  end if;
  return null;
end $$;
create constraint trigger statement_closes after insert or update of total on statement
  deferrable initially deferred for each row execute function statement_closes();

create function statement_lines_close() returns trigger language plpgsql as $$
declare wrong text;
begin
  select string_agg(s.reference, ', ') into wrong
  from (select distinct statement_id from changed) c
  join statement s on s.id = c.statement_id
  where s.total <> (select coalesce(sum(l.our_share), 0) from statement_line l where l.statement_id = s.id);
  if wrong is not null then
    raise exception 'statement %: the total is not the sum of its lines', wrong
      using errcode = 'check_violation', constraint = 'ck__statement__closes';
  end if;
  return null;
end $$;
create trigger statement_lines_close_insert after insert on statement_line
  referencing new table as changed for each statement execute function statement_lines_close();
create trigger statement_lines_close_update after update on statement_line
  referencing new table as changed for each statement execute function statement_lines_close();
create trigger statement_lines_close_delete after delete on statement_line
  referencing old table as changed for each statement execute function statement_lines_close();
"""

IMMUTABLE = """
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete or truncate on noemie_line
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on event
  for each statement execute function refuse_change();
"""

# The chain is per household (0: none), so that two households never wait for each other.
CHAINED_JOURNAL = """
create table event_chain (contract_id bigint primary key, last_hash bytea not null);

create function chain_event() returns trigger language plpgsql as $$
declare chain bigint := coalesce(new.contract_id, 0);
begin
  insert into event_chain values (chain, ''::bytea) on conflict do nothing;
  select last_hash into new.previous_hash from event_chain where contract_id = chain for update;
  new.hash := event_hash(new);
  update event_chain set last_hash = new.hash where contract_id = chain;
  return new;
end $$;

create function event_hash(e event) returns bytea language sql immutable as $$
  select sha256(convert_to(jsonb_build_array(
    e.id, e.kind, extract(epoch from e.at), e.actor_account_id, e.subject_person_id, e.contract_id,
    e.ip, e.request_id, e.details, encode(e.previous_hash, 'hex'))::text, 'UTF8'))
$$;
create trigger chain_event before insert on event for each row execute function chain_event();
"""


def upgrade() -> None:
    for rules in (COVERAGE_INSIDE_CONTRACT, STATEMENT_CLOSES, IMMUTABLE, CHAINED_JOURNAL):
        op.execute(rules)
