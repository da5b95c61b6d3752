"""Waiting requests given to the colleagues at work, by skill and load, where the installation asks for it (C105).

Two jobs. One gives; another brings back what a colleague who is away has. Each locks what it touches before the first
row of the journal, as whoever acts on one request does, and steps over what somebody has in hand just now.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Row, Select, func, select, text
from sqlalchemy.orm import Session

from member_space.domain.assignment import Present, Waiting, comes_back, share_out
from member_space.domain.permissions import Role
from member_space.domain.request import NOT_BEGUN, Act, RequestKind, State
from member_space.domain.service_clock import working_between
from member_space.models import Account, Request, RequestTransition, WebSession
from member_space.models.request import OPEN
from member_space.services import request as requests
from member_space.services.request_clock import hours_of
from member_space.services.request_handling import contests
from member_space.services.request_queue import in_queues, queue_of
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)

AT_WORK = timedelta(minutes=10)
"""Since his last page, not what an open page asks by itself: who reads longer than that has enough to do."""
AT_ONCE = 500
_GIVING = 8_105_001
"""The lock of who gives, whatever the number of workers: two would each fill the same hands."""
_IN_HAND = (State.TO_DO.value, State.IN_REVIEW.value)
"""What waits for its colleague: neither put aside until a day, nor with the member."""


def give_out(db: Session, tools: Tools) -> None:
    """Give what nobody has to the handlers at work, each up to the cap; nothing without the setting, or without them.

    Another one that gives meanwhile is left to it.
    """
    cap = tools.settings.push_up_to
    if not cap or not db.scalar(select(func.pg_try_advisory_xact_lock(_GIVING))):
        return
    free = [one for one in _present(db, tools) if one.load < cap]
    if not free:
        return
    versions, waiting = _waiting(db, tools, free)
    chosen = dict(share_out(waiting, free, cap))

    def give(row: Request) -> None:
        account_id = chosen[row.id]
        details = {"to_account_id": account_id}
        requests.move(db, tools, row, Act.ASSIGN, requests.SYSTEM, details=details, handler_id=account_id)

    _each(db, {request_id: versions[request_id] for request_id in chosen}, give)


def take_back(db: Session, tools: Tools) -> None:
    """Bring back what waits for a colleague who is away (domain.assignment.comes_back), where requests are given."""
    if not tools.settings.push_up_to:
        return
    hours, now = hours_of(tools.settings), tools.now()

    def is_left(row: Row[Any]) -> bool:
        since = max(at for at in (row.moved_at, row.signed_in_at, row.seen_at) if at)
        return comes_back(begun=row.begun, absent=working_between(hours, since, now))

    def let_go(row: Request) -> None:
        if row.state == State.IN_REVIEW:
            requests.move(db, tools, row, Act.RELEASE, requests.SYSTEM, handler_id=None)
        else:
            requests.let_go(db, tools, row, requests.SYSTEM)

    _each(db, {row.id: row.version for row in db.execute(_held()) if is_left(row)}, let_go)


def _present(db: Session, tools: Tools) -> list[Present]:
    """The handlers who did something lately. Those of another role who may handle requests take what they want."""
    now = tools.now()
    session = select(WebSession.id).where(
        WebSession.account_id == Account.id, WebSession.last_seen_at > now - AT_WORK, WebSession.expires_at > now
    )
    in_hand = (
        select(func.count())
        .where(text(f"request.{OPEN}"), Request.handler_id == Account.id, Request.state.in_(_IN_HAND))
        .correlate(Account)
        .scalar_subquery()
    )
    query = select(Account.id, Account.skills, in_hand).where(
        Account.role == Role.HANDLER.value, Account.closed_at.is_(None), session.exists()
    )
    return [Present(account_id, frozenset(skills or ()), load) for account_id, skills, load in db.execute(query)]


def _waiting(db: Session, tools: Tools, free: list[Present]) -> tuple[dict[int, int], list[Waiting]]:
    """The version of each that one of these could have, and what the rule needs; the most urgent first."""
    query = select(Request.id, Request.version, Request.kind, Request.topic, Request.linked_id).where(
        Request.state == State.TO_DO.value, Request.handler_id.is_(None)
    )
    if all(one.skills for one in free):
        query = query.where(in_queues(tools, frozenset().union(*(one.skills for one in free))))
    rows = db.execute(query.order_by(Request.due_at, Request.id).limit(AT_ONCE)).all()
    contested = [row.id for row in rows if row.kind == RequestKind.COMPLAINT and row.linked_id]
    barred = _barred(db, contested, [one.account_id for one in free])
    waiting = [Waiting(row.id, queue_of(tools, row.kind, row.topic), frozenset(barred.get(row.id, ()))) for row in rows]
    return {row.id: row.version for row in rows}, waiting


def _barred(db: Session, complaints: list[int], accounts: list[int]) -> dict[int, set[int]]:
    """Who of these decided or answered what each complaint is about, by complaint."""
    found: dict[int, set[int]] = {}
    if complaints:
        pairs = select(Request.id, Account.id).join(Account, Account.id.in_(accounts))
        for request_id, account_id in db.execute(pairs.where(Request.id.in_(complaints), contests(Account.id))):
            found.setdefault(request_id, set()).add(account_id)
    return found


def _held() -> Select[Any]:
    """What waits for a colleague, with the last signs of him: he got it, signed in, opened a page."""
    moved = RequestTransition
    of_it = moved.request_id == Request.id
    moved_at = select(func.max(moved.at)).where(of_it).correlate(Request).scalar_subquery()
    begun = select(moved.id).where(of_it, moved.act.not_in(NOT_BEGUN)).correlate(Request).exists()
    seen_at = (
        select(func.max(WebSession.last_seen_at))
        .where(WebSession.account_id == Request.handler_id)
        .correlate(Request)
        .scalar_subquery()
    )
    return (
        select(
            Request.id,
            Request.version,
            moved_at.label("moved_at"),
            begun.label("begun"),
            Account.last_signed_in_at.label("signed_in_at"),
            seen_at.label("seen_at"),
        )
        .join(Account, Account.id == Request.handler_id)
        .where(text(f"request.{OPEN}"), Request.state.in_(_IN_HAND))
    )


def _each(db: Session, versions: dict[int, int], act: Callable[[Request], None]) -> None:
    """Do this to each of these that is as it was read and that nobody is changing, all locked before the first."""
    query = select(Request).where(Request.id.in_(versions)).order_by(Request.contract_id, Request.id)
    query = query.with_for_update(skip_locked=True, of=Request).execution_options(populate_existing=True)
    for row in db.scalars(query).all():
        # Somebody was faster between the reading and the lock: it is his.
        if row.version != versions[row.id]:
            continue
        try:
            with db.begin_nested():
                act(row)
        except Exception:  # whatever is wrong with this one, the others are not to wait for it
            log.exception("request not given", request=row.number, act=act.__qualname__)
