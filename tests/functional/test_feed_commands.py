"""The commands that bring data in, run as an operator runs them, on a database that is committed to."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from member_space.adapters.passwords import Argon2Passwords
from member_space.cli import member_space
from member_space.models import Account, Act, Event, StatementLine, Tariff, Teletransmission
from member_space.services.household_feed import COLUMNS as HOUSEHOLD_COLUMNS
from member_space.services.statement_feed import COLUMNS as STATEMENT_COLUMNS
from tests.conftest import ROOT, TEST_INI, clone
from tests.factories.feeds import write_households, write_statements

PASSWORD = "une phrase de passe bien longue"
THE_HOLDER = {"contract_number": "C100", "person_ref": "P100"}


def write_ini(folder: Path, url: str) -> Path:
    """The settings of the tests on this database."""
    settings = TEST_INI | {"sqlalchemy.url": url.replace("%", "%%")}
    ini = folder / "test.ini"
    options = "".join(f"{name} = {value}\n" for name, value in settings.items())
    ini.write_text(f"[app:main]\nuse = egg:member-space\n{options}", "utf-8")
    return ini


@pytest.fixture
def command(own_database: Engine, tmp_path):
    """Run a command on a database of its own; its exit code, output and error output."""
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))

    def run(*arguments: object, given: str | None = None):
        result = CliRunner().invoke(member_space, ["--ini", str(ini), *map(str, arguments)], input=given)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def loaded(command, tmp_path):
    """The reference and one household are there."""
    assert command("reference", "load").exit_code == 0
    assert command("households", "import", write_households(tmp_path / "foyers.csv", [{}])).exit_code == 0


def test_an_installation_is_loaded_with_five_commands(command, own_database, tmp_path):
    households = write_households(tmp_path / "foyers.csv", [{}])
    statements = write_statements(tmp_path / "decomptes.csv", [THE_HOLDER])
    assert "acte(s)" in command("reference", "load").output
    assert (
        "créés : 1 contrat(s), 1 personne(s), 1 couverture(s), 1 lien(s)"
        in command("households", "import", households).output
    )
    assert "1 décompte(s), 1 ligne(s), 1 virement(s)" in command("statements", "import", statements).output
    created = command(
        "accounts",
        "create",
        "--email",
        "C.Durand@example.org",
        "--person-ref",
        "P100",
        "--password-stdin",
        given=PASSWORD,
    )
    assert created.output == "compte ouvert : c.durand@example.org\n"
    with Session(own_database) as db:
        assert db.scalars(select(StatementLine.label)).one().startswith("Consultation")
        assert db.scalars(select(Teletransmission.desired)).one() == "on"
        assert Argon2Passwords().verify(db.scalars(select(Account.password_hash)).one(), PASSWORD)
        assert db.scalars(select(Event.kind).order_by(Event.id)).all() == [
            "reference:loaded",
            "households:imported",
            "statements:imported",
            "account:created",
        ]


def test_again_changes_nothing(command, loaded, tmp_path):
    assert command("reference", "load").output.startswith(
        "nouveaux ou modifiés : 0 régime(s), 0 famille(s), 0 acte(s), 0 tarif(s)"
    )
    again = command("households", "import", "--json", tmp_path / "foyers.csv")
    assert json.loads(again.stdout)["contracts"] == 0


def test_a_refused_file_is_told_and_the_right_one_beside_it_kept(command, loaded, own_database, tmp_path):
    right = write_statements(tmp_path / "juste.csv", [THE_HOLDER])
    wrong = write_statements(tmp_path / "faux.csv", [THE_HOLDER | {"statement_ref": "D2", "fee": "31,00"}])
    result = command("statements", "import", right, wrong)
    assert result.exit_code == 2
    assert "faux.csv : refusé, rien n'a été écrit" in result.stderr
    assert "faux.csv, ligne 2, fee : dépense" in result.stderr
    with Session(own_database) as db:
        assert db.scalar(select(func.count()).select_from(StatementLine)) == 1


@pytest.mark.parametrize("option", [(), ("--json",)], ids=["text", "json"])
def test_a_file_that_is_not_there_leaves_the_others(command, loaded, own_database, tmp_path, option):
    right = write_statements(tmp_path / "juste.csv", [THE_HOLDER])
    result = command("statements", "import", *option, tmp_path, right, tmp_path / "absent.csv")
    assert result.exit_code == 2
    if option:
        told = [json.loads(line) for line in result.stdout.splitlines()]
        assert [one["state"] for one in told] == ["refused", "imported", "refused"]
        assert told[2]["refusals"] == [{"line": 0, "column": "", "value": "", "reason": "introuvable"}]
    else:
        assert "absent.csv : refusé, rien n'a été écrit" in result.stderr
        assert "absent.csv : introuvable" in result.stderr
        assert f"{tmp_path.name} : c'est un dossier" in result.stderr
    with Session(own_database) as db:
        assert db.scalar(select(func.count()).select_from(StatementLine)) == 1
    again = command("households", "import", tmp_path / "foyers.csv", tmp_path / "absent.csv")
    assert (again.exit_code, "absent.csv : introuvable" in again.stderr) == (2, True)


def test_json_reports(command, loaded, tmp_path):
    wrong = write_statements(tmp_path / "faux.csv", [THE_HOLDER | {"iban_last4": "FR7612345"}])
    result = command("statements", "import", "--json", wrong)
    told = json.loads(result.stdout)
    assert (result.exit_code, told["file"], told["state"], told["refused"]) == (2, "faux.csv", "refused", 1)
    assert told["refusals"] == [
        {
            "line": 2,
            "column": "iban_last4",
            "value": "AA9999999",
            "reason": "seuls les 4 derniers caractères de l'IBAN sont attendus",
        }
    ]


def test_no_bar_where_there_is_no_terminal(command, loaded, tmp_path):
    result = command("statements", "import", write_statements(tmp_path / "d.csv", [THE_HOLDER]))
    assert "\r" not in result.stderr
    assert "%" not in result.stderr


def test_a_bar_on_a_terminal(command, loaded, tmp_path):
    path = write_statements(tmp_path / "d.csv", [THE_HOLDER])
    terminal, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    program = "from member_space.cli import main; main()"
    arguments = ["--ini", str(tmp_path / "test.ini"), "statements", "import", str(path)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *arguments], stderr=end, stdout=subprocess.PIPE
    )
    os.close(end)
    shown = os.read(terminal, 10_000).decode()
    os.close(terminal)
    assert done.returncode == 0
    assert "d.csv:   0%|" in shown


@pytest.mark.parametrize(
    ("email", "ref", "password", "words"),
    [
        ("camille", "P100", PASSWORD, "e-mail"),
        ("a@example.org", "P404", PASSWORD, "aucune personne"),
        ("a@example.org", "P100", "court", "de 12 à 128 caractères"),
        ("a@example.org", "P100", "x" * 129, "de 12 à 128 caractères"),
        ("a@example.org", "P100", "1234567891011", "listes de mots de passe volés"),
        ("camille.durand@example.org", "P100", "camille.durand", "ne vient que de l'adresse"),
    ],
)
def test_accounts_that_cannot_be_opened(command, loaded, email, ref, password, words):
    result = command("accounts", "create", "--email", email, "--person-ref", ref, "--password-stdin", given=password)
    assert result.exit_code == 2
    assert words in result.stderr


def test_payments_that_are_not_frozen_are_not_resumed(command, loaded):
    result = command("accounts", "release-payments", "--person-ref", "P100")
    assert result.exit_code == 2
    assert "ne sont pas suspendus" in result.stderr


def test_a_person_has_one_account_and_an_address_one_person(command, loaded, tmp_path):
    def create(email: str, ref: str):
        return command("accounts", "create", "--email", email, "--person-ref", ref, given=f"{PASSWORD}\n{PASSWORD}\n")

    other = {"contract_number": "C2", "person_ref": "P2"}
    command("households", "import", write_households(tmp_path / "autre.csv", [other]))
    assert create("a@example.org", "P100").exit_code == 0
    assert "a déjà un compte" in create("b@example.org", "P100").stderr
    assert "sert déjà" in create("A@Example.org", "P2").stderr


class TestReference:
    """Changes of the reference files, made in a folder of the office's."""

    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "reference"
        folder.mkdir()
        for name in ("regimes.csv", "act_families.csv", "acts.csv", "tariffs.csv"):
            (folder / name).write_text((files("member_space") / "reference" / name).read_text("utf-8"), "utf-8")
        return folder

    @pytest.fixture
    def with_tariffs(self, command, folder):
        """Load with only these tariffs in the file; the output, or the reason of the refusal."""

        def run(*rows: str) -> str:
            header = "act_code;what;condition;value;starts_on;ends_on;source;confidence"
            (folder / "tariffs.csv").write_text("\n".join([header, *rows, ""]), "utf-8")
            result = command("reference", "load", "--folder", folder)
            return result.stderr if result.exit_code else result.output

        return run

    def test_a_new_figure_is_a_new_dated_row(self, with_tariffs, own_database):
        with_tariffs("G;base;;3000;2024-12-22;;JO;C")
        told = with_tariffs("G;base;;3000;2024-12-22;2026-12-31;JO;C", "G;base;;3200;2027-01-01;;JO;C")
        assert "2 tarif(s)" in told
        with Session(own_database) as db:
            assert db.scalars(select(Tariff.value).order_by(Tariff.period)).all() == [3000, 3200]

    def test_a_confirmed_figure_does_not_change_under_its_date(self, with_tariffs):
        with_tariffs("G;base;;3000;2024-12-22;;JO;C")
        assert "vaut déjà 3000" in with_tariffs("G;base;;3200;2024-12-22;;JO;C")

    def test_a_recalled_figure_may_be_corrected(self, with_tariffs):
        with_tariffs("G;base;;3000;2024-12-22;;mémoire;R")
        assert "1 tarif(s)" in with_tariffs("G;base;;3200;2024-12-22;;JO;C")

    def test_two_figures_on_a_day_are_refused_even_when_one_left_the_file(self, with_tariffs):
        with_tariffs("G;base;;3000;2024-12-22;;JO;C")
        assert "deux valeurs le 01/01/2027" in with_tariffs("G;base;;3200;2027-01-01;;JO;C")

    def test_a_wrong_row_is_told_by_its_line(self, with_tariffs):
        assert "tariffs.csv, ligne 3" in with_tariffs("G;base;;3000;2024-12-22;;JO;C", "G;base;;x;2027-01-01;;JO;C")

    def test_a_label_is_corrected_in_place(self, command, folder, own_database):
        command("reference", "load", "--folder", folder)
        acts = (
            (folder / "acts.csv")
            .read_text("utf-8")
            .replace("G;Consultation d'un", "G;Visite d'un")
            .replace("G;Consultation d’un", "G;Visite d’un")
        )
        (folder / "acts.csv").write_text(acts, "utf-8")
        assert "1 acte(s)" in command("reference", "load", "--folder", folder).output
        with Session(own_database) as db:
            assert db.get_one(Act, "G").label.startswith("Visite")

    def test_a_missing_file_refuses_all(self, command, folder):
        (folder / "tariffs.csv").unlink()
        result = command("reference", "load", "--folder", folder)
        assert (result.exit_code, result.stderr) == (2, "tariffs.csv : fichier absent\n")


