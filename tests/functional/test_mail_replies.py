"""A reply by mail: answered by the way to the page, or in its thread where the office wants it; never a loop."""

from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from sqlalchemy import func, select, text

from member_space.adapters.mailer import Composer
from member_space.domain.mail_reply import read_incoming
from member_space.domain.notices import Channel, NoticeKind
from member_space.interfaces import IMailer, OutgoingMail
from member_space.models import Attachment, Message, Notification, ReceivedMail, Request
from member_space.services import request as requests
from member_space.services.mail_reply import Outcome, receive
from member_space.services.notification import notify
from member_space.services.notification_send import send
from member_space.settings import read_settings
from member_space.settings.reader import SettingError
from tests.conftest import TEST_INI
from tests.factories.files import pdf
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.office import make_colleague
from tests.factories.request import OFFICE, make_request, take
from tests.functional.clock import SetClock, at_paris

BOX = {"mail.reply_mailbox": "reponses@horizon.example", "mail.sender": "Horizon <ne-pas-repondre@horizon.example>"}
NOON = at_paris(2026, 6, 16, 12)
SECRET_WORDS = "Bonjour, mon ordonnance suit."
DAY = timedelta(days=1)


@pytest.fixture
def clock():
    return SetClock(NOON)


@pytest.fixture(params=["answer"])
def mode(request):
    return request.param


@pytest.fixture
def box(engine, clock, mode):
    """What a task gets, and the mails that left."""
    tools, mails, _texts = worker_tools(read_settings(TEST_INI | BOX | {"mail.replies": mode}, {}), engine, clock)
    return tools, mails.sent


@pytest.fixture
def tools(box):
    return box[0]


@pytest.fixture
def asked(db, tools):
    """Nadia's request, which a colleague answered."""
    holder = make_person(db, "Nadia", email="nadia@example.org")
    account, contract = make_account(db, holder), make_contract(db, holder)
    row = make_request(db, tools, account, contract)
    hugo = make_colleague(db, "handler")
    take(db, tools, row, hugo)
    requests.say(db, tools, row, requests.Actor(OFFICE, hugo.id), "Quelle est la date des soins ?")
    db.execute(text("delete from notification"))
    return row, account


def leave(db, box):
    """Every mail that waits leaves; the last one, and its row."""
    tools, sent = box
    for one in db.scalars(select(Notification.id).where(Notification.state == "waiting").order_by(Notification.id)):
        send(db, tools, one)
    db.expire_all()
    return sent[-1]


@pytest.fixture
def told(db, box, asked):
    """The mail that tells of the answer."""
    row, account = asked
    link = {"link": f"/demandes/{row.public_id}"}
    notify(db, box[0], NoticeKind.REQUEST_ANSWERED, Channel.EMAIL, account_id=account.id, values=link)
    return leave(db, box)


def mail(told, words=SECRET_WORDS, n=1, **headers):
    message = EmailMessage()
    given = {"From": "Nadia <Nadia@example.org>", "To": told.reply_to, "Message-ID": f"<{n}@example.org>"} | headers
    for name, value in given.items():
        message[name] = value
    message.set_content(words)
    return message


def take_in(db, tools, message, **options):
    return receive(db, tools, read_incoming(message.as_bytes()), **options)


def messages(db, row):
    return db.scalars(select(Message.body).where(Message.request_id == row.id).order_by(Message.id)).all()


def everything_kept(db):
    """Every row of the tables that a mail might enter: messages, files, mails that came, notices."""
    tables = [one.__table__ for one in (Message, Attachment, ReceivedMail, Notification)]
    return [[tuple(row) for row in db.execute(select(table).order_by(table.c.id))] for table in tables]


def waiting(db):
    rows = db.scalars(select(Notification).where(Notification.state == "waiting")).all()
    return [(row.kind, row.values["why"]) for row in rows]


class TestTheAddress:
    def test_is_the_mail_s_own_and_kept_as_a_hash(self, db, told):
        local, _, domain = told.reply_to.partition("@")
        assert (local.partition("+")[0], domain) == ("reponses", "horizon.example")
        assert len(local) <= 64
        row = db.scalars(select(Notification)).one()
        token = local.partition("+")[2]
        assert token not in told.text + told.html
        assert token not in repr([getattr(row, column.name) for column in Notification.__table__.columns])
        assert row.secret is None

    def test_is_the_same_at_each_try(self, db, box, asked):
        row, account = asked
        link = {"link": f"/demandes/{row.public_id}"}
        notify(db, box[0], NoticeKind.REQUEST_ANSWERED, Channel.EMAIL, account_id=account.id, values=link)
        kept = db.scalars(select(Notification)).one()
        box[0].find(IMailer).box.fails.append(OSError("away"))
        send(db, box[0], kept.id)
        first = kept.reply_hash
        send(db, box[0], kept.id)
        assert len(box[1]) == 1
        assert kept.reply_hash == first

    @pytest.mark.parametrize("values", [{"count": 2}])
    def test_of_a_mail_that_tells_of_several_there_is_none(self, db, box, asked, values):
        row, account = asked
        values = values | {"link": f"/demandes/{row.public_id}"}
        notify(db, box[0], NoticeKind.REQUEST_ANSWERED, Channel.EMAIL, account_id=account.id, values=values)
        assert leave(db, box).reply_to is None

    def test_without_a_mailbox_there_is_none(self, db, engine, clock, asked):
        tools, mails, _texts = worker_tools(read_settings(TEST_INI, {}), engine, clock)
        values = {"link": f"/demandes/{asked[0].public_id}"}
        notify(db, tools, NoticeKind.REQUEST_ANSWERED, Channel.EMAIL, account_id=asked[1].id, values=values)
        assert leave(db, (tools, mails.sent)).reply_to is None


