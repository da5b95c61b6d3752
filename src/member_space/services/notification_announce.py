"""What there is to see in the space: told to each by the channels he wants, grouped, not at night, repeated once.

A row is written with its cause and has no job: `take_up`, each minute, gives the worker what is due, so that a file
that concerns a hundred thousand households costs one statement, and that what was announced ten times is told once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from member_space.domain.notices import (
    DEFAULTS,
    LOCKED,
    NOTICES,
    REPEATED_AFTER,
    Channel,
    NoticeKind,
    is_night,
    leaves_at,
    waits_for_digest,
)
from member_space.models import Notification
from member_space.models.base import IDS
from member_space.services.consent import Purpose
from member_space.services.notification import hand_over
from member_space.services.tools import Tools

AT_ONCE = 2000
"""Messages given to the worker each minute: more would only wait in another queue."""
REPEATED_WITHIN = timedelta(days=3)
"""An older mail is repeated no more: its news is old."""

# Contact by SMS is consented to, and stops when the consent does; the number is the one that proved itself, else the
# one of the file.
_BY_SMS = """
coalesce(a.mobile, p.mobile) is not null and coalesce((
  select c.granted from consent c where c.person_id = a.person_id and c.purpose = :sms_consent
  order by c.id desc limit 1
), false)
"""

_ANNOUNCE = text(f"""
with who as (
  select a.id, a.language, a.daily_mail, a.email_bounced_at is not null as bounced, {_BY_SMS} as by_sms,
         :locked or coalesce(mail.wanted, :mail) as mail, coalesce(sms.wanted, :sms) as sms
  from account a
  left join person p on p.id = a.person_id
  left join notification_preference mail
    on (mail.account_id, mail.category, mail.channel) = (a.id, :category, 'email')
  left join notification_preference sms
    on (sms.account_id, sms.category, sms.channel) = (a.id, :category, 'sms')
  where a.id = any(:accounts) and a.closed_at is null
), told as (
  select id, language, daily_mail, mail and not (bounced and by_sms) as mail,
         by_sms and (sms or (mail and bounced)) as sms
  from who
)
insert into notification (kind, channel, account_id, values, language, state, created_at, send_after)
select :kind, way.channel, told.id, :values, told.language, way.state, :now,
       case when told.daily_mail and way.channel = 'email' then :send_in_digest else :send_after end
from told
join lateral (values ('email', 'waiting', mail), ('sms', 'waiting', sms), ('email', 'unwanted', not (mail or sms)))
  as way (channel, state, taken) on way.taken
order by told.id
""").bindparams(bindparam("accounts", type_=IDS), bindparam("values", type_=JSONB))

_MORE_OF_THE_SAME = text("""
select more.id, first.id as first_id, coalesce((more.values->>'count')::int, 1) as count
from notification more
join notification first on first.id = any(:firsts)
  and (more.account_id, more.kind, more.channel) = (first.account_id, first.kind, first.channel)
where more.state = 'waiting' and more.attempts = 0 and more.id <> all(:firsts)
for update of more skip locked
""").bindparams(bindparam("firsts", type_=IDS))

# The rows that it stands for are locked: what is read, sent or taken up meanwhile is not in its count.
_DIGEST = text("""
with due as (
  select distinct n.account_id
  from notification n
  join account a on a.id = n.account_id and a.daily_mail
  where n.state = 'waiting' and n.send_after <= :now and n.channel = 'email' and n.kind = any(:kinds)
    and n.attempts = 0
  limit :at_once
), waits as (
  select n.id
  from notification n
  join due using (account_id)
  where n.state = 'waiting' and n.channel = 'email' and n.kind = any(:kinds)
    and n.attempts = 0 and n.read_at is null
  for update of n skip locked
), grouped as (
  update notification n set state = 'grouped' from waits where n.id = waits.id returning n.account_id, n.language
)
insert into notification (kind, channel, account_id, values, language, state, created_at, send_after)
select :digest, 'email', account_id, jsonb_build_object('link', '/', 'count', count(*)), max(language), 'waiting',
       :now, :now
from grouped
group by account_id
""").bindparams(bindparam("kinds", type_=ARRAY(Text)))

_REPEAT = text(f"""
insert into notification (kind, channel, account_id, values, language, state, created_at, send_after, follows_id)
select n.kind, 'sms', n.account_id, n.values, n.language, 'waiting', :now, :now, n.id
from notification n
join account a on a.id = n.account_id and a.closed_at is null
left join person p on p.id = a.person_id
where n.kind = any(:kinds) and n.channel = 'email' and n.read_at is null and n.created_at > :since
  and (n.state = 'bounced' or (n.state = 'sent' and n.sent_at <= :unread_since))
  and not exists (
    select from notification told
    where (told.account_id, told.kind, told.channel) = (n.account_id, n.kind, 'sms') and told.created_at >= n.created_at
  )
  and {_BY_SMS}
