"""Mail against a real SMTP server run here, and Amazon SES as moto plays it."""

import smtplib
import socket
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.utils import parseaddr

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses import ses_backends
from structlog.testing import capture_logs

from member_space.adapters import mailer as mailer_module
from member_space.adapters.mailer import SmtpMailer, mailer_from
from member_space.interfaces import DeliveryError, OutgoingMail
from member_space.settings import Mail
from member_space.settings.reader import SettingError
from tests.functional.clock import SetClock
from tests.unit.adapters.contracts import MESSAGE_ID, MailerContract
from tests.unit.adapters.smtp_server import certificate, only_nadia, server_context, smtp_server

SENDER = "Mutuelle Horizon Santé <ne-pas-repondre@horizon.example>"
CLOCK = SetClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))


def made(transport="console", *, sender=SENDER, smtp_url=None, region=None):
    return mailer_from(Mail(transport, sender, smtp_url, region), CLOCK)


def send(mailer, to="nadia@example.org", subject="Un sujet", text="Bonjour", html=None):
    mailer.send(OutgoingMail(to, subject, text, html, MESSAGE_ID))


def refusal_of(mailer, **message):
    with pytest.raises(DeliveryError) as refusal:
        send(mailer, **message)
    return refusal.value


def parsed(envelope):
    """The message as a mail program reads it."""
    return message_from_bytes(envelope.content, policy=policy.default)


def lines(part):
    return part.get_content().replace("\r\n", "\n")


@pytest.fixture
def server():
    with smtp_server() as (received, port):
        yield received, port


@pytest.fixture
def smtp(server):
    return made("smtp", smtp_url=f"smtp://127.0.0.1:{server[1]}")


@pytest.fixture
def certificate_files(tmp_path, monkeypatch):
    """A server's certificate, which this machine trusts."""
    files = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    return files


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield


@pytest.fixture
def ses(aws):
    boto3.client("sesv2", region_name="eu-west-3").create_email_identity(EmailIdentity="horizon.example")
    return made("ses", region="eu-west-3")


class TestConsole(MailerContract):
    @pytest.fixture
    def mailer(self):
        return made()

    def test_the_log_holds_neither_address_nor_message(self, mailer):
        with capture_logs() as logs:
            send(mailer, subject="Le sujet secret", text="Votre code : 123456", html="<p>123456</p>")
        assert logs == [{"event": "mail_shown", "message_id": MESSAGE_ID, "log_level": "info"}]


class TestSmtp(MailerContract):
    @pytest.fixture
    def mailer(self, smtp):
        return smtp


class TestSes(MailerContract):
    @pytest.fixture
    def mailer(self, ses):
        return ses


def test_what_arrives_is_what_was_written(server, smtp):
    text, html = "Bonjour Zoé,\n\n.\n..deux points\nvotre espace : https://…", "<p>Bonjour <b>Zoé</b></p>"
    send(smtp, "Zoé Lévêque <zoe@exämple.org>", "Votre espace a été ouvert — merci", text, html)
    [envelope] = server[0].envelopes
    assert envelope.mail_from == "ne-pas-repondre@horizon.example"
    assert envelope.rcpt_tos == ["zoe@xn--exmple-cua.org"]
    message = parsed(envelope)
    assert message["From"] == SENDER
    assert message["To"] == "Zoé Lévêque <zoe@xn--exmple-cua.org>"
    assert message["Subject"] == "Votre espace a été ouvert — merci"
    assert message["Message-ID"] == f"<{MESSAGE_ID}@horizon.example>"
    assert message["Date"].datetime == CLOCK.now()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    plain, rich = message.iter_parts()
    assert (plain.get_content_type(), lines(plain)) == ("text/plain", text + "\n")
    assert (rich.get_content_type(), lines(rich)) == ("text/html", html + "\n")
    assert envelope.original_content.isascii()


def test_without_html_it_is_plain_text(server, smtp):
    send(smtp)
    assert parsed(server[0].envelopes[0]).get_content_type() == "text/plain"


