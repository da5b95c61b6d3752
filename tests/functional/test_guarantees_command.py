"""`member-space guarantees import`, as an actuary runs it, and what stays in the database."""

from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from member_space.cli import member_space
from member_space.models import ContractTerms, Event, Guarantee, GuaranteeTable
from member_space.services.guarantee import tables_by_id
from tests.factories.feeds import write_households
from tests.factories.guarantee import PRODUCTS, product
from tests.functional.test_feed_commands import write_ini

FREE = """code = "LIBRE"
label = "Surcomplémentaire"
responsible = false

[[version]]
starts_on = 2024-01-01

[[version.line]]
rank = 10
heading = "routine_care"
label = "Médecin spécialiste"
families = ["specialist"]
fee_percent = 80

[[version.line]]
rank = 20
heading = "hospital"
label = "Chambre particulière"
acts = ["CHP"]
lump_sum = 45
lump_sum_per = "day"
"""
NEXT = """
[[version]]
starts_on = 2100-01-01
amends = true

[[version.line]]
rank = 20
heading = "hospital"
label = "Chambre particulière"
acts = ["CHP"]
lump_sum = 55.50
lump_sum_per = "day"
"""


@pytest.fixture
def command(own_database: Engine, tmp_path):
    """Run a command on a database of its own, its reference tables loaded."""
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))

    def run(*arguments: object):
        result = CliRunner().invoke(member_space, ["--ini", str(ini), *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    assert run("reference", "load").exit_code == 0
    return run


@pytest.fixture
def bring(command, tmp_path):
    """Import a file with this content."""

    def run(content: str | bytes, *options: str, name: str = "table.toml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return command("guarantees", "import", path, *options)

    return run


def test_the_products_come_in_whole_and_again_change_nothing(bring, own_database):
    for name in PRODUCTS:
        result = bring(product(name))
        assert result.exit_code == 0, result.output
        assert "nouvelle table, écrit" in result.stdout
    with Session(own_database) as db:
        ids = db.scalars(select(GuaranteeTable.id)).all()
        tables = {table.code: table for table in tables_by_id(db, ids).values()}
        events = db.scalar(select(func.count()).where(Event.kind == "guarantees:imported"))
    assert set(tables) == {name.upper() for name in PRODUCTS}
    room = [line for line in tables["CONFORT"].lines if line.rank == 50]
    assert [(line.period.start, line.period.end, line.formulas[0].amount) for line in room] == [
        (date(2023, 1, 1), date(2025, 12, 31), 5_000),
        (date(2026, 1, 1), None, 6_000),
    ]
    for name in PRODUCTS:
        assert "rien ne change" in bring(product(name)).stdout
    with Session(own_database) as db:
        assert db.scalar(select(func.count()).where(Event.kind == "guarantees:imported")) == events == 3


def test_a_dry_run_says_what_would_change_and_writes_nothing(bring, own_database):
    result = bring(FREE, "--dry-run")
    assert "essai, rien n’est écrit : 2 ligne(s) nouvelle(s)" in result.stdout
    assert "Chambre particulière, du 01/01/2024, sans fin" in result.stdout
    with Session(own_database) as db:
        assert db.scalar(select(func.count()).select_from(GuaranteeTable)) == 0


def test_a_new_version_closes_the_former_on_the_eve_and_keeps_its_row(bring, own_database):
    bring(FREE)
    with Session(own_database) as db:
        rooms = db.scalars(select(Guarantee).where(Guarantee.line == 20)).all()
        before = [row.id for row in rooms]
    result = bring(FREE + NEXT)
    assert (
        "1 ligne(s) nouvelle(s), 1 dont la fin change, 0 retirée(s) avant d’avoir commencé, 1 en place" in result.stdout
    )
    assert "~  20  Chambre particulière, du 01/01/2024 au 31/12/2099" in result.stdout
    with Session(own_database) as db:
        rows = db.scalars(select(Guarantee).where(Guarantee.line == 20).order_by(Guarantee.id)).all()
        assert [row.id for row in rows][:1] == before
        assert [(row.lump_sum, row.period.lower, row.period.upper) for row in rows] == [
            (4_500, date(2024, 1, 1), date(2100, 1, 1)),
            (5_550, date(2100, 1, 1), None),
        ]
    # The file of before does not take it away; one that tells it otherwise does.
    assert "rien ne change" in bring(FREE).stdout
    assert "1 retirée(s) avant d’avoir commencé" in bring(FREE + NEXT.replace("55.50", "70")).stdout


def test_what_has_begun_is_never_told_otherwise(bring, own_database):
    bring(FREE)
    result = bring(FREE.replace("fee_percent = 80", "fee_percent = 90"))
    assert result.exit_code == 2
    assert "table.toml:6: starts_on : la version connue du 01/01/2024 a commencé" in result.stderr
    nature = bring(FREE.replace("responsible = false", "responsible = true"))
    assert "table.toml:3: responsible : une table ne change pas de nature" in nature.stderr or nature.exit_code == 2
    with Session(own_database) as db:
        assert db.scalars(select(Guarantee.fee_rate).where(Guarantee.line == 10)).all() == [8_000]


def test_a_file_is_refused_whole_with_every_line_to_correct(bring, own_database):
    wrong = FREE.replace("lump_sum = 45", "lump_sum = 1 045,50").replace("rank = 10", "rang = 10")
    result = bring(wrong)
    assert result.exit_code == 2
    assert "refusé, rien n’a été écrit (3 à corriger)" in result.stderr
    for told in (":8: rank : clé absente", ":9: rang : clé inconnue", ":20: lump_sum : un montant s’écrit sans"):
        assert f"table.toml{told}" in result.stderr
    with Session(own_database) as db:
        assert db.scalar(select(func.count()).select_from(GuaranteeTable)) == 0


def test_a_responsible_table_is_held_to_the_law_at_its_lines(bring):
    result = bring(FREE.replace("responsible = false", "responsible = true"))
    assert result.exit_code == 2
    assert (
        "table.toml:13: fee_percent : le remboursement d’un médecin sans OPTAM est limité par la loi" in result.stderr
    )
    assert "table.toml:5: aucune garantie pour dental_care" in result.stderr


def test_one_wrong_file_does_not_keep_the_others_out(command, bring, tmp_path):
    bring("code = 1", name="wrong.toml")
    (tmp_path / "right.toml").write_text(FREE)
    result = command("guarantees", "import", tmp_path / "wrong.toml", tmp_path / "absent.toml", tmp_path / "right.toml")
    assert result.exit_code == 2
    assert "right.toml : LIBRE" in result.stdout
    assert "absent.toml : introuvable" in result.stderr


def test_without_the_reference_tables_it_says_what_to_load(own_database, tmp_path):
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))
    path = tmp_path / "vide.toml"
    path.write_text(FREE.replace('acts = ["CHP"]', 'families = ["hospital"]'))
    result = CliRunner().invoke(member_space, ["--ini", str(ini), "guarantees", "import", str(path)])
    assert "member-space reference load" in result.stderr


def test_a_household_is_given_its_table_by_the_feed(command, bring, own_database, tmp_path):
    unknown = command(
        "households",
        "import",
        write_households(tmp_path / "f.csv", [{"guarantee_table": "LIBRE", "responsible": "non"}]),
    )
    assert "table de garanties inconnue" in unknown.stderr
    bring(FREE)
    contradiction = command(
        "households", "import", write_households(tmp_path / "f.csv", [{"guarantee_table": "LIBRE"}])
    )
    assert "l'un responsable, l'autre non" in contradiction.stderr
    right = {"guarantee_table": "LIBRE", "responsible": "non"}
    assert command("households", "import", write_households(tmp_path / "f.csv", [right])).exit_code == 0
    # An empty value says nothing: the table that is known stays, and no new terms are asked for.
    again = command("households", "import", write_households(tmp_path / "f.csv", [right | {"guarantee_table": ""}]))
    assert again.exit_code == 0, again.output
    with Session(own_database) as db:
        [table] = db.scalars(
            select(GuaranteeTable.code).join(ContractTerms, ContractTerms.guarantee_table_id == GuaranteeTable.id)
        )
    assert table == "LIBRE"
