"""`member-space accounts`: who may sign in."""

import sys

import click

from member_space.adapters.passwords import Argon2Passwords
from member_space.cli.console import REFUSED, sessions_of, work_of
from member_space.domain.permissions import Role
from member_space.services.account import AccountRefusedError, create_account
from member_space.services.bank_account_use import release_payments
from member_space.services.office_account import OFFICE_ROLES, OfficeAccountRefused, create_office_account


@click.group()
def accounts() -> None:
    """The accounts of members and of the office."""


@accounts.command("create")
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--person-ref", required=True, help="The person's number in the feed of households.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of the standard input.")
@click.pass_obj
def create_command(ini: str, email: str, person_ref: str, password_stdin: bool) -> None:
    """Open an account for a known person. Exit 2: refused, with the reason."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Mot de passe", hide_input=True, confirmation_prompt="Encore une fois")
    try:
        with sessions_of(ini) as sessions, sessions.begin() as db:
            account = create_account(db, Argon2Passwords(), person_ref, email, password)
    except AccountRefusedError as error:
        click.echo(str(error), err=True)
        sys.exit(REFUSED)
    click.echo(f"compte ouvert : {account.email}")


@accounts.command("create-office")
@click.option("--email", required=True, help="The colleague's address.")
@click.option("--name", required=True, help="First and last name.")
@click.option("--role", type=click.Choice([role.value for role in OFFICE_ROLES]), required=True)
@click.option("--team", default="", help="As members read it; without it, the one of the role.")
@click.pass_obj
def create_office_command(ini: str, email: str, name: str, role: str, team: str) -> None:
    """Open the account of a colleague and print, once, the link and the code to hand over. Exit 2: refused."""
    try:
        with work_of(ini) as (db, tools):
            activation = create_office_account(db, tools, email, name, Role(role), team)
    except OfficeAccountRefused as error:
        click.echo(str(error), err=True)
        sys.exit(REFUSED)
    click.echo("compte ouvert ; remettez ce lien et ce code de la main à la main, ils servent une fois en sept jours :")
    click.echo(f"  {tools.settings.site_url}{activation.link}")
    click.echo(f"  {activation.code}")


@accounts.command("release-payments")
@click.option("--person-ref", required=True, help="The person's number in the feed of households.")
@click.pass_obj
def release_command(ini: str, person_ref: str) -> None:
    """Resume the payments of a member who said « ce n'est pas moi », once spoken with. Exit 2: they were not frozen."""
    with sessions_of(ini) as sessions, sessions.begin() as db:
        released = release_payments(db, person_ref)
    if not released:
        click.echo(f"les versements de {person_ref!r} ne sont pas suspendus", err=True)
        sys.exit(REFUSED)
    click.echo("versements repris")
