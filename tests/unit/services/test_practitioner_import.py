"""Directories of practitioners: what is laid down, merged, joined, refused."""

import tracemalloc
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, insert, select, text, update

from member_space.domain.geo import Point, place, planar
from member_space.models import (
    PRACTICE_STAGING,
    Event,
    GeocodedAddress,
    Practice,
    PractitionerImport,
    PractitionerRefusal,
)
from member_space.models.session import make_session_factory
from member_space.services import practitioner_file, practitioner_merge
from member_space.services.demo.practitioners import RPPS_HEADER
from member_space.services.feed import FeedRefusedError
from member_space.services.practitioner_days import directory_days
from member_space.services.practitioner_import import import_practitioners
from member_space.services.practitioner_sources import RPPS
from member_space.services.speciality import specialities
from tests.factories.practitioners import AMELI_DOCTOR, DOCTOR, OPTICIAN, ameli_text, rpps_text

DAY = date(2026, 11, 30)
LYON_3 = Point(45.7605, 4.8497)


def refusals_of(bring_in, source, content):
    with pytest.raises(FeedRefusedError) as refused:
        bring_in(source, content)
    return [(one.line, one.column, one.reason) for one in refused.value.report.refusals]


def test_a_doctor_of_the_rpps(bring_in, places, db):
    report = bring_in("rpps", rpps_text(DOCTOR))
    assert report.counts["new"] == report.counts["places"] == report.counts["lines"] == 1
    [one] = places()
    assert (one.title, one.first_name, one.last_name, one.speciality) == ("Dr", "Élise", "VALMONT", "gp")
    assert (one.street, one.postcode, one.town, one.insee) == (
        "12 Rue DES LILAS",
        "69003",
        "Lyon 3e Arrondissement",
        "69383",
    )
    assert (one.phone, one.rpps, one.shown) == ("+33465710001", "90000000001", True)
    assert (one.sector, one.optam, one.third_party, one.network) == (None, None, None, None)
    assert one.precision == "town"
    where = Point(one.latitude, one.longitude)
    assert where == pytest.approx(LYON_3, abs=0.03)
    plane = specialities().by_code["gp"].plane
    assert one.place == planar(where, plane)
    assert place(planar(where, plane), plane) == pytest.approx(where)
    assert directory_days(db) == {"rpps": DAY}
    [event] = db.scalars(select(Event).where(Event.kind == "practitioners:imported"))
    assert event.details["new"] == 1
    assert db.scalar(select(func.count()).select_from(PRACTICE_STAGING)) == 0


@pytest.mark.parametrize(
    "content",
    [
        rpps_text(DOCTOR, header=RPPS_HEADER[:52]),
        rpps_text(DOCTOR),
        rpps_text(DOCTOR, end="|"),
        rpps_text(DOCTOR, header=[*RPPS_HEADER, "Une colonne à venir"]),
        "\ufeff" + rpps_text(DOCTOR),
        rpps_text(DOCTOR).replace("\n", "\r\n"),
        rpps_text(DOCTOR).rstrip("\n"),
        rpps_text(DOCTOR, header=sorted(RPPS_HEADER)),
        rpps_text(DOCTOR).replace("Code savoir-faire", "CODE SAVOIR FAIRE").replace("d'exercice", "d’exercice"),
    ],
    ids=["52", "56", "57", "more", "bom", "crlf", "no last end of line", "another order", "another spelling"],
)
def test_every_release_of_the_rpps_is_read(bring_in, places, content):
    bring_in("rpps", content)
    assert [(one.last_name, one.phone) for one in places()] == [("VALMONT", "+33465710001")]


def test_the_same_files_again_change_nothing(bring_in, places, db):
    bring_in("rpps", rpps_text(DOCTOR, OPTICIAN))
    before = [(one.id, one.public_id) for one in places()]
    assert bring_in("rpps", rpps_text(DOCTOR, OPTICIAN)).counts["already"] == 1
    # Another file with the same lines: read, and nothing of it is a change.
    report = bring_in("rpps", rpps_text(OPTICIAN, DOCTOR))
    assert [report.counts[name] for name in ("new", "changed", "gone")] == [0, 0, 0]
    assert [(one.id, one.public_id) for one in places()] == before
    assert db.scalar(select(func.count()).select_from(PractitionerImport)) == 2


