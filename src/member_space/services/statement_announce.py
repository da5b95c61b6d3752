"""Who is told of the statements that an import brought: the holder, and each one who has lines there (S-HE-12)."""

from datetime import date, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from member_space.domain.notices import NoticeKind
from member_space.services.notification_announce import announce_to
from member_space.services.webhook_news import tell_statements

PAGE = "/remboursements"
NEWS_FOR = timedelta(days=30)
"""A statement issued earlier is history that is brought in, not news."""

_CONCERNED = text("""
with new as materialized (select id, contract_id from statement where id > :last and issued_on >= :since)
select a.id from account a
where a.closed_at is null and a.person_id in (
  select c.holder_id from new join contract c on c.id = new.contract_id
  union
  select l.person_id from new join statement_line l on l.statement_id = new.id
)
order by a.id
""")


def announce_statements(db: Session, last: int, today: date) -> None:
    """One announcement an account for all the statements after the id `last`; four queries whatever their number,
    five where an application wants to know of it too.
    """
    now = db.execute(select(func.now())).scalar_one()
    tell_statements(db, last, today - NEWS_FOR, now)
    concerned = db.scalars(_CONCERNED, {"last": last, "since": today - NEWS_FOR}).all()
    if concerned:
        announce_to(db, NoticeKind.NEW_REIMBURSEMENT, concerned, {"link": PAGE}, now)
