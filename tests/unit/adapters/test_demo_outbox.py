"""The box of the demonstration takes what a real carrier takes, and keeps it."""

import os

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from member_space.adapters.demo_outbox import DemoMailer, DemoOutbox, DemoSms
from member_space.interfaces import OutgoingMail
from member_space.models.notification import DemoMessage
from member_space.models.session import make_engine
from tests.conftest import clone, drop
from tests.unit.adapters.contracts import MESSAGE_ID, MailerContract, SmsContract
from tests.unit.adapters.test_mailer import CLOCK, made
from tests.unit.adapters.test_sms import made as made_sms

pytestmark = pytest.mark.xdist_group("own database")


@pytest.fixture(scope="module")
def own_engine(server_url, template_database, worker_id):
    """A database for this file: what is kept is committed."""
    name = f"member_space_outbox_{worker_id}_{os.getpid()}"
    engine = make_engine(clone(server_url, template_database, name))
    yield engine
    engine.dispose()
    drop(server_url, name)


@pytest.fixture
def outbox(own_engine):
    with own_engine.begin() as connection:
        connection.execute(delete(DemoMessage))
    return DemoOutbox(own_engine, CLOCK)


def kept(engine):
    with Session(engine) as db:
        rows = select(DemoMessage.channel, DemoMessage.to, DemoMessage.subject, DemoMessage.text, DemoMessage.sent_at)
        return [tuple(row) for row in db.execute(rows)]


class TestMail(MailerContract):
    @pytest.fixture
    def mailer(self, outbox):
        return DemoMailer(outbox, made())


class TestSms(SmsContract):
    @pytest.fixture
    def gateway(self, outbox):
        return DemoSms(outbox, made_sms("console"))


def test_both_are_kept_as_they_are(outbox, own_engine):
    DemoMailer(outbox, made()).send(OutgoingMail("nadia@example.org", "Été", "Bonjour", "<p>Bonjour</p>", MESSAGE_ID))
    DemoSms(outbox, made_sms("console")).send("+33639980001", "Code", MESSAGE_ID)
    assert kept(own_engine) == [
        ("email", "nadia@example.org", "Été", "Bonjour", CLOCK.now()),
        ("sms", "+33639980001", None, "Code", CLOCK.now()),
    ]
