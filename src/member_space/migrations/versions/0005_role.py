"""the application's own role: it cannot rewrite the journal, and one open account a person

The application and the worker work as `member_space_app` (setting `sqlalchemy.role`); migrations and the commands that
load in bulk stay the owner's. Roles belong to the whole server, so that several databases migrated at once meet here.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROLE = """
do $$ begin
  if not exists (select from pg_roles where rolname = 'member_space_app') then
    begin
      create role member_space_app nologin;
    exception
      when duplicate_object or unique_violation then null;  -- another database, migrated at the same moment
      when insufficient_privilege then
        raise exception 'the role member_space_app does not exist and % may not create it', current_user
          using hint = 'as a superuser: create role member_space_app nologin; grant member_space_app to '
            || quote_ident(current_user), errcode = 'insufficient_privilege';
    end;
  end if;
  if not pg_has_role(current_user, 'member_space_app', 'member') then
    begin
      execute format('grant member_space_app to %I', current_user);
    exception when insufficient_privilege then
      raise exception '% may not act as member_space_app', current_user
        using hint = 'as a superuser: grant member_space_app to ' || quote_ident(current_user),
          errcode = 'insufficient_privilege';
    end;
  end if;
end $$;
"""

# The queue's tables and functions are in the same schema; functions are everybody's to call, as themselves.
RIGHTS = """
grant usage on schema public to member_space_app;
grant select, insert, update, delete on all tables in schema public to member_space_app;
grant usage, select on all sequences in schema public to member_space_app;
alter default privileges in schema public
  grant select, insert, update, delete on tables to member_space_app;
alter default privileges in schema public grant usage, select on sequences to member_space_app;
revoke update, delete on event, noemie_line from member_space_app;
revoke insert, update, delete on event_chain, alembic_version from member_space_app;
"""

# The chain is written by the journal's own trigger alone, with its owner's rights.
CHAIN = "alter function chain_event() security definer set search_path = public, pg_temp"

ONE_OPEN_ACCOUNT = """
alter table account drop constraint uq__account__person_id;
create unique index uq__account__person_id on account (person_id) where closed_at is null;
"""


def upgrade() -> None:
    for rules in (ROLE, RIGHTS, CHAIN, ONE_OPEN_ACCOUNT):
        op.execute(rules)
