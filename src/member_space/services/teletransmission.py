"""The links of a household with the funds: their state today, with its cause and what to do about it.

The state is derived (domain.teletransmission) from three facts that one statement finds for each link: the last
movement sent, the movement that waits to be, and the last answer that is not an information. The domain's rules look at
no other, so a history of any length costs the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from member_space.domain.period import ONE_DAY
from member_space.domain.teletransmission import Answer, Movement, StateKind, TeletransmissionState, derive_state
from member_space.noemie import return_code

# A held movement waits for the office, not for the next file: the answer that called for it is still what is true.
_FACTS = """
select t.id, t.contract_id, t.coverage_id, t.person_id, t.attachment_rank, t.nir_encrypted, t.desired, t.desired_since,
       t.regime, t.fund, t.centre, t.fund_name,
       sent.kind as sent_kind, sent.created_on as sent_created_on, sent.sent_on, sent.ends_on as sent_ends_on,
       answer.entered_at < sent.sent_at as answered_before,
       unsent.kind as unsent_kind, unsent.created_on as unsent_created_on, unsent.ends_on as unsent_ends_on,
       answer.code, answer.nature, answer.movement, answer.answered_on, answer.starts_on, answer.ends_on
from teletransmission t
left join lateral (
  select m.kind, (m.created_at at time zone 'Europe/Paris')::date as created_on,
         m.sent_at, (m.sent_at at time zone 'Europe/Paris')::date as sent_on, m.ends_on
  from movement m where m.teletransmission_id = t.id and m.sent_at is not null
  order by m.sent_at desc, m.id desc limit 1
) sent on true
left join lateral (
  select m.kind, (m.created_at at time zone 'Europe/Paris')::date as created_on, m.ends_on
  from movement m where m.teletransmission_id = t.id and m.sent_at is null and not m.held
) unsent on true
left join lateral (
  select l.code, l.nature, l.movement, l.answered_on, l.starts_on, l.ends_on, f.created_at as entered_at
  from noemie_match x
  join noemie_line l on l.id = x.noemie_line_id
  join noemie_file f on f.id = l.noemie_file_id
  where x.teletransmission_id = t.id and l.nature <> 'I' and {known}
  order by l.answered_on desc, l.id desc limit 1
) answer on true
"""
_NOW = _FACTS.format(known="true")
_BY_COVERAGE = text(_NOW + "where t.coverage_id = any(:coverages) order by t.coverage_id, t.attachment_rank, t.id")
_BY_LINK = text(_NOW + "where t.id = :link")
_AFTER = text(_NOW + "where t.id = any(:links) order by t.id")
# As if the answers matched in this transaction had not come.
_BEFORE = text(_FACTS.format(known="x.matched_at < now()") + "where t.id = any(:links) order by t.id")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a link: the movements sent and unsent (at most one each), the last answer, and our wish."""

    desired: str
    sent: Movement | None
    unsent: Movement | None
    answer: Answer | None

    def state(self, today: date) -> TeletransmissionState:
        """The state to show today."""
        movements = [movement for movement in (self.sent, self.unsent) if movement]
        return derive_state(self.desired, movements, [self.answer] if self.answer else [], today)


@dataclass(frozen=True, slots=True)
class TeletransmissionView:
    """A link as a page shows it. A child under both parents' NIR has two, of attachment ranks 1 and 2.

    `since`, `until`: see TeletransmissionState. `cause`: the fund's answer in French; None without a cause.
    `nir_encrypted`: for the caller to decrypt and mask (ICipher, domain.nir).
    """

    id: int
    contract_id: int
    coverage_id: int
    person_id: int
    attachment_rank: int
    kind: StateKind
    since: date | None
    until: date | None
    desired: str
    fund_name: str
    organisation: str
    cause_code: str | None
    cause: str | None
    nir_encrypted: bytes = field(repr=False)


def teletransmissions_of(db: Session, coverage_ids: Sequence[int], today: date) -> list[TeletransmissionView]:
    """The links of these coverages, in one statement, by coverage then attachment.

    A coverage without a link is not concerned: it has no view here.
    """
    rows = db.execute(_BY_COVERAGE, {"coverages": list(coverage_ids)})
    return [_view(row, _facts(row).state(today)) for row in rows]


def facts_of(db: Session, link_id: int) -> Facts:
    """The facts of one link. Raises NoResultFound when there is no such link."""
    return _facts(db.execute(_BY_LINK, {"link": link_id}).one())


def moved_by_answers(db: Session, link_ids: Sequence[int], today: date) -> set[int]:
    """Those of these links whose state is another one since the answers matched in this transaction; two statements."""
    asked = {"links": list(link_ids)}
    before = {row.id: _facts(row).state(today).kind for row in db.execute(_BEFORE, asked)}
    return {row.id for row in db.execute(_AFTER, asked) if _facts(row).state(today).kind != before[row.id]}


def _facts(row: Row[Any]) -> Facts:
    sent = unsent = answer = None
    if row.sent_kind:
        sent = Movement(row.sent_kind, row.sent_created_on, row.sent_on, row.sent_ends_on)
    if row.unsent_kind:
        unsent = Movement(row.unsent_kind, row.unsent_created_on, None, row.unsent_ends_on)
    if row.answered_on:
        # A file carries a day only, and that of the sending counts as after it; unless we had the file before we sent.
        on = row.answered_on - ONE_DAY if row.answered_before and row.answered_on == row.sent_on else row.answered_on
        answer = Answer(row.code, row.nature, row.movement, on, row.starts_on, row.ends_on)
    return Facts(row.desired, sent, unsent, answer)


def _view(row: Row[Any], state: TeletransmissionState) -> TeletransmissionView:
    cause = return_code(state.cause_code) if state.cause_code else None
    return TeletransmissionView(
        id=row.id,
        contract_id=row.contract_id,
        coverage_id=row.coverage_id,
        person_id=row.person_id,
        attachment_rank=row.attachment_rank,
        kind=state.kind,
        since=state.since,
        until=state.until,
        desired=row.desired,
        fund_name=row.fund_name,
        organisation=f"{row.regime} {row.fund} {row.centre}",
        cause_code=state.cause_code,
        cause=cause.meaning if cause else None,
        nir_encrypted=row.nir_encrypted,
    )
