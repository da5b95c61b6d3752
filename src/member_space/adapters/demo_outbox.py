"""The demonstration's way to send: the message is kept, and shown on the page of its box."""

from sqlalchemy import Engine, text
from zope.interface import implementer

from member_space.interfaces import IClock, IMailer, ISmsGateway, OutgoingMail

_KEEP = text("""
insert into demo_message (channel, "to", subject, text, html, sent_at)
values (:channel, :to, :subject, :text, :html, :at)
""")


class DemoOutbox:
    """In a transaction of its own, as what left cannot be rolled back."""

    def __init__(self, engine: Engine, clock: IClock) -> None:
        self._engine, self._clock = engine, clock

    def keep(self, channel: str, to: str, subject: str | None, words: str, html: str | None) -> None:
        values = {"channel": channel, "to": to, "subject": subject, "text": words, "html": html}
        with self._engine.begin() as connection:
            connection.execute(_KEEP, values | {"at": self._clock.now()})


@implementer(IMailer)
class DemoMailer:
    """After the console, which refuses what no mailer would take."""

    def __init__(self, outbox: DemoOutbox, console: IMailer) -> None:
        self._outbox, self._console = outbox, console

    def send(self, mail: OutgoingMail) -> None:
        self._console.send(mail)
        self._outbox.keep("email", mail.to, mail.subject, mail.text, mail.html)


@implementer(ISmsGateway)
class DemoSms:
    """After the console, as well."""

    def __init__(self, outbox: DemoOutbox, console: ISmsGateway) -> None:
        self._outbox, self._console = outbox, console

    def send(self, to: str, text: str, message_id: str) -> None:
        self._console.send(to, text, message_id)
        self._outbox.keep("sms", to, None, text, None)