class TestByDefault:
    def test_a_reply_is_answered_by_the_way_to_its_page(self, db, box, asked, told):
        before = messages(db, asked[0])
        assert take_in(db, box[0], mail(told)) is Outcome.ANSWERED
        answered = leave(db, box)
        assert answered.to == "nadia@example.org"
        assert f"/demandes/{asked[0].public_id}" in answered.text
        assert "personne ne l’a lu" in answered.text
        assert answered.in_reply_to == "<1@example.org>"
        assert answered.reply_to is None
        assert "ordonnance" not in answered.text + answered.html
        assert messages(db, asked[0]) == before

    def test_the_answer_says_that_a_machine_wrote_it(self, clock):
        composed = Composer("Horizon <n@horizon.example>", clock).compose(
            OutgoingMail("nadia@example.org", "s", "t", None, "id", None, "<1@example.org>")
        )
        read = BytesParser(policy=policy.default).parsebytes(composed.as_bytes())
        assert read["Auto-Submitted"] == "auto-replied"
        assert read["In-Reply-To"] == read["References"] == "<1@example.org>"

    def test_the_same_mail_twice_is_answered_once(self, db, box, told):
        assert take_in(db, box[0], mail(told)) is Outcome.ANSWERED
        assert take_in(db, box[0], mail(told)) is Outcome.AGAIN
        assert waiting(db) == [("reply_received", "unread")]

    def test_one_answer_a_day(self, db, box, told, clock):
        seen = []
        for n in range(5):
            seen.append(take_in(db, box[0], mail(told, n=n)))
            clock.at += DAY / 2
        assert seen == [Outcome.ANSWERED, Outcome.SPARED, Outcome.ANSWERED, Outcome.SPARED, Outcome.ANSWERED]

    @pytest.mark.parametrize(
        "headers",
        [{"Auto-Submitted": "auto-replied"}, {"List-Id": "<x>"}, {"Return-Path": "<>"}, {"From": "nobody"},
         {"From": "Horizon <ne-pas-repondre@horizon.example>"}, {"From": "reponses+x@horizon.example"}],
    )  # fmt: skip
    def test_no_machine_is_answered(self, db, box, told, headers):
        assert take_in(db, box[0], mail(told, **headers)) is Outcome.AUTOMATIC
        assert waiting(db) == []

    def test_our_own_answer_is_a_machine_s(self, db, box, told):
        take_in(db, box[0], mail(told))
        ours = leave(db, box)
        composed = Composer(BOX["mail.sender"], SetClock(NOON)).compose(
            OutgoingMail(ours.to, ours.subject, ours.text, ours.html, ours.message_id, ours.reply_to, ours.in_reply_to)
        )
        assert read_incoming(composed.as_bytes()).automatic

    def test_a_stranger_is_told_nothing(self, db, box, told):
        stranger = mail(told, From="x@stranger.example", To="reponses@horizon.example")
        assert take_in(db, box[0], stranger) is Outcome.UNKNOWN
        assert waiting(db) == []

    def test_a_member_without_a_token_is_told_where_to_write(self, db, box, asked, told):
        plain = mail(told, To="reponses@horizon.example")
        assert take_in(db, box[0], plain) is Outcome.ANSWERED
        answered = leave(db, box)
        assert "/messages" in answered.text
        assert str(asked[0].public_id) not in answered.text

    def test_another_address_with_the_token_learns_nothing_of_the_thread(self, db, box, asked, told):
        assert take_in(db, box[0], mail(told, From="nadia@work.example")) is Outcome.ANSWERED
        answered = leave(db, box)
        assert answered.to == "nadia@work.example"
        assert str(asked[0].public_id) not in answered.text

    def test_nothing_of_the_mail_is_kept(self, db, box, told):
        message = mail(told)
        message.add_attachment(pdf(), maintype="application", subtype="pdf", filename="ordonnance-secrete.pdf")
        before = everything_kept(db)
        assert take_in(db, box[0], message) is Outcome.ANSWERED
        after = everything_kept(db)
        assert after[:2] == before[:2], "no message and no file"
        new = repr(after[2:])
        assert len(new) > len(repr(before[2:])), "what came and what is answered are written down"
        for secret in (SECRET_WORDS, "ordonnance", "secrete"):
            assert secret not in new
        assert "nadia" not in repr(after[2])


