"""`member-space audit`: the journal, verified."""

import json
import sys
from dataclasses import asdict

import click
from sqlalchemy.orm import Session

from member_space.cli.console import REFUSED, SHOWN, engine_of, settings_of
from member_space.config import tools_of
from member_space.services.audit import Verdict
from member_space.services.audit import verify as verify_journal

WORDS = {
    "altered": "ligne modifiée",
    "removed_before": "ligne retirée juste avant celle-ci",
    "reordered": "ligne déplacée ou ajoutée",
    "removed_last": "dernières lignes retirées",
    "beyond_the_head": "ligne que la tête de chaîne ne connaît pas",
    "not_as_anchored": "ligne différente de ce que son ancre a gardé",
}


@click.group()
def audit() -> None:
    """The journal that cannot be edited."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def verify_command(ini: str, as_json: bool) -> None:
    """Compute every hash again, follow every chain, compare with the anchors; exit 2 when something is not right."""
    with engine_of(ini) as engine, Session(engine) as db:
        verdict = verify_journal(db, tools_of(settings_of(ini), engine))
    (_tell_json if as_json else _tell)(verdict)
    if verdict.faults:
        sys.exit(REFUSED)


def _tell_json(verdict: Verdict) -> None:
    told = asdict(verdict) | {"last_anchor": verdict.last_anchor and verdict.last_anchor.isoformat()}
    click.echo(json.dumps(told, ensure_ascii=False))


def _tell(verdict: Verdict) -> None:
    anchors = f"{verdict.anchors} ancres ({verdict.anchored} lignes ancrées)"
    click.echo(f"{verdict.events} événements, {verdict.chains} chaînes, {anchors}")
    if verdict.last_anchor:
        click.echo(f"dernière ancre : {verdict.last_anchor:%d/%m/%Y}")
    else:
        click.echo("aucune ancre : une chaîne entièrement réécrite ne se verrait pas", err=True)
    for fault in verdict.faults[:SHOWN]:
        where = f"chaîne {fault.chain}" + (f", événement {fault.event_id}" if fault.event_id else "")
        click.echo(f"  {where} : {WORDS.get(fault.kind, fault.kind)}", err=True)
    if len(verdict.faults) > SHOWN:
        click.echo(f"  … et {len(verdict.faults) - SHOWN} de plus", err=True)
    click.echo("le journal a été altéré" if verdict.faults else "le journal est intact", err=bool(verdict.faults))
