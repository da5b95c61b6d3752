"""`member-space noemie`, as the office runs it: on a database of its own, with real commits."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from member_space.cli import member_space
from member_space.config import make_app
from member_space.domain.birth import NoemieBirthDate
from member_space.domain.teletransmission import StateKind
from member_space.interfaces import IPasswordHasher
from member_space.models import Coverage, Person
from member_space.noemie import read
from member_space.services.teletransmission import teletransmissions_of
from tests.conftest import TEST_INI
from tests.factories.household import (
    PASSWORD,
    make_account,
    make_contract,
    make_person,
    make_teletransmission,
    period,
)
from tests.factories.noemie import NIR, OTHER_NIR, SAMPLE, entry, logical, make_929, needs_sample
from tests.functional.helpers import known_browser
from tests.log_guard import Browser

KEYS = [
    "file",
    "record",
    "nir_last3",
    "birth_date_raw",
    "birth_rank",
    "member_number",
    "movement",
    "contract_type",
    "start",
    "end",
    "code",
    "nature",
    "meaning",
    "matched",
]


@pytest.fixture
def ini(own_database, tmp_path, monkeypatch):
    """An ini file on the test's own database and storage."""
    path = tmp_path / "test.ini"
    values = TEST_INI | {"storage.url": f"folder:{tmp_path / 'storage'}"}
    path.write_text("[app:main]\nuse = egg:member-space\n" + "".join(f"{k} = {v}\n" for k, v in values.items()))
    monkeypatch.setenv("MEMBER_SPACE_SQLALCHEMY_URL", own_database.url.render_as_string(hide_password=False))
    return path


