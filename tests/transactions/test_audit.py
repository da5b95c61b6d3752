"""`member-space audit verify` finds whatever was altered, removed, put elsewhere or written anew in the journal."""

import json
import threading
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session
from zope.interface.registry import Components

from member_space.cli import member_space
from member_space.config import register_adapters
from member_space.domain.events import EventKind
from member_space.interfaces import IClock, IStorage
from member_space.services.audit import anchor, verify
from member_space.services.events import record
from member_space.services.tools import Tools
from tests.conftest import TEST_INI
from tests.factories.household import make_contract, make_person
from tests.functional.clock import SetClock, at_paris

EVENTS = 5
"""Of each of the two households, and of none."""


@pytest.fixture
def tools(as_owner, settings, tmp_path):
    from member_space.adapters.storage import FolderStorage

    registry = Components("audit")
    register_adapters(registry, settings, as_owner)
    registry.registerUtility(FolderStorage(tmp_path / "storage"), IStorage)
    registry.registerUtility(SetClock(at_paris(2026, 11, 20)), IClock)
    return Tools(settings, registry.getUtility)


@pytest.fixture
def contracts(own_database):
    """Written by the application's role; the ids of the chains."""
    with Session(own_database) as db:
        people = [make_person(db) for _ in range(2)]
        ids = [make_contract(db, person).id for person in people]
        for n in range(EVENTS):
            for person, contract in zip([*people, None], [*ids, None], strict=True):
                subject = person.id if person else None
                record(db, EventKind.NIR_REVEALED, subject_person_id=subject, contract_id=contract, details={"n": n})
        db.commit()
    return ids


def rewrite(as_owner, *statements, **values):
    """What somebody does who owns the database: the rules sleep while he works."""
    with as_owner.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement), values)


def verdict(as_owner, tools):
    with Session(as_owner) as db:
        return verify(db, tools)


def kinds(as_owner, tools) -> set[str]:
    return {fault.kind for fault in verdict(as_owner, tools).faults}


def ids_of(as_owner, chain) -> list[int]:
    with as_owner.connect() as connection:
        query = text("select id from event where coalesce(contract_id, 0) = :chain order by id")
        return list(connection.execute(query, {"chain": chain}).scalars())


def test_a_journal_that_nobody_touched_is_whole(as_owner, tools, contracts):
    found = verdict(as_owner, tools)
    assert (found.events, found.chains, found.faults) == (3 * EVENTS, 3, [])


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'x'",
        "at = at - interval '1 microsecond'",
        "subject_person_id = null",
        "ip = '10.0.0.1'",
        "request_id = 'other'",
        "details = '{}'",
        "details = details || '{\"more\": 1}'",
        "previous_hash = ''",
        "hash = sha256('x')",
    ],
)
def test_an_altered_row_is_found_and_named(as_owner, tools, contracts, change):
    row = ids_of(as_owner, contracts[0])[2]
    rewrite(as_owner, f"update event set {change} where id = :row", row=row)
    faults = [fault for fault in verdict(as_owner, tools).faults if fault.kind == "altered"]
    assert [(fault.chain, fault.event_id) for fault in faults] == [(contracts[0], row)]


@pytest.mark.parametrize("place", range(EVENTS))
def test_a_removed_row_is_found_wherever_it_was(as_owner, tools, contracts, place):
    rows = ids_of(as_owner, contracts[1])
    rewrite(as_owner, "delete from event where id = :row", row=rows[place])
    faults = verdict(as_owner, tools).faults
    assert {fault.chain for fault in faults} == {contracts[1]}
    if place < EVENTS - 1:
        assert ("removed_before", rows[place + 1]) in [(fault.kind, fault.event_id) for fault in faults]
    else:
        assert "removed_last" in {fault.kind for fault in faults}


def test_a_whole_chain_removed_is_found(as_owner, tools, contracts):
    rewrite(as_owner, "delete from event where contract_id = :one", one=contracts[0])
    assert kinds(as_owner, tools) == {"removed_last"}


def test_rows_put_in_another_order_or_chain_are_found(as_owner, tools, contracts):
    first, second = ids_of(as_owner, contracts[0])[1:3]
    rewrite(
        as_owner,
        "update event e set details = o.details, at = o.at from event o "
        "where (e.id, o.id) in ((:first, :second), (:second, :first))",
        first=first,
        second=second,
    )
    assert "altered" in kinds(as_owner, tools)
    # Put right, then moved whole to the other household, hash and all.
    rewrite(as_owner, "update event set contract_id = :other where id = :first", first=first, other=contracts[1])
    assert {"altered", "removed_before"} <= kinds(as_owner, tools)


def test_a_copy_of_a_row_is_found(as_owner, tools, contracts):
    row = ids_of(as_owner, contracts[0])[1]
    rewrite(
        as_owner,
        "insert into event (kind, at, contract_id, details, previous_hash, hash) "
        "select kind, at, contract_id, details, previous_hash, hash from event where id = :row",
        row=row,
    )
    assert {"altered", "reordered"} <= kinds(as_owner, tools)


