"""The worker's part: what is due is handed over each minute, sent, and what became of it is kept.

A target that does not answer is asked once a minute, so that it holds nobody else's events up; each of its events has
its own tries, over three days (domain.webhook.DELAYS). When an event has used them all and nothing was taken
meanwhile, the target is given up: nothing more leaves for it until the office resumes, and the office is told.
"""

from datetime import timedelta

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from member_space.domain.notices import Channel, NoticeKind
from member_space.domain.permissions import Role
from member_space.domain.target_address import TargetRefused
from member_space.domain.webhook import DELAYS, News, body_of, headers_of
from member_space.interfaces import IWebhookSender
from member_space.models import Account, ApiClient, ApiGrant, WebhookDelivery, WebhookTarget
from member_space.services.notification import notify
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)

SEND = "webhook:send"
"""The task that sends one; its argument is `delivery_id`."""
TAKE_UP = "webhook:take_up"
AT_ONCE = 1000
"""Events given to the worker each minute: more would only wait in another queue."""
LOST_AFTER = timedelta(minutes=15)
"""An event whose job did nothing of it for so long is given another one: the worker that had it died."""
PAGE = "/bureau/webhooks"
GONE = 410
"""What a server answers that wants nothing more (Standard Webhooks)."""

_DUE = text("""
with due as (
  select d.id, t.failing_since, row_number() over (partition by d.target_id order by d.send_after, d.id) as rank
  from webhook_delivery d
  join webhook_target t on t.id = d.target_id and t.closed_at is null and t.disabled_at is null
  where d.state = 'waiting' and d.send_after <= :now
), chosen as (
  select d.id from webhook_delivery d join due using (id)
  where due.failing_since is null or due.rank = 1
  order by d.send_after, d.id
  limit :at_once
  for update of d skip locked
)
update webhook_delivery d set send_after = :lost_at from chosen where d.id = chosen.id returning d.id
""")


def take_up(db: Session, tools: Tools) -> None:
    """Give the worker what is due, of each target that fails one event only; and again what a dead worker had."""
    now = tools.now()
    chosen = db.scalars(_DUE, {"now": now, "lost_at": now + LOST_AFTER, "at_once": AT_ONCE}).all()
    for delivery_id in sorted(chosen):
        tools.jobs.defer(db, SEND, delivery_id=delivery_id)


def send(db: Session, tools: Tools, delivery_id: int) -> None:
    """Send an event that waits; nothing when it left, is leaving, or when the access that it is about ended.

    As for messages: two workers send it once, a process that dies between the answer and our commit sends it again
    under the same id, and a failure is written, not raised.
    """
    row = db.scalar(
        select(WebhookDelivery)
        .where(WebhookDelivery.id == delivery_id, WebhookDelivery.state == "waiting")
        .with_for_update(skip_locked=True)
    )
    target = db.get(WebhookTarget, row.target_id) if row else None
    if row is None or target is None or target.closed_at or target.disabled_at:
        return
    if not _still_wanted(db, tools, row):
        row.state = "unwanted"
        return
    now = tools.now()
    body = body_of(News(row.news), row.created_at, row.ids)
    keys = [target.secret] + ([target.former_secret] if target.former_until and target.former_until > now else [])
    signed = headers_of(f"msg_{row.public_id.hex}", now, body, [tools.cipher.decrypt(key) for key in keys if key])
    headers = signed | {"content-type": "application/json", "user-agent": "member-space-webhooks/1"}
    row.attempts, row.tried_at, row.status, row.last_error = row.attempts + 1, now, None, None
    try:
        row.status = tools.find(IWebhookSender).send(target.url, headers, body)
    except (ConnectionError, TargetRefused) as error:
        row.last_error = str(error)
    if row.status is not None and 200 <= row.status < 300:
        row.state, target.failing_since = "sent", None
        return
    _wait_or_give_up(db, tools, row, target)


def _still_wanted(db: Session, tools: Tools, row: WebhookDelivery) -> bool:
    """Whether the access that it is about still holds; that it ended is told whatever became of it."""
    ended = row.news == News.CONSENT_REVOKED.value
    holds = (ApiGrant.revoked_at.is_(None), ApiGrant.expires_at > tools.now(), Account.closed_at.is_(None))
    query = (
        select(ApiGrant.id)
        .join(ApiClient, ApiClient.id == ApiGrant.client_id)
        .join(Account, Account.id == ApiGrant.account_id)
        .where(ApiGrant.id == row.grant_id, ApiClient.closed_at.is_(None), *(() if ended else holds))
    )
    return db.scalar(query) is not None


def _wait_or_give_up(db: Session, tools: Tools, row: WebhookDelivery, target: WebhookTarget) -> None:
    now = tools.now()
    # Several fail at once: the earliest of them counts.
    first = target.failing_since = target.failing_since or now
    if row.attempts <= len(DELAYS) and row.status != GONE:
        row.send_after = now + DELAYS[row.attempts - 1]
        return
    row.state = "failed"
    if row.status == GONE or now - first >= sum(DELAYS, timedelta(0)):
        _disable(db, tools, target)


def _disable(db: Session, tools: Tools, target: WebhookTarget) -> None:
    """Nothing more leaves for it; whoever looks after applications is told, once."""
    target.disabled_at = tools.now()
    log.warning("webhook target given up", target=str(target.public_id))
    administrators = (Account.role == Role.ADMINISTRATOR.value, Account.closed_at.is_(None))
    for account_id in db.scalars(select(Account.id).where(*administrators)):
        notify(db, tools, NoticeKind.WEBHOOK_DISABLED, Channel.EMAIL, account_id=account_id, values={"link": PAGE})
