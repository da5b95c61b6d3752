"""Which link of ours an answer of a fund speaks of.

The rules are those of the trade's NOEMIE sheet, sections 4.3 and 7. A candidate is a link under the NIR of the answer,
key included, for the same birth rank. The first of these that finds some decides:

1. `exact`: the birth date has the same six characters;
2. `undated`: the answer says `000000`, which tells nothing;
3. `month`: month and year are the same, as funds often differ on the day.

Several candidates: the one whose coverage holds the day the answer's contract starts (the file's day when it tells
none). Still several: the one whose contract has the answer's member number, which is ours, as our 408 told it; alone
it would prove nothing. None, or several yet: an anomaly that the office will treat. Nothing is dropped.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

Matched = bool | Literal["ambiguous"]

# In the order of the lines, so that two imports that retry the same ones wait for each other instead of blocking.
_MATCH = text("""
with line as (
  select l.id, l.nir_index, l.birth_date_raw, l.birth_rank, coalesce(l.starts_on, l.answered_on) as day,
         ltrim(l.member_number, ' 0') as member_number
  from noemie_line l
  where l.noemie_file_id = any(:files)
    and not exists (select from noemie_match m where m.noemie_line_id = l.id)
), candidate as (
  select *, min(rule) over (partition by id) as best, count(*) over (partition by id, rule) as several
  from (
    select line.id, line.day, line.member_number, t.id as teletransmission_id, t.contract_id, t.coverage_id,
           case when t.birth_date_raw = line.birth_date_raw then 1 when line.birth_date_raw = '000000' then 2 else 3 end
             as rule
    from line
    join teletransmission t on t.nir_index = line.nir_index and t.birth_rank = line.birth_rank
    where t.birth_date_raw = line.birth_date_raw or line.birth_date_raw = '000000'
       or right(t.birth_date_raw, 4) = right(line.birth_date_raw, 4)
  ) c
), covered as (
  select *, count(*) over (partition by id) as covering, count(*) filter (where named) over (partition by id) as naming
  from (
    select c.id, c.teletransmission_id, c.contract_id, c.rule, ltrim(k.member_number, ' 0') = c.member_number as named
    from candidate c
    join coverage v on v.id = c.coverage_id and v.period @> c.day
    join contract k on k.id = c.contract_id
    where c.rule = c.best and c.several > 1
  ) c
), chosen as (
  select id, teletransmission_id, contract_id, rule from candidate where rule = best and several = 1
  union all
  select id, teletransmission_id, contract_id, rule from covered where covering = 1 or (named and naming = 1)
), matched as (
  insert into noemie_match (noemie_line_id, teletransmission_id, contract_id, rule)
  select id, teletransmission_id, contract_id, (array['exact', 'undated', 'month'])[rule] from chosen order by id
  on conflict do nothing
  returning noemie_line_id
), solved as (
  update noemie_anomaly a set solved_at = now() from matched
  where a.noemie_line_id = matched.noemie_line_id and a.solved_at is null
), left_over as (
  insert into noemie_anomaly (noemie_line_id, kind)
  select line.id,
         case when exists (select from candidate where candidate.id = line.id) then 'ambiguous' else 'unmatched' end
  from line
  where not exists (select from chosen where chosen.id = line.id)
  order by line.id
  on conflict (noemie_line_id) do update set kind = excluded.kind where noemie_anomaly.kind <> excluded.kind
)
select count(*) from matched
""")

_COUNTS = text("""
select l.noemie_file_id, count(*) as lines, count(m.noemie_line_id) as matched,
       count(*) filter (where m.noemie_line_id is null and a.kind = 'ambiguous') as ambiguous
from noemie_line l
left join noemie_match m on m.noemie_line_id = l.id
left join noemie_anomaly a on a.noemie_line_id = l.id
where l.noemie_file_id = any(:files)
group by l.noemie_file_id
""")

_OUTCOMES = text("""
select case when m.noemie_line_id is not null then 'matched' else a.kind end
from noemie_line l
left join noemie_match m on m.noemie_line_id = l.id
left join noemie_anomaly a on a.noemie_line_id = l.id
where l.noemie_file_id = :file
order by l.position
""")


@dataclass(frozen=True, slots=True)
class Counts:
    """Lines of some files. `unmatched` holds the `ambiguous` ones."""

    lines: int = 0
    matched: int = 0
    ambiguous: int = 0

    @property
    def unmatched(self) -> int:
        return self.lines - self.matched

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.lines + other.lines, self.matched + other.matched, self.ambiguous + other.ambiguous)


def match_lines(db: Session, file_ids: Sequence[int]) -> int:
    """Match the lines of these files that have no match yet; return how many found their link.

    For new lines as for those left over: households may have been loaded since.
    """
    return int(db.execute(_MATCH, {"files": list(file_ids)}).scalar_one())


def files_waiting(db: Session) -> list[int]:
    """The files with lines that wait for their link."""
    waiting = text("""
        select distinct l.noemie_file_id from noemie_anomaly a
        join noemie_line l on l.id = a.noemie_line_id where a.solved_at is null order by 1
    """)
    return list(db.scalars(waiting))


def counts_of(db: Session, file_ids: Sequence[int]) -> Counts:
    """How the lines of these files stand; a file named twice counts twice."""
    rows = db.execute(_COUNTS, {"files": list(file_ids)})
    by_file = {row.noemie_file_id: Counts(row.lines, row.matched, row.ambiguous) for row in rows}
    return sum((by_file.get(file_id, Counts()) for file_id in file_ids), Counts())


def outcomes_of(db: Session, file_id: int) -> Generator[Matched, None, None]:
    """For each line of a file, in its order: True, False, or "ambiguous". Constant memory; close it when done."""
    with db.execute(_OUTCOMES, {"file": file_id}, execution_options={"yield_per": 5000}) as rows:
        for kind in rows.scalars():
            yield "ambiguous" if kind == "ambiguous" else kind == "matched"
