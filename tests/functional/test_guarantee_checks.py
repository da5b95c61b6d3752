"""`member-space guarantees acts` and `replay`, as somebody runs them."""

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from member_space.cli import member_space
from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import BasePercent
from member_space.models import ContractTerms
from tests.factories.guarantee import make_line, make_table
from tests.factories.household import make_contract, make_person
from tests.factories.statement import line_values, make_statement
from tests.functional.test_feed_commands import write_ini


@pytest.fixture
def command(own_database: Engine, tmp_path):
    """Run a command on a database of its own, its reference tables loaded."""
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))

    def run(*arguments: object):
        return CliRunner().invoke(member_space, ["--ini", str(ini), *map(str, arguments)])

    assert run("reference", "load").exit_code == 0
    return run


@pytest.fixture
def household(own_database):
    """One consultation, paid by a table at 100 % of the base."""
    with Session(own_database) as db:
        holder = make_person(db, "Nadia")
        contract = make_contract(db, holder)
        table = make_table(
            db, [make_line(families=frozenset({ActFamily.CONSULTATION}), formulas=(BasePercent(10_000),))]
        )
        for terms in db.query(ContractTerms):
            terms.guarantee_table_id = table.id
        make_statement(db, contract, [line_values(holder, contract)])
        db.commit()


def test_the_46_acts_are_printed_beside_what_they_must_give(command):
    result = command("guarantees", "acts", "--day", "2026-11-29")
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "46 acte(s) égaux au centime sur 46"
    assert result.output.count("attendu") == result.output.count("trouvé") == 46


def test_another_day_has_other_tariffs_and_says_so(command):
    result = command("guarantees", "acts", "--day", "2025-06-02")
    assert result.exit_code == 1
    assert "≠" in result.output


def test_a_replay_without_difference(command, household):
    result = command("guarantees", "replay", "--until", "2026-11-29")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == ["1 ligne(s) rejouée(s)", "       1  égale", "       0  SANS EXPLICATION"]


def test_a_difference_is_told_with_its_amounts_and_no_name(command, household, own_database, as_owner):
    with as_owner.begin() as connection:
        connection.execute(text("alter table statement_line disable trigger user"))
        connection.execute(text("update statement_line set our_share = 800, member_share = 300"))
    result = command("guarantees", "replay", "--until", "2026-11-29")
    assert result.exit_code == 1
    told = result.output.replace("\N{NO-BREAK SPACE}", " ").splitlines()[0]
    amounts = "notre part 8,00 € payé, 9,00 € trouvé; reste à charge 3,00 € payé, 2,00 € trouvé"
    assert told.endswith(f"SANS EXPLICATION ({amounts})")
    assert "Nadia" not in result.output


def test_lines_out_of_the_twelve_months_are_not_told(command, household):
    result = command("guarantees", "replay", "--until", "2027-03-13")
    assert result.output.splitlines()[0] == "0 ligne(s) rejouée(s)"
