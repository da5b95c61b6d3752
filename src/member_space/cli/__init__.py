"""`member-space <command>`: one file a command group."""

import sys

import click

from member_space.cli import (
    accounts,
    adviser,
    audit,
    breach,
    cards,
    catalogue,
    certificates,
    clients,
    database,
    demo,
    documents,
    guarantee_checks,
    guarantees,
    households,
    letters,
    mcp,
    messages,
    noemie,
    notifications,
    payments,
    permissions,
    practitioners,
    received_mail,
    reference,
    requests,
    statements,
    webhooks,
    worker,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--ini", "-c", default="development.ini", show_default=True, help="The settings file.")
@click.pass_context
def member_space(context: click.Context, ini: str) -> None:
    """The member space of a health insurer: files of the trade, database, worker."""
    context.obj = ini


member_space.add_command(accounts.accounts)
member_space.add_command(adviser.adviser)
member_space.add_command(audit.audit)
member_space.add_command(breach.breach)
member_space.add_command(cards.cards)
member_space.add_command(catalogue.catalogue)
member_space.add_command(certificates.certificates)
member_space.add_command(clients.client)
member_space.add_command(database.db)
member_space.add_command(demo.demo)
member_space.add_command(documents.documents)
member_space.add_command(guarantees.guarantees)
guarantees.guarantees.add_command(guarantee_checks.acts_command)
guarantees.guarantees.add_command(guarantee_checks.replay_command)
member_space.add_command(households.households)
member_space.add_command(letters.letters)
member_space.add_command(mcp.mcp)
member_space.add_command(messages.mail)
messages.mail.add_command(received_mail.mail_receive)
messages.mail.add_command(received_mail.mail_bounce)
member_space.add_command(messages.sms)
member_space.add_command(noemie.noemie)
member_space.add_command(notifications.notifications)
member_space.add_command(payments.payments)
member_space.add_command(permissions.permissions)
member_space.add_command(practitioners.practitioners)
member_space.add_command(reference.reference)
member_space.add_command(requests.requests)
member_space.add_command(statements.statements)
member_space.add_command(webhooks.webhook)
member_space.add_command(worker.worker)


def main() -> None:
    """The console script."""
    sys.exit(member_space())
