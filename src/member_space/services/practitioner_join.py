"""The joins between directories, by the rules of `domain.practitioner_join`: whom a line tells of, and what it adds."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby, islice

from sqlalchemy import text
from sqlalchemy.orm import Session

from member_space.domain.practitioner_join import Candidate, Line, Match, decide
from member_space.services.statement_write import NULL, copy

JOINED = {
    "ameli": (("rpps",), ("sector", "optam", "carte_vitale")),
    "network": (("rpps", "ameli"), ("third_party", "network", "price_class")),
}
"""Which directories a source adds to, and what; Ameli first, as a network adds to what Ameli alone has too."""
AT_ONCE = 20_000

_CANDIDATES = """
create temporary table candidate on commit drop as
select f.id as line_id, f.first_key as line_first, f.address_key as line_address,
    c.id, c.person_key, c.first_key, c.address_key, coalesce(c.rpps = f.rpps, false) as by_number
from practice f join practice c on c.name_key = f.name_key and c.postcode = f.postcode and c.speciality = f.speciality
where f.source = :source and c.source = any(:others) and (c.shown or c.source = 'rpps')
and coalesce(c.rpps = f.rpps, true)
union all
select f.id, f.first_key, f.address_key, c.id, c.person_key, c.first_key, c.address_key, true
from practice f join practice c on c.rpps = f.rpps and c.postcode = f.postcode and c.speciality = f.speciality
where f.source = :source and c.source = any(:others) and (c.shown or c.source = 'rpps')
and c.name_key <> f.name_key
"""
"""Who a line may be: of its name, or of its number, which another number contradicts. Whoever is hidden may be, too."""
_ALONE = """
create temporary table decided on commit drop as
select line_id, min(id) as practice_id from candidate
group by line_id having count(*) = 1 and bool_and(by_number or first_key = line_first)
"""
"""Nearly all lines: `decide` has one place to choose from, of the same number or first name."""
_OTHERS = """
select line_id, line_first, line_address, id, person_key, first_key, address_key, by_number from candidate c
where not exists (select from decided d where d.line_id = c.line_id) order by line_id
"""


def join_sources(db: Session, changed: str) -> Counter[str]:
    """Decide again every line of Ameli and of the network that another extract of the source `changed` may touch.

    What they add to others, and which are shown themselves: a line that tells of somebody of another directory is not
    shown, nor one of which nobody knows whom it tells of: it would be the same person twice. The counts are by source
    and decision.
    """
    counts: Counter[str] = Counter()
    for source, (others, facts) in JOINED.items():
        if changed not in (source, *others):
            continue
        db.execute(text(_CANDIDATES), {"source": source, "others": list(others)})
        db.execute(text("analyze candidate"))
        counts[f"{source}_{Match.JOINED}"] += db.connection().execute(text(_ALONE)).rowcount
        decided = _decisions(db)
        while decisions := list(islice(decided, AT_ONCE)):
            counts.update(f"{source}_{match}" for _, match, _ in decisions)
            told = [(line_id, practice_id) for line_id, _, ids in decisions for practice_id in (ids or (NULL,))]
            copy(db, "decided", ("line_id", "practice_id"), *zip(*told, strict=True))
        _apply(db, source, others, facts)
        db.execute(text("drop table candidate, decided"))
    return counts


def _decisions(db: Session) -> Iterator[tuple[int, Match, tuple[int, ...]]]:
    """Each of the other lines that has somebody to choose from, and the choice."""
    rows = db.execute(text(_OTHERS), execution_options={"yield_per": AT_ONCE})
    for line_id, group in groupby(rows, key=lambda row: row[0]):
        alike = list(group)
        line = Line(alike[0][1], bytes(alike[0][2]))
        match, ids = decide(line, [Candidate(row[3], row[4], row[5], bytes(row[6]), bool(row[7])) for row in alike])
        if match is not Match.NOBODY:
            yield line_id, match, ids


def _apply(db: Session, source: str, others: tuple[str, ...], facts: tuple[str, ...]) -> None:
    """Write the facts where they belong, take away those that nobody tells any more, and show the lines left alone."""
    named = {"source": source, "others": list(others)}
    ours, theirs = (", ".join(f"{alias}.{fact}" for fact in facts) for alias in ("p", "f"))
    db.execute(text("analyze decided"))
    db.execute(
        text(
            f"update practice p set {', '.join(f'{fact} = f.{fact}' for fact in facts)} from ("
            f"select distinct on (d.practice_id) d.practice_id, {theirs} from decided d"
            f" join practice f on f.id = d.line_id where d.practice_id is not null order by d.practice_id, d.line_id"
            f") f where p.id = f.practice_id and ({ours}) is distinct from ({theirs})"
        )
    )
    db.execute(
        text(
            f"update practice p set {', '.join(f'{fact} = null' for fact in facts)}"
            f" where p.source = any(:others) and num_nonnulls({ours}) > 0"
            f" and not exists (select from decided d where d.practice_id = p.id)"
        ),
        named,
    )
    db.execute(
        text(
            "update practice f set shown = not shown where f.source = :source"
            " and f.shown = (exists (select from decided d where d.line_id = f.id)"
            " or exists (select from practitioner_opposition o where o.person_key = f.person_key))"
        ),
        named,
    )
