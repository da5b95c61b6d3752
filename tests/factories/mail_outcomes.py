"""What Amazon SES tells an SNS topic of a mail, as the queue behind holds it."""

import json
from typing import Any

AT = "2026-11-20T09:30:00.123Z"


def bounce(*addresses: str, kind: str = "Permanent", at: str = AT, message_id: str | None = None) -> str:
    recipients = [{"emailAddress": one, "action": "failed", "status": "5.1.1"} for one in addresses]
    told = {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": recipients, "timestamp": at}
    return enveloped({"notificationType": "Bounce", "bounce": told}, message_id)


def delivery(*addresses: str, at: str = AT) -> str:
    told = {"timestamp": at, "recipients": list(addresses), "smtpResponse": "250 ok"}
    return enveloped({"notificationType": "Delivery", "delivery": told})


def complaint(address: str) -> str:
    told = {"complainedRecipients": [{"emailAddress": address}], "timestamp": AT}
    return enveloped({"notificationType": "Complaint", "complaint": told})


def enveloped(told: dict[str, Any], message_id: str | None = None) -> str:
    headers = {"commonHeaders": {"messageId": f"<{message_id}@horizon.example>"}} if message_id else {}
    mail = {"timestamp": AT, "messageId": "0102018c-ses", "destination": ["x@example.org"]} | headers
    topic = "arn:aws:sns:eu-west-3:123456789012:mail"
    return json.dumps({"Type": "Notification", "TopicArn": topic, "Message": json.dumps(told | {"mail": mail})})