@pytest.mark.parametrize("text", ["a\nb\n", "a\r\nb\r\n", "a\rb\r", "é\nb\n", "x" * 3000 + "\nb\n", "\n\n.\n"])
def test_every_line_ends_with_crlf_and_none_is_too_long(server, smtp, text):
    """The server refuses the others; it is shown to do so below."""
    send(smtp, text=text, html=f"<p>{text}</p>")
    content = server[0].envelopes[0].original_content
    assert max(map(len, content.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("body", ["a\nb\r\n", "a\rb\r\n"])
def test_the_server_of_these_tests_does_refuse_a_bare_line_end(server, body):
    with socket.create_connection(("127.0.0.1", server[1])) as connection, connection.makefile("rb") as answers:
        for line in ("EHLO test", "MAIL FROM:<a@example.org>", "RCPT TO:<b@example.org>", "DATA"):
            connection.sendall(f"{line}\r\n".encode())
        connection.sendall(f"Subject: x\r\n\r\n{body}.\r\n".encode())
        assert any(answer.startswith(b"550 5.6.11") for answer in answers if not answer.startswith(b"354"))


@pytest.mark.parametrize(
    ("to", "final", "words"),
    [
        ("unknown@example.org", True, "the mail server answered 550 5.1.1"),
        ("plain@example.org", True, "the mail server answered 553"),
        ("full@example.org", False, "the mail server answered 452 4.2.2"),
        # Ours to repair: it says nothing of the address.
        ("relay@example.org", False, "the mail server answered 554 5.7.1"),
    ],
)
def test_a_refused_recipient(smtp, to, final, words):
    refusal = refusal_of(smtp, to=to)
    assert (str(refusal), refusal.final) == (words, final)


@pytest.mark.parametrize(
    ("said", "final"),
    [("550 5.1.1 no such user", True), ("552 5.2.2 mailbox full", True), ("554 5.7.1 spam", False),
     ("554 spam", False), ("554 5.6.0 not this message", False), ("451 4.7.1 greylisted", False)],
)  # fmt: skip
def test_a_refused_message_says_nothing_of_the_address_unless_it_names_it(smtp, said, final):
    refusal = refusal_of(smtp, text=f"Refuse: {said}")
    assert refusal.final is final
    assert str(refusal).startswith(f"the mail server answered {said[:3]}")


def test_the_next_mail_leaves_after_a_refused_one(server, smtp):
    refusal_of(smtp, to="unknown@example.org")
    send(smtp)
    assert len(server[0].envelopes) == 1


def test_a_connection_that_drops_is_worth_another_try(server, smtp):
    server[0].drop = True
    assert not refusal_of(smtp).final
    server[0].drop = False
    send(smtp)


def test_a_server_that_is_not_there_is_worth_another_try():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        refusal = refusal_of(made("smtp", smtp_url=f"smtp://127.0.0.1:{taken.getsockname()[1]}"))
    assert not refusal.final
    assert "ConnectionRefusedError" in str(refusal)


def test_a_server_that_says_nothing_is_waited_for_some_time_only(monkeypatch):
    monkeypatch.setattr(mailer_module, "TIMEOUT", 0.05)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        refusal = refusal_of(made("smtp", smtp_url=f"smtp://127.0.0.1:{silent.getsockname()[1]}"))
    assert not refusal.final


def test_an_address_that_is_not_ascii_needs_a_server_that_knows_them(server, smtp):
    send(smtp, to="zoé@example.org")
    assert server[0].envelopes[0].rcpt_tos == ["zoé@example.org"]
    with smtp_server(enable_SMTPUTF8=False) as (received, port):
        refusal = refusal_of(made("smtp", smtp_url=f"smtp://127.0.0.1:{port}"), to="zoé@example.org")
        assert (str(refusal), refusal.final) == ("the mail server cannot write this address", True)
        assert not received.envelopes


class TestTls:
    def test_is_used_when_it_is_offered(self, certificate_files):
        with smtp_server(tls_context=server_context(certificate_files)) as (received, port):
            send(made("smtp", smtp_url=f"smtp://localhost:{port}"))
        assert received.sessions[0].ssl

    def test_from_the_first_byte(self, certificate_files):
        with smtp_server(ssl_context=server_context(certificate_files)) as (received, port):
            send(made("smtp", smtp_url=f"smtps://localhost:{port}"))
        assert len(received.envelopes) == 1

    def test_an_offer_that_was_struck_out_stops_everything_where_it_is_required(self, server):
        for url in (f"smtp://127.0.0.1:{server[1]}?starttls=required", f"smtp://us:pw@127.0.0.1:{server[1]}"):
            refusal = refusal_of(made("smtp", smtp_url=url))
            assert (str(refusal), refusal.final) == ("the mail server offers no TLS, and TLS is required", False)
        assert not server[0].envelopes

    @pytest.mark.parametrize("wrong", ["signed by nobody known", "for another name"])
    def test_a_certificate_that_is_not_right_gets_no_mail(self, tmp_path, monkeypatch, wrong):
        files = certificate(tmp_path, "other.example" if wrong == "for another name" else "localhost")
        if wrong == "for another name":
            monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
        with smtp_server(tls_context=server_context(files)) as (received, port):
            refusal = refusal_of(made("smtp", smtp_url=f"smtp://localhost:{port}"))
        assert (str(refusal), refusal.final) == ("the mail server could not be used: SSLCertVerificationError", False)
        assert not received.envelopes

    def test_user_and_password_of_the_url_are_unescaped(self, certificate_files):
        options = {"authenticator": only_nadia, "auth_required": True, "tls_context": server_context(certificate_files)}
        with smtp_server(**options) as (received, port):
            send(made("smtp", smtp_url=f"smtp://us%20er:p%40ss%2Fw%3Ard@localhost:{port}"))
            assert len(received.envelopes) == 1
            refusal = refusal_of(made("smtp", smtp_url=f"smtp://us%20er:wrong@localhost:{port}"))
        # Ours to repair.
        assert (str(refusal), refusal.final) == ("the mail server could not be used: SMTPAuthenticationError", False)


@pytest.mark.parametrize(
    "url",
    ["localhost", "http://localhost", "smtp://", "smtp://localhost:port", "smtp://localhost:99999",
     "smtp://localhost/path", "smtp://localhost?starttls=maybe", "smtp://localhost?other=1", "smtp://[::1"],
)  # fmt: skip
def test_an_url_that_is_none_stops_the_boot(url):
    with pytest.raises(SettingError, match=r"'mail\.smtp_url'"):
        made("smtp", smtp_url=url)


def test_the_refusal_of_an_url_shows_no_password():
    with pytest.raises(SettingError) as refusal:
        made("smtp", smtp_url="smpt://user:hunter2@localhost")
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("sender", ["nobody", "A <a@b", "a@example.org\r\nBcc: b@example.org", "a@x.org, b@x.org"])
def test_a_sender_that_is_none_stops_the_boot(sender):
    with pytest.raises(SettingError, match=r"'mail\.sender'"):
        made(sender=sender)


@pytest.mark.parametrize(("url", "port"), [("smtp://mx.example.org", 587), ("smtps://mx.example.org", 465)])
def test_the_usual_ports(url, port):
    mailer = made("smtp", smtp_url=url)
    assert isinstance(mailer, SmtpMailer)
    assert mailer._port == port


class TestAmazon:
    def test_the_whole_message_is_given(self, ses):
        send(ses, "Zoé <zoe@exämple.org>", "Été", "Bonjour", "<p>Bonjour</p>")
        [sent] = ses_backends[DEFAULT_ACCOUNT_ID]["eu-west-3"].sent_messages
        message = message_from_bytes(sent.raw_data.encode(), policy=policy.default)
        assert message["Subject"] == "Été"
        assert message["To"] == "Zoé <zoe@xn--exmple-cua.org>"
        assert message["Auto-Submitted"] == "auto-generated"
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]

    def test_a_sender_it_does_not_know_is_ours_to_repair(self, aws):
        refusal = refusal_of(made("ses", region="eu-west-3"))
        assert (str(refusal), refusal.final) == ("Amazon SES answered MessageRejected", False)

    @pytest.mark.parametrize(
        ("code", "final"),
        [("BadRequestException", True), ("TooManyRequestsException", False), ("InternalFailure", False)],
    )
    def test_what_it_refuses(self, ses, code, final):
        from botocore.exceptions import ClientError

        def refuse(**_arguments):
            raise ClientError({"Error": {"Code": code, "Message": "nadia@example.org"}}, "SendEmail")

        ses._client.meta.events.register("before-call", lambda **_rest: refuse())
        refusal = refusal_of(ses)
        assert (str(refusal), refusal.final) == (f"Amazon SES answered {code}", final)

    def test_without_credentials_it_is_worth_another_try(self, ses, monkeypatch):
        from botocore.exceptions import EndpointConnectionError

        def unreachable(**_rest):
            raise EndpointConnectionError(endpoint_url="https://email.eu-west-3.amazonaws.com")

        ses._client.meta.events.register("before-call", unreachable)
        refusal = refusal_of(ses)
        assert (str(refusal), refusal.final) == ("Amazon SES could not be used: EndpointConnectionError", False)

    def test_an_address_that_is_not_ascii_is_refused_for_good(self, ses):
        assert refusal_of(ses, to="zoé@example.org").final


NAMES = [
    "Jean-Noël d’Ormesson", "Siobhán O'Brien", 'Zoé "Zaza" Lévêque', "Lévêque, Zoé (maman); <zoe>", "Ağaoğlu Çelik",
    "ليلى بن يوسف", "שרה כהן", "🦊 Renée 👩🏽‍🦰", "\u202eZoé\u202c", "x" * 200, "é" * 200, "👩🏽‍🦰" * 28 + "!!!!",
    "山田 太郎",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_arrives_as_it_is(server, smtp, name):
    to = str(Address(name, "zoe", "example.org"))
    send(smtp, to, f"Pour {name}", f"Bonjour {name},", f"<p>{name}</p>")
    [envelope] = server[0].envelopes
    message = parsed(envelope)
    assert envelope.rcpt_tos == ["zoe@example.org"]
    # Not by `message["To"]`, which leaves a space between two encoded words (Python before 3.13).
    written, receiver = parseaddr(str(message_from_bytes(envelope.content)["To"]))
    assert (str(make_header(decode_header(written))), receiver) == (name, "zoe@example.org")
    assert message["Subject"] == f"Pour {name}"
    plain, rich = message.iter_parts()
    assert lines(plain) == f"Bonjour {name},\n"
    assert lines(rich) == f"<p>{name}</p>\n"
    assert max(map(len, envelope.original_content.split(b"\r\n"))) <= 998
    assert len(message.keys()) == 8


def test_a_fault_of_ours_is_not_taken_for_a_refusal(smtp, monkeypatch):
    def broken(*_arguments, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr(smtplib.SMTP, "send_message", broken)
    with pytest.raises(ZeroDivisionError):
        send(smtp)
