"""`member-space mail bounce`: a report of a mail server marks the address it is about, and nobody else's."""

import uuid

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from member_space.cli import member_space
from member_space.domain.mail_bounce import Bounce, read_bounce
from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Account, Notification
from member_space.services.notification import notify
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools

REPORT = """From: MAILER-DAEMON@mx.horizon.example
To: ne-pas-repondre@horizon.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.horizon.example

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user
--B
Content-Type: {joined}

From: Mutuelle Horizon =?utf-8?q?Sant=C3=A9?= <ne-pas-repondre@horizon.example>
To: {to}
Message-ID: <{id}@horizon.example>
Subject: Un message

--B--
"""


def report(id_, to="nadia@example.org", action="failed", status="5.1.1", joined="text/rfc822-headers"):
    return REPORT.format(id=id_, to=to, action=action, status=status, joined=joined).encode()


@pytest.mark.parametrize("joined", ["text/rfc822-headers", "message/rfc822"])
def test_what_came_back_is_known_by_its_number_and_its_address(joined):
    assert read_bounce(report("abc", joined=joined)) == Bounce("abc", "nadia@example.org")


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("failed", "5.2.2"), ("failed", "5.7.1")]
)
def test_a_delay_a_full_mailbox_and_a_policy_say_nothing_of_the_address(action, status):
    assert read_bounce(report("abc", action=action, status=status)) is None


@given(st.binary(max_size=400), st.integers(0, 1000))
def test_whatever_comes_is_no_error(noise, cut):
    whole = report("abc")
    assert read_bounce(noise) is None
    assert read_bounce(whole[:cut] + noise) in (None, Bounce("abc", "nadia@example.org"))


class TestTheCommand:
    pytestmark = pytest.mark.xdist_group("own database")

    @pytest.fixture
    def pipe(self, own_database, tmp_path):
        def run(raw, url=None):
            url = url or own_database.url.render_as_string(hide_password=False).replace("%", "%%")
            lines = TEST_INI | {"sqlalchemy.url": url}
            ini = tmp_path / "test.ini"
            ini.write_text("[app:main]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items()), "utf-8")
            return CliRunner().invoke(member_space, ["-c", str(ini), "mail", "bounce"], input=raw)

        return run

    @pytest.fixture
    def sent(self, own_database, settings):
        """A mail to Nadia, by its number."""
        tools, _mails, _texts = worker_tools(settings, own_database)
        with Session(own_database) as db:
            holder = make_person(db, "Nadia", email="nadia@example.org")
            account = make_account(db, holder)
            make_contract(db, holder)
            values = {"link": "/messages"}
            row = notify(db, tools, NoticeKind.REQUEST_ANSWERED, Channel.EMAIL, account_id=account.id, values=values)
            row.state = "sent"
            db.commit()
            return row.public_id, account.email

    def states(self, engine):
        with Session(engine) as db:
            bounced = db.query(Account.email_bounced_at).filter(Account.email_bounced_at.is_not(None)).count()
            return bounced, [state for (state,) in db.query(Notification.state)]

    def test_marks_the_address_and_the_mail(self, own_database, pipe, sent):
        id_, email = sent
        for _ in range(2):
            assert pipe(report(id_, to=email)).exit_code == 0
        assert self.states(own_database) == (1, ["bounced"])

    @pytest.mark.parametrize("forged", ["another number", "another address", "no report"])
    def test_marks_nobody_for_what_was_not_sent(self, own_database, pipe, sent, forged):
        id_, email = sent
        raw = {
            "another number": report(uuid.uuid4(), to=email),
            "another address": report(id_, to="paul@example.org"),
            "no report": b"From: Paul <paul@example.org>\n\nBonjour",
        }[forged]
        assert pipe(raw).exit_code == 0
        assert self.states(own_database) == (0, ["sent"])

    def test_comes_again_when_the_database_is_away(self, pipe, sent):
        assert pipe(report(sent[0], to=sent[1]), "postgresql+psycopg://nobody@127.0.0.1:1/none").exit_code == 75
