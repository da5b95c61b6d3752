"""What sends messages, for tests: adapters that keep what they were given, and can refuse."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine
from zope.interface import implementer
from zope.interface.registry import Components

from member_space.config import register_adapters
from member_space.interfaces import IClock, IMailer, ISmsGateway, OutgoingMail
from member_space.services.tools import Tools
from member_space.settings import Settings


@dataclass(frozen=True, slots=True)
class Sent:
    to: str
    text: str
    message_id: str
    subject: str | None = None
    html: str | None = None
    reply_to: str | None = None
    in_reply_to: str | None = None


@dataclass(slots=True)
class Box:
    """`fails`: what each next sending raises, in order, then none."""

    sent: list[Sent] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    on_send: Callable[[], Any] = lambda: None

    def take(self, one: Sent) -> None:
        self.on_send()
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append(one)


@implementer(IMailer)
class BoxMailer:
    def __init__(self, box: Box) -> None:
        self.box = box

    def send(self, mail: OutgoingMail) -> None:
        self.box.take(
            Sent(mail.to, mail.text, mail.message_id, mail.subject, mail.html, mail.reply_to, mail.in_reply_to)
        )


@implementer(ISmsGateway)
class BoxSms:
    def __init__(self, box: Box) -> None:
        self.box = box

    def send(self, to: str, text: str, message_id: str) -> None:
        self.box.take(Sent(to, text, message_id))


def worker_tools(settings: Settings, engine: Engine, clock: IClock | None = None) -> tuple[Tools, Box, Box]:
    """What a task gets, with the box of the mails and that of the SMS."""
    registry = Components("worker of the tests")
    register_adapters(registry, settings, engine)
    mails, texts = Box(), Box()
    registry.registerUtility(BoxMailer(mails), IMailer)
    registry.registerUtility(BoxSms(texts), ISmsGateway)
    if clock:
        registry.registerUtility(clock, IClock)
    return Tools(settings, registry.getUtility), mails, texts