def test_new_changed_and_gone(bring_in, places):
    other = DOCTOR | {"rpps": "90000000003", "last_name": "MORIN"}
    bring_in("rpps", rpps_text(DOCTOR, OPTICIAN))
    [kept] = places(last_name="VALMONT")
    report = bring_in("rpps", rpps_text(DOCTOR | {"phone": "0465710099"}, other), day=date(2026, 12, 1))
    assert [report.counts[name] for name in ("new", "changed", "gone")] == [1, 1, 1]
    assert [one.name_key for one in places()] == ["morin", "valmont"]
    [changed] = places(last_name="VALMONT")
    assert (changed.public_id, changed.phone) == (kept.public_id, "+33465710099")


def test_who_works_in_one_shop_is_one_place_and_who_has_two_offices_two(bring_in, places):
    colleague = OPTICIAN | {"rpps": "90000000004", "last_name": "AUTRE"}
    second = DOCTOR | {"siret": "90000000000009", "street": "DE LA GARE", "number": "3"}
    twice = DOCTOR | {"siret": "90000000000010", "street": "des Lilas BP 12", "street_kind": "R"}
    report = bring_in("rpps", rpps_text(OPTICIAN, colleague, DOCTOR, second, twice))
    assert report.counts["laid_down"] == 5
    [shop] = places(speciality="optician")
    assert (shop.structure, shop.last_name, shop.rpps) == ("OPTIQUE DES LILAS", "", None)
    assert sorted(one.street for one in places(speciality="gp")) == ["12 Rue DES LILAS", "3 Rue DE LA GARE"]


def test_who_is_left_aside_is_counted(bring_in, places):
    rows = [
        DOCTOR | {"mode": "S"},
        DOCTOR | {"mode": "S", "activity": "Centre de santé"},
        DOCTOR | {"category": "E"},
        DOCTOR | {"postcode": "", "insee": "", "town": ""},
        DOCTOR | {"country": "99131"},
        DOCTOR | {"profession": "99"},
        DOCTOR | {"skill": ""},
    ]
    counts = bring_in("rpps", rpps_text(*rows)).counts
    assert counts["places"] == 1
    assert {name: counts[name] for name in ("salaried", "student_or_military", "abroad", "no_place")} == {
        "salaried": 1,
        "student_or_military": 1,
        "abroad": 1,
        "no_place": 1,
    }
    assert counts["other_speciality"] == 2
    assert counts["refused"] == 0
    assert len(places()) == 1


def test_a_line_that_cannot_be_taken_is_told_and_the_others_are(bring_in, places, db):
    content = rpps_text(
        DOCTOR,
        DOCTOR | {"rpps": ""},
        DOCTOR | {"last_name": "", "company": ""},
        DOCTOR | {"postcode": "00000", "insee": "00000", "town": "NULLE PART"},
        OPTICIAN,
    )
    content += "1|2|3\n" + "\n" + "a\0b|" * 55 + "\n"
    report = bring_in("rpps", content)
    assert report.counts["refused"] == report.warned == 5
    assert [(one.line, one.reason) for one in report.warnings] == [
        (3, "valeur absente"),
        (4, "ni nom ni raison sociale"),
        (5, "code postal et commune inconnus"),
        (7, "3 colonnes au lieu de 56"),
        (9, "ligne illisible : caractère de contrôle, guillemets mal fermés ou plus de 16384 octets"),
    ]
    kept = list(db.scalars(select(PractitionerRefusal).order_by(PractitionerRefusal.line)))
    assert (kept[0].file, kept[0].line) == ("rpps-0.txt", 3)
    assert all("VALMONT" not in one.reason for one in kept)
    assert len(places()) == 2


