"""Sending a code: what may leave, to whom, how often (C2, C13, R16, R17).

Sendings are counted for what the visitor asked for and for the network he asks from, whether or not somebody is
behind it: text, statements and time are the same. They are rows of the same transaction as the message, so that an
error while counting sends nothing.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from prometheus_client import Counter
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Challenge, CodeSending
from member_space.services.account_lock import lock_request
from member_space.services.challenge import draw_code
from member_space.services.contact_points import can_get_sms
from member_space.services.events import record
from member_space.services.notification import notify
from member_space.services.throttling import quota_of
from member_space.services.tools import Origin, Tools

log = structlog.get_logger(__name__)

RESEND_AFTER = timedelta(seconds=60)
SWITCH_AFTER = timedelta(seconds=30)
"""By another channel than the last one: nothing came by that one (C6)."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_TARGET_HOUR, PER_TARGET_DAY = 3, 10
"""Of one network (or one known device) for one target."""
PER_TARGET_DAY_EVERYWHERE = 30
"""Of all networks together; a known device is not concerned, so that nobody can use it up for the victim."""
PER_NETWORK_HOUR = 30
PER_DEVICE_DAY = 30
"""Of one known device, whatever the targets: an account that types number after number is no pump."""
PER_NETWORK_HOUR_UNPROVED = 5
"""Where the browser did no proof of work: it has no script, or it is a machine."""
PER_RANGE_DAY = 50
ALARM_AT = 0.8

sendings = Counter("member_space_codes", "Codes asked for.", ("channel", "outcome"))


class Cap(StrEnum):
    """Which limit was reached: it decides what the page advises."""

    TOO_SOON = "too_soon"
    TARGET = "target"
    NETWORK = "network"
    RANGE = "range"
    SITE = "site"


class TooManySendings(Exception):  # noqa: N818 - named after the event
    """No code leaves now: `wait` tells for how long, `cap` why. `views.code.refusal_words` puts it in words."""

    def __init__(self, wait: timedelta, cap: Cap) -> None:
        super().__init__(f"{cap.value}: {wait.total_seconds():.0f} s to wait")
        self.wait = wait
        self.cap = cap


class NumberRefused(Exception):  # noqa: N818 - named after the event
    """The number gets no code by SMS: premium rate, short, satellite or landline."""


def send_code(
    db: Session,
    tools: Tools,
    challenge: Challenge,
    channel: Channel,
    to: str | None,
    origin: Origin,
    *,
    account_id: int | None = None,
    asked: str | None = None,
    device_id: int | None = None,
    proved: bool = True,
    link: str | None = None,
    language: str | None = None,
) -> None:
    """Draw a new code for this request and send it to `to` (an address, or a number in E.164), nobody when None.

    `asked`: what was typed, where the answer must not tell whether somebody is behind it: limits are counted for it
    instead of `to`, and what concerns `to` alone (its range, a premium number) is refused in silence. `device_id`: a
    known device keeps its own quota. `proved`: security.human_check. `link`: the path of the page that takes the code
    from a mail. `language`: of the page, else the account's.

    Raises TooManySendings, or NumberRefused without `asked`; nothing was written then.
    """
    silent = asked is not None
    target = tools.cipher.blind_index(f"{channel.value}:{asked if asked is not None else to or challenge.id}")
    network = quota_of(origin.ip, device_id)
    number = to if channel is Channel.SMS and to and can_get_sms(to) else None
    if channel is Channel.SMS and number is None:
        if not silent:
            raise NumberRefused
        to = None
    block = number[:8] if number else None
    now = tools.now()
    _one_at_a_time(db, target, network, block)
    # What another sending of this request wrote while this one waited.
    lock_request(db, challenge)
    try:
        _wait_for_the_next(challenge, channel, now)
        _count(db, target, network, now, everywhere=device_id is None, proved=proved)
        _count_of_the_site(db, tools, channel, now)
    except TooManySendings:
        sendings.labels(channel.value, "refused").inc()
        raise
    if _limiting(db, CodeSending.number_range == (block or ""), now - DAY, PER_RANGE_DAY):
        sendings.labels(channel.value, "refused").inc()
        log.warning("too many codes for one range of numbers", range=block)
        if not silent:
            raise TooManySendings(DAY, Cap.RANGE)
        to = block = None
    db.add(CodeSending(channel=channel.value, target_index=target, number_range=block, network=network, sent_at=now))
    code = draw_code(tools, challenge)
    if to is None:
        challenge.code_hash = secrets.token_bytes(32)  # what nobody received, nobody guesses
    challenge.sends += 1
    challenge.sent_at = now
    challenge.channel = channel.value
    values = {"purpose": challenge.purpose} | ({"link": link} if link else {})
    notify(
        db,
        tools,
        NoticeKind.CODE,
        channel,
        account_id=account_id if to else None,
        to=to,
        values=values,
        secret={"code": code},
        language=language,
    )
    details = {"purpose": challenge.purpose, "channel": channel.value, "account": challenge.account_id}
    record(db, EventKind.CODE_SENT, subject_person_id=challenge.person_id, origin=origin, details=details)
    sendings.labels(channel.value, "sent" if to else "nobody").inc()


