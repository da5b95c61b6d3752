"""What happened, for the applications that want to know of it: written with its cause, sent by the worker.

A row is written in the transaction of what it tells, so that what is rolled back is never told, and `webhook_send`
gives it to the worker within a minute. It is written only for an access that the member gave, that holds today, whose
scopes would read what is told, about a person whom he ticked and whom his own pages show him.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from member_space.domain.notices import NoticeKind
from member_space.domain.request import RequestKind
from member_space.domain.webhook import READ_BY, News
from member_space.models import Request

_WANTED = text("""
select exists (
  select from webhook_target t join api_client c on c.id = t.client_id
  where :news = any(t.news) and t.closed_at is null and c.closed_at is null
)
""")

# `happened`: viewer_id and subject_id, ids of persons, and ids, of what there is to read. A member sees what is his
# own, and what is of the contracts that he holds: of each only what he ticked is told.
_TELL = """
insert into webhook_delivery (target_id, grant_id, news, ids, created_at, send_after)
select distinct on (t.id, a.id, happened.ids)
       t.id, g.id, :news, happened.ids || jsonb_build_object('consent', g.public_id), :now, :now
from ({source}) happened
join account a on a.person_id = happened.viewer_id and a.closed_at is null
join api_grant g on g.account_id = a.id and g.revoked_at is null and g.expires_at > :now
  and happened.subject_id = any(g.person_ids) and :scope = any(g.scopes)
join api_client c on c.id = g.client_id and c.closed_at is null
join webhook_target t on t.client_id = c.id and :news = any(t.news) and t.closed_at is null
order by t.id, a.id, happened.ids, g.id desc
"""

_STATEMENTS = """
select distinct unnest(array[c.holder_id, l.person_id]) as viewer_id, l.person_id as subject_id,
       jsonb_build_object('statement', s.public_id) as ids
from statement s
join contract c on c.id = s.contract_id
join statement_line l on l.statement_id = s.id
where s.id > :last and s.issued_on >= :since
"""
_LINKS = """
select unnest(array[c.holder_id, t.person_id]) as viewer_id, t.person_id as subject_id,
       jsonb_build_object('person', p.public_id) as ids
from teletransmission t
join contract c on c.id = t.contract_id
join person p on p.id = t.person_id
where t.id = any(:links)
"""
_CARDS = """
select unnest(array[c.holder_id, p.id]) as viewer_id, p.id as subject_id,
       jsonb_build_object('card', card.public_id) as ids
from card
join contract c on c.id = card.contract_id
join person p on p.id = any(card.person_ids) and p.id = any(:persons)
where card.id = any(:cards)
"""
_REQUEST = """
select cast(:author_id as bigint) as viewer_id, cast(:subject_id as bigint) as subject_id,
       jsonb_build_object('request', cast(:request as text)) as ids
"""

_REVOKED = text("""
insert into webhook_delivery (target_id, grant_id, news, ids, created_at, send_after)
select t.id, g.id, :news, jsonb_build_object('consent', g.public_id), :now, :now
from api_grant g
join api_client c on c.id = g.client_id and c.closed_at is null
join webhook_target t on t.client_id = c.id and :news = any(t.news) and t.closed_at is null
where g.id = any(:grants)
""")

_OF_NOTICES = {
    NoticeKind.REQUEST_ANSWERED: News.REQUEST_ANSWERED,
    NoticeKind.REQUEST_DECIDED: News.REQUEST_DECIDED,
    NoticeKind.REQUEST_PIECE_ASKED: News.REQUEST_PIECE_ASKED,
    NoticeKind.REQUEST_CLOSED: News.REQUEST_CLOSED,
}
"""What a member is told of his request that an application is too."""


def tell_statements(db: Session, last: int, since: Any, now: datetime) -> None:
    """The statements after the id ``last`` that were issued since that day; at most two statements."""
    _tell(db, News.REIMBURSEMENT_ISSUED, _STATEMENTS, now, last=last, since=since)


def tell_links(db: Session, link_ids: Sequence[int], now: datetime) -> None:
    """The links whose state is another one; at most two statements."""
    _tell(db, News.TELETRANSMISSION_CHANGED, _LINKS, now, links=list(link_ids))


def tell_cards(db: Session, card_ids: Sequence[int], person_ids: Sequence[int], now: datetime) -> None:
    """The cards that replace another, for the persons whose own part of it changed; at most two statements."""
    _tell(db, News.CARD_ISSUED, _CARDS, now, cards=list(card_ids), persons=list(person_ids))


def tell_request(db: Session, request: Request, notice: NoticeKind, now: datetime) -> None:
    """What its member is told of a request, where it is news for an application; at most two statements."""
    news = _OF_NOTICES.get(notice)
    if news is News.REQUEST_ANSWERED and request.kind == RequestKind.MESSAGE:
        news = News.MESSAGE_RECEIVED
    if news is None:
        return
    author_id, public_id = request.author_person_id, str(request.public_id)
    subject_id = request.person_id or author_id
    _tell(db, news, _REQUEST, now, author_id=author_id, subject_id=subject_id, request=public_id)


def tell_revoked(db: Session, grant_ids: Sequence[int], now: datetime) -> None:
    """The accesses that were just taken back: nothing more is told of their members."""
    db.execute(_REVOKED, {"news": News.CONSENT_REVOKED.value, "grants": list(grant_ids), "now": now})


def _tell(db: Session, news: News, source: str, now: datetime, **values: int | str | UUID | list[int]) -> None:
    """Nothing more than a look where no target wants it."""
    scope = READ_BY[news]
    if scope is None or not db.scalar(_WANTED, {"news": news.value}):
        return
    asked = {"news": news.value, "scope": scope.value, "now": now}
    db.execute(text(_TELL.format(source=source)), asked | values)
