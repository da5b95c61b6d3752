"""`member-space certificates`: what was certified to members."""

import click
from sqlalchemy.exc import NoResultFound

from member_space.cli.console import Failure, engine_of, settings_of
from member_space.config import tools_of
from member_space.models.session import make_session_factory
from member_space.services.certificate import revoke


@click.group()
def certificates() -> None:
    """The certificates that members have issued."""


@certificates.command("revoke")
@click.argument("contract_number")
@click.pass_obj
def revoke_command(ini: str, contract_number: str) -> None:
    """Withdraw every certificate of a contract: whoever checks one is told that it was withdrawn."""
    with engine_of(ini) as engine:
        tools = tools_of(settings_of(ini), engine)
        try:
            with make_session_factory(engine).begin() as db:
                count = revoke(db, tools, contract_number)
        except NoResultFound:
            raise Failure(f"aucun contrat ne porte le numéro {contract_number}") from None
    click.echo(f"{count} attestation(s) retirée(s)")
