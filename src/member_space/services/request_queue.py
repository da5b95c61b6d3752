"""The queues of the office: what the catalogue sends where, and which colleague works which (C104, C105)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from member_space.domain.request import RequestKind
from member_space.models import Account, Request
from member_space.services.catalogue import catalogue_of
from member_space.services.tools import Tools


def queue_of(tools: Tools, kind: str, topic: str | None) -> str:
    """The queue of a request: that of its object, or of its kind where the catalogue does not know the object."""
    found = catalogue_of(tools.settings).topics.get(topic or "")
    return found.queue if found else kind


def in_queues(tools: Tools, queues: Collection[str]) -> ColumnElement[bool]:
    """As `queue_of`, of a request in a query: its queue is one of these."""
    known = catalogue_of(tools.settings).topics
    topics = [topic.code for topic in known.values() if topic.queue in queues]
    kinds = [kind.value for kind in RequestKind if kind.value in queues]
    ways: list[Any] = [Request.topic.in_(topics)] if topics else []
    if kinds:
        unknown = or_(Request.topic.is_(None), Request.topic.not_in(list(known)))
        ways.append(and_(Request.kind.in_(kinds), unknown))
    return or_(*ways) if ways else false()


def queues_of(tools: Tools) -> list[str]:
    """The queues of the catalogue that are not simply a kind."""
    kinds = {kind.value for kind in RequestKind}
    return sorted({topic.queue for topic in catalogue_of(tools.settings).topics.values()} - kinds)


def all_queues(tools: Tools) -> list[str]:
    """Every queue that a request can go to: the kinds, then the others."""
    return [*(kind.value for kind in RequestKind), *queues_of(tools)]


def skills_of(db: Session, account_id: int) -> frozenset[str]:
    """The queues that this colleague works; none: all of them."""
    return frozenset(db.scalar(select(Account.skills).where(Account.id == account_id)) or ())
