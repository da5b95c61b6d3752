"""`member-space cards load`: the models of the office, whole or not at all."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.cli import member_space
from member_space.config import card_code_from
from member_space.models import CardModelRow
from member_space.settings import SettingError, read_settings
from tests.conftest import TEST_INI
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
