"""Mail: told on the console, handed to an SMTP server, or to Amazon SES. All carry the same message."""

import re
import smtplib
import ssl
from email.errors import HeaderParseError, NonASCIILocalPartDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import idna
import structlog
from zope.interface import implementer

from member_space.domain.mail_reply import MESSAGE_ID
from member_space.interfaces import DeliveryError, IClock, IMailer, OutgoingMail
from member_space.settings import Mail
from member_space.settings.reader import SettingError

log = structlog.get_logger(__name__)

TIMEOUT = 10.0
"""Seconds that a server may take for one answer."""
SMTP_URL = "smtp://user:password@host:port or smtps://…, with ?starttls=required where the server must have it"


def mailer_from(mail: Mail, clock: IClock) -> IMailer:
    """The mailer of these settings; raise SettingError for a sender or an URL that is none."""
    try:
        composer = Composer(mail.sender, clock)
    except DeliveryError:
        raise SettingError("setting 'mail.sender' must be an address of mail, such as Name <name@domain>") from None
    if mail.transport == "smtp" and mail.smtp_url:
        return SmtpMailer(composer, mail.smtp_url)
    if mail.transport == "ses" and mail.region:
        return SesMailer(composer, mail.region)
    return ConsoleMailer(composer)


class Composer:
    """Writes the message, whoever carries it."""

    def __init__(self, sender: str, clock: IClock) -> None:
        self._sender = address(sender)
        self._clock = clock

    @property
    def sender(self) -> str:
        """The bare address of the sender, as an envelope holds it."""
        return self._sender.addr_spec

    def compose(self, mail: OutgoingMail) -> EmailMessage:
        """The whole message; raise a final DeliveryError where a header would not be what it says."""
        if not re.fullmatch(r"[\w.-]+", mail.message_id, re.ASCII):
            raise DeliveryError("the id of the message is none", final=True)
        if _breaks(mail.subject):
            raise DeliveryError("the mail.subject holds a line break", final=True)
        receiver = address(mail.to)
        # 7 bits: not every server on the way says that it takes eight.
        message = EmailMessage((SMTP if receiver.addr_spec.isascii() else SMTPUTF8).clone(cte_type="7bit"))
        message["From"] = self._sender
        message["To"] = receiver
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{mail.message_id}@{self._sender.domain}>"
        # RFC 3834, 5: what no person wrote says so, and whether it answers a mail.
        message["Auto-Submitted"] = "auto-replied" if mail.in_reply_to else "auto-generated"
        if mail.reply_to:
            message["Reply-To"] = address(mail.reply_to)
        if mail.in_reply_to:
            message["In-Reply-To"] = message["References"] = _id_of_another(mail.in_reply_to)
        message.set_content(mail.text)
        if mail.html is not None:
            message.add_alternative(mail.html, subtype="html")
        return message


def _id_of_another(message_id: str) -> str:
    if not MESSAGE_ID.fullmatch(message_id):
        raise DeliveryError("the id of the mail that is answered is none", final=True)
    return message_id


def _breaks(header: str) -> bool:
    return any(ord(mark) < 32 or mark in "\x7f\x85\u2028\u2029" for mark in header)


def address(written: str) -> Address:
    """`Name <local@domain>` or an address alone, exactly one, its domain as the wire wants it (IDNA 2008).

    Raises a final DeliveryError for anything else.
    """
    wrong = DeliveryError("this is not an address of mail", final=True)
    if _breaks(written):
        raise wrong
    try:
        header = SMTPUTF8.header_factory("to", written)
        (one,) = header.addresses
        if not one.username or any(not isinstance(defect, NonASCIILocalPartDefect) for defect in header.defects):
            raise wrong
        return Address(one.display_name, one.username, idna.encode(one.domain, uts46=True).decode())
    except (HeaderParseError, ValueError, IndexError):
        raise wrong from None


