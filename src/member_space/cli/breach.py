"""`member-space breach`: data leaked, and those whom it concerns are told."""

import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from member_space.cli.console import REFUSED, SHOWN, sessions_of, work_of
from member_space.domain.breach import Leaked
from member_space.domain.notices import NoticeKind
from member_space.services.breach import (
    BreachRefused,
    Declaration,
    Touched,
    breach_counts,
    check,
    declare,
    persons_covered,
    persons_named,
    reached,
    touched_by,
)
from member_space.services.notification_text import write_mail
from member_space.services.tools import Tools

DAY = click.DateTime(["%Y-%m-%d"])
TEXT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def breach() -> None:
    """A leak of personal data: told to those whom it concerns (GDPR, article 34)."""


@breach.command("declare")
@click.option("--title", required=True, help="One line, as members read it.")
@click.option("--story", required=True, type=TEXT, help="A text file: what happened, what was done.")
@click.option("--began", required=True, type=DAY, help="The day it happened, YYYY-MM-DD.")
@click.option("--ended", type=DAY, help="The last day, where it lasted.")
@click.option(
    "--leaked", required=True, multiple=True, type=click.Choice([one.value for one in Leaked]), help="Several times."
)
@click.option("--members", type=TEXT, help="A file of member numbers or numbers of persons, one a line.")
@click.option("--covered-on", type=DAY, help="Instead: everybody covered on that day.")
@click.option("--contract", "contracts", multiple=True, help="With --covered-on: of these contracts only.")
@click.option("--apply", "apply_it", is_flag=True, help="Write and tell them; without it, only say what would be.")
@click.pass_obj
def declare_command(
    ini: str,
    title: str,
    story: Path,
    began: datetime,
    ended: datetime | None,
    leaked: tuple[str, ...],
    members: Path | None,
    covered_on: datetime | None,
    contracts: tuple[str, ...],
    apply_it: bool,
) -> None:
    """Say whom a leak concerns and what they would read; with --apply, tell them all at once. Exit 2: refused."""
    if (members is None) == (covered_on is None) or (contracts and covered_on is None):
        raise click.UsageError("donnez --members, ou --covered-on avec ou sans --contract")
    words = story.read_text(encoding="utf-8")
    kinds = [one for one in Leaked if one.value in leaked]
    said = Declaration(title, words, began.date(), ended.date() if ended else None, kinds)
    with work_of(ini) as (db, tools):
        touched = touched_by(db, tools, _persons(db, members, covered_on.date() if covered_on else None, contracts))
        try:
            check(tools, said)
            _tell_count(touched, reached(db, touched))
            if not apply_it:
                _preview(tools, said)
                return
            done = declare(db, tools, said, touched)
        except BreachRefused as refusal:
            click.echo(str(refusal), err=True)
            sys.exit(REFUSED)
        click.echo(f"déclaré : {tools.settings.site_url}/mes-donnees/incident/{done.public_id}")


@breach.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with everybody to write to by letter.")
@click.pass_obj
def status_command(ini: str, as_json: bool) -> None:
    """Each declared leak: how many it concerns, how many have read, how many to write to by letter."""
    with sessions_of(ini) as sessions, sessions() as db:
        counts = breach_counts(db)
    for one in counts:
        if as_json:
            told = {"breach": str(one.public_id), "title": one.title, "declared_at": one.declared_at.isoformat()}
            told_more = {"touched": one.touched, "read": one.read, "by_letter": one.unreached}
            click.echo(json.dumps(told | told_more, ensure_ascii=False))
            continue
        click.echo(f"{one.declared_at:%d/%m/%Y}  {one.title}")
        click.echo(f"  {one.touched} personnes concernées, {one.read} lues, {len(one.unreached)} à prévenir par lettre")
    if not counts and not as_json:
        click.echo("Aucune fuite déclarée.")


def _persons(db: Session, members: Path | None, day: date | None, contracts: Sequence[str]) -> list[int]:
    if day is not None:
        return persons_covered(db, day, contracts)
    lines = members.read_text(encoding="utf-8-sig").splitlines() if members else []
    persons, unknown = persons_named(db, lines)
    for line in unknown[:SHOWN]:
        click.echo(f"inconnu : {line}", err=True)
    if unknown:
        click.echo(f"{len(unknown)} lignes du fichier ne désignent personne", err=True)
    return persons


def _tell_count(touched: Sequence[Touched], accounts: int) -> None:
    told = len({one.told_person_id for one in touched})
    click.echo(
        f"{len(touched)} personnes concernées ; {told} à prévenir : {accounts} dans leur espace et par e-mail, "
        f"{told - accounts} sans espace, par lettre"
    )


def _preview(tools: Tools, said: Declaration) -> None:
    """The mail, then the page, as they would read them."""
    link = {"link": "/mes-donnees/incident/…"}
    mail = write_mail(tools.settings, NoticeKind.BREACH_DECLARED, "fr", "adresse@de-chacun", link, {})
    days = f"{said.began_on:%d/%m/%Y}" + (f" au {said.ended_on:%d/%m/%Y}" if said.ended_on else "")
    kinds = ", ".join(one.value for one in said.leaked)
    click.echo(f"--- e-mail : {mail.subject}\n{mail.text}--- page : {said.title} ({days} ; {kinds})\n{said.story}")
    click.echo("rien n'est écrit : relancez avec --apply")
