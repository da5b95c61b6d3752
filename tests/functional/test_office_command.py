"""`member-space accounts create-office` and `member-space permissions`, as typed on a terminal."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from member_space.cli import accounts as command
from member_space.cli import member_space
from member_space.domain.permissions import GRANTS, Permission, Role
from member_space.models import Account, Challenge
from tests.log_guard import note


def run(*words):
    return CliRunner().invoke(member_space, words, catch_exceptions=False)


@pytest.fixture
def here(monkeypatch, work_of):
    """The command works on the test's own transaction."""
    monkeypatch.setattr(command, "work_of", work_of)


def create(*more, email="hugo@example.org", name="Hugo Petit", role="handler"):
    return run("accounts", "create-office", "--email", email, "--name", name, "--role", role, *more)


def test_the_command_prints_once_what_is_handed_over(db, here):
    answer = create()
    assert answer.exit_code == 0
    code = answer.output.split()[-1]
    note(code)
    assert re.fullmatch(r"[A-Z0-9]{10}", code)
    account = db.scalars(select(Account)).one()
    assert (account.email, account.office_name, account.role, account.password_hash) == (
        "hugo@example.org",
        "Hugo Petit",
        "handler",
        None,
    )
    public_id = db.scalar(select(Challenge.public_id).where(Challenge.account_id == account.id))
    assert f"/bureau/activation/{public_id}" in answer.output


def test_the_command_gives_a_team(db, here):
    note(create("--team", "Prestations hospitalières").output.split()[-1])
    assert db.scalar(select(Account.team)) == "Prestations hospitalières"
    assert create("--team", "x" * 101, email="autre@example.org").exit_code == 2


def test_a_refusal_has_its_reason_and_its_exit_code(db, here):
    note(create().output.split()[-1])
    assert create().exit_code == 2
    assert create(email="hugo@").exit_code == 2
    assert create(email="autre@example.org", name="  ").exit_code == 2
    assert create(role="member").exit_code == 2
    assert len(db.scalars(select(Account)).all()) == 1


def test_the_matrix_is_the_one_of_the_code():
    lines = {line.split()[0]: line for line in run("permissions").output.splitlines() if line.strip()}
    for permission in Permission:
        marks = lines[permission.value].split()[1 : len(Role) + 1]
        assert marks == ["x" if permission in GRANTS[role] else "·" for role in Role]
