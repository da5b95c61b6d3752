"""The application of the demonstration, « Hugo »: known, so that an example can be run against it.

Its id and its secret are printed here and in `docs/api.md`: of the demonstration alone, which holds nobody's data.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.api_scope import Scope
from member_space.domain.oauth import GRANT_TYPES
from member_space.models import ApiClient
from member_space.services.api_client import PER_MINUTE, ordered
from member_space.services.sessions import hash_token

CLIENT_ID = UUID("4c1a7d9e-2f60-4b8e-9d35-0a6b1e8f7c52")
SECRET = "hugo-demo-2026"
REDIRECT_URIS = ("http://localhost:8484/retour", "http://127.0.0.1:8484/retour")


def load_client(db: Session) -> None:
    """Add it where it is not there yet."""
    if db.scalar(select(ApiClient.id).where(ApiClient.public_id == CLIENT_ID)) is None:
        db.add(
            ApiClient(
                public_id=CLIENT_ID,
                name="Hugo",
                purpose="Répondre à vos questions sur vos remboursements et vos garanties",
                secret_hash=hash_token(SECRET),
                redirect_uris=list(REDIRECT_URIS),
                grant_types=list(GRANT_TYPES),
                scopes=ordered(Scope),
                per_minute=PER_MINUTE,
            )
        )
