"""Where the addresses of the directory are, as the geocoder says and as far as it is believed."""

from datetime import date

import pytest
from sqlalchemy import select

from member_space.adapters.geocoder import BanGeocoder
from member_space.domain.geo import Point
from member_space.models import GeocodedAddress, Practice
from member_space.services import geocoding
from member_space.services.geocoding import count_unasked, geocode
from member_space.services.practitioner_import import import_practitioners
from member_space.services.speciality import specialities
from tests.factories.ban_server import BanServer
from tests.factories.practitioners import DOCTOR, OPTICIAN, rpps_text

GARE = DOCTOR | {"rpps": "90000000003", "street": "DE LA GARE"}
NOWHERE = DOCTOR | {"rpps": "90000000004", "street": "ZZZ", "street_kind": "", "number": ""}
NO_STREET = DOCTOR | {"rpps": "90000000005", "street": "", "street_kind": "", "number": ""}
COLLEAGUE = OPTICIAN | {"siret": "90000000000077", "number": "12"}


@pytest.fixture
def server():
    server = BanServer()
    server.put("12 Rue des Lilas", 45.75, 4.86)
    # The file of addresses finds it in another town; alone, it is found.
    server.put("12 Rue de la gare", 45.2, 5.7, citycode="38185", only="csv")
    server.put("12 Rue de la gare", 45.76, 4.85, kind="street", citycode="69123", only="search")
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def ask(session_factory, server, tmp_path):
    path = tmp_path / "rpps.txt"
    path.write_text(rpps_text(DOCTOR, COLLEAGUE, GARE, NOWHERE, NO_STREET), "utf-8")
    import_practitioners(session_factory, "rpps", [path], day=date(2026, 11, 30))
    geocoder = BanGeocoder(server.url, sleep=lambda _seconds: None)
    return lambda limit=None: geocode(session_factory, geocoder, limit)


def test_each_address_is_asked_once_and_its_places_move(ask, server, db):
    assert count_unasked(db) == 3
    assert ask() == {"address": 1, "street": 1, "not_found": 1}
    db.expire_all()
    gp, optician = (specialities().by_code[code] for code in ("gp", "optician"))
    where = {one.rpps or one.speciality: one for one in db.scalars(select(Practice))}
    for key, speciality in ((DOCTOR["rpps"], gp), ("optician", optician)):
        one = where[key]
        assert (one.latitude, one.longitude, one.precision) == (45.75, 4.86, "address")
        assert one.place == speciality.planar(Point(45.75, 4.86))
    assert (where[GARE["rpps"]].latitude, where[GARE["rpps"]].precision) == (45.76, "street")
    assert where[NOWHERE["rpps"]].precision == where[NO_STREET["rpps"]].precision == "town"
    kept = list(db.scalars(select(GeocodedAddress.precision)))
    assert sorted(kept, key=str) == [None, "address", "street"]
    # Nobody's name was told, and nobody is asked again.
    assert not any("VALMONT" in str(asked) for asked in server.asked)
    server.asked.clear()
    assert count_unasked(db) == 0
    assert ask() == {}
    assert server.asked == []


def test_no_more_than_asked(ask, db, monkeypatch):
    monkeypatch.setattr(geocoding, "AT_ONCE", 1)
    assert sum(ask(2).values()) == 2
    assert count_unasked(db) == 1
    assert sum(ask(5).values()) == 1


def test_what_was_answered_before_it_stopped_is_kept(ask, server, db, monkeypatch):
    monkeypatch.setattr(geocoding, "AT_ONCE", 1)
    ask(1)
    server.refusals = [404]
    with pytest.raises(ConnectionError):
        ask()
    assert count_unasked(db) == 2
