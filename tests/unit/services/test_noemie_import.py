"""The ledger: a file once, whole or not at all, whatever it comes framed in."""

import hashlib

import pytest
from sqlalchemy import func, select

from member_space.adapters.storage import FolderStorage
from member_space.domain.events import EventKind
from member_space.models import Coverage, Event, NoemieAnomaly, NoemieFile, NoemieLine, NoemieMatch
from member_space.noemie import Framing, NoemieError
from member_space.services import noemie_import
from member_space.services.noemie_import import import_929, reading_929
from tests.factories.household import make_contract, make_person, make_teletransmission
from tests.factories.noemie import CREATED_ON, NIR, entry, logical, make_929


@pytest.fixture
def storage(tmp_path):
    return FolderStorage(tmp_path / "storage")


@pytest.fixture
def bring_in(session_factory, cipher, storage):
    def run(path, production=True):
        return import_929(session_factory, cipher, storage, path, production=production)

    return run


@pytest.fixture
def link(db, cipher):
    person = make_person(db)
    contract = make_contract(db, person)
    coverage = db.scalars(select(Coverage).filter_by(contract_id=contract.id)).one()
    made = make_teletransmission(db, cipher, coverage, person, NIR)
    db.commit()
    return made


def written(db):
    """How many rows of each table of the ledger, and events."""
    tables = (NoemieFile, NoemieLine, NoemieMatch, NoemieAnomaly, Event)
    return tuple(db.scalar(select(func.count()).select_from(table)) for table in tables)


def test_a_line_keeps_what_was_read(db, link, bring_in, cipher, tmp_path):
    bring_in(make_929(tmp_path, logical(entry(label="ACQUITTEE", end=None)), framing=Framing.RECORDS))
    line = db.scalars(select(NoemieLine)).one()
    assert (line.position, line.record, line.birth_date_raw, line.birth_rank) == (1, 6, "120485", 1)
    assert (line.code, line.nature, line.label, line.movement) == ("33", "C", "ACQUITTEE", "C")
    assert (line.answered_on, line.ends_on) == (CREATED_ON, None)
    assert cipher.decrypt_bytes(line.raw_encrypted).startswith(b"11002" + NIR.encode())
    assert NIR.encode() not in line.raw_encrypted


def test_the_file_is_registered_with_its_identity(db, bring_in, tmp_path):
    bring_in(make_929(tmp_path, logical(entry(), entry()), name="retour.txt"))
    file = db.scalars(select(NoemieFile)).one()
    assert (file.direction, file.reference, file.sender, file.recipient) == (
        "in",
        "929",
        "CP 01751000",
        "MU 75999998",
    )
    assert (file.identification, file.created_on, file.file_name, file.lines) == (
        "000001",
        CREATED_ON,
        "retour.txt",
        2,
    )


