"""The address that one mail of ours is answered at: the mailbox of replies, with a token behind a « + » (C100)."""

import secrets

from member_space.domain.notices import NoticeKind
from member_space.models import Notification
from member_space.services.notification_text import takes_replies
from member_space.services.sessions import hash_token
from member_space.services.tools import Tools


def reply_address(tools: Tools, row: Notification, kept: dict[str, str]) -> str | None:
    """Where this mail is answered, with a token of its own; None: nowhere. `kept`: what waits for its sending.

    The token opens nothing: it names the thread, for its own member's address. It is drawn once, whatever the tries.
    """
    mailbox = tools.settings.mail.reply_mailbox
    own = row.account_id is not None and row.target is None
    if mailbox is None or not own or not takes_replies(tools.settings, NoticeKind(row.kind), row.values):
        return None
    token = kept.setdefault("reply", secrets.token_hex(16))
    row.reply_hash = hash_token(token)
    local, _, domain = mailbox.partition("@")
    return f"{local}+{token}@{domain}"