@pytest.fixture
def run(ini):
    """Run the command; its exit status, the lines of its output, and its error output."""

    def run(*arguments):
        result = CliRunner().invoke(member_space, ["--ini", str(ini), "noemie", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        for nir in (NIR, OTHER_NIR):
            assert nir not in result.output
        return result.exit_code, result.stdout.splitlines(), result.stderr

    return run


@pytest.fixture
def read_json(run):
    """`noemie read --json`: its exit status, one object a line, the totals, the error output."""

    def read_json(*arguments):
        status, lines, errors = run("read", "--json", *arguments)
        objects = [json.loads(line) for line in lines]
        return status, objects[:-1], objects[-1], errors

    return read_json


@pytest.fixture
def link(own_database, cipher):
    """Load a household of one person under this NIR; the link's coverage."""

    def make(nir13=NIR, starts=date(2024, 1, 1), **values):
        with Session(own_database) as db:
            person = make_person(db)
            contract = make_contract(db, person, period=period(starts))
            coverage = db.scalars(select(Coverage).filter_by(contract_id=contract.id)).one()
            make_teletransmission(db, cipher, coverage, person, nir13, **values)
            db.commit()
            return coverage.id

    return make


def lines_in(engine):
    with engine.connect() as connection:
        return connection.scalar(text("select count(*) from noemie_line"))


def states(engine, coverages, today):
    with Session(engine) as db:
        return [view.kind for view in teletransmissions_of(db, coverages, today)]


def test_a_line_in_json(read_json, link, tmp_path):
    link()
    path = make_929(tmp_path, logical(entry(member_number="00001234", end=date(2026, 12, 31))))
    status, (line,), total, _ = read_json(path)
    assert status == 0
    assert list(line) == KEYS
    assert line == {
        "file": str(path),
        "record": 2,
        "nir_last3": NIR[-3:],
        "birth_date_raw": "120485",
        "birth_rank": 1,
        "member_number": "00001234",
        "movement": "C",
        "contract_type": "01",
        "start": "2026-01-01",
        "end": "2026-12-31",
        "code": "33",
        "nature": "C",
        "meaning": "Création acceptée par votre caisse",
        "matched": True,
    }
    assert total == {"lines": 1, "matched": 1, "unmatched": 0, "refused": 0}


def test_a_dry_run_tells_what_apply_does_and_writes_nothing(read_json, link, own_database, tmp_path):
    link()
    link(OTHER_NIR)
    link(OTHER_NIR)
    path = make_929(tmp_path, logical(entry(), entry(OTHER_NIR), entry(birth_rank="2"), entry(coded="99S", end=None)))
    dry = read_json(path)
    assert lines_in(own_database) == 0
    assert not (tmp_path / "storage").exists()
    applied = read_json(path, "--apply")
    assert dry == applied
    assert [line["matched"] for line in applied[1]] == [True, "ambiguous", False, True]
    assert applied[0] == 1
    assert applied[2] == {"lines": 4, "matched": 2, "unmatched": 2, "refused": 0}
    assert lines_in(own_database) == 4


def test_again_changes_nothing_and_says_so(read_json, link, own_database, tmp_path):
    path = make_929(tmp_path, logical(entry()))
    read_json(path, "--apply")
    status, (line,), _, errors = read_json(path, "--apply")
    assert (status, line["matched"], lines_in(own_database)) == (1, False, 1)
    assert "déjà importé, rien ne change" in errors
    link()
    assert "à rattacher maintenant : 1" in read_json(path)[3]
    status, (line,), _, errors = read_json(path, "--apply")
    assert (status, line["matched"], lines_in(own_database)) == (0, True, 1)
    assert "rattachées maintenant : 1" in errors


def test_a_refused_file_writes_nothing_and_the_others_are_read(read_json, link, own_database, tmp_path):
    link()
    wrong = make_929(tmp_path, logical(entry()), name="wrong.txt")
    wrong.write_bytes(wrong.read_bytes()[:-30])
    right = make_929(tmp_path, logical(entry()), name="right.txt")
    status, lines, total, errors = read_json(wrong, right, tmp_path / "missing.txt", "--apply")
    assert status == 2
    assert [line["file"] for line in lines] == [str(right)]
    assert total == {"lines": 1, "matched": 1, "unmatched": 0, "refused": 2}
    assert f"fichier {wrong}, enregistrement 3, entité 999" in errors
    assert f"{tmp_path / 'missing.txt'} : introuvable" in errors
    assert lines_in(own_database) == 1


@pytest.mark.parametrize("flow", ["T", "D"])
@pytest.mark.parametrize("option", [[], ["--apply"]], ids=["dry", "apply"])
def test_a_test_file(read_json, link, tmp_path, monkeypatch, flow, option):
    link()
    path = make_929(tmp_path, logical(entry(), flow=flow))
    status, _, _, errors = read_json(path, *option)
    assert status == 0
    assert "accepté hors production" in errors
    monkeypatch.setenv("MEMBER_SPACE_ENVIRONMENT", "production")
    monkeypatch.setenv("MEMBER_SPACE_SITE_URL", "https://espace.example.org")
    status, lines, total, errors = read_json(path, *option)
    assert (status, lines, total["refused"]) == (2, [], 1)
    assert "refusé en production" in errors


def test_the_text_is_a_summary_in_french(run, link, tmp_path):
    link()
    path = make_929(tmp_path, logical(entry(), entry(coded="18R"), entry(coded="18R", birth_rank="3")))
    status, lines, _ = run("read", path)
    shown = "\n".join(lines)
    assert status == 1
    assert "3 réponses (simulation, rien n'est écrit)" in shown
    assert "CP 01751000, n° 000001, du 15/03/2026 : 3 réponses, à importer" in shown
    assert "2  18R   Assuré inconnu de la caisse (rejet)\n" in shown
    assert lines[lines.index(next(line for line in lines if "18R" in line)) + 1].startswith(
        " " * 16 + "  Corriger régime, caisse et centre d'après l'attestation de droits"
    )
    assert "Rattachées : 2 ; sans rattachement : 1 ; plusieurs rattachements possibles : 0" in shown
    assert "NIR finissant par 680, naissance 120485 rang 3, code 18R : aucun assuré" in shown


def test_more_anomalies_than_are_shown_are_counted(run, tmp_path):
    path = make_929(tmp_path, logical(*[entry()] * 25))
    _, lines, _ = run("read", path)
    assert lines[-1].strip() == "… et 5 autres (--json les donne toutes)"


def test_write_then_read_the_answer(run, read_json, link, own_database, tmp_path):
    today = date.today()  # noqa: DTZ011 - the command's own day, whatever the zone
    coverage = link()
    assert states(own_database, [coverage], today) == [StateKind.TO_SEND]
    status, lines, _ = run("write", "--out", tmp_path / "out")
    assert (status, lines[1].strip()) == (0, "01 751 000")
    (written,) = (tmp_path / "out").iterdir()
    with written.open("rb") as file:
        assert [item.nir for item in read(file) if hasattr(item, "nir")] == [NIR]
    assert states(own_database, [coverage], today) == [StateKind.SENT]
    assert run("write", "--out", tmp_path / "out")[1] == ["Aucun mouvement à envoyer."]
    answer = make_929(tmp_path, logical(entry(), created_on=date(2090, 1, 1)))
    assert read_json(answer, "--apply")[0] == 0
    assert states(own_database, [coverage], today) == [StateKind.ACTIVE]


def test_a_database_without_tables_is_told_plainly(read_json, as_owner, tmp_path):
    with as_owner.begin() as connection:
        connection.execute(text("alter table noemie_file rename to gone"))
    status, _, total, errors = read_json(make_929(tmp_path, logical(entry())))
    assert (status, total["refused"]) == (2, 1)
    assert errors.strip() == "la base n'est pas à jour : lancez `member-space db upgrade`"


def test_a_database_that_does_not_answer_is_told_plainly(read_json, run, tmp_path, monkeypatch):
    monkeypatch.setenv("MEMBER_SPACE_SQLALCHEMY_URL", f"postgresql+psycopg://nobody@/none?host={tmp_path}")
    status, _, total, errors = read_json(make_929(tmp_path, logical(entry())))
    assert (status, total["refused"]) == (2, 1)
    assert errors.startswith("la base de données ne répond pas")
    assert run("write", "--out", tmp_path / "out")[0] == 2


def test_what_the_database_refuses_is_told_without_the_data(read_json, own_database, as_owner, tmp_path):
    with as_owner.begin() as connection:
        connection.execute(text("alter table noemie_line add check (member_number <> '12345678')"))
    status, _, total, errors = read_json(make_929(tmp_path, logical(entry(member_number="12345678"))), "--apply")
    assert (status, total["refused"]) == (2, 1)
    assert errors.strip().endswith("la base de données l'a refusé (CheckViolation)")
    assert lines_in(own_database) == 0


def test_settings_that_are_wrong_are_told_plainly(read_json, tmp_path, monkeypatch):
    monkeypatch.setenv("MEMBER_SPACE_ENVIRONMENT", "elsewhere")
    status, _, total, errors = read_json(make_929(tmp_path, logical(entry())))
    assert (status, total["refused"]) == (2, 1)
    assert "réglages : setting 'environment' must be one of" in errors


def test_settings_that_are_missing_are_told_plainly(tmp_path):
    result = CliRunner().invoke(member_space, ["--ini", str(tmp_path / "no.ini"), "noemie", "read", "x", "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["refused"] == 1
    assert "no.ini" in result.stderr


def test_as_a_process(ini, link, tmp_path):
    link()
    path = make_929(tmp_path, logical(entry()))
    command = [Path(sys.executable).with_name("member-space"), "--ini", ini, "noemie", "read", path, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line).get("matched") for line in done.stdout.splitlines()] == [True, 1]
    assert NIR not in done.stdout + done.stderr


@needs_sample
def test_the_real_file_makes_its_five_insured_active(read_json, own_database, cipher):
    """Households of its NIR, with the birth dates and ranks that the file tells."""
    with SAMPLE.open("rb") as file:
        told = {item.birth_date_raw: item for item in read(file) if hasattr(item, "nir")}
    coverages = []
    with Session(own_database) as db:
        for raw, answer in told.items():
            birth = date(1900 + int(raw[4:]), int(raw[2:4]), int(raw[:2]))
            assert NoemieBirthDate.from_date(birth).raw == raw
            person = make_person(db, answer.beneficiary_first_name, birth, last_name=answer.beneficiary_name)
            contract = make_contract(db, person, period=period(date(2017, 1, 1)))
            coverage = db.scalars(select(Coverage).filter_by(contract_id=contract.id)).one()
            rank = int(answer.birth_rank)
            make_teletransmission(
                db, cipher, coverage, person, answer.nir, birth_rank=rank, fund="594", fund_name="CPAM des Flandres"
            )
            coverages.append(coverage.id)
        db.commit()
    today = date(2026, 11, 21)
    assert states(own_database, coverages, today) == [StateKind.TO_SEND] * 5
    status, lines, total, _ = read_json(SAMPLE, "--apply")
    assert (status, total) == (0, {"lines": 6, "matched": 6, "unmatched": 0, "refused": 0})
    assert {line["code"] + line["nature"] for line in lines} == {"33C"}
    assert states(own_database, coverages, today) == [StateKind.ACTIVE] * 5

    # One of the five signs in, by the form, and reads it on the page of who is covered.
    wsgi = make_app(TEST_INI, own_database)
    browser = Browser(wsgi)
    with Session(own_database) as db:
        person = db.get_one(Person, db.get_one(Coverage, coverages[0]).person_id)
        account = make_account(db, person, wsgi.registry.getUtility(IPasswordHasher).hash(PASSWORD))
        known_browser(browser, db, account)
        form = browser.get("/connexion").forms[0]
        form["email"], form["password"] = account.email, PASSWORD
        assert form.submit().status_int == 303
        page = browser.get("/beneficiaires")
        assert [one.get_text() for one in page.html.main.select(".chip")] == ["Active"]
        assert "Votre caisse (CPAM des Flandres) nous envoie vos décomptes." in page.html.main.get_text(" ")
        assert person.first_name in page