order by n.id
on conflict (follows_id) do nothing
""").bindparams(bindparam("kinds", type_=ARRAY(Text)))


def announce(
    db: Session, tools: Tools, kind: NoticeKind, account_id: int, values: dict[str, Any] | None = None
) -> None:
    """Tell an account that there is something to see, in the transaction of what there is. `values`: see notify."""
    announce_to(db, kind, [account_id], values, tools.now())


def announce_to(
    db: Session, kind: NoticeKind, account_ids: Sequence[int], values: dict[str, Any] | None, now: datetime
) -> None:
    """The same to many, in one statement.

    By mail unless it was declined, by SMS where that was chosen; by SMS instead of a mail that would bounce. SMS need
    a number and the consent. What nobody wants is written as such, so that it can be said why nothing came.
    """
    notice = NOTICES[kind]
    db.execute(
        _ANNOUNCE,
        {
            "kind": kind.value,
            "category": notice.category.value,
            "locked": notice.category in LOCKED,
            "mail": DEFAULTS[Channel.EMAIL],
            "sms": DEFAULTS[Channel.SMS],
            "sms_consent": Purpose.SMS_CONTACT.value,
            "accounts": list(account_ids),
            "values": values or {},
            "now": now,
            "send_after": leaves_at(notice, now),
            "send_in_digest": leaves_at(notice, now, digest=True),
        },
    )


def note_read(db: Session, tools: Tools, account_id: int, kind: NoticeKind) -> None:
    """The member came to see what these messages tell: not repeated, and not sent if they still wait.

    What safety or the law has us tell leaves in any case: who asks for a closing sees its page at once.
    """
    ours = (Notification.account_id == account_id, Notification.kind == kind.value, Notification.read_at.is_(None))
    states = ["sent", "bounced"] + ([] if NOTICES[kind].category in LOCKED else ["waiting"])
    # One that is just leaving is not waited for.
    free = select(Notification.id).where(*ours, Notification.state.in_(states))
    db.execute(
        update(Notification)
        .where(Notification.id.in_(free.with_for_update(skip_locked=True)))
        .values(read_at=tools.now())
        .execution_options(synchronize_session=False)
    )


def take_up(db: Session, tools: Tools) -> None:
    """Give the worker what is due, one message for several of a kind, one for all of who wants one mail a day.

    And again what a dead worker had taken.
    """
    now = tools.now()
    due = Notification.state == "waiting", Notification.send_after <= now
    # Seen meanwhile: there is nothing left to tell.
    db.execute(update(Notification).where(*due, Notification.read_at.is_not(None)).values(state="unwanted"))
    _digest(db, now)
    rows = db.scalars(
        select(Notification).where(*due).order_by(Notification.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    ).all()
    firsts: dict[tuple[Any, ...], Notification] = {}
    for row in rows:
        if row.attempts == 0 and not NOTICES[NoticeKind(row.kind)].urgent:
            firsts.setdefault((row.account_id, row.kind, row.channel), row)
    grouped = _group(db, list(firsts.values()))
    for row in rows:
        if row.id not in grouped:
            hand_over(db, tools, row)


def _digest(db: Session, now: datetime) -> None:
    """One message, due now, that tells how many things wait for each who wants one mail a day and has one due."""
    kinds = [kind.value for kind, notice in NOTICES.items() if waits_for_digest(notice)]
    values = {"kinds": kinds, "digest": NoticeKind.DIGEST.value, "now": now, "at_once": AT_ONCE}
    db.execute(_DIGEST, values)


def _group(db: Session, firsts: list[Notification]) -> set[int]:
    """One message for all that wait of its kind, due or not yet; the ids of those it stands for."""
    by_id = {row.id: row for row in firsts}
    more = db.execute(_MORE_OF_THE_SAME, {"firsts": list(by_id)}).all()
    for row in more:
        first = by_id[row.first_id]
        first.values = first.values | {"count": first.values.get("count", 1) + row.count}
    grouped = {row.id for row in more}
    db.execute(update(Notification).where(Notification.id.in_(grouped)).values(state="grouped"))
    return grouped


def repeat_unread(db: Session, tools: Tools) -> None:
    """Repeat by SMS the important mails that nobody came to read in three hours, or that bounced; never at night."""
    now = tools.now()
    if is_night(now):
        return
    important = [kind.value for kind, notice in NOTICES.items() if notice.important]
    db.execute(
        _REPEAT,
        {
            "kinds": important,
            "sms_consent": Purpose.SMS_CONTACT.value,
            "now": now,
            "since": now - REPEATED_WITHIN,
            "unread_since": now - REPEATED_AFTER,
        },
    )
