"""The chain of a link with a fund: what we ask, what goes in a 408, what a 929 answers, what the member sees."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, text

from member_space.adapters.storage import FolderStorage
from member_space.domain.nir import key_of
from member_space.domain.teletransmission import Desired, StateKind
from member_space.models import Coverage, Movement, NoemieFile, Person
from member_space.noemie import Entry, Envelope, LogicalFile, NoemieError, read, return_code, write
from member_space.noemie import Movement as Told
from member_space.services.noemie_export import PARTIAL, write_408
from member_space.services.noemie_import import import_929, retry_anomalies
from member_space.services.noemie_movements import plan_movements, release, request
from member_space.services.teletransmission import teletransmissions_of
from tests.factories.household import make_contract, make_person, make_teletransmission, period
from tests.factories.noemie import NIR, OTHER_NIR, entry, logical, make_929

TODAY = datetime.now(ZoneInfo("Europe/Paris")).date()


@pytest.fixture
def coverage(db):
    contract = make_contract(db, make_person(db, "Léa", last_name="Lefèvre"))
    return db.scalars(select(Coverage).filter_by(contract_id=contract.id)).one()


@pytest.fixture
def link(db, cipher, coverage):
    made = make_teletransmission(db, cipher, coverage, db.get_one(Person, coverage.person_id), NIR)
    db.commit()
    return made


@pytest.fixture
def chain(session_factory, db, cipher, settings, tmp_path):
    return Chain(session_factory, db, cipher, settings.noemie, tmp_path)


class Chain:
    """The steps of an exchange, each through its service."""

    def __init__(self, sessions, db, cipher, noemie, folder):
        self.sessions, self.db, self.cipher, self.noemie, self.folder = sessions, db, cipher, noemie, folder
        self.out, self.numbers = folder / "out", iter(range(1, 1000))

    def plan(self):
        with self.sessions.begin() as db:
            return plan_movements(db, "01", TODAY)

    def send(self):
        return write_408(self.sessions, self.cipher, self.noemie, self.out, TODAY)

    def told(self, export):
        """The movements of the file written, as the fund's reader gives them."""
        with export.path.open("rb") as file:
            return [item for item in read(file) if isinstance(item, Told)]

    def answer(self, export, coded, on=TODAY):
        """The fund answers each movement of a 408 with a 929, which is imported."""
        files = []
        for told in self.told(export):
            fields = Entry.__dataclass_fields__
            values = {name: getattr(told, name) for name in fields} | {"domain": "MUJ"}
            values |= {"code": coded[:2], "nature": coded[2:], "label": return_code(coded[:2]).meaning}
            sent = told.envelope
            answering = Envelope("CP", sent.recipient, "MU", sent.sender, "RJ", f"{next(self.numbers):06}", on, "929")
            files.append(LogicalFile(answering, sent.sender, [Entry(**values)]))
        path = self.folder / "answer.txt"
        path.write_bytes(write(files))
        storage = FolderStorage(self.folder / "storage")
        return import_929(self.sessions, self.cipher, storage, path, production=True)

    def ask(self, link, desired):
        with self.sessions.begin() as db:
            request(db, link.id, desired, TODAY, "01")

    def state(self, link):
        (view,) = (v for v in teletransmissions_of(self.db, [link.coverage_id], TODAY) if v.id == link.id)
        return view

    def kind(self, link):
        return self.state(link).kind

    def movements(self):
        rows = self.db.scalars(select(Movement).order_by(Movement.id).execution_options(populate_existing=True))
        return [m.kind + ("" if m.sent_at else "?") + (" held" if m.held else "") for m in rows]


def test_waiting_sent_active(chain, link):
    assert chain.plan() == 1
    assert chain.kind(link) is StateKind.TO_SEND
    export = chain.send()
    assert (export.movements, export.funds) == (1, ["01 751 000"])
    assert chain.kind(link) is StateKind.SENT
    chain.answer(export, "33C")
    state = chain.state(link)
    assert (state.kind, state.since, state.fund_name, state.organisation) == (
        StateKind.ACTIVE,
        TODAY,
        "CPAM de Paris",
        "01 751 000",
    )
    assert (state.attachment_rank, state.desired, state.until) == (1, "on", None)