def _one_at_a_time(db: Session, target: bytes, network: str, block: str | None) -> None:
    """Sendings for one target, network or range follow each other until commit; always locked in that order."""
    for name in (target.hex(), f"network:{network}", f"range:{block or target.hex()}"):
        db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"code:{name}", 0))))


def _wait_for_the_next(challenge: Challenge, channel: Channel, now: datetime) -> None:
    """One request sends at most a code a minute, or two by two channels."""
    after = RESEND_AFTER if challenge.channel == channel else SWITCH_AFTER
    if challenge.sent_at and now < challenge.sent_at + after:
        raise TooManySendings(challenge.sent_at + after - now, Cap.TOO_SOON)


def _count(db: Session, target: bytes, network: str, now: datetime, *, everywhere: bool, proved: bool) -> None:
    """What this target, from here and from everywhere, and this network had already."""
    here = (CodeSending.target_index == target) & (CodeSending.network == network)
    limits = [
        (Cap.TARGET, here, HOUR, PER_TARGET_HOUR),
        (Cap.TARGET, here, DAY, PER_TARGET_DAY),
        (Cap.NETWORK, CodeSending.network == network, HOUR, PER_NETWORK_HOUR if proved else PER_NETWORK_HOUR_UNPROVED),
    ]
    if everywhere:
        limits.append((Cap.TARGET, CodeSending.target_index == target, DAY, PER_TARGET_DAY_EVERYWHERE))
    else:
        limits.append((Cap.NETWORK, CodeSending.network == network, DAY, PER_DEVICE_DAY))
    for cap, which, window, limit in limits:
        oldest = _limiting(db, which, now - window, limit)
        if oldest:
            raise TooManySendings(oldest + window - now, cap)


def _limiting(db: Session, which: ColumnElement[bool], since: datetime, limit: int) -> datetime | None:
    """When the sending that makes the limit left, among the latest ones; None when there are fewer."""
    return db.scalar(
        select(CodeSending.sent_at)
        .where(which, CodeSending.sent_at > since)
        .order_by(CodeSending.sent_at.desc())
        .offset(limit - 1)
        .limit(1)
    )


def _count_of_the_site(db: Session, tools: Tools, channel: Channel, now: datetime) -> None:
    """SMS that left over a day, of everybody: what they cost. Those for nobody cost nothing, and do not count."""
    if channel is not Channel.SMS:
        return
    cap = tools.settings.sms.cap_per_day
    sent = db.scalar(
        select(func.count())
        .select_from(CodeSending)
        .where(CodeSending.number_range.is_not(None), CodeSending.sent_at > now - DAY)
    )
    if (sent or 0) >= cap:
        log.error("no more codes by SMS: the day's cap is reached", sent=sent, cap=cap)
        raise TooManySendings(HOUR, Cap.SITE)
    if (sent or 0) >= ALARM_AT * cap:
        log.warning("the SMS of the day come near their cap", sent=sent, cap=cap)
