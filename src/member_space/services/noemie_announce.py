"""Who is told that answers changed the state of a link: the holder and the person, on their own accounts."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from member_space.domain.notices import NoticeKind
from member_space.services.notification_announce import announce_to
from member_space.services.teletransmission import moved_by_answers
from member_space.services.webhook_news import tell_links

AT_ONCE = 5000
PAGE = "/beneficiaires"

# Only those who have an account: the states of all the others are nobody's news.
_CONCERNED = text("""
select distinct link.id, a.id as account_id
from (
  select t.id, unnest(array[c.holder_id, t.person_id]) as person_id
  from noemie_line l
  join noemie_match x on x.noemie_line_id = l.id and x.matched_at = now()
  join teletransmission t on t.id = x.teletransmission_id
  join contract c on c.id = t.contract_id
  where l.noemie_file_id = any(:files)
) link
join account a on a.person_id = link.person_id and a.closed_at is null
""")
_TODAY = text("select now(), (now() at time zone 'Europe/Paris')::date")


def announce_changes(db: Session, file_ids: Sequence[int]) -> None:
    """One announcement an account, whatever the number of its links that the answers matched in this transaction moved.

    Statements: three, and four at most for each five thousand links of people who have an account.
    """
    accounts = defaultdict(set)
    for link_id, account_id in db.execute(_CONCERNED, {"files": list(file_ids)}):
        accounts[link_id].add(account_id)
    if not accounts:
        return
    now, today = db.execute(_TODAY).one()
    told: set[int] = set()
    links = sorted(accounts)
    for start in range(0, len(links), AT_ONCE):
        moved = moved_by_answers(db, links[start : start + AT_ONCE], today)
        told |= {account_id for link_id in moved for account_id in accounts[link_id]}
        if moved:
            tell_links(db, sorted(moved), now)
    if told:
        announce_to(db, NoticeKind.TELETRANSMISSION_CHANGED, sorted(told), {"link": PAGE}, now)
