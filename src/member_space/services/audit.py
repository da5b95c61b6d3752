"""The journal, verified: any row altered, removed or put elsewhere is found, and any chain written anew (C169).

Nothing that the journal says of itself is believed: each hash is computed again, from the columns, by an expression of
our own; each row must follow the one whose hash it holds; each chain must begin at nothing and end where its head says;
and the rows that a past day's anchor names, kept in the storage, must be the same today.

In a chain the order is that of the hashes. The numbers do not tell it: of two events at once, the second number may be
chained first.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from member_space.interfaces import IStorage
from member_space.services.tools import Tools

ANCHOR = "journal:anchor"
"""The nightly task."""

SHOWN = 100
"""Places told of each kind of fault."""

LONGEST_GAP = 60
"""Days without an anchor after which an older one is not looked for."""

RECENT = 7
"""Days in which there is an anchor, unless the nightly task does not run."""

MARGIN = 10_000
"""Numbers looked at again by the next anchor: a transaction under way was not seen by this one."""

# Not the trigger's own function: whoever changed a row may have changed it too.
_COMPUTED = """
    sha256(convert_to(jsonb_build_array(
      e.id, e.kind, extract(epoch from e.at), e.actor_account_id, e.subject_person_id, e.contract_id,
      e.ip, e.request_id, e.details, encode(e.previous_hash, 'hex'))::text, 'UTF8'))