def test_the_408_says_who_and_what(chain, link):
    told = chain.told(chain.send())[0]
    assert (told.nir, told.key, told.movement, told.contract_type) == (NIR, key_of(NIR), "C", "01")
    assert (told.name, told.beneficiary_name, told.beneficiary_first_name) == ("LEFEVRE", "LEFEVRE", "LEA")
    assert (told.birth_date_raw, told.birth_rank, told.start, told.end) == ("120485", "1", date(2024, 1, 1), None)
    assert told.oc_number == chain.noemie.oc_number


def test_a_second_run_writes_nothing(chain, link):
    assert chain.send()
    assert chain.send() is None
    assert len(list(chain.out.iterdir())) == 1


def test_one_logical_file_for_each_fund(chain, link, db, cipher, coverage):
    for number, (regime, fund) in enumerate([("01", "594"), ("02", "594"), ("01", "594")], start=1):
        person = make_person(db)
        other = db.scalars(select(Coverage).filter_by(contract_id=make_contract(db, person).id)).one()
        make_teletransmission(db, cipher, other, person, f"18406751230{number:02}", regime=regime, fund=fund)
    db.commit()
    export = chain.send()
    assert export.funds == ["01 594 000", "01 751 000", "02 594 000"]
    with export.path.open("rb") as file:
        envelopes = [item for item in read(file) if isinstance(item, Envelope)]
    assert [envelope.recipient for envelope in envelopes] == ["01594000", "01751000", "02594000"]
    assert len({envelope.identification for envelope in envelopes}) == 3
    files = db.scalars(select(NoemieFile).order_by(NoemieFile.id)).all()
    assert [(file.direction, file.recipient, file.lines) for file in files] == [
        ("out", "CP 01594000", 2),
        ("out", "CP 01751000", 1),
        ("out", "MA 02594000", 1),
    ]


def test_a_reject_shows_its_cause_and_is_sent_again_once_corrected(chain, link):
    chain.answer(chain.send(), "18R")
    state = chain.state(link)
    assert (state.kind, state.cause_code) == (StateKind.REJECTED, "18")
    assert state.cause == return_code("18").meaning
    assert chain.movements() == ["C", "C? held"]
    assert chain.send() is None, "what the fund refused is not sent again as it was"
    with chain.sessions.begin() as db:
        assert release(db, link.id)
        assert not release(db, link.id)
    state = chain.state(link)
    assert (state.kind, state.cause_code) == (StateKind.TO_SEND, "18")
    export = chain.send()
    assert chain.kind(link) is StateKind.SENT
    assert chain.state(link).cause_code == "18"
    chain.answer(export, "33C")
    assert chain.kind(link) is StateKind.ACTIVE


@pytest.mark.parametrize(
    ("coded", "kind", "held"),
    [
        ("53S", StateKind.OVERLAP, ["M? held"]),
        ("67R", StateKind.OVERLAP, ["C? held"]),
        ("40S", StateKind.SIGNALLED, ["M? held"]),
        ("99S", StateKind.SIGNALLED, ["M? held"]),
        ("25R", StateKind.REJECTED, ["C? held"]),
        ("35R", StateKind.OFF, []),
        ("43S", StateKind.OFF, []),
        ("74S", StateKind.OFF, []),
        ("73S", StateKind.ACTIVE, []),
        ("38I", StateKind.SENT, []),
    ],
)
def test_what_an_answer_calls_for(chain, link, coded, kind, held):
    chain.answer(chain.send(), coded)
    assert chain.kind(link) is kind
    assert chain.movements() == ["C", *held]