class TestDocumentation:
    """docs/feeds.md says what the program does."""

    TEXT = (ROOT / "docs/feeds.md").read_text("utf-8")

    @pytest.mark.parametrize("columns", [STATEMENT_COLUMNS, HOUSEHOLD_COLUMNS])
    def test_every_column_is_told(self, columns):
        assert [name for name in columns if f"`{name}`" not in self.TEXT] == []

    def test_its_examples_are_imported(self, command, tmp_path):
        statements, households = re.findall(r"```csv\n(.*?)```", self.TEXT, re.DOTALL)
        (tmp_path / "foyers.csv").write_text(households, "utf-8")
        (tmp_path / "decomptes.csv").write_text(statements, "utf-8")
        assert command("reference", "load").exit_code == 0
        assert (
            "2 personne(s), 2 couverture(s), 2 lien(s)"
            in command("households", "import", tmp_path / "foyers.csv").output
        )
        assert "1 décompte(s), 2 ligne(s)" in command("statements", "import", tmp_path / "decomptes.csv").output


FEED = "setup.cfg"
"""Any file that is there: the settings are read first."""


@pytest.mark.parametrize(
    "arguments",
    [
        ("statements", "import", FEED),
        ("households", "import", FEED),
        ("db", "upgrade"),
        ("worker", "--once"),
        ("demo", "--load-only"),
    ],
)
def test_settings_that_cannot_be_used_are_told_in_one_line(arguments, tmp_path):
    missing, wrong = tmp_path / "no.ini", tmp_path / "wrong.ini"
    wrong.write_text("[app:main]\nenvironment = nowhere\n")
    for ini, words in ((missing, "no.ini ne se lit pas"), (wrong, "'environment' must be one of")):
        result = CliRunner().invoke(member_space, ["--ini", str(ini), *arguments])
        assert result.exit_code == 2
        assert words in result.stderr


def test_a_database_without_its_schema_is_told(server_url, worker_id, tmp_path):
    name = f"member_space_empty_{worker_id}"
    file = write_statements(tmp_path / "d.csv", [THE_HOLDER])
    result = CliRunner().invoke(
        member_space,
        ["--ini", str(write_ini(tmp_path, clone(server_url, "template0", name))), "statements", "import", str(file)],
    )
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: la base n'est pas à jour : lancez `member-space db upgrade`\n",
    )
