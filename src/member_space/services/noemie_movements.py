"""The movements that the next 408 will carry: what must be asked of the funds, and never twice.

Rules of the trade's NOEMIE sheet, sections 4.3 and 5.1: one movement for each NIR of attachment; what is not sent yet
is overwritten or deleted rather than followed by another; a change of dates, and the end of a membership, are told by
a modification; a reject or a signal calls for a new movement, which is held until what the fund told is corrected.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, delete, func, text, update
from sqlalchemy.orm import Session

from member_space.domain.period import ONE_DAY
from member_space.domain.teletransmission import (
    PROBLEMS,
    Answer,
    Desired,
    MovementKind,
    Nature,
    StateKind,
    derive_state,
    nature_of,
)
from member_space.models import Coverage, Movement, Teletransmission
from member_space.services.teletransmission import Facts, facts_of

NOT_FOUND = "25"
"""Modification of a line that the fund does not have."""

_IN_SCOPE = "(cast(:contracts as bigint[]) is null or t.contract_id = any(:contracts))"
_COVERED = "lower(c.period) as starts_on, upper(c.period) - 1 as ends_on"

_CREATE = text(f"""
insert into movement (contract_id, teletransmission_id, kind, contract_type, starts_on, ends_on)
select t.contract_id, t.id, 'C', :contract_type, {_COVERED}
from teletransmission t join coverage c on c.id = t.coverage_id
where t.desired = 'on' and {_IN_SCOPE}
  and (upper_inf(c.period) or upper(c.period) > :today)
  and not exists (select from movement m where m.teletransmission_id = t.id)
  and not exists (select from noemie_match x where x.teletransmission_id = t.id)
on conflict do nothing
""")

# The last movement sent tells what the fund was told; a cancellation is not followed by new dates.
_MODIFY = text(f"""
insert into movement (contract_id, teletransmission_id, kind, contract_type, starts_on, ends_on)
select t.contract_id, t.id, 'M', told.contract_type, {_COVERED}
from teletransmission t join coverage c on c.id = t.coverage_id
join lateral (
  select m.* from movement m where m.teletransmission_id = t.id and m.sent_at is not null
  order by m.sent_at desc, m.id desc limit 1
) told on true
where t.desired = 'on' and {_IN_SCOPE} and told.kind <> 'A'
  and (told.starts_on, told.ends_on) is distinct from (lower(c.period), upper(c.period) - 1)
on conflict do nothing
""")

_REFRESH = text(f"""
update movement m set starts_on = lower(c.period), ends_on = upper(c.period) - 1
from teletransmission t join coverage c on c.id = t.coverage_id
where m.teletransmission_id = t.id and m.sent_at is null and {_IN_SCOPE}
  and (m.starts_on, m.ends_on) is distinct from (lower(c.period), upper(c.period) - 1)
""")

_ANSWERED = text("select distinct code, nature, movement from noemie_line where noemie_file_id = any(:files)")

# The answers matched in this transaction (`matched_at = now()`) that were overtaken neither by a later one nor by what
# we sent since.
_NEWS = """
noemie_line l
join noemie_match x on x.noemie_line_id = l.id and x.matched_at = now()
join noemie_file f on f.id = l.noemie_file_id
join unnest(cast(:codes as text[]), cast(:natures as text[]), cast(:movements as text[]), cast(:kinds as text[]))
  as news (code, nature, movement, kind) on (news.code, news.nature, news.movement) = (l.code, l.nature, l.movement)
"""
_LAST = """
l.noemie_file_id = any(:files)
  and not exists (
    select from noemie_match y join noemie_line later on later.id = y.noemie_line_id
    where y.teletransmission_id = x.teletransmission_id and later.nature <> 'I'
      and (later.answered_on, later.id) > (l.answered_on, l.id)
  )
  and not exists (
    select from movement m
    where m.teletransmission_id = x.teletransmission_id
      and ((m.sent_at at time zone 'Europe/Paris')::date > l.answered_on or m.sent_at > f.created_at)
  )
"""

# Few movements wait: they are found first, so that a large file costs no more.
_SETTLE = text(f"""
with waiting as materialized (select id, teletransmission_id, kind, held from movement where sent_at is null)
delete from movement using waiting, {_NEWS}
where movement.id = waiting.id and waiting.teletransmission_id = x.teletransmission_id
  and (waiting.held or waiting.kind = news.kind) and {_LAST}
