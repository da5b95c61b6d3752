"""`member-space demo`: the product with living data, served on this machine."""

import signal
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import click
from plaster import get_settings
from psycopg import Connection
from sqlalchemy import Engine, text

from member_space.adapters import embedded_postgres
from member_space.adapters.clock import SystemClock
from member_space.adapters.jobs import worker_beside
from member_space.adapters.passwords import Argon2Passwords
from member_space.adapters.storage import storage_from
from member_space.cli.console import settings_told
from member_space.config import application_engine, cipher_from, database_url, serve, task_runner, tools_of
from member_space.models.migrations import upgrade
from member_space.models.session import make_engine, make_session_factory
from member_space.services.demo.clients import load_client
from member_space.services.demo.documents import load_documents
from member_space.services.demo.families import ACCOUNTS, COLLEAGUES, PASSWORD, TO_ACTIVATE, DemoColleague
from member_space.services.demo.load import load_demo
from member_space.services.demo.practitioner_load import load_practitioners
from member_space.services.demo.requests import load_requests
from member_space.services.faq_file import load_faq
from member_space.services.practitioner_merge import sweep
from member_space.services.reference import load_reference
from member_space.services.tasks import TASKS
from member_space.settings import Settings, read_settings
from member_space.views.office.words import ROLES

FOLDER = Path("var/demo")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=6543, show_default=True)
@click.option("--members", type=click.IntRange(1, 2_000_000), help="Instead: a large insurer of so many members.")
@click.option(
    "--practitioners", type=click.IntRange(0, 2_000_000), default=20_000, show_default=True, help="In the directory."
)
@click.option("--load-only", is_flag=True, help="Load the data, do not serve.")
@click.pass_obj
def demo(ini: str, port: int, members: int | None, practitioners: int, load_only: bool) -> None:
    """Start the embedded PostgreSQL, load the demo data once, serve on http://localhost:PORT."""
    with settings_told(ini):
        # Where the links of its messages lead.
        config = dict(get_settings(ini, "app:main")) | {"site.url": f"http://localhost:{port}"}
        settings = read_settings(config)
    if settings.production:
        raise click.ClickException("la démonstration ne se lance pas avec des réglages de production")
    if members:
        settings = replace(settings, sqlalchemy_url=_large_url(settings.sqlalchemy_url, members))
    with settings_told(ini):
        engine = make_engine(database_url(settings))
    with engine.connect() as connection:
        upgrade(connection)
        empty = not connection.execute(text("select exists (select from person)")).scalar()
        without_directory = not connection.execute(text("select exists (select from practice)")).scalar()
    sessions = make_session_factory(engine)
    with sessions.begin() as db:
        # What an older version loaded stays, and is counted with the figures of this one.
        load_reference(db)
        load_faq(db)
        load_client(db)
    today = SystemClock().today()
    if empty:
        click.echo("Chargement des données de démonstration…", err=True)
        _load_large(engine, settings, members, today) if members else _load(engine, settings, today)
    if without_directory and practitioners:
        click.echo(f"Chargement de {practitioners} praticiens inventés…", err=True)
        load_practitioners(sessions, FOLDER / "practitioners", practitioners, today)
        sweep(sessions)
    engine.dispose()
    if not load_only:
        _serve(config, application_engine(settings), port, members)


def _large_url(url: str, members: int) -> str:
    """A database of its own: the rules of the database sleep while it is loaded, so it is never somebody's."""
    if not url.startswith(embedded_postgres.PREFIX):
        raise click.ClickException("--members ne charge que le PostgreSQL embarqué (sqlalchemy.url = embedded:…)")
    return f"{url.partition('?')[0]}?db=large_{members}"


def _load(engine: Engine, settings: Settings, today: date) -> None:
    sessions = make_session_factory(engine)
    load_demo(
        sessions,
        cipher_from(settings),
        storage_from(settings.storage_url),
        Argon2Passwords(),
        settings.noemie,
        FOLDER,
        today,
    )
    tools = tools_of(settings, engine)
    load_documents(sessions, tools, FOLDER / "documents", today)
    load_requests(sessions, tools, today)


def _load_large(engine: Engine, settings: Settings, members: int, today: date) -> None:
    from member_space.services.demo.large import load_large

    with engine.begin() as connection:
        load_large(
            cast(Connection, connection.connection.driver_connection),
            cipher_from(settings),
            members,
            today,
            lambda table, count: click.echo(f"  {table} : {count}", err=True),
            password_hash=Argon2Passwords().hash(PASSWORD),
        )


def _tell(engine: Engine, port: int, members: int | None) -> None:
    click.echo(f"\n  http://localhost:{port}\n")
    with engine.connect() as connection:
        known = set(connection.execute(text("select email from account limit 1000")).scalars())
    ours = [account for account in ACCOUNTS if account.email in known]
    if members:
        click.echo(f"  membre1@large.example, membre2@…, membre4@… (titulaires), mot de passe {PASSWORD}")
    elif ours:
        click.echo(f"  mot de passe de tous les comptes : {PASSWORD}")
        click.echo("  la première connexion demande un code : lisez-le sur /demo/messages\n")
    for account in ours:
        click.echo(f"  {account.email:24} {account.words}")
    for one in COLLEAGUES if ours and not members else ():
        click.echo(f"  {one.email:24} le bureau, {ROLES[one.role].lower()}, {_second_factor(one)}")
    if ours and not members:
        email, number, born = TO_ACTIVATE
        click.echo(
            f"\n  À activer sur /activation : {email}, ou l’adhérent {number} né le {born} ; pour la lettre et son"
        )
        click.echo("  code : member-space letters write --contract HS-400001 --output var/letters")
    click.echo("\n  /demo/messages montre chaque e-mail et SMS, avec les codes ; /motifs, chaque élément des pages.")
    click.echo("  Ctrl-C arrête tout ; les données restent dans var/.\n")


def _second_factor(one: DemoColleague) -> str:
    if one.totp_secret:
        return f"clé de l’application d’authentification : {one.totp_secret}"
    return "avec une application d’authentification, à installer à la première connexion"


def _serve(config: dict[str, str], engine: Engine, port: int, members: int | None) -> None:
    from waitress.server import create_server

    try:
        server = create_server(serve(config, engine), host="127.0.0.1", port=port, threads=8)
    except OSError as error:
        click.echo(
            f"Le port {port} est déjà pris ({error.strerror}) : PORT=8080 make demo en choisit un autre.", err=True
        )
        sys.exit(1)
    _tell(engine, port, members)
    # A polite kill is a Ctrl-C, and a Ctrl-C is heard also where a script started this behind itself, which has it
    # ignored: the embedded server is left in order.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    # One process is the whole demo: the deferred jobs are done beside the pages.
    with worker_beside(engine, TASKS, task_runner(read_settings(config), engine)):
        try:
            server.run()
        except KeyboardInterrupt:
            server.close()
