"""`member-space mail test`, `member-space sms test`: whether messages leave, before a member waits for one."""

import uuid
from collections.abc import Callable

import click

from member_space.adapters.clock import SystemClock
from member_space.adapters.mailer import mailer_from
from member_space.adapters.sms import sms_from
from member_space.cli.console import Failure, settings_of, settings_told
from member_space.interfaces import DeliveryError, OutgoingMail

WORDS = "Essai d'envoi depuis {site}. Vous n'avez rien à faire."


@click.group()
def mail() -> None:
    """How mail leaves, and what is done with the mail that comes."""


@click.group()
def sms() -> None:
    """How SMS leave."""


@mail.command("test")
@click.option("--to", required=True, help="The address that receives it.")
@click.pass_obj
def mail_test(ini: str, to: str) -> None:
    """Send one mail by the settings of the file. Exit 2: refused, with the reason."""
    with settings_told(ini):
        settings = settings_of(ini)
        mailer = mailer_from(settings.mail, SystemClock())
    words, id_ = WORDS.format(site=settings.site_url), str(uuid.uuid4())
    _try(settings.mail.transport, lambda: mailer.send(OutgoingMail(to, "Essai d'envoi", words, f"<p>{words}</p>", id_)))


@sms.command("test")
@click.option("--to", required=True, help="The number that receives it: +33…")
@click.pass_obj
def sms_test(ini: str, to: str) -> None:
    """Send one SMS by the settings of the file. Exit 2: refused, with the reason."""
    with settings_told(ini):
        settings = settings_of(ini)
    gateway = sms_from(settings.sms, SystemClock())
    words = WORDS.format(site=settings.site_url)
    _try(settings.sms.transport, lambda: gateway.send(to, words, str(uuid.uuid4())))


def _try(transport: str, send: Callable[[], None]) -> None:
    try:
        send()
    except DeliveryError as error:
        again = "refusé pour de bon" if error.final else "peut réussir plus tard"
        raise Failure(f"{transport} : {error} ({again})") from error
    if transport == "console":
        click.echo("console : rien n'est parti ; seul le journal le dit")
    else:
        click.echo(f"{transport} : remis")
