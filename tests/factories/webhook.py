"""Where a client has itself told."""

from sqlalchemy.orm import Session

from member_space.domain.webhook import News, new_secret
from member_space.interfaces import ICipher
from member_space.models import ApiClient, ApiGrant, WebhookDelivery, WebhookTarget


def make_target(db: Session, cipher: ICipher, client: ApiClient, **values) -> WebhookTarget:
    """A target that wants everything."""
    known = {"url": "https://assistant.example/avis", "news": [one.value for one in News]}
    target = WebhookTarget(client_id=client.id, **known | {"secret": cipher.encrypt(new_secret())} | values)
    db.add(target)
    db.flush()
    return target


def make_delivery(db: Session, target: WebhookTarget, grant: ApiGrant, **values) -> WebhookDelivery:
    """An event that waits."""
    known = {"news": News.CARD_ISSUED.value, "ids": {"card": "00000000-0000-4000-8000-000000000001"}}
    delivery = WebhookDelivery(
        target_id=target.id, grant_id=grant.id, **known | {"send_after": grant.granted_at} | values
    )
    db.add(delivery)
    db.flush()
    return delivery