def test_the_physical_file_is_kept_encrypted(db, bring_in, cipher, storage, tmp_path, monkeypatch):
    monkeypatch.setattr(noemie_import, "PART", 200)
    path = make_929(tmp_path, logical(entry()))
    bring_in(path)
    key = db.scalars(select(NoemieFile.storage_key)).one()
    assert key == f"noemie/in/{hashlib.sha256(path.read_bytes()).hexdigest()}"
    parts = range(-(-path.stat().st_size // 200))
    assert b"".join(cipher.decrypt_bytes(storage.get(f"{key}.{part:04}")) for part in parts) == path.read_bytes()
    assert NIR.encode() not in storage.get(f"{key}.0001")


def test_the_same_file_again_changes_nothing(db, link, bring_in, tmp_path):
    path = make_929(tmp_path, logical(entry(), entry(birth_rank="2")))
    first = bring_in(path)
    before = written(db)
    again = bring_in(path)
    assert (first.repeated, again.repeated, again.found_again) == (False, True, 0)
    assert again.counts == first.counts
    assert written(db) == before == (1, 2, 1, 1, 1)


def test_the_same_file_framed_otherwise_is_the_same_file(db, bring_in, tmp_path):
    bring_in(make_929(tmp_path, logical(entry()), framing=Framing.PACKED))
    for framing in (Framing.RECORDS, Framing.BLOCKS, Framing.LINE):
        assert bring_in(make_929(tmp_path, logical(entry()), framing=framing)).repeated
    assert written(db)[:2] == (1, 1)


@pytest.mark.parametrize(
    "other",
    [
        logical(entry(), sender="01594000"),
        logical(entry(), identification="000002"),
        logical(entry(), created_on=CREATED_ON.replace(day=16)),
        logical(entry(coded="18R")),
        logical(entry(), entry()),
    ],
    ids=["sender", "identification", "date", "content", "length"],
)
def test_another_file_is_another_file(db, bring_in, tmp_path, other):
    bring_in(make_929(tmp_path, logical(entry())))
    assert not bring_in(make_929(tmp_path, other)).repeated
    assert written(db)[0] == 2


def test_a_replay_matches_what_was_waiting_for_its_household(db, bring_in, cipher, tmp_path, request):
    path = make_929(tmp_path, logical(entry(), entry(birth_rank="2")))
    assert bring_in(path).counts.matched == 0
    request.getfixturevalue("link")
    again = bring_in(path)
    assert (again.repeated, again.found_again, again.counts.matched, again.counts.unmatched) == (True, 1, 1, 1)
    assert written(db) == (1, 2, 1, 2, 2)


def test_of_two_logical_files_only_the_new_one_is_written(db, link, bring_in, tmp_path):
    bring_in(make_929(tmp_path, logical(entry())))
    both = bring_in(make_929(tmp_path, logical(entry()), logical(entry(coded="18R"), identification="000002")))
    assert [file.new for file in both.files] == [False, True]
    assert written(db)[:3] == (2, 2, 2)
    assert both.counts.lines == 2


def test_a_logical_file_twice_in_one_physical_file_is_entered_once(db, link, bring_in, tmp_path):
    twice = bring_in(make_929(tmp_path, logical(entry()), logical(entry())))
    assert [file.new for file in twice.files] == [True, False]
    assert written(db)[:3] == (1, 1, 1)
    assert twice.counts.lines == 2


def test_a_dry_run_tells_the_same_and_writes_nothing(db, link, session_factory, cipher, storage, tmp_path, bring_in):
    path = make_929(tmp_path, logical(entry(), entry("1" * 13)))
    with reading_929(session_factory, cipher, storage, path, production=True, apply=False) as reading:
        counts = reading.report.counts
    assert written(db) == (0, 0, 0, 0, 0)
    assert not (tmp_path / "storage").exists()
    assert bring_in(path).counts == counts


def test_a_wrong_total_at_the_very_end_writes_nothing(db, link, bring_in, tmp_path):
    path = make_929(tmp_path, logical(entry()), logical(entry(), identification="000002"))
    data = path.read_bytes()
    at = data.rindex(b"999CP") + 55
    path.write_bytes(data[:at] + b"00000009" + data[at + 8 :])
    with pytest.raises(NoemieError, match="9 enregistrements annoncés, 3 lus"):
        bring_in(path)
    assert written(db) == (0, 0, 0, 0, 0)
    assert not (tmp_path / "storage").exists()


@pytest.mark.parametrize("flow", ["T", "D"])
def test_a_test_file_is_refused_in_production_only(db, bring_in, tmp_path, flow):
    path = make_929(tmp_path, logical(entry(), flow=flow))
    with pytest.raises(NoemieError, match="refusé en production"):
        bring_in(path)
    assert written(db)[0] == 0
    assert bring_in(path, production=False).test


def test_our_own_408_is_no_answer(bring_in, tmp_path):
    path = make_929(tmp_path, logical(entry(), reference="408", application="MU"))
    with pytest.raises(NoemieError, match="seules les réponses des caisses"):
        bring_in(path)


def test_a_file_that_changes_while_it_is_read_is_refused(db, bring_in, tmp_path, monkeypatch):
    path = make_929(tmp_path, logical(entry()))
    enter = noemie_import._enter

    def enter_then_replace(*args):
        make_929(tmp_path, logical(entry(coded="18R")))
        return enter(*args)

    monkeypatch.setattr(noemie_import, "_enter", enter_then_replace)
    with pytest.raises(NoemieError, match="a changé pendant sa lecture"):
        bring_in(path)
    assert written(db) == (0, 0, 0, 0, 0)


def test_nul_inside_a_zone_is_no_obstacle(db, bring_in, tmp_path):
    path = make_929(tmp_path, logical(entry(label="REPONSE DE LA CAISSE")))
    path.write_bytes(path.read_bytes().replace(b"REPONSE DE", b"REPONSE\0DE"))
    bring_in(path)
    assert db.scalars(select(NoemieLine.label)).one() == "REPONSE DE LA CAISSE"


@pytest.mark.parametrize("number", ["2550208141680", "2 55 02 2A 168 012 24", "255.02.08.141.680.24"])
def test_the_new_nir_of_a_wording_is_kept_encrypted_only(db, bring_in, cipher, tmp_path, number):
    bring_in(make_929(tmp_path, logical(entry(coded="40S", label=f"NOUVEAU NIR {number} LE 01/03/2026"))))
    line = db.scalars(select(NoemieLine)).one()
    assert line.label == "NOUVEAU NIR ••• LE 01/03/2026"
    assert number.encode() in cipher.decrypt_bytes(line.raw_encrypted)


def test_one_event_a_file_without_any_identity(db, link, bring_in, tmp_path):
    bring_in(make_929(tmp_path, logical(entry(), entry("1" * 13))))
    event = db.scalars(select(Event)).one()
    (file_id,) = db.scalars(select(NoemieFile.id))
    assert event.kind == EventKind.NOEMIE_FILE_IMPORTED
    assert event.details == {"files": [file_id], "lines": 2, "matched": 1, "ambiguous": 0, "found_again": 0}
