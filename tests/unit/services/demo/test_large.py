"""The large insurer is loaded with the rules asleep: they are woken on it here, one by one."""

from datetime import date
from importlib.resources import files

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from member_space.domain.nir import Nir
from member_space.domain.reference_rows import load_families, read_rows
from member_space.domain.teletransmission import StateKind
from member_space.services.demo.large import FAMILY_LABELS, LINES_PER_MEMBER, birth_of, household_of, load_large, nir_of
from member_space.services.teletransmission import teletransmissions_of
from tests.factories.household import make_person

MEMBERS = 53  # the last household is not complete
TODAY = date(2026, 6, 30)


def load(connection, cipher, members=MEMBERS):
    told = {}
    lines = load_large(connection.connection.driver_connection, cipher, members, TODAY, told.__setitem__)
    return lines, told


@pytest.fixture
def loaded(as_owner, cipher):
    """The connection that loaded it, committed."""
    with as_owner.connect() as connection:
        load(connection, cipher)
        connection.commit()
        yield connection


def test_it_says_what_it_loaded(as_owner, cipher):
    with as_owner.connect() as connection:
        lines, told = load(connection, cipher)
        assert lines == MEMBERS * LINES_PER_MEMBER
        assert told["statement_line"] == lines
        for table, count in told.items():
            assert connection.scalar(text(f"select count(*) from {table}")) == count, table


def test_statements_and_coverages_keep_the_rules_that_slept(loaded):
    """What the triggers check at an insert they check at an update too."""
    for wake in (
        "update statement set total = total",
        "update statement_line set rank = rank",
        "update coverage set period = period",
        "set constraints all immediate",
    ):
        loaded.execute(text(wake))


def test_every_coverage_has_its_link(loaded):
    links = teletransmissions_of(Session(loaded), range(1, MEMBERS + 1), TODAY)
    assert [link.coverage_id for link in links] == list(range(1, MEMBERS + 1))
    assert {(link.kind, link.fund_name) for link in links} == {(StateKind.TO_SEND, "CPAM de Paris")}
    alike = "select count(*) from teletransmission t join person p on p.id = t.person_id and p.nir_index = t.nir_index"
    assert loaded.scalar(text(f"{alike} where t.birth_date_raw = to_char(p.birth_date, 'DDMMYY')")) == MEMBERS


def test_every_reference_is_to_something(loaded):
    """A foreign key that is added again is checked on every row."""
    keys = loaded.execute(
        text(
            "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint "
            "where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0"
        )
    ).all()
    assert len(keys) > 10
    for table, name, definition in keys:
        loaded.execute(text(f"alter table {table} drop constraint {name}, add constraint {name} {definition}"))


def test_the_rules_are_awake_again_and_the_sequences_go_on(loaded):
    assert loaded.scalar(text("show session_replication_role")) == "origin"
    tables = loaded.execute(
        text(
            "select table_name, pg_get_serial_sequence(table_name, 'id') from information_schema.columns "
            "where column_name = 'id' and table_schema = 'public' and is_identity = 'YES'"
        )
    ).all()
    assert len(tables) >= 8
    for table, sequence in tables:
        highest = loaded.scalar(text(f"select max(id) from {table}")) or 0
        assert loaded.scalar(text(f"select nextval('{sequence}')")) == highest + 1, table


def test_money_is_paid_by_transfers_of_the_same_amount(loaded):
    wrong = (
        "select count(*) from statement s left join payment p on p.id = s.payment_id "
        "where p.amount is distinct from s.total"
    )
    assert loaded.scalar(text(wrong)) == 0


def test_everyone_has_a_regular_nir_of_their_own(loaded, cipher):
    rows = loaded.execute(text("select id, nir_encrypted, nir_index from person")).all()
    assert len({row.nir_index for row in rows}) == MEMBERS
    for row in rows:
        nir = cipher.decrypt(bytes(row.nir_encrypted))
        assert nir == nir_of(row.id)
        assert cipher.blind_index(nir) == bytes(row.nir_index)
        assert Nir.parse(nir).warnings == ()


def test_nirs_differ_beyond_the_first_orders():
    assert len({nir_of(member)[:13] for member in range(1, 400_001)}) == 400_000


def test_households_are_of_one_two_four_and_three():
    members = [household_of(member) for member in range(1, 21)]
    assert members[:10] == [(1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3), (3, 4), (4, 1), (4, 2), (4, 3)]
    assert members[10:] == [(contract + 4, rank) for contract, rank in members[:10]]


@pytest.mark.parametrize("member", range(1, 61))
def test_holders_and_spouses_are_adults_the_others_minors(member):
    for rank in (1, 2, 3, 4):
        years = TODAY.year - birth_of(member, rank, TODAY).year
        assert years >= 19 if rank <= 2 else years <= 17


def test_a_database_that_holds_persons_is_refused(as_owner, cipher):
    with Session(as_owner) as db:
        make_person(db)
        with pytest.raises(ValueError, match="already holds persons"):
            load(db.connection(), cipher)


def test_the_families_are_those_of_the_reference_tables():
    """What the large insurer's lines are searched by is what an import would have written."""
    rows = read_rows((files("member_space") / "reference" / "act_families.csv").read_text("utf-8-sig").splitlines())
    labels = {row.family.value: row.label for row in load_families(rows)}
    assert {family: labels[family] for family in FAMILY_LABELS} == FAMILY_LABELS
