"""How the table of communes is made from its source."""

import io
import json

from click.testing import CliRunner

from member_space.cli import member_space
from member_space.services.commune import communes, write_communes

RECORDS = [
    {"code": "74093", "nom": "Cran-Gevrier", "type": "commune-deleguee", "chefLieu": "74010"},
    {"code": "74010", "nom": "Annecy", "type": "commune-deleguee", "chefLieu": "74010"},
    {
        "code": "74010",
        "nom": "Annecy",
        "type": "commune-actuelle",
        "codesPostaux": ["74940", "74000"],
        "population": 131_000,
    },
    {
        "code": "69381",
        "nom": "Lyon 1er Arrondissement",
        "type": "arrondissement-municipal",
        "commune": "69123",
        "codesPostaux": ["69001"],
        "population": 28_000,
    },
    {"code": "69123", "nom": "Lyon", "type": "commune-actuelle", "codesPostaux": ["69001"], "population": 519_000},
    # Nobody lives there: no postcode, and so no line, nor of its parts.
    {"code": "98412", "nom": "Archipel des Kerguelen", "type": "commune-actuelle"},
    {"code": "98499", "nom": "Port-aux-Français", "type": "commune-associee", "chefLieu": "98412"},
]


def test_communes_come_first_then_the_parts_that_have_a_name_of_their_own():
    out = io.StringIO()
    write_communes(RECORDS, out)
    assert out.getvalue().splitlines() == [
        "insee;name;postcodes;population;within",
        "69123;Lyon;69001;519000;",
        "74010;Annecy;74000 74940;131000;",
        "69381;Lyon 1er Arrondissement;69001;28000;69123",
        "74093;Cran-Gevrier;;;74010",
    ]


def test_the_table_is_read_once():
    assert communes() is communes()


def test_the_command_makes_the_table_and_refuses_another_file(tmp_path):
    source, table = tmp_path / "communes.json", tmp_path / "communes.csv"
    source.write_text(json.dumps(RECORDS), "utf-8")
    arguments = ["reference", "communes", str(source), "--output", str(table)]
    answer = CliRunner().invoke(member_space, arguments)
    assert answer.exit_code == 0
    assert "4 communes" in answer.output
    written = table.read_text("utf-8")
    assert len(written.splitlines()) == 5
    for other in ('{"a": 1}', "[1]", "no JSON", '[{"code": "1"}]'):
        source.write_text(other, "utf-8")
        assert CliRunner().invoke(member_space, arguments).exit_code == 2
        assert table.read_text("utf-8") == written