@pytest.mark.parametrize("mode", ["thread"], indirect=True)
class TestWhereTheOfficeTakesReplies:
    def test_the_words_enter_the_thread_once(self, db, box, asked, told):
        quoted = f"{SECRET_WORDS}\n\nLe mar. 16 juin 2026, Horizon <x@horizon.example> a écrit :\n> Bonjour\n"
        assert take_in(db, box[0], mail(told, quoted)) is Outcome.ENTERED
        assert messages(db, asked[0])[-1] == f"{SECRET_WORDS}\n\n[Le texte cité a été retiré.]"
        assert take_in(db, box[0], mail(told, quoted)) is Outcome.AGAIN
        assert db.scalar(select(func.count()).select_from(Message)) == 3
        assert waiting(db) == []

    def test_the_mail_says_that_it_may_be_answered(self, told):
        assert "Le plus sûr est de répondre dans votre espace" in told.text
        assert "n’y répondez pas" not in told.text

    def test_files_come_by_the_door_of_the_page(self, db, box, asked, told):
        message = mail(told)
        message.add_attachment(pdf(), maintype="application", subtype="pdf", filename="../facture.pdf")
        message.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="a.exe")
        assert take_in(db, box[0], message) is Outcome.ENTERED
        assert db.scalars(select(Attachment.name)).all() == ["facture.pdf"]
        [row] = db.scalars(select(Attachment))
        assert row.message_id == db.scalar(select(func.max(Message.id)))
        assert row.state == "received", "the antivirus comes after"
        answered = leave(db, box)
        assert "des fichiers" in answered.text
        assert "exe" not in answered.text
        assert messages(db, asked[0])[-1] == SECRET_WORDS

    def test_a_file_alone_is_announced(self, db, box, asked, told):
        message = mail(told, "\n")
        message.add_attachment(pdf(), maintype="application", subtype="pdf", filename="facture.pdf")
        assert take_in(db, box[0], message) is Outcome.ENTERED
        assert messages(db, asked[0])[-1] == "Voici les documents."

    @pytest.mark.parametrize("words", ["", "x" * 10_001, "Le 16 juin, Horizon a écrit :\n> Bonjour\n"])
    def test_what_cannot_enter_is_told_and_lost_to_nobody_s_surprise(self, db, box, asked, told, words):
        before = messages(db, asked[0])
        for n in range(2):
            assert take_in(db, box[0], mail(told, words, n=n)) is Outcome.ANSWERED
        assert waiting(db) == [("reply_received", "not_taken")] * 2
        assert messages(db, asked[0]) == before

    @pytest.mark.parametrize("headers", [{"From": "eve@example.org"}, {"To": "reponses@horizon.example"}])
    def test_only_its_own_address_with_its_own_token_enters(self, db, box, asked, told, headers):
        before = messages(db, asked[0])
        take_in(db, box[0], mail(told, **headers))
        assert messages(db, asked[0]) == before

    def test_a_token_ends(self, db, box, asked, told, clock):
        before = messages(db, asked[0])
        clock.at += 91 * DAY
        assert take_in(db, box[0], mail(told)) is Outcome.ANSWERED
        assert messages(db, asked[0]) == before

    def test_one_of_another_member_opens_nothing(self, db, box, asked, told):
        eve = make_account(db, make_person(db, email="eve@example.org"))
        assert take_in(db, box[0], mail(told, From=eve.email)) is Outcome.ANSWERED
        assert len(messages(db, asked[0])) == 2

    def test_a_closed_account_s_token_opens_nothing(self, db, box, asked, told, clock):
        asked[1].closed_at = clock.now()
        db.flush()
        assert take_in(db, box[0], mail(told)) is Outcome.UNKNOWN
        assert len(messages(db, asked[0])) == 2

    def test_after_the_end_a_request_that_follows_begins(self, db, box, asked, told, clock):
        asked[0].state, asked[0].closed_at = "closed", clock.now() - 40 * DAY
        db.flush()
        assert take_in(db, box[0], mail(told)) is Outcome.ENTERED
        follows = db.scalars(select(Request).where(Request.linked_id == asked[0].id)).one()
        assert messages(db, follows) == [SECRET_WORDS]

    def test_the_envelope_names_the_token_too(self, db, box, asked, told):
        hidden = mail(told, To="undisclosed-recipients:;")
        assert take_in(db, box[0], hidden, recipients=[told.reply_to]) is Outcome.ENTERED

    def test_where_entering_failed_the_page_is_told(self, db, box, told):
        assert take_in(db, box[0], mail(told), enter=False) is Outcome.ANSWERED
        assert waiting(db) == [("reply_received", "not_taken")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"mail.reply_mailbox": "reponses+x@horizon.example"},
        {"mail.reply_mailbox": "reponses"},
        {"mail.reply_mailbox": f"{'a' * 32}@horizon.example"},
        {"mail.replies": "thread"},
        {"mail.reply_mailbox": "r@m.example", "mail.replies": "maybe"},
    ],
)
def test_a_wrong_setting_is_named(wrong):
    with pytest.raises(SettingError, match=r"mail\.repl"):
        read_settings(TEST_INI | wrong, {})