def test_a_cedex_is_no_place(bring_in, places):
    row = DOCTOR | {"postcode": "69433", "insee": "69383", "town": "LYON CEDEX 03", "street": "DES LILAS CS 40012"}
    bring_in("rpps", rpps_text(row, OPTICIAN | {"postcode": "", "insee": "2A004", "town": ""}))
    [one] = places(speciality="gp")
    assert (one.postcode, one.town, one.street) == ("69003", "Lyon 3e Arrondissement", "12 Rue DES LILAS")
    [shop] = places(speciality="optician")
    assert (shop.postcode, shop.town) == ("20000", "Ajaccio")


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        (b"", 1, "", "fichier vide"),
        (b"\n", 1, "", "fichier vide"),
        ("une phrase\n", 1, "", "ne donne pas les noms des colonnes"),
        (rpps_text(DOCTOR).replace("|", ";"), 1, "", "séparés par « | »"),
        (rpps_text(DOCTOR).encode("cp1252"), 1, "", "n'est pas en UTF-8"),
        (rpps_text(DOCTOR).replace("Élise", "?").encode() + "Né\n".encode("cp1252"), 3, "", "n'est pas en UTF-8"),
        (rpps_text(DOCTOR, OPTICIAN)[:-90], 0, "", "coupé au milieu de sa dernière ligne"),
        (rpps_text(DOCTOR)[: len("|".join(RPPS_HEADER)) - 260], 1, None, "colonne absente"),
        (
            rpps_text(DOCTOR).replace("Code postal (coord. structure)", "Code postal (structure)"),
            1,
            "Code postal (coord. structure)",
            "renommée en « code postal structure »",
        ),
        ("|".join([*RPPS_HEADER, "é" * 20_000]) + "\n", 1, "", "première ligne de plus de 16384 octets"),
        ("|".join([*RPPS_HEADER, "x" * 20_000]) + rpps_text(DOCTOR), 1, "", "première ligne de plus de"),
        (rpps_text(), 0, "", "aucun lieu d'exercice"),
        (rpps_text(DOCTOR | {"mode": "S"}), 0, "", "aucun lieu d'exercice"),
    ],
)
def test_a_file_that_cannot_be_a_directory_is_refused_whole(bring_in, places, content, line, column, words):
    bring_in("rpps", rpps_text(OPTICIAN))
    refusals = refusals_of(bring_in, "rpps", content)
    assert any(one[0] == line and (column is None or one[1] == column) and words in one[2] for one in refusals)
    assert [one.speciality for one in places()] == ["optician"]


def test_half_a_file_does_not_empty_the_search(bring_in, places, monkeypatch):
    monkeypatch.setattr(practitioner_merge, "FEW", 2)
    many = [DOCTOR | {"rpps": f"9000000000{n}", "last_name": f"NOM{'ABCDEFGHIJ'[n]}"} for n in range(10)]
    bring_in("rpps", rpps_text(*many))
    [(_, _, reason)] = refusals_of(bring_in, "rpps", rpps_text(*many[:5]))
    assert reason.startswith("5 lieux sur 10 disparaîtraient")
    assert len(places()) == 10
    # What was read is not read again once the loss is accepted.
    report = bring_in("rpps", rpps_text(*many[:5]), accept_loss=True)
    assert (report.counts["gone"], report.counts["lines"]) == (5, 5)
    assert len(places()) == 5


def test_an_older_extract_is_refused(bring_in):
    bring_in("rpps", rpps_text(DOCTOR))
    with pytest.raises(FeedRefusedError) as refused:
        bring_in("rpps", rpps_text(OPTICIAN), day=date(2026, 11, 1))
    assert "est déjà importé, celui-ci est plus ancien" in refused.value.report.refusals[0].reason


def test_a_geocoded_address_keeps_its_point(bring_in, places, db):
    bring_in("rpps", rpps_text(DOCTOR))
    [one] = places()
    db.add(GeocodedAddress(address_key=one.address_key, precision="address", latitude=45.75, longitude=4.86))
    db.flush()
    report = bring_in("rpps", rpps_text(DOCTOR, OPTICIAN))
    assert (report.counts["new"], report.counts["changed"]) == (1, 0)
    [one] = places(speciality="gp")
    assert (one.latitude, one.longitude, one.precision) == (45.75, 4.86, "address")
    assert one.place == planar(Point(45.75, 4.86), 1)


