"""The same requests and messages in django-helpdesk, on the same server: what its list and its search take beside ours.

It has a Python of its own under var/, made once by pip; where that cannot be, it says why and measures nothing.
"""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from urllib.parse import unquote

import psycopg
from sqlalchemy import Engine

from benchmarks.inbox import LIST, REQUESTS, inbox_of
from benchmarks.large import ROOT, ensure_requests, libpq, server_url
from benchmarks.measure import beside, best_of
from benchmarks.peer import python_of
from member_space.security.logs import configure_logging

VERSION = "2.6.1"
SITE = Path(__file__).with_name("helpdesk_site.py")
DATABASE = f"helpdesk_{REQUESTS}"
FASTER = 5
WORD = "mot1234"
"""Stands in one message of two thousand."""
RUNS = 10
# (their table, its columns, ours as a query)
COPIES = (
    (
        "auth_user",
        "id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined",
        "select id, '', true, email, office_name, '', email, true, true, created_at from account "
        "where role = 'handler'",
    ),
    (
        "helpdesk_queue",
        (
            "id, title, slug, allow_public_submission, allow_email_submission, email_box_ssl, "
            "enable_notifications_on_email_events"
        ),
        "select row_number() over (order by kind), kind, kind, false, false, false, false from request group by kind",
    ),
    (
        "helpdesk_ticket",
        (
            "id, title, created, modified, submitter_email, status, on_hold, description, priority, due_date, "
            "assigned_to_id, queue_id, secret_key"
        ),
        """
        select r.id, r.topic, r.sent_at, r.activity_at, a.email, case when r.closed_at is null then 1 else 4 end,
          r.state = 'on_hold', m.body, 3, r.due_at, r.handler_id,
          kinds.id, md5(r.id::text)
        from request r join account a on a.id = r.author_account_id
        join (select kind, row_number() over (order by kind) as id from request group by kind) kinds using (kind)
        join lateral (select body from message where request_id = r.id order by id limit 1) m on true
        """,
    ),
    (
        "helpdesk_followup",
        "id, date, title, comment, public, ticket_id, user_id",
        """
        select id, sent_at, 'Comment', body, true, request_id, case when side = 'office' then account_id end
        from message
        """,
    ),
    (
        "helpdesk_followupattachment",
        "id, file, filename, mime_type, size, followup_id",
        "select id, name, name, 'application/pdf', 180000, message_id from attachment",
    ),
)


def run() -> list[dict[str, object]]:
    """Its best of five beside our best of ten; ours is to take a fifth at most."""
    configure_logging("json", StringIO())
    try:
        _python()
    except (OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"helpdesk_peer: skipped, django-helpdesk {VERSION} cannot be installed: {error}\n")
        return []
    _ensure(ensure_requests(REQUESTS))
    theirs = json.loads(_ask_it("measure", WORD))
    with inbox_of(REQUESTS) as inbox:
        token = inbox.tokens[0]
        ours = {
            "list": best_of(RUNS, lambda: inbox.ask(token, LIST)),
            "search": best_of(RUNS, lambda: inbox.ask(token, LIST, cherche=WORD)),
        }
    return [
        beside(
            f"{name}, {REQUESTS} requests, beside django-helpdesk {VERSION}",
            seconds * 1000,
            "ms",
            1 / FASTER,
            peer=theirs[name] * 1000,
        )
        for name, seconds in ours.items()
    ]


def _python() -> Path:
    packages = [f"django-helpdesk=={VERSION}", "psycopg[binary]"]
    return python_of("helpdesk", packages, "import helpdesk, psycopg")


def _ensure(ours: Engine) -> None:
    """Its database, filled from ours; made again when ours was."""
    url = server_url(DATABASE)
    made, needed = _comment(url, DATABASE), _comment(url, ours.url.database or "")
    if made == needed:
        return
    with psycopg.connect(libpq(server_url("postgres")), autocommit=True) as server:
        server.execute(f"drop database if exists {DATABASE} with (force)")
        server.execute(f"create database {DATABASE}")
    _ask_it("migrate")
    with psycopg.connect(libpq(str(ours.url))) as source, psycopg.connect(libpq(url)) as target:
        target.execute("set session_replication_role = replica")
        for table, columns, query in COPIES:
            sys.stderr.write(f"  {table}\n")
            target.execute(f"delete from {table}")
            read = source.cursor().copy(f"copy ({query}) to stdout")
            with read as out, target.cursor().copy(f"copy {table} ({columns}) from stdin") as into:
                for chunk in out:
                    into.write(chunk)
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        connection.execute("vacuum analyze")
        connection.execute(f"comment on database {DATABASE} is '{needed}'")


def _comment(url: str, database: str) -> str | None:
    with psycopg.connect(libpq(url)) as connection:
        query = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
        row = connection.execute(query, [database]).fetchone()
    return row and row[0]


def _ask_it(*command: str) -> str:
    sockets = unquote(server_url("postgres").partition("host=")[2])
    environment = os.environ | {"DATABASE": DATABASE, "SOCKETS": sockets}
    done = subprocess.run(
        [_python(), SITE, *command], env=environment, stdout=subprocess.PIPE, check=True, text=True, cwd=ROOT
    )
    return done.stdout.strip().rpartition("\n")[2]
