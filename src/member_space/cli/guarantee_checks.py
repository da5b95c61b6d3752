"""`member-space guarantees acts` and `replay`: the engine of reimbursements beside what it must give."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from textwrap import shorten

import click

from member_space.adapters.clock import SystemClock
from member_space.cli.console import sessions_of
from member_space.domain.money import format_money, format_rate
from member_space.domain.worked_examples import Shares
from member_space.services.line_replay import Replayed, Verdict
from member_space.services.line_replay_all import replay_year
from member_space.services.worked_examples import Worked, worked_examples

UNEQUAL = 1
LABEL = 44
AMOUNT_NAMES = {
    "fee": "frais",
    "base": "base",
    "amo_rate": "taux",
    "amo_gross": "Sécu avant retenues",
    "participation": "participation",
    "franchise": "franchise",
    "deferred": "retenue reportée",
    "amo_net": "Sécu",
    "other_insurer": "autre mutuelle",
    "our_share": "notre part",
    "member_share": "reste à charge",
}
REASONS = {
    Verdict.SAME: "égale",
    Verdict.TOLD_BY_FUND: "la Sécu a compté autrement",
    Verdict.DECIDED: "décidée par un gestionnaire",
    Verdict.CANCELLED: "annule une autre ligne",
    Verdict.ADJUSTED: "régularisation sans frais",
    Verdict.OUT_OF_RIGHTS: "hors droits, rien de payé",
    Verdict.NO_TABLE: "aucun tableau de garanties ce jour-là",
    Verdict.NOT_KNOWN: "il manque un élément au calcul",
    Verdict.UNEXPLAINED: "SANS EXPLICATION",
}
DAY = click.DateTime(["%Y-%m-%d"])


@click.command("acts")
@click.option("--day", type=DAY, help="The day of care; today by default.")
def acts_command(day: date | None) -> None:
    """Print the 46 reference acts computed by the engine beside the cents they must give.

    Exit 1 when one differs. They hold for the tariffs of autumn 2026: on another day, differences are those of tariffs.
    """
    examples = worked_examples(_date(day))
    click.echo(f"{'':>2}  {'Acte':<{LABEL}} {'':10} {'Sécu':>11} {'Mutuelle':>11} {'Reste':>11}")
    for worked in examples:
        click.echo("\n".join(_rows(worked)))
    equal = sum(worked.is_equal for worked in examples)
    click.echo(f"{equal} acte(s) égaux au centime sur {len(examples)}")
    if equal != len(examples):
        sys.exit(UNEQUAL)


def _rows(worked: Worked) -> Iterator[str]:
    example = worked.example
    label = shorten(example.label, LABEL, placeholder="…")
    yield f"{example.rank:>2}  {label:<{LABEL}} {'attendu':10} {_shares(example.expected)}"
    found = _shares(worked.found) if worked.found else worked.error
    yield f"{'':>2}  {'':<{LABEL}} {'trouvé':10} {found}{'' if worked.is_equal else '  ≠'}"
    if example.note:
        yield f"    {example.note}."


def _shares(shares: Shares) -> str:
    return " ".join(f"{format_money(amount):>11}" for amount in shares)


@click.command("replay")
@click.option("--until", type=DAY, help="The last day of care of the twelve months; today by default.")
@click.pass_obj
def replay_command(ini: str, until: date | None) -> None:
    """Run twelve months of statement lines through the engine and list every difference with its reason.

    Exit 1 when a line is paid otherwise than the engine finds, without a reason. Lines are named by their number alone.
    """
    counts: Counter[Verdict] = Counter()
    with sessions_of(ini) as sessions, sessions() as db:
        for found in replay_year(db, _date(until)):
            counts[found.verdict] += 1
            if found.verdict is not Verdict.SAME:
                click.echo(_difference(found))
    click.echo(f"{counts.total()} ligne(s) rejouée(s)")
    for verdict in Verdict:
        if counts[verdict] or verdict in (Verdict.SAME, Verdict.UNEXPLAINED):
            click.echo(f"{counts[verdict]:>8}  {REASONS[verdict]}")
    if counts[Verdict.UNEXPLAINED]:
        sys.exit(UNEQUAL)


def _difference(found: Replayed) -> str:
    line = found.line
    amounts = [
        f"{AMOUNT_NAMES[one.name]} {_amount(one.name, one.paid)} payé, {_amount(one.name, one.found)} trouvé"
        for one in found.differences
    ]
    told = "; ".join([str(found.error)] if found.error else amounts)
    words = f"ligne {line.id}, {line.care_date:%d/%m/%Y}, {line.act_code} : {REASONS[found.verdict]}"
    return f"{words} ({told})" if told else words


def _amount(name: str, value: int) -> str:
    return format_rate(value) if name == "amo_rate" else format_money(value)


def _date(given: date | None) -> date:
    """click gives an instant."""
    return date(given.year, given.month, given.day) if given else SystemClock().today()