def test_a_head_moved_back_is_found(as_owner, tools, contracts):
    """The last row removed and the head made to agree: its row's follower is gone, and nothing tells but the anchor."""
    last = ids_of(as_owner, contracts[0])[-1]
    rewrite(
        as_owner,
        "update event_chain set last_hash = (select previous_hash from event where id = :last) "
        "where contract_id = :one",
        last=last,
        one=contracts[0],
    )
    assert kinds(as_owner, tools) == {"beyond_the_head"}
    with Session(as_owner) as db:
        anchor(db, tools)
    rewrite(as_owner, "delete from event where id = :last", last=last)
    assert kinds(as_owner, tools) == {"not_as_anchored"}


def write_anew(as_owner, chain, changed):
    """The whole chain computed again after a change, with the trigger's own function, and its head with it."""
    with as_owner.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("update event set details = '{\"n\": 99}' where id = :id"), {"id": changed})
        previous = b""
        for one in ids_of(as_owner, chain):
            values = {"id": one, "previous": previous}
            connection.execute(text("update event set previous_hash = :previous where id = :id"), values)
            connection.execute(text("update event set hash = event_hash(event) where id = :id"), values)
            previous = connection.scalar(text("select hash from event where id = :id"), values)
        head = {"last": previous, "chain": chain}
        connection.execute(text("update event_chain set last_hash = :last where contract_id = :chain"), head)


def test_a_chain_written_anew_whole_is_found_by_its_anchor(as_owner, tools, contracts):
    with Session(as_owner) as db:
        anchor(db, tools)
        anchor(db, tools)  # once a day: the second changes nothing
    write_anew(as_owner, contracts[0], ids_of(as_owner, contracts[0])[1])
    found = verdict(as_owner, tools)
    assert found.anchors == 1
    assert found.anchored == 3
    assert {(fault.kind, fault.chain) for fault in found.faults} == {("not_as_anchored", contracts[0])}


def test_anchors_hold_each_other(as_owner, own_database, tools, contracts):
    """Three days; the second day's file is replaced by one that agrees with the journal as it was rewritten."""
    clock = tools.find(IClock)
    storage = tools.find(IStorage)
    for _ in range(3):
        with Session(own_database) as db:
            record(db, EventKind.NIR_REVEALED, contract_id=contracts[0])
            db.commit()
        with Session(as_owner) as db:
            anchor(db, tools)
        clock.at += timedelta(days=1)
    whole = verdict(as_owner, tools)
    assert (whole.anchors, whole.faults) == (3, [])
    kept = storage.get("anchors/2026-11-21.jsonl")
    storage.put("anchors/2026-11-21.jsonl", kept.replace(b'"up_to": ', b'"up_to": 1'))
    assert kinds(as_owner, tools) == {"anchor of 2026-11-21"}
    storage.delete("anchors/2026-11-21.jsonl")
    assert kinds(as_owner, tools) == {"anchor of 2026-11-21"}


def test_concurrent_events_of_one_household_are_one_chain(own_database, as_owner, tools, contracts):
    """Transactions whose numbers and turns cross: the order of the hashes is the right one, nothing is wrong."""

    def write():
        for _ in range(20):
            with Session(own_database) as db:
                record(db, EventKind.NIR_REVEALED, contract_id=contracts[0])
                db.commit()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verdict(as_owner, tools)
    assert (found.events, found.faults) == (3 * EVENTS + 80, [])


def test_one_altered_row_among_ten_thousand(own_database, as_owner, tools, contracts):
    with own_database.begin() as connection:
        connection.execute(
            text(
                "insert into event (kind, contract_id, details) select 'nir:revealed', (:ids)[1 + n % 2], "
                "jsonb_build_object('n', n) from generate_series(1, 10000) n"
            ).bindparams(ids=contracts)
        )
    assert verdict(as_owner, tools).faults == []
    row = ids_of(as_owner, contracts[1])[3_210]
    rewrite(as_owner, "update event set details = '{\"n\": -1}' where id = :row", row=row)
    found = verdict(as_owner, tools)
    assert found.events == 10_000 + 3 * EVENTS
    assert [(fault.kind, fault.event_id) for fault in found.faults] == [("altered", row)]


def run(as_owner, tmp_path, *arguments):
    url = as_owner.url.render_as_string(hide_password=False).replace("%", "%%")
    ini = tmp_path / "audit.ini"
    values = TEST_INI | {"sqlalchemy.url": url, "storage.url": f"folder:{tmp_path / 'storage'}"}
    lines = [f"{name} = {value}" for name, value in values.items()]
    ini.write_text("\n".join(["[app:main]", "use = egg:member-space", *lines]), encoding="utf-8")
    return CliRunner().invoke(member_space, ["-c", str(ini), "audit", "verify", *arguments])


def test_the_command_tells_the_place_and_exits_2(as_owner, tools, contracts, tmp_path):
    with Session(as_owner) as db:
        anchor(db, tools)
    whole = run(as_owner, tmp_path)
    assert whole.exit_code == 0
    assert "15 événements, 3 chaînes, 1 ancres" in whole.output
    assert "le journal est intact" in whole.output
    row = ids_of(as_owner, contracts[0])[2]
    rewrite(as_owner, "update event set kind = 'x' where id = :row", row=row)
    told = run(as_owner, tmp_path)
    assert told.exit_code == 2
    assert f"chaîne {contracts[0]}, événement {row} : ligne modifiée" in told.output
    as_json = run(as_owner, tmp_path, "--json")
    assert as_json.exit_code == 2
    assert json.loads(as_json.stdout)["faults"] == [{"kind": "altered", "chain": contracts[0], "event_id": row}]