@implementer(IMailer)
class ConsoleMailer:
    """Tells in the log that a mail would have left; neither for whom nor with what."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer

    def send(self, mail: OutgoingMail) -> None:
        self._composer.compose(mail)
        log.info("mail_shown", message_id=mail.message_id)


@implementer(IMailer)
class SmtpMailer:
    """One connection a mail. Certificates are those that the machine trusts (SSL_CERT_FILE adds an own authority).

    TLS is used as soon as the server offers it, and demanded with `starttls=required` or where there is a password:
    somebody on the way could strike the offer out.
    """

    def __init__(self, composer: Composer, url: str) -> None:
        self._composer = composer
        parts = _smtp_parts(url)
        self._implicit_tls = parts.scheme == "smtps"
        self._host = str(parts.hostname)
        self._port = parts.port or (465 if self._implicit_tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._tls_required = bool(self._user) or bool(parts.query)

    def send(self, mail: OutgoingMail) -> None:
        message = self._composer.compose(mail)
        try:
            with self._connected() as server:
                server.send_message(
                    message, from_addr=self._composer.sender, to_addrs=[message["To"].addresses[0].addr_spec]
                )
        except smtplib.SMTPRecipientsRefused as refusal:
            [(code, reason)] = refusal.recipients.values()
            raise _refused(code, reason, _OURS) from None
        except smtplib.SMTPNotSupportedError:
            # Of an address that is not ASCII, and a server that only knows those that are.
            raise DeliveryError("the mail server cannot write this address", final=True) from None
        except smtplib.SMTPDataError as refusal:
            raise _refused(refusal.smtp_code, refusal.smtp_error, _NOT_THE_ADDRESS) from None
        except (smtplib.SMTPException, OSError) as fault:
            # Its text may quote an address.
            raise DeliveryError(f"the mail server could not be used: {type(fault).__name__}", final=False) from None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._implicit_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
        try:
            server.ehlo()
            if not self._implicit_tls and (self._tls_required or server.has_extn("starttls")):
                self._start_tls(server, context)
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _start_tls(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        if not server.has_extn("starttls"):
            raise DeliveryError("the mail server offers no TLS, and TLS is required", final=False)
        code, _reply = server.starttls(context=context)
        if code != 220:
            raise DeliveryError("the mail server offers TLS, then refuses it", final=False)
        server.ehlo()


def _smtp_parts(url: str) -> SplitResult:
    wrong = SettingError(f"setting 'mail.smtp_url' must be {SMTP_URL}")
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise wrong from None
    asked = parse_qsl(parts.query, keep_blank_values=True)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise wrong
    if asked not in ([], [("starttls", "required")]):
        raise wrong
    return parts


_OURS = re.compile(r"5\.7\.")
"""Policy (RFC 3463): relaying, authentication. Ours to repair."""
_NOT_THE_ADDRESS = re.compile(r"(?!5\.[12]\.)")
"""After the whole message: unless the server names the address or the mailbox, it is the message that it refuses."""


def _refused(code: int, reason: bytes | str, not_final: re.Pattern[str]) -> DeliveryError:
    """Final for 5xx (RFC 5321 §4.2.1), save an enhanced status (RFC 3463) that `not_final` matches."""
    text = reason.decode("ascii", "replace") if isinstance(reason, bytes) else reason
    enhanced = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", text)
    status = enhanced.group() if enhanced else ""
    return DeliveryError(
        f"the mail server answered {f'{code} {status}'.strip()}", final=code >= 500 and not not_final.match(status)
    )


@implementer(IMailer)
class SesMailer:
    """Amazon SES; credentials come from boto3's own environment variables."""

    def __init__(self, composer: Composer, region: str) -> None:
        import boto3
        from botocore.config import Config

        self._composer = composer
        # The job tries again, later and longer than boto would.
        config = Config(connect_timeout=TIMEOUT, read_timeout=TIMEOUT, retries={"total_max_attempts": 1})
        self._client: Any = boto3.client("sesv2", region_name=region, config=config)

    def send(self, mail: OutgoingMail) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        message = self._composer.compose(mail)
        receiver = message["To"].addresses[0].addr_spec
        if not receiver.isascii():
            raise DeliveryError("Amazon SES cannot write this address", final=True)
        try:
            self._client.send_email(
                FromEmailAddress=str(message["From"]),
                Destination={"ToAddresses": [receiver]},
                Content={"Raw": {"Data": message.as_bytes()}},
            )
        except ClientError as refusal:
            code = refusal.response["Error"]["Code"]
            # An address that cannot be one. All else is of our account, or passes.
            raise DeliveryError(f"Amazon SES answered {code}", final=code == "BadRequestException") from None
        except BotoCoreError as fault:
            raise DeliveryError(f"Amazon SES could not be used: {type(fault).__name__}", final=False) from None
