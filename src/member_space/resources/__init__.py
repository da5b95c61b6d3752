"""Route factories: load the object *for this account*, in a small context whose ACL ends in DENY_ALL."""

from typing import Any

import zope.sqlalchemy
from pyramid.request import Request
from sqlalchemy.orm import Session


def _tm_session(request: Request) -> Session:
    session: Session = request.registry.session_factory()
    # Always committed: a write below the ORM (COPY, a job on the same connection) must not be taken for a reading.
    zope.sqlalchemy.register(session, initial_state="changed", transaction_manager=request.tm)
    return session


def includeme(config: Any) -> None:
    """`request.db`: one session, in the request's transaction."""
    config.add_request_method(_tm_session, "db", reify=True)
