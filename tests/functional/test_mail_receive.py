"""`member-space mail receive`, as a mail server pipes a message to it: no traceback, and one of two exit codes."""

import subprocess
import sys

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.cli import member_space, received_mail
from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Message, Notification, ReceivedMail
from member_space.services.notification import notify
from member_space.services.reply_token import reply_address
from member_space.settings import read_settings
from tests.conftest import ROOT, TEST_INI
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.request import make_request

pytestmark = pytest.mark.xdist_group("own database")
BOX = {"mail.reply_mailbox": "reponses@horizon.example", "mail.replies": "thread"}
AWAY = "postgresql+psycopg://nobody@127.0.0.1:1/none"


@pytest.fixture
def ini(own_database, tmp_path):
    """The settings of the tests on this database, and others where told."""

    def write(**others):
        url = own_database.url.render_as_string(hide_password=False).replace("%", "%%")
        lines = TEST_INI | {"sqlalchemy.url": url} | BOX | others
        path = tmp_path / "test.ini"
        path.write_text(
            "[app:main]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items() if value), "utf-8"
        )
        return str(path)

    return write


@pytest.fixture
def address(own_database):
    """Where Nadia answers the mail that told of her request."""
    tools, _mails, _texts = worker_tools(read_settings(TEST_INI | BOX, {}), own_database)
    with Session(own_database) as db:
        holder = make_person(db, "Nadia", email="nadia@example.org")
        account, contract = make_account(db, holder), make_contract(db, holder)
        row = make_request(db, tools, account, contract)
        values = {"link": f"/demandes/{row.public_id}"}
        told = notify(db, tools, NoticeKind.REQUEST_ANSWERED, Channel.EMAIL, account_id=account.id, values=values)
        found = reply_address(tools, told, {})
        db.commit()
    return found


def pipe(ini, raw, *options):
    result = CliRunner().invoke(member_space, ["-c", ini, "mail", "receive", *options], input=raw)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code


def reply_to(address, words="Voici ma réponse.", sender="nadia@example.org"):
    head = f"From: {sender}\r\nTo: {address}\r\nMessage-ID: <1@example.org>\r\nContent-Type: text/plain; charset=utf-8"
    return f"{head}\r\n\r\n{words}\r\n".encode()


def bodies(engine):
    with Session(engine) as db:
        return db.scalars(select(Message.body).order_by(Message.id)).all()


def outcomes(engine):
    with Session(engine) as db:
        return db.scalars(select(ReceivedMail.outcome).order_by(ReceivedMail.id)).all()


def test_a_reply_enters_once_however_often_the_server_comes(own_database, ini, address):
    for _ in range(3):
        assert pipe(ini(), reply_to(address)) == 0
    assert bodies(own_database)[1:] == ["Voici ma réponse."]


def test_as_a_real_process(own_database, ini, address):
    command = [sys.executable, "-c", "from member_space.cli import main; main()", "-c", ini(), "mail", "receive"]
    command += ["--sender", "nadia@example.org", "--recipient", address.upper()]
    ran = subprocess.run(
        command, cwd=ROOT, input=reply_to("x@y.example"), capture_output=True, timeout=120, check=False
    )
    assert (ran.returncode, b"Traceback" in ran.stderr) == (0, False), ran.stderr
    assert bodies(own_database)[1:] == ["Voici ma réponse."]
    assert b"ponse" not in ran.stderr + ran.stdout


@pytest.mark.parametrize("envelope", ["", "<>"])
def test_a_bounce_is_nobody_s(own_database, ini, address, envelope):
    assert pipe(ini(), reply_to(address), "--sender", envelope) == 0
    assert outcomes(own_database) == ["automatic"]


@pytest.mark.parametrize(
    "raw", [b"", b"\0\xff" * 900, b"From: nadia@example.org", b"Content-Type: multipart/mixed\n\n--"]
)
def test_what_is_no_mail_costs_nothing(own_database, ini, raw):
    assert pipe(ini(), raw) == 0
    assert set(outcomes(own_database)) <= {"automatic", "unknown"}


def test_one_that_is_too_large_is_answered_by_its_headers(own_database, ini, address, monkeypatch):
    monkeypatch.setattr(received_mail, "LARGEST", 1_000)
    assert pipe(ini(), reply_to(address, "x" * 5_000_000)) == 0
    assert len(bodies(own_database)) == 1
    with Session(own_database) as db:
        told = db.scalars(select(Notification.values).where(Notification.kind == "reply_received")).one()
    assert told["why"] == "not_taken"


def test_the_server_comes_back_when_the_database_is_away(ini):
    assert pipe(ini(**{"sqlalchemy.url": AWAY}), reply_to("reponses@horizon.example")) == 75


@pytest.mark.parametrize("others", [{"mail.reply_mailbox": "", "mail.replies": ""}, {"mail.replies": "maybe"}])
def test_the_server_comes_back_when_the_settings_are_wrong(ini, others):
    assert pipe(ini(**others), reply_to("reponses@horizon.example")) == 75


def test_what_breaks_is_told_to_who_wrote(own_database, ini, address, monkeypatch):
    """Whatever a thread stumbles over, its member is not left without a word."""

    def broken(*_args, **_options):
        raise ValueError("what was written")

    monkeypatch.setattr("member_space.services.mail_reply.reply", broken)
    assert pipe(ini(), reply_to(address)) == 0
    assert outcomes(own_database) == ["answered"]
