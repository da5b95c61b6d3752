"""The end of what a member allowed: nothing that came of it opens anything any more."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from member_space.models import ApiGrant, ApiToken
from member_space.services.tools import Tools
from member_space.services.webhook_news import tell_revoked


def end_grants(db: Session, tools: Tools, *which: Any) -> list[int]:
    """The ids of these that were open, and are not any more, nor their tokens; their applications are told of it.

    The grant first, as whoever gives a token of it holds it (`services.oauth_validator`).
    """
    now, quiet = tools.now(), {"synchronize_session": "fetch"}
    open_ones = update(ApiGrant).where(*which, ApiGrant.revoked_at.is_(None), ApiGrant.expires_at > now)
    ended = list(db.scalars(open_ones.values(revoked_at=now).returning(ApiGrant.id), execution_options=quiet))
    if ended:
        tokens = update(ApiToken).where(ApiToken.grant_id.in_(ended), ApiToken.revoked_at.is_(None))
        db.execute(tokens.values(revoked_at=now), execution_options=quiet)
        tell_revoked(db, ended, now)
    return ended
