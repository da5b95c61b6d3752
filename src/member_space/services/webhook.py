"""The targets of the applications: registered by the office, each with a secret that is shown once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.webhook import BOTH_SECRETS_FOR, News, new_secret
from member_space.interfaces import IWebhookSender
from member_space.models import ApiClient, WebhookDelivery, WebhookTarget
from member_space.services.events import record
from member_space.services.tools import INSIDE, Origin, Tools


class UnknownClientError(LookupError):
    """No application of this id is let in."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A target just made, or given a new secret: ``secret`` is shown here and nowhere else."""

    public_id: UUID
    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Target:
    """A line of the list. ``waiting``, ``failed``: how many deliveries."""

    id: int
    public_id: UUID
    client: str
    client_id: UUID
    url: str
    news: list[str]
    created_at: datetime
    former_until: datetime | None
    failing_since: datetime | None
    disabled_at: datetime | None
    closed_at: datetime | None
    waiting: int
    failed: int


def open_clients(db: Session) -> Sequence[tuple[UUID, str]]:
    """The applications that are let in, by name: what a target may be of."""
    query = select(ApiClient.public_id, ApiClient.name).where(ApiClient.closed_at.is_(None)).order_by(ApiClient.name)
    return [(row.public_id, row.name) for row in db.execute(query)]


def targets(db: Session, public_id: UUID | None = None) -> list[Target]:
    """All of them, those in use first, or this one; one statement."""
    delivery, target = WebhookDelivery, WebhookTarget
    counts = {
        state: select(func.count())
        .where(delivery.target_id == target.id, delivery.state == state)
        .scalar_subquery()
        .label(state)
        for state in ("waiting", "failed")
    }
    own = [
        getattr(target, name) for name in Target.__dataclass_fields__ if name not in ("client", "client_id", *counts)
    ]
    named = (ApiClient.name.label("client"), ApiClient.public_id.label("client_id"))
    query = select(*own, *named, *counts.values()).join(ApiClient, ApiClient.id == target.client_id)
    query = query.order_by(target.closed_at.is_not(None), ApiClient.name, target.id)
    if public_id is not None:
        query = query.where(target.public_id == public_id)
    return [Target(**row._mapping) for row in db.execute(query)]


def find_target(db: Session, public_id: UUID) -> Target | None:
    """The target of this id."""
    return next(iter(targets(db, public_id)), None)


def add_target(
    db: Session,
    tools: Tools,
    client_id: UUID,
    url: str,
    news: Collection[News],
    by: int | None = None,
    origin: Origin = INSIDE,
) -> Registered:
    """Register an address of a client for these types of event.

    Raises domain.target_address.TargetRefused for an address where nothing would be sent, and UnknownClientError.
    """
    client = db.scalar(select(ApiClient).where(ApiClient.public_id == client_id, ApiClient.closed_at.is_(None)))
    if client is None:
        raise UnknownClientError
    tools.find(IWebhookSender).check(url)
    secret = new_secret()
    row = WebhookTarget(
        client_id=client.id,
        url=url,
        news=[one.value for one in News if one in news],
        secret=tools.cipher.encrypt(secret),
        created_at=tools.now(),
    )
    db.add(row)
    db.flush()
    _note(db, row.public_id, "added", by, origin)
    return Registered(row.public_id, row.url, secret)


def renew_secret(
    db: Session, tools: Tools, target: Target, by: int | None = None, origin: Origin = INSIDE
) -> Registered:
    """A new secret; the one in force until now signs beside it for a day, and one before it no more."""
    secret = new_secret()
    _set(
        db,
        target,
        former_secret=WebhookTarget.secret,
        former_until=tools.now() + BOTH_SECRETS_FOR,
        secret=tools.cipher.encrypt(secret),
    )
    _note(db, target.public_id, "secret_renewed", by, origin)
    return Registered(target.public_id, target.url, secret)


def close_target(db: Session, tools: Tools, target: Target, by: int | None = None, origin: Origin = INSIDE) -> None:
    """Nothing is sent there any more, and its secrets are forgotten; closing again changes nothing."""
    if target.closed_at:
        return
    _set(db, target, closed_at=tools.now(), former_secret=None, former_until=None, secret=b"")
    waiting = (WebhookDelivery.target_id == target.id, WebhookDelivery.state == "waiting")
    db.execute(update(WebhookDelivery).where(*waiting).values(state="unwanted"))
    _note(db, target.public_id, "closed", by, origin)


def close_targets_of(
    db: Session, tools: Tools, client: ApiClient, by: int | None = None, origin: Origin = INSIDE
) -> None:
    """As `close_target`, of each one of an application."""
    for target in targets(db):
        if target.client_id == client.public_id:
            close_target(db, tools, target, by, origin)


def replay(
    db: Session,
    tools: Tools,
    target: Target,
    since: datetime | None = None,
    delivery_id: UUID | None = None,
    by: int | None = None,
    origin: Origin = INSIDE,
) -> int:
    """Send again one event, whatever became of it, or all that failed since an instant (None: ever); how many.

    A target that was given up is told again, and what waited for it leaves too; nothing changes for an event that is
    not one of its own.
    """
    now = tools.now()
    chosen = [WebhookDelivery.target_id == target.id]
    if delivery_id is not None:
        chosen += [WebhookDelivery.public_id == delivery_id, WebhookDelivery.state.in_(("sent", "failed"))]
    else:
        chosen += [WebhookDelivery.state == "failed"]
    if since is not None:
        chosen.append(WebhookDelivery.created_at >= since)
    again = update(WebhookDelivery).where(*chosen).values(state="waiting", attempts=0, send_after=now)
    count = len(db.execute(again.returning(WebhookDelivery.id)).all())
    if delivery_id is not None and not count:
        return 0
    _set(db, target, disabled_at=None, failing_since=None)
    _note(db, target.public_id, "replayed", by, origin)
    return count


def _set(db: Session, target: Target, **values: object) -> None:
    db.execute(
        update(WebhookTarget)
        .where(WebhookTarget.id == target.id, WebhookTarget.closed_at.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _note(db: Session, public_id: UUID, act: str, by: int | None, origin: Origin) -> None:
    details = {"target": str(public_id), "act": act}
    record(db, EventKind.WEBHOOK_CHANGED, actor_account_id=by, origin=origin, details=details)
