"""`member-space client`: the applications that may ask members for their data."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from member_space.cli.console import Failure, sessions_of, work_of
from member_space.domain.api_scope import Scope
from member_space.domain.oauth import GRANT_TYPES
from member_space.models import ApiClient
from member_space.services.api_client import (
    PER_MINUTE,
    ClientRefused,
    NewClient,
    add_client,
    all_clients,
    close_client,
    find_client,
    rotate_secret,
)
from member_space.services.tools import Tools

SHOWN_ONCE = "secret, affiché cette seule fois :"
client_id_argument = click.argument("client_id", type=click.UUID)


@click.group()
def client() -> None:
    """The applications and assistants that may ask members for their data (OAuth 2)."""


@client.command("add")
@click.option("--name", required=True, help="As members read it.")
@click.option("--purpose", required=True, help="What it wants the data for, as members read it.")
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Where members come back to; exact. Repeatable.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([scope.value for scope in Scope]),
    multiple=True,
    required=True,
    help="Repeatable.",
)
@click.option(
    "--grant",
    "grant_types",
    type=click.Choice(GRANT_TYPES),
    multiple=True,
    default=("authorization_code", "refresh_token"),
    show_default=True,
    help="A way to ask. Repeatable.",
)
@click.option("--public", is_flag=True, help="It cannot keep a secret: an application of a telephone or a browser.")
@click.option("--per-minute", type=click.IntRange(1, 100_000), default=PER_MINUTE, show_default=True)
@click.pass_obj
def add_command(ini: str, /, public: bool, **said: Any) -> None:
    """Let an application ask, and print its secret, once. Exit 2: refused, with the reason."""

    with _work(ini) as (db, tools):
        added, secret = add_client(db, tools, NewClient(**said, confidential=not public))
        client_id = added.client_id
    click.echo(f"application ajoutée : {client_id}")
    if secret:
        click.echo(f"{SHOWN_ONCE}\n  {secret}")


@client.command("list")
@click.pass_obj
def list_command(ini: str) -> None:
    """Every application, the open ones first."""
    with sessions_of(ini) as sessions, sessions() as db:
        for row in all_clients(db):
            state = "fermée" if row.client.closed_at else f"{row.members} adhérent(s)"
            click.echo(f"{row.client.client_id}  {row.client.name} ({state})")


@client.command("show")
@client_id_argument
@click.pass_obj
def show_command(ini: str, client_id: UUID) -> None:
    """All that is known of one, but its secret. Exit 2: unknown."""
    with sessions_of(ini) as sessions, sessions() as db:
        found = _found(db, client_id)
        click.echo(f"{found.name} : {found.purpose}")
        facts = {
            "client_id": found.client_id,
            "secret": "oui" if found.secret_hash else "non (client public)",
            "retour": ", ".join(found.redirect_uris) or "aucun",
            "façons": ", ".join(found.grant_types),
            "portées": ", ".join(found.scopes),
            "par minute": found.per_minute,
            "ajoutée": f"{found.created_at:%d/%m/%Y}",
            "fermée": f"{found.closed_at:%d/%m/%Y}" if found.closed_at else "non",
        }
        for label, value in facts.items():
            click.echo(f"  {label} : {value}")


@client.command("rotate-secret")
@client_id_argument
@click.pass_obj
def rotate_command(ini: str, client_id: UUID) -> None:
    """Print another secret, once; the former opens nothing from now on. Exit 2: unknown, public or closed."""
    with _work(ini) as (db, _tools):
        secret = rotate_secret(db, _found(db, client_id))
    click.echo(f"{SHOWN_ONCE}\n  {secret}")


@client.command("close")
@client_id_argument
@click.pass_obj
def close_command(ini: str, client_id: UUID) -> None:
    """End every token of an application, now. Exit 2: unknown."""
    with _work(ini) as (db, tools):
        close_client(db, tools, _found(db, client_id))
    click.echo("application fermée : plus aucun de ses jetons n'ouvre rien")


def _found(db: Session, client_id: UUID) -> ApiClient:
    found = find_client(db, client_id)
    if found is None:
        raise Failure(f"aucune application {client_id}")
    return found


@contextmanager
def _work(ini: str) -> Iterator[tuple[Session, Tools]]:
    try:
        with work_of(ini) as work:
            yield work
    except ClientRefused as error:
        raise Failure(str(error)) from error