def test_a_line_without_end_does_not_fill_the_memory(bring_in, places):
    first, second = rpps_text(DOCTOR), rpps_text(OPTICIAN).partition("\n")[2]
    content = (first + "x" * 20_000_000 + "\n" + second).encode()
    tracemalloc.start()
    report = bring_in("rpps", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 15_000_000
    assert [(one.line, one.reason) for one in report.warnings] == [
        (3, "ligne illisible : caractère de contrôle, guillemets mal fermés ou plus de 16384 octets")
    ]
    assert [one.speciality for one in places()] == ["optician", "gp"]


NASTY = st.sampled_from(
    [b"", b"|", b"||", b"\0", b"\r", b"\n", b"\t", b"\\", b"\\N", b"\xff", b'"', b"99999", b"\xc2\xa0"]
)
GOOD = rpps_text(DOCTOR, OPTICIAN, DOCTOR | {"rpps": "90000000005", "postcode": "97100", "insee": "97105"}).encode()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 4), NASTY), max_size=3))
def test_whatever_bytes_are_imported_or_refused(session_factory, tmp_path, changes):
    content = GOOD
    for at, length, piece in changes:
        content = content[:at] + piece + content[at + length :]
    path = tmp_path / "rpps.txt"
    path.write_bytes(content)
    with session_factory() as db:
        before = db.scalar(select(func.count()).select_from(Practice))
    report = None
    with suppress(FeedRefusedError):
        report = import_practitioners(session_factory, "rpps", [path], day=DAY)
    with session_factory() as db:
        places = db.scalar(select(func.count()).select_from(Practice))
    if report is None or report.counts["already"]:
        assert places == before
    else:
        assert places == report.counts["places"] <= 3


def test_chunks_are_one_import(bring_in, places, monkeypatch):
    monkeypatch.setattr(practitioner_file, "LINES", 2)
    many = [DOCTOR | {"rpps": f"9000000000{n}"} for n in range(7)]
    read = []
    report = bring_in("rpps", rpps_text(*many), advance=read.append)
    assert (report.counts["places"], report.counts["lines"]) == (7, 7)
    assert sum(read) == len(rpps_text(*many).encode())


@pytest.mark.xdist_group("own database")
def test_a_first_import_makes_the_indexes_again(as_owner, tmp_path, monkeypatch):
    """As who owns the tables: the same places and the same indexes, and nothing is left behind."""
    monkeypatch.setattr(practitioner_merge, "FEW", 0)
    dropped = []
    event.listen(as_owner, "before_cursor_execute", lambda *said: dropped.append("DROP INDEX" in said[2]))
    indexes = text("select indexdef from pg_indexes where tablename = 'practice' order by 1")
    with as_owner.connect() as connection:
        before = list(connection.scalars(indexes))
        # Of another import that is being read: its lines stay.
        connection.execute(insert(PractitionerImport).values(source="network", file="x", sha256=b"x", day=DAY))
        connection.commit()
    sessions = make_session_factory(as_owner)
    for source, content in (("rpps", rpps_text(DOCTOR, OPTICIAN)), ("ameli", ameli_text(AMELI_DOCTOR))):
        path = tmp_path / source
        path.write_bytes(content.encode())
        import_practitioners(sessions, source, [path], day=DAY)
        with sessions.begin() as db:
            db.execute(update(PractitionerImport).where(PractitionerImport.file == "x").values(state="given_up"))
    assert sum(dropped) == 4
    with sessions() as db:
        assert list(db.scalars(indexes)) == before
        assert db.scalar(select(func.count()).select_from(PRACTICE_STAGING)) == 0
        told = {(one.source, one.shown, one.sector) for one in db.scalars(select(Practice))}
    assert told == {("rpps", True, "1"), ("rpps", True, None), ("ameli", False, "1")}
    # Swept in no transaction, as no other way is.
    practitioner_merge.sweep(sessions)
    with as_owner.connect() as connection:
        assert connection.scalar(text("select relpages from pg_class where oid = 'practice'::regclass")) > 0


def test_the_nearest_is_found_by_the_index(bring_in, db):
    """What the search asks: the plane of a speciality, by the index alone."""
    bring_in(
        "rpps", rpps_text(DOCTOR, OPTICIAN, DOCTOR | {"rpps": "90000000006", "postcode": "97100", "insee": "97105"})
    )
    x, y = specialities().by_code["gp"].planar(LYON_3)
    db.execute(text("set local enable_seqscan = off"))
    query = "select rpps from practice where shown order by place <-> point(:x, :y) limit 2"
    assert [row.rpps for row in db.execute(text(query), {"x": x, "y": y})] == ["90000000001", "90000000006"]
    plan = "\n".join(db.scalars(text(f"explain {query}"), {"x": x, "y": y}))
    assert "ix__practice__place" in plan


def test_the_columns_that_are_read_are_those_of_the_extract():
    assert len(RPPS_HEADER) == 56
    assert set(RPPS.names.values()) <= set(RPPS_HEADER)
