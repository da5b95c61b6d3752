"""`member-space certificates`: what was certified to members."""

import click
from sqlalchemy.exc import NoResultFound

from member_space.cli.console import Failure, work_of
from member_space.services.certificate import revoke


@click.group()
def certificates() -> None:
    """The certificates that members have issued."""


@certificates.command("revoke")
@click.argument("contract_number")
@click.pass_obj
def revoke_command(ini: str, contract_number: str) -> None:
    """Withdraw every certificate of a contract: whoever checks one is told that it was withdrawn."""
    try:
        with work_of(ini) as (db, tools):
            count = revoke(db, tools, contract_number)
    except NoResultFound:
        raise Failure(f"aucun contrat ne porte le numéro {contract_number}") from None
    click.echo(f"{count} attestation(s) retirée(s)")
