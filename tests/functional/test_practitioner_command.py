"""`member-space practitioners`, on the invented directories that it writes itself."""

import json
import os
import re
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from member_space.cli import member_space
from member_space.cli.practitioners import day_of
from member_space.models import Practice, PractitionerImport
from member_space.services.demo.practitioners import FICTION, FILES, RPPS_HEADER, write_directories
from tests.factories.ban_server import BanServer
from tests.factories.practitioners import DOCTOR, rpps_text
from tests.functional.test_feed_commands import write_ini

pytestmark = pytest.mark.xdist_group("own database")


@pytest.fixture
def command(own_database, tmp_path):
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))

    def command(*arguments, code=0):
        answer = CliRunner().invoke(member_space, ["--ini", str(ini), "practitioners", *map(str, arguments)])
        assert answer.exit_code == code, answer.output
        return answer.output

    return command


def test_invented_practitioners_are_brought_in_by_the_real_import(command, tmp_path, own_database):
    folder = tmp_path / "directories"
    told = command("demo", "--practitioners", 300, "--output", folder)
    for source, names in FILES.items():
        paths = [folder / name for name in names]
        assert f"--source {source} {' '.join(map(str, paths))}" in told
        line = command("import", "--source", source, "--day", "2026-11-30", "--json", *paths)
        counts = json.loads(line)
        assert counts["state"] == "imported"
        assert counts["new"] == counts["places"] > 20
        assert counts["warned"] == counts["gone"] == 0
    with Session(own_database) as db:
        places = list(db.scalars(select(Practice)))
        assert set(db.scalars(select(PractitionerImport.day))) == {date(2026, 11, 30)}
    shown = [one for one in places if one.shown]
    assert 250 < len([one for one in shown if one.source == "rpps"]) < 330
    # Ameli tells of most of those who are under agreement, the network of a good part.
    assert sum(one.sector is not None for one in shown if one.source == "rpps") > 150
    assert sum(one.third_party is not None for one in shown) > 80
    assert len({one.speciality for one in shown}) > 15
    assert len({one.postcode[:2] for one in shown}) > 40
    # Nobody of it exists.
    assert all(one.rpps.startswith("9") for one in places if one.rpps)
    fiction = tuple("+33" + number[1:] for number in FICTION.values())
    assert all(one.phone.startswith(fiction) for one in places)
    assert "déjà importé" in command("import", "--source", "rpps", "--day", "2026-12-01", folder / "rpps.txt")


def test_the_same_number_gives_the_same_files(tmp_path):
    for name in ("one", "other"):
        write_directories(tmp_path / name, 50)
    for names in FILES.values():
        for name in names:
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()
    lines = (tmp_path / "one" / "rpps.txt").read_text("utf-8").splitlines()
    assert {line.count("|") for line in lines} == {55}
    assert lines[0].split("|") == RPPS_HEADER


def test_what_is_refused_is_told(command, tmp_path):
    path = tmp_path / "PS_LibreAcces_202611300830.txt"
    path.write_text(rpps_text(DOCTOR, DOCTOR | {"rpps": ""}), "utf-8")
    told = command("import", "--source", "rpps", path)
    assert "1 lieu(x) d'exercice : 1 nouveau(x), 0 modifié(s), 0 disparu(s) ; 1 ligne(s) refusée(s)" in told
    assert "ligne 3, Identifiant PP : à vérifier : valeur absente" in told
    path.write_bytes(rpps_text(DOCTOR).encode("cp1252"))
    assert "n'est pas en UTF-8" in command("import", "--source", "rpps", path, code=2)
    assert "introuvable" in command("import", "--source", "rpps", tmp_path / "no.txt", code=2)
    assert "c'est un dossier" in command("import", "--source", "ameli", tmp_path, code=2)
    told = command("import", "--source", "rpps", "--json", path, code=2)
    assert json.loads(told)["state"] == "refused"


def test_who_asks_is_hidden(command, tmp_path, own_database):
    path = tmp_path / "rpps.txt"
    path.write_text(rpps_text(DOCTOR), "utf-8")
    command("import", "--source", "rpps", path)
    assert "1 lieu(x) d'exercice retiré(s)" in command("oppose", DOCTOR["rpps"])
    assert "ni un numéro RPPS de 11 chiffres" in command("oppose", "Valmont", code=2)
    with Session(own_database) as db:
        details = db.scalar(text("select details from event where kind = 'practitioner:hidden'"))
    assert details == {"places": 1}


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("PS_LibreAcces_Personne_activite_202611300830.txt", date(2026, 11, 30)),
        ("annuaire-2026-11-24.csv", date(2026, 11, 24)),
        ("20261131.csv", None),
        ("123420261130.csv", None),
    ],
)
def test_the_day_of_an_extract_is_in_its_name(tmp_path, name, day):
    path = tmp_path / name
    path.touch()
    os.utime(path, (1_764_500_000, 1_764_500_000))
    assert day_of(path) == (day or date(2025, 11, 30))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", day_of(tmp_path / "no such file").isoformat())


def test_nobody_is_asked_where_addresses_are_unless_it_is_set(command, tmp_path, monkeypatch):
    assert "geocoder.url n'est pas réglé" in command("geocode", code=2)
    path = tmp_path / "rpps.txt"
    path.write_text(rpps_text(DOCTOR), "utf-8")
    command("import", "--source", "rpps", path)
    server = BanServer()
    server.put("12 Rue des Lilas", 45.75, 4.86)
    monkeypatch.setenv("MEMBER_SPACE_GEOCODER_URL", server.url)
    assert "1 adresse(s) demandée(s) : 1 au numéro" in command("geocode", "--limit", 10)
    assert "0 adresse(s) demandée(s)" in command("geocode")
    path.write_text(rpps_text(DOCTOR | {"number": "99"}), "utf-8")
    command("import", "--source", "rpps", path)
    server.refusals = [404]
    assert "le géocodeur ne répond pas" in command("geocode", code=2)
    server.shutdown()
    server.server_close()
