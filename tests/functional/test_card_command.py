"""`member-space cards`: the models of the office, whole or not at all; every card of a day as files."""

from datetime import date
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.cli import member_space
from member_space.config import card_code_from
from member_space.models import CardModelRow, CardVersion
from member_space.settings import read_settings
from member_space.settings.reader import SettingError
from tests.conftest import TEST_INI
from tests.factories.card import make_model, print_by
from tests.factories.household import make_contract, make_person, period
from tests.functional.test_feed_commands import write_ini
from tests.unit.domain.test_card_model import GOOD


@pytest.fixture
def load(own_database, tmp_path):
    """Run the command on this text; its result."""
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))

    def run(text: str | bytes):
        path = tmp_path / "cartes.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return CliRunner().invoke(member_space, ["-c", str(ini), "cards", "load", str(path)])

    return run


def test_models_are_loaded_once_and_corrected_under_their_first_day(load, own_database):
    assert "1 modèle(s)" in load(GOOD).output
    assert "0 modèle(s)" in load(GOOD).output
    assert "1 modèle(s)" in load(GOOD.replace("rate = 100", "rate = 90")).output
    ended = GOOD.replace("starts_on = 2026-01-01", "starts_on = 2026-01-01\nends_on = 2026-06-30")
    assert "2 modèle(s)" in load(ended + GOOD.replace("2026-01-01", "2026-07-01")).output
    with Session(own_database) as db:
        rows = db.scalars(select(CardModelRow).order_by(CardModelRow.period)).all()
        assert [row.domains[0]["rate"] for row in rows] == [100, 100]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GOOD.replace("rate = 100", "rate = 5000"), "domaine PHAR, rate"),
        ("[[model]", "pas en TOML"),
        (f"rank = {'9' * 5_000}", "pas en TOML"),
        (b"label = '\xe9'", "pas en UTF-8"),
        ("", "aucun modèle"),
    ],
)
def test_a_file_that_is_wrong_is_refused_whole(load, own_database, text, reason):
    result = load(text)
    assert result.exit_code == 2
    assert reason in result.output
    with Session(own_database) as db:
        assert db.scalars(select(CardModelRow)).all() == []


def test_a_version_that_the_file_forgot_still_counts(load):
    load(GOOD)
    result = load(GOOD.replace("2026-01-01", "2026-07-01"))
    assert result.exit_code == 2
    assert "doit rester dans le fichier" in result.output


@pytest.mark.parametrize("name", ["nulle.part:Code", "member_space.adapters.card_code:Autre", "rien du tout"])
def test_an_encoder_that_cannot_be_imported_stops_the_boot_by_its_name(name):
    with pytest.raises(SettingError, match=r"card\.encoder"):
        card_code_from(read_settings(TEST_INI | {"card.encoder": name}, {}))


def test_the_encoder_of_the_installation_draws_the_symbol(tmp_path: Path, monkeypatch):
    (tmp_path / "insurer_card.py").write_text(
        "from member_space.adapters.card_code import PlainCardCode\n"
        "class Code(PlainCardCode):\n"
        "    def content(self, card, check_url):\n"
        "        return b'OFFICIEL' + card.amc_number.encode()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    code = card_code_from(read_settings(TEST_INI | {"card.encoder": "insurer_card:Code"}, {}))
    assert code.content(type("Card", (), {"amc_number": "0775999998"}), "") == b"OFFICIEL0775999998"


@pytest.fixture
def three_cards(own_database):
    """Two contracts that are printed and in force, one that ended, one that nothing prints."""
    with Session(own_database) as db:
        make_model(db)
        for n, days in enumerate((period(), period(), period(date(2020, 1, 1), date(2021, 1, 1))), start=1):
            print_by(db, make_contract(db, make_person(db, f"Prénom{n}"), number=f"C/{n}", period=days))
        make_contract(db, make_person(db))
        db.commit()


def run_render(own_database, tmp_path, *options):
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))
    return CliRunner().invoke(member_space, ["-c", str(ini), "cards", "render", *options])


def test_every_card_of_a_day_is_written_for_nobody_else_of_the_machine(own_database, tmp_path, three_cards):
    folder = tmp_path / "cartes"
    options = ("--day", "2026-06-16", "--to", str(folder), "--jobs", "1")
    result = run_render(own_database, tmp_path, *options)
    assert result.exit_code == 0, result.output
    assert "2 carte(s) du 16/06/2026" in result.output
    files = sorted(folder.rglob("*.pdf"))
    assert [file.name for file in files] == ["carte-2026-C-1.pdf", "carte-2026-C-2.pdf"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    first = [file.read_bytes() for file in files]
    assert "PRÉNOM" not in pypdf.PdfReader(files[0]).pages[0].extract_text()
    assert "Prénom1" in pypdf.PdfReader(files[0]).pages[0].extract_text()
    # Again: the same versions, the same bytes.
    run_render(own_database, tmp_path, *options)
    assert [file.read_bytes() for file in files] == first
    with Session(own_database) as db:
        assert [row.version for row in db.scalars(select(CardVersion))] == [1, 1]


def test_a_folder_that_cannot_be_written_is_told(own_database, tmp_path):
    (tmp_path / "fichier").write_text("")
    result = run_render(own_database, tmp_path, "--to", str(tmp_path / "fichier/dossier"))
    assert result.exit_code == 2
    assert "ne s’écrit pas" in result.output
