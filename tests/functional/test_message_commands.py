"""`member-space mail test` and `sms test`, as an operator runs them."""

import pytest
from click.testing import CliRunner

from member_space.cli import member_space
from tests.conftest import TEST_INI
from tests.unit.adapters.smtp_server import smtp_server


@pytest.fixture
def run(tmp_path):
    """Run a command under these settings: exit code, what it printed, what it complained of."""

    def call(*command, **settings):
        ini = tmp_path / "member_space.ini"
        lines = TEST_INI | {"sqlalchemy.url": "embedded:unused"} | settings
        ini.write_text("[app:main]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items()))
        ran = CliRunner().invoke(member_space, ["-c", str(ini), *command])
        return ran.exit_code, ran.stdout, ran.stderr

    return call


def test_a_mail_is_handed_over(run):
    with smtp_server() as (received, port):
        smtp = {"mail.transport": "smtp", "mail.smtp_url": f"smtp://127.0.0.1:{port}"}
        assert run("mail", "test", "--to", "ops@example.org", **smtp) == (0, "smtp : remis\n", "")
        assert [one.rcpt_tos for one in received.envelopes] == [["ops@example.org"]]


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("unknown@example.org", "550 5.1.1 (refusé pour de bon)"),
        ("full@example.org", "452 4.2.2 (peut réussir plus tard)"),
    ],
)
def test_a_refusal_is_told(run, to, words):
    with smtp_server() as (_received, port):
        smtp = {"mail.transport": "smtp", "mail.smtp_url": f"smtp://127.0.0.1:{port}"}
        status, shown, errors = run("mail", "test", "--to", to, **smtp)
    assert (status, shown) == (2, "")
    assert words in errors


@pytest.mark.parametrize(("kind", "to"), [("mail", "ops@example.org"), ("sms", "+33639980001")])
def test_the_console_says_that_nothing_left(run, kind, to):
    status, shown, _errors = run(kind, "test", "--to", to)
    assert status == 0
    assert "rien n'est parti" in shown


def test_a_number_that_is_none(run):
    status, _shown, errors = run("sms", "test", "--to", "0639980001")
    assert status == 2
    assert "not a number in E.164 (refusé pour de bon)" in errors


@pytest.mark.parametrize(
    ("kind", "settings", "name"),
    [("mail", {"mail.transport": "smtp"}, "mail.smtp_url"), ("sms", {"sms.transport": "sns"}, "sms.region"),
     ("mail", {"mail.sender": "nobody"}, "mail.sender")],
)  # fmt: skip
def test_a_setting_that_is_wrong_is_named(run, kind, settings, name):
    status, _shown, errors = run(kind, "test", "--to", "x", **settings)
    assert status == 2
    assert name in errors