""")

# Without an entity 140 the contract is an ordinary one (01).
_REPAIR = text(f"""
insert into movement (contract_id, teletransmission_id, kind, contract_type, starts_on, ends_on, held)
select t.contract_id, t.id, news.kind, coalesce(nullif(l.contract_type, ''), '01'), {_COVERED}, true
from {_NEWS}
join teletransmission t on t.id = x.teletransmission_id
join coverage c on c.id = t.coverage_id
where t.desired = 'on' and {_LAST}
order by t.id
on conflict do nothing
""")


def plan_movements(db: Session, contract_type: str, today: date, contract_ids: Sequence[int] | None = None) -> int:
    """Bring the movements to send up to date with the coverages, of some contracts or of all; how many changed.

    A wanted link that no fund was told of gets its creation; dates that differ from those told, a modification. Call
    it after households were loaded or changed; it may be called any number of times. `contract_type`: two digits.
    """
    values = {
        "contract_type": contract_type,
        "today": today,
        "contracts": None if contract_ids is None else list(contract_ids),
    }
    return sum(_changed(db, statement, values) for statement in (_CREATE, _MODIFY, _REFRESH))


def follow_up(db: Session, file_ids: Sequence[int]) -> None:
    """Draw from the answers matched in this transaction what they change to the movements that wait (section 5.1).

    An acknowledgement settles what asked for what it tells, and what was held. A reject or a signal prepares, held,
    the movement that it calls for: a refused creation is created again, and so is what the fund did not find to
    modify (code 25); any other refusal, and a signal, call for a modification.
    """
    answered = [tuple(row) for row in db.execute(_ANSWERED, {"files": list(file_ids)})]
    for statement, kind_of in ((_SETTLE, _settled_by), (_REPAIR, _called_for_by)):
        news = [(*answer, kind) for answer in answered if (kind := kind_of(*answer))]
        if news:
            codes, natures, movements, kinds = (list(column) for column in zip(*news, strict=True))
            values = {"codes": codes, "natures": natures, "movements": movements, "kinds": kinds}
            db.execute(statement, values | {"files": list(file_ids)})


def release(db: Session, link_id: int) -> bool:
    """Send the held movement of a link with the next file: its data were corrected. False when there is none."""
    statement = update(Movement).where(Movement.teletransmission_id == link_id, Movement.held)
    return _changed(db, statement.values(held=False, created_at=func.now())) > 0


def request(db: Session, link_id: int, desired: Desired, today: date, contract_type: str) -> None:
    """Record that the member wants the link on or off, with the movement it needs; nothing when it is so already.

    What was not sent yet is forgotten; the fund is asked for a creation, or a cancellation, when it does not already
    have what is wanted. Raises NoResultFound when there is no such link.
    """
    link = db.get_one(Teletransmission, link_id, with_for_update=True)
    if link.desired == desired:
        return
    link.desired = desired
    link.desired_since = today
    db.execute(delete(Movement).where(Movement.teletransmission_id == link_id, Movement.sent_at.is_(None)))
    db.flush()
    if _fund_has_it(facts_of(db, link_id), today) == (desired == Desired.ON):
        return
    covered = db.get_one(Coverage, link.coverage_id).period
    db.add(
        Movement(
            contract_id=link.contract_id,
            teletransmission_id=link_id,
            kind=MovementKind.CREATION if desired == Desired.ON else MovementKind.CANCELLATION,
            contract_type=contract_type,
            starts_on=covered.lower,
            ends_on=covered.upper and covered.upper - ONE_DAY,
        )
    )
    db.flush()


def _changed(db: Session, statement: Executable, values: dict[str, Any] | None = None) -> int:
    """Run a statement that changes rows; how many it changed."""
    return cast(CursorResult[Any], db.execute(statement, values)).rowcount


def _state_of(code: str, nature: str, movement: str) -> StateKind:
    """The state that an answer makes alone, by the domain's own rules."""
    return derive_state(Desired.ON, [], [Answer(code, nature, movement, date.max)], date.max).kind


def _settled_by(code: str, nature: str, movement: str) -> MovementKind | None:
    """The kind of movement that asks for what this answer tells, None when it settles nothing."""
    kinds = {StateKind.ACTIVE: MovementKind.CREATION, StateKind.OFF: MovementKind.CANCELLATION}
    return kinds.get(_state_of(code, nature, movement))


def _called_for_by(code: str, nature: str, movement: str) -> MovementKind | None:
    """The kind of movement that repairs what this answer tells, None when there is nothing to repair."""
    if _state_of(code, nature, movement) not in PROBLEMS:
        return None
    refused = nature_of(code, nature) is Nature.REJECTED
    again = refused and (movement == MovementKind.CREATION or code == NOT_FOUND)
    return MovementKind.CREATION if again else MovementKind.MODIFICATION


def _fund_has_it(facts: Facts, today: date) -> bool:
    """Whether the fund has, or is being told, a line of ours for this link."""
    kind = facts.state(today).kind
    if kind == StateKind.SENT and facts.sent:
        return facts.sent.kind != MovementKind.CANCELLATION
    if kind in PROBLEMS and facts.answer:
        refused = nature_of(facts.answer.code, facts.answer.nature) is Nature.REJECTED
        return not refused or (facts.answer.movement == MovementKind.MODIFICATION and facts.answer.code != NOT_FOUND)
    return kind == StateKind.ACTIVE