def test_a_reject_that_found_its_household_later_calls_for_the_same(chain, link, db, tmp_path):
    db.execute(text("update teletransmission set birth_rank = 2"))
    db.commit()
    chain.send()
    path = make_929(tmp_path, logical(entry(coded="18R"), created_on=TODAY))
    import_929(chain.sessions, chain.cipher, FolderStorage(tmp_path / "storage"), path, production=True)
    assert chain.kind(link) is StateKind.SENT
    db.execute(text("update teletransmission set birth_rank = 1"))
    db.commit()
    with chain.sessions.begin() as session:
        assert retry_anomalies(session) == 1
    assert (chain.kind(link), chain.movements()) == (StateKind.REJECTED, ["C", "C? held"])


def test_a_late_reject_of_what_was_since_accepted_calls_for_nothing(chain, link):
    export = chain.send()
    chain.answer(export, "33C")
    chain.answer(export, "18R", on=TODAY - timedelta(days=3))
    assert chain.kind(link) is StateKind.ACTIVE
    assert chain.movements() == ["C"]


def test_the_end_of_a_membership_is_a_modification(chain, link, coverage, db):
    chain.answer(chain.send(), "33C")
    ends = TODAY + timedelta(days=30)
    coverage.period = period(end=ends + timedelta(days=1))
    db.commit()
    export = chain.send()
    (told,) = chain.told(export)
    assert (told.movement, told.end) == ("M", ends)
    chain.answer(export, "32C")
    state = chain.state(link)
    assert (state.kind, state.until) == (StateKind.ACTIVE, ends)
    (after,) = teletransmissions_of(chain.db, [link.coverage_id], ends + timedelta(days=1))
    assert after.kind is StateKind.OFF


def test_an_unsent_creation_follows_the_dates_of_the_coverage(chain, link, coverage, db):
    chain.plan()
    coverage.period = period(end=date(2030, 1, 1))
    db.commit()
    assert chain.plan() == 1
    assert chain.plan() == 0
    (told,) = chain.told(chain.send())
    assert (told.movement, told.end) == ("C", date(2029, 12, 31))


def test_an_ended_coverage_is_not_created(chain, link, coverage, db):
    coverage.period = period(end=date(2025, 1, 1))
    db.commit()
    assert chain.send() is None


@pytest.mark.parametrize("planned", [True, False])
@pytest.mark.parametrize("coded", ["33C", "73S"])
def test_a_link_that_the_fund_told_of_first_is_not_created(chain, link, tmp_path, planned, coded):
    if planned:
        chain.plan()
    path = make_929(tmp_path, logical(entry(coded=coded)))
    import_929(chain.sessions, chain.cipher, FolderStorage(tmp_path / "storage"), path, production=True)
    assert chain.kind(link) is StateKind.ACTIVE
    assert chain.movements() == []
    assert chain.send() is None


def test_what_the_fund_repaired_by_itself_needs_no_movement(chain, link):
    export = chain.send()
    chain.answer(export, "53S")
    assert chain.movements() == ["C", "M? held"]
    chain.answer(export, "73S", on=TODAY + timedelta(days=1))
    assert (chain.kind(link), chain.movements()) == (StateKind.ACTIVE, ["C"])


def test_a_cancellation_that_waits_is_not_settled_by_an_acknowledged_creation(chain, link):
    export = chain.send()
    chain.ask(link, Desired.OFF)
    chain.answer(export, "33C")
    assert chain.movements() == ["C", "A?"]
    chain.answer(export, "74S", on=TODAY + timedelta(days=1))
    assert (chain.kind(link), chain.movements()) == (StateKind.OFF, ["C"])


def test_off_before_anything_was_sent_asks_nothing(chain, link):
    chain.plan()
    chain.ask(link, Desired.OFF)
    assert chain.movements() == []
    assert chain.kind(link) is StateKind.OFF
    assert chain.send() is None


def test_off_is_a_cancellation_and_on_again_a_creation(chain, link):
    chain.answer(chain.send(), "33C")
    chain.ask(link, Desired.OFF)
    assert (chain.movements(), chain.kind(link)) == (["C", "A?"], StateKind.TO_SEND)
    chain.answer(chain.send(), "34C")
    assert chain.kind(link) is StateKind.OFF
    chain.ask(link, Desired.ON)
    assert chain.movements() == ["C", "A", "C?"]


