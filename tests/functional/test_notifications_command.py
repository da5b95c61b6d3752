"""`member-space notifications`: what could not be sent is listed without its address, and sent again."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session

from member_space.cli import member_space
from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Notification
from member_space.services.notification import notify
from tests.factories.household import make_account, make_person
from tests.factories.messages import worker_tools
from tests.functional.test_feed_commands import write_ini


@pytest.fixture
def command(own_database, tmp_path):
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))

    def run(*arguments: object):
        result = CliRunner().invoke(member_space, ["--ini", str(ini), "notifications", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def dead(own_database, settings):
    """A news that bounced, a code that failed, and one that was sent; their ids."""
    tools, *_ = worker_tools(settings, own_database)
    with Session(own_database) as db:
        account = make_account(db, make_person(db, email="nadia@example.org"))
        kinds = (NoticeKind.NEW_REIMBURSEMENT, NoticeKind.CODE, NoticeKind.ACCOUNT_ACTIVATED)
        rows = [notify(db, tools, kind, Channel.EMAIL, account_id=account.id) for kind in kinds]
        for row, state in zip(rows, ("bounced", "failed", "sent"), strict=True):
            row.state, row.attempts, row.last_error = state, 8, "550 no such user"
        db.execute(text("delete from procrastinate_jobs"))
        db.commit()
        return [row.id for row in rows]


def test_nothing_dead_is_said(command):
    assert command("dead").output == "Aucun message en échec.\n"
    assert command("dead", "--json").output == ""


def test_the_dead_letters_are_listed_without_their_address(command, dead):
    news, code, _sent = dead
    lines = command("dead").output.splitlines()
    assert [int(line.split()[0]) for line in lines] == [code, news]
    assert "new_reimbursement par email : adresse refusée après 8 essai(s), 550 no such user" in lines[1]
    assert "son code est périmé" in lines[0]
    found = [json.loads(line) for line in command("dead", "--json").output.splitlines()]
    assert [(one["id"], one["state"], one["can_leave"]) for one in found] == [
        (code, "failed", False),
        (news, "bounced", True),
    ]
    assert "nadia" not in command("dead").output + command("dead", "--json").output


def test_one_is_sent_again_and_a_code_is_not(command, dead, own_database):
    news, code, sent = dead
    result = command("retry", news, code, sent, 999)
    assert result.exit_code == 2
    assert result.stdout == f"{news} : repart\n"
    assert result.stderr.count("aucun message en échec n'a ce numéro") == 2
    assert f"{code} : son code est périmé" in result.stderr
    with Session(own_database) as db:
        row = db.get_one(Notification, news)
        assert (row.state, row.attempts) == ("waiting", 0)
        assert db.get_one(Notification, code).state == "failed"
        jobs = db.scalars(text("select args->>'notification_id' from procrastinate_jobs")).all()
    assert jobs == [str(news)]


def test_all_that_can_leave_does(command, dead):
    assert command("retry", "--all").output == f"{dead[0]} : repart\n"
    assert command("retry", "--all").output == ""


@pytest.mark.parametrize("arguments", [(), ("--all", "3")])
def test_which_ones_must_be_said(command, arguments):
    assert "donnez des numéros, ou --all" in command("retry", *arguments).output