"""
_CHAIN = "coalesce(e.contract_id, 0)"

FAULTS: dict[str, str] = {
    "altered": f"""
        select {_CHAIN}, e.id from event e where e.hash is distinct from {_COMPUTED} order by e.id limit :most""",
    # What it followed is not there any more, or never was in this chain.
    "removed_before": f"""
        select {_CHAIN}, e.id from event e
        left join event p on p.hash = e.previous_hash and coalesce(p.contract_id, 0) = {_CHAIN}
        where p.id is null and e.previous_hash is distinct from ''::bytea
        order by e.id limit :most""",
    # Two rows say they follow the same one, or both begin the chain.
    "reordered": f"""
        select chain, id from (
          select {_CHAIN} as chain, e.id,
            row_number() over (partition by {_CHAIN}, e.previous_hash order by e.id) as rank
          from event e) ranked
        where rank > 1 order by id limit :most""",
    # The head names a row that is not there: the last ones were removed, or all of them.
    "removed_last": """
        select h.contract_id, null::bigint from event_chain h
        left join event e on e.hash = h.last_hash and coalesce(e.contract_id, 0) = h.contract_id
        where e.id is null order by 1 limit :most""",
    # Rows that the head does not know of: it was moved back, or taken away.
    "beyond_the_head": f"""
        select {_CHAIN}, e.id from event e
        left join event n on n.previous_hash = e.hash and coalesce(n.contract_id, 0) = {_CHAIN}
        left join event_chain h on h.contract_id = {_CHAIN} and h.last_hash = e.hash
        where n.id is null and h.contract_id is null order by e.id limit :most""",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written. ``chain``: the contract, 0 for none. ``event_id``: None for a head."""

    kind: str
    chain: int
    event_id: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and what was found."""

    events: int
    chains: int
    anchors: int
    anchored: int
    last_anchor: date | None
    faults: list[Fault] = field(default_factory=list)


def verify(db: Session, tools: Tools) -> Verdict:
    """Read the whole journal once for each kind of fault, in the database, then the anchors; constant memory here."""
    faults = [
        Fault(kind, chain, event_id)
        for kind, query in FAULTS.items()
        for chain, event_id in db.execute(text(query), {"most": SHOWN})
    ]
    anchors, anchored = 0, 0
    last: date | None = None
    for day, lines in _anchors(tools, faults):
        anchors, last = anchors + 1, last or day
        anchored += _compare(db, lines, faults)
    events, chains = db.execute(text("select (select count(*) from event), (select count(*) from event_chain)")).one()
    return Verdict(events, chains, anchors, anchored, last, faults)


def anchor(db: Session, tools: Tools) -> None:
    """Write in the storage, once a day, the last row of each chain that moved, and the SHA-256 of the anchor before."""
    storage: IStorage = tools.find(IStorage)
    today = tools.today()
    if _is_there(storage, today):
        return
    before = _latest(storage, today - timedelta(days=1))
    since = before[1]["up_to"] - MARGIN if before else 0
    up_to = db.scalar(text("select coalesce(max(id), 0) from event")) or 0
    head = {"day": today.isoformat(), "up_to": up_to, "previous": None}
    if before:
        head["previous"] = {"day": before[0].isoformat(), "sha256": before[2]}
    moved = text(
        f"select distinct on ({_CHAIN}) {_CHAIN}, e.id, encode(e.hash, 'hex') from event e "
        f"where e.id > :since and e.id <= :up_to order by {_CHAIN}, e.id desc"
    )
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps(head).encode() + b"\n")
        rows = db.execute(moved, {"since": since, "up_to": up_to}, execution_options={"yield_per": 1000})
        for chain, event_id, digest in rows:
            file.write(json.dumps([chain, event_id, digest]).encode() + b"\n")
        file.seek(0)
        storage.put_file(_key(today), file)


def last_anchor(tools: Tools) -> date | None:
    """The day of the latest anchor among the last `RECENT` days; its rows are not looked at."""
    storage: IStorage = tools.find(IStorage)
    days = (tools.today() - timedelta(days=back) for back in range(RECENT))
    return next((day for day in days if _is_there(storage, day)), None)


def _is_there(storage: IStorage, day: date) -> bool:
    try:
        storage.chunks(_key(day))
    except KeyError:
        return False
    return True


def _key(day: date) -> str:
    return f"anchors/{day.isoformat()}.jsonl"


def _latest(storage: IStorage, day: date) -> tuple[date, dict[str, Any], str] | None:
    """The last anchor of that day or before: its day, its first line, its SHA-256."""
    for back in range(LONGEST_GAP):
        at = day - timedelta(days=back)
        try:
            chunks = storage.chunks(_key(at))
        except KeyError:
            continue
        digest, first = hashlib.sha256(), bytearray()
        for chunk in chunks:
            digest.update(chunk)
            if b"\n" not in first:
                first += chunk
        return at, json.loads(first.partition(b"\n")[0]), digest.hexdigest()
    return None


def _anchors(tools: Tools, faults: list[Fault]) -> Iterator[tuple[date, Iterator[list[Any]]]]:
    """Each anchor, the latest first, with its rows; one that is missing, or is not the one that was written, is a
    fault."""
    storage: IStorage = tools.find(IStorage)
    found = _latest(storage, tools.today())
    while found:
        day, head, _digest = found
        yield day, _lines(storage, day)
        before = head["previous"]
        if before is None:
            return
        expected = date.fromisoformat(before["day"])
        found = _latest(storage, expected)
        if found is None or found[0] != expected or found[2] != before["sha256"]:
            faults.append(Fault(f"anchor of {expected.isoformat()}", 0, None))


def _lines(storage: IStorage, day: date) -> Iterator[list[Any]]:
    held = b""
    first = True
    for chunk in storage.chunks(_key(day)):
        *whole, held = (held + chunk).split(b"\n")
        for line in whole:
            if not first:
                yield json.loads(line)
            first = False


def _compare(db: Session, lines: Iterator[list[Any]], faults: list[Fault]) -> int:
    """Find each anchored row as it was; how many there are."""
    count = 0
    while batch := list(islice(lines, 1000)):
        count += len(batch)
        query = text("select id, encode(hash, 'hex') from event where id = any(:ids)")
        now = dict(db.execute(query, {"ids": [event_id for _chain, event_id, _hash in batch]}).tuples().all())
        faults += [
            Fault("not_as_anchored", chain, event_id)
            for chain, event_id, digest in batch
            if now.get(event_id) != digest
        ]
    return count