def test_a_change_of_mind_before_sending_leaves_things_as_the_fund_has_them(chain, link):
    chain.answer(chain.send(), "33C")
    chain.ask(link, Desired.OFF)
    chain.ask(link, Desired.ON)
    chain.ask(link, Desired.ON)
    assert chain.movements() == ["C"]
    assert chain.kind(link) is StateKind.ACTIVE


def test_off_while_the_creation_travels_is_a_cancellation(chain, link):
    chain.send()
    chain.ask(link, Desired.OFF)
    assert chain.movements() == ["C", "A?"]


def test_off_after_a_refused_creation_asks_nothing(chain, link):
    chain.answer(chain.send(), "18R")
    chain.ask(link, Desired.OFF)
    assert chain.movements() == ["C"]


def test_a_child_under_two_nirs_has_two_movements_and_two_states(chain, link, db, cipher, coverage):
    person = db.get_one(Person, coverage.person_id)
    second = make_teletransmission(db, cipher, coverage, person, OTHER_NIR, attachment_rank=2, desired="off")
    db.commit()
    chain.answer(chain.send(), "33C")
    assert [(v.attachment_rank, v.kind) for v in teletransmissions_of(db, [coverage.id], TODAY)] == [
        (1, StateKind.ACTIVE),
        (2, StateKind.OFF),
    ]
    chain.ask(second, Desired.ON)
    assert [told.nir for told in chain.told(chain.send())] == [OTHER_NIR]


def test_one_statement_whatever_the_household_and_its_history(chain, link, db, cipher, engine):
    export = chain.send()
    for day in range(5):
        chain.answer(export, "33C", on=TODAY - timedelta(days=day))
    coverages = [link.coverage_id]
    for _ in range(4):
        person = make_person(db)
        other = db.scalars(select(Coverage).filter_by(contract_id=make_contract(db, person).id)).one()
        make_teletransmission(db, cipher, other, person, OTHER_NIR)
        coverages.append(other.id)
    db.commit()
    statements = []

    def count(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        assert len(teletransmissions_of(db, coverages, TODAY)) == 5
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert sum("teletransmission" in statement for statement in statements) == 1


def test_no_repr_shows_the_nir(chain, link):
    assert "nir" not in repr(chain.state(link)).lower()


def test_a_value_that_its_zone_cannot_hold_marks_nothing(chain, link, db):
    chain.plan()
    db.execute(text("update teletransmission set insured_last_name = 'A@B'"))
    db.commit()
    with pytest.raises(NoemieError, match="réservé à la fin des entités"):
        chain.send()
    assert chain.movements() == ["C?"]
    assert list(chain.out.iterdir()) == []
    assert db.scalars(select(NoemieFile)).all() == []


def test_a_folder_that_refuses_the_file_marks_nothing(chain, link):
    chain.out.write_text("a file stands where the folder should be")
    with pytest.raises(OSError, match="out"):
        chain.send()
    assert chain.kind(link) is StateKind.TO_SEND


def test_a_file_that_could_not_take_its_name_takes_it_at_the_next_run(chain, link, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(NoemieError, match="marqués envoyés"):
            chain.send()
    (left,) = chain.out.iterdir()
    assert left.name.endswith(PARTIAL)
    assert chain.kind(link) is StateKind.SENT
    assert chain.send() is None
    (file,) = chain.out.iterdir()
    assert file.name == left.name[1:].removesuffix(PARTIAL)


def test_what_a_run_that_died_left_behind_is_removed(chain, link):
    chain.out.mkdir()
    (chain.out / f".noemie-408-20260101-999999.txt{PARTIAL}").write_text("half a file")
    export = chain.send()
    assert list(chain.out.iterdir()) == [export.path]


def test_the_file_is_for_us_alone(chain, link):
    assert chain.send().path.stat().st_mode & 0o777 == 0o600
