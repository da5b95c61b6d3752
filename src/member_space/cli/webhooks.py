"""`member-space webhook`: the addresses where applications have themselves told."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

import click
from sqlalchemy.orm import Session

from member_space.cli.console import Failure, sessions_of, work_of
from member_space.domain.target_address import Fault, TargetRefused
from member_space.domain.webhook import News
from member_space.services.webhook import (
    Registered,
    Target,
    UnknownClientError,
    add_target,
    close_target,
    find_target,
    renew_secret,
    replay,
    targets,
)

FAULTS = {
    Fault.MALFORMED: "elle ne se lit pas",
    Fault.NOT_HTTPS: "elle ne commence pas par https://",
    Fault.USERINFO: "elle porte un nom ou un mot de passe",
    Fault.UNKNOWN_HOST: "son nom n'existe pas",
    Fault.NOT_PUBLIC: "elle mène à un réseau privé",
}


@click.group()
def webhook() -> None:
    """The addresses where applications have themselves told of news."""


@webhook.command("add")
@click.option("--client", "client_id", type=click.UUID, required=True, help="The client_id of the application.")
@click.option("--url", required=True, help="https://…, public.")
@click.option("--event", "news", multiple=True, type=click.Choice([one.value for one in News]), help="Several times.")
@click.pass_obj
def add_command(ini: str, client_id: UUID, url: str, news: tuple[str, ...]) -> None:
    """Register an address, for these events or all of them, and print its secret, once. Exit 2: refused."""
    with work_of(ini) as (db, tools):
        try:
            made = add_target(db, tools, client_id, url, [News(one) for one in news or News])
        except TargetRefused as refusal:
            raise Failure(f"adresse refusée : {FAULTS[refusal.fault]}") from refusal
        except UnknownClientError as error:
            raise Failure(f"application inconnue : {client_id}") from error
    _show(made)


@webhook.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_command(ini: str, as_json: bool) -> None:
    """Each address: of whom, for what, in what state, how many events wait or failed."""
    with sessions_of(ini) as sessions, sessions() as db:
        found = targets(db)
    for one in found:
        if as_json:
            click.echo(json.dumps(asdict(one), default=str, ensure_ascii=False))
            continue
        state = (
            "fermée" if one.closed_at else "arrêtée" if one.disabled_at else "en échec" if one.failing_since else "ok"
        )
        click.echo(f"{one.public_id}  {state}  {one.client}  {one.url}")
        click.echo(f"  {', '.join(one.news)} ; en attente : {one.waiting}, en échec : {one.failed}")
    if not found and not as_json:
        click.echo("aucune adresse")


@webhook.command("close")
@click.argument("target_id", type=click.UUID)
@click.pass_obj
def close_command(ini: str, target_id: UUID) -> None:
    """Send nothing more there. Exit 2: no such address."""
    with work_of(ini) as (db, tools):
        close_target(db, tools, _found(db, target_id))
    click.echo("adresse fermée")


@webhook.command("secret")
@click.argument("target_id", type=click.UUID)
@click.pass_obj
def secret_command(ini: str, target_id: UUID) -> None:
    """Give it a new secret, printed once; the former one signs too for a day. Exit 2: no such address."""
    with work_of(ini) as (db, tools):
        made = renew_secret(db, tools, _found(db, target_id))
    _show(made)


@webhook.command("replay")
@click.argument("target_id", type=click.UUID)
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="UTC; without it, whenever.")
@click.option("--delivery", help="This event only, whatever became of it: its webhook-id (msg_…).")
@click.pass_obj
def replay_command(ini: str, target_id: UUID, since: datetime | None, delivery: str | None) -> None:
    """Send again what failed, or one event, and resume an address that was given up. Exit 2: no such address."""
    at = since.replace(tzinfo=UTC) if since else None
    with work_of(ini) as (db, tools):
        count = replay(db, tools, _found(db, target_id), at, _delivery_of(delivery) if delivery else None)
    click.echo(f"{count} envoi(s) repris")


def _delivery_of(typed: str) -> UUID:
    """Of the header that the receiver read, or as it is kept."""
    try:
        return UUID(typed.removeprefix("msg_"))
    except ValueError:
        raise Failure(f"ce n’est pas le webhook-id d’un envoi : {typed}") from None


def _found(db: Session, target_id: UUID) -> Target:
    found = find_target(db, target_id)
    if found is None or found.closed_at:
        raise Failure(f"aucune adresse ouverte : {target_id}")
    return found


def _show(made: Registered) -> None:
    click.echo(f"adresse : {made.public_id}")
    click.echo(f"secret, montré une fois : {made.secret}")
