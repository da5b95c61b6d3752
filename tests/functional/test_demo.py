"""The demo data: deterministic, closing to the cent, one télétransmission in every state."""

import os
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import DateTime, LargeBinary, Uuid, select, text

from member_space.adapters.passwords import Argon2Passwords
from member_space.adapters.storage import FolderStorage
from member_space.domain.reimbursement import LineAmounts, check_line
from member_space.domain.teletransmission import StateKind
from member_space.models import Base
from member_space.models.session import make_engine, make_session_factory
from member_space.services.demo.care import History
from member_space.services.demo.families import ACCOUNTS, COLLEAGUES, FAMILIES, PASSWORD
from member_space.services.demo.feeds import insured_people
from member_space.services.demo.load import load_demo
from member_space.services.demo.products import shipped_tables
from member_space.services.figures import shipped_figures
from member_space.services.line_replay import Verdict
from member_space.services.line_replay_all import replay_year
from member_space.services.teletransmission import teletransmissions_of
from tests.conftest import clone, drop

TODAY = date(2026, 11, 21)
LINE = (
    "fee, base, amo_rate, amo_gross, participation, franchise, deferred, amo_net, other_insurer, "
    "our_share, member_share"
)


@pytest.fixture
def load(cipher, settings, tmp_path: Path):
    """Load the demo of a day in a database; the folder of its files."""

    def load(engine, name="demo", today=TODAY):
        storage = FolderStorage(tmp_path / f"storage-{name}")
        hasher = Argon2Passwords()
        load_demo(make_session_factory(engine), cipher, storage, hasher, settings.noemie, tmp_path / name, today)
        return tmp_path / name

    return load


@pytest.fixture
def demo(load, own_database):
    load(own_database)
    with make_session_factory(own_database)() as db:
        yield db


@pytest.fixture
def another_database(server_url, template_database, worker_id):
    name = f"member_space_demo_{worker_id}_{os.getpid()}"
    engine = make_engine(clone(server_url, template_database, name))
    yield engine
    engine.dispose()
    drop(server_url, name)


def drawn(column):
    """Whether chance or the clock is in it: a public id, what is encrypted, an instant, a salted password."""
    return isinstance(column.type, Uuid | LargeBinary | DateTime) or column.name == "password_hash"


def content(engine):
    """The rows of every table, without what is drawn."""
    found = {}
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if not drawn(column)]
            found[table.name] = sorted(str(tuple(row)) for row in connection.execute(select(*columns)))
    return found


def test_families_statements_states_and_accounts(demo):
    persons = dict(demo.execute(text("select first_name, id from person")).tuples().all())
    assert sorted(persons) == sorted(person.first_name for family in FAMILIES for person in family.people)

    # Two years of care that close to the cent and that a strict reader finds nothing to say about.
    lines = [LineAmounts(*row) for row in demo.execute(text(f"select {LINE} from statement_line"))]
    assert len(lines) > 150
    assert [line for line in lines if check_line(line)] == []
    oldest, newest = demo.execute(text("select min(care_date), max(care_date) from statement_line")).one()
    assert (TODAY - newest).days < 20
    assert (TODAY - oldest).days > 700
    assert demo.scalar(text("select count(*) from statement_line where our_share = 0 and zero_reason is null")) == 0
    assert demo.scalar(text("select sum(amount) from payment")) == demo.scalar(text("select sum(total) from statement"))

    # One link in each state; Adam has none, so nothing concerns him.
    coverages = demo.scalars(text("select id from coverage")).all()
    states = {
        (link.person_id, link.attachment_rank): link.kind for link in teletransmissions_of(demo, coverages, TODAY)
    }
    assert states == {
        (persons["Jennifer"], 1): StateKind.ACTIVE,
        (persons["Karim"], 1): StateKind.REJECTED,
        (persons["Claire"], 1): StateKind.OVERLAP,
        (persons["Inès"], 1): StateKind.TO_SEND,
        (persons["Inès"], 2): StateKind.SENT,
        (persons["Nathalie"], 1): StateKind.SIGNALLED,
        (persons["Léo"], 1): StateKind.OFF,
    }

    hashes = dict(demo.execute(text("select email, password_hash from account")).tuples().all())
    assert sorted(hashes) == sorted(account.email for account in (*ACCOUNTS, *COLLEAGUES))
    assert all(Argon2Passwords().verify(encoded, PASSWORD) for encoded in hashes.values())


def test_the_engine_finds_every_line_of_the_last_twelve_months(demo):
    verdicts = [found.verdict for found in replay_year(demo, TODAY)]
    assert len(verdicts) > 100
    assert set(verdicts) == {Verdict.SAME}


def test_the_same_day_gives_the_same_files_and_the_same_rows(load, own_database, another_database):
    folders = load(own_database, "one"), load(another_database, "two")
    one, two = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert {"households.csv", "households-2.csv", "statements.csv"} < set(one)
    assert [name for name in one if name.startswith("929-")]
    assert one == two
    first, second = content(own_database), content(another_database)
    assert len(first["statement_line"]) > 150
    assert first["noemie_line"]
    assert {name: rows for name, rows in first.items() if rows != second[name]} == {}


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 1), TODAY, date(2030, 12, 31)])
def test_nobody_is_born_nor_covered_after_the_day_of_the_demo(today):
    people = insured_people(today).values()
    assert all(one.birth_date < today and one.covered_from < today for one in people)
    youngest = max(one.birth_date for one in people)
    assert (today - youngest).days < 100
    figures = shipped_figures()
    lines = History(insured_people(today), shipped_tables(figures), figures, today).lines
    assert any(line.person == "P-2004" for line in lines)
