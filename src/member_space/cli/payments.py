"""`member-space payments`: the transfers that the office checks."""

import csv
import sys
from datetime import datetime

import click

from member_space.cli.console import sessions_of
from member_space.services.first_payment import first_payments


@click.group()
def payments() -> None:
    """The transfers to members."""


@payments.command("first")
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day from which, YYYY-MM-DD.")
@click.pass_obj
def first_command(ini: str, since: datetime) -> None:
    """Print as CSV the first transfers to another bank account of a member, to be checked with him."""
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("paid_on", "payment_ref", "person_ref", "iban_last4", "amount"))
    with sessions_of(ini) as sessions, sessions() as db:
        for one in first_payments(db, since.date()):
            amount = f"{one.amount // 100}.{one.amount % 100:02d}"
            out.writerow((one.paid_on.isoformat(), one.reference, one.person_ref, one.iban_last4, amount))
