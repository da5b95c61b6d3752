"""`member-space mail receive`, `member-space mail bounce`: the mail that a mail server pipes to us, one at a time."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click
import structlog
from sqlalchemy.exc import OperationalError, ProgrammingError

from member_space.cli.console import Failure, engine_of, settings_of
from member_space.config import tools_of
from member_space.domain.mail_bounce import read_bounce
from member_space.domain.mail_reply import Incoming, read_incoming
from member_space.models.session import make_session_factory
from member_space.services.mail_outcome import take_bounce
from member_space.services.mail_reply import receive

log = structlog.get_logger(__name__)

LARGEST = 40_000_000
"""Bytes of a mail that are read; of a larger one, its headers."""
TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and comes back."""


@click.command("receive")
@click.option("--recipient", "recipients", multiple=True, help="Whom the envelope names.")
@click.option("--sender", help="Whom the envelope comes from; empty: a bounce.")
@click.pass_obj
def mail_receive(ini: str, recipients: tuple[str, ...], sender: str | None) -> None:
    """Take one mail from the standard input, as a mail server pipes it. Exit 75: not now, try again; else 0."""
    raw = _piped()
    incoming = read_incoming(raw, whole=len(raw) <= LARGEST)
    if sender is not None and sender.strip("<> ") == "":
        incoming = replace(incoming, automatic=True)
    with _tried_again():
        _receive(ini, incoming, tuple(one.lower() for one in recipients))


@click.command("bounce")
@click.pass_obj
def mail_bounce(ini: str) -> None:
    """Take one report of a mail that came back, piped from the mailbox of the sender. Exit 75: not now; else 0."""
    bounce = read_bounce(_piped())
    if bounce is None:
        return
    with _tried_again(), engine_of(ini) as engine:
        tools = tools_of(settings_of(ini), engine)
        with make_session_factory(engine).begin() as db:
            known = take_bounce(db, tools, bounce)
    log.info("a mail came back", known=known)


def _piped() -> bytes:
    """What a mail server gives, to its end: or it takes the closed pipe for a failure."""
    stream = sys.stdin.buffer
    raw = stream.read(LARGEST + 1)
    while stream.read(1 << 20):
        pass
    return raw


@contextmanager
def _tried_again() -> Iterator[None]:
    try:
        yield
    except Failure as failure:
        click.echo(failure.message, err=True)
        sys.exit(TRY_AGAIN)


def _receive(ini: str, incoming: Incoming, recipients: tuple[str, ...]) -> None:
    """What goes wrong with this one mail has its sender told, as where replies are not taken."""
    with engine_of(ini) as engine:
        settings = settings_of(ini)
        if settings.mail.reply_mailbox is None:
            raise Failure("réglages : mail.reply_mailbox n'est pas donné")
        tools, sessions = tools_of(settings, engine), make_session_factory(engine)
        for enter in (True, False):
            try:
                with sessions.begin() as db:
                    receive(db, tools, incoming, recipients, enter=enter)
                return
            except (OperationalError, ProgrammingError):
                raise
            except Exception as fault:
                # Its text may hold what was written.
                log.error("a mail cannot be treated", fault=type(fault).__name__, enter=enter)
