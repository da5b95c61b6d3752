"""The geocoder against a stand-in that answers as the Géoplateforme documents."""

import pytest

from member_space.adapters.geocoder import PACE, WAITS, BanGeocoder
from member_space.domain.geo import Point
from member_space.domain.geocoding import Address, Answer
from tests.factories.ban_server import BanServer

LILAS = Address("12 Rue DES LILAS", "69003", "69383", "Lyon 3e Arrondissement")
NONSENSE = Address("zzz", "69003", "69383", "Lyon 3e Arrondissement")
FOUND = Answer(Point(45.75, 4.86), 0.95, "housenumber", frozenset({"69383"}))


class Time:
    """Seconds that pass when somebody sleeps."""

    def __init__(self):
        self.now, self.slept = 1_000.0, []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def server():
    server = BanServer()
    server.put("12 Rue des Lilas", 45.75, 4.86)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def geocoder(server, time):
    return BanGeocoder(server.url, sleep=time.sleep, clock=lambda: time.now)


def test_a_file_of_addresses_has_an_answer_a_line(geocoder, server):
    found, nonsense = geocoder.locate_all([LILAS, NONSENSE])
    assert found == FOUND
    assert (nonsense.score, nonsense.kind) == (0.12, "municipality")
    [(kind, rows)] = server.asked
    assert kind == "csv"
    assert rows[0] == {"street": LILAS.street, "postcode": "69003", "insee": "69383", "town": LILAS.town}
    assert geocoder.locate_all([]) == []


def test_one_address_is_asked_without_its_postcode(geocoder, server):
    assert geocoder.locate(LILAS) == FOUND
    assert server.asked == [("search", {"q": ["12 Rue DES LILAS Lyon 3e Arrondissement"], "limit": ["1"]})]
    server.put("12 rue des lilas", 0, 0, kind="")
    assert geocoder.locate(LILAS) is None


@pytest.mark.parametrize("ask", ["locate", "locate_all"])
@pytest.mark.parametrize("status", [429, 500, 503])
def test_it_is_asked_again_later_and_later(geocoder, server, time, ask, status):
    server.refusals = [status] * 3
    answer = geocoder.locate(LILAS) if ask == "locate" else geocoder.locate_all([LILAS])[0]
    assert answer == FOUND
    assert time.slept == list(WAITS[:3])
    server.refusals = [status] * (len(WAITS) + 1)
    with pytest.raises(ConnectionError, match="stays busy"):
        geocoder.locate(LILAS) if ask == "locate" else geocoder.locate_all([LILAS])
    assert server.refusals == []


def test_it_waits_as_long_as_it_is_told_within_reason(geocoder, server, time):
    server.headers = {"Retry-After": "7"}
    server.refusals = [429]
    assert geocoder.locate(LILAS) == FOUND
    assert time.slept == [7]
    server.headers = {"Retry-After": "86400"}
    server.refusals = [429]
    geocoder.locate(LILAS)
    assert time.slept[-1] == 60


def test_no_more_than_fifty_are_asked_in_a_second(geocoder, time):
    for _ in range(11):
        geocoder.locate(LILAS)
    assert sum(time.slept) == pytest.approx(10 * PACE)


@pytest.mark.parametrize("status", [400, 404, 413])
def test_a_refusal_is_not_asked_again(geocoder, server, time, status):
    server.refusals = [status, status]
    with pytest.raises(ConnectionError):
        geocoder.locate_all([LILAS])
    with pytest.raises(ConnectionError):
        geocoder.locate(LILAS)
    assert all(wait <= PACE for wait in time.slept)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"latitude,longitude\n1,2\n", b"street,latitude\n", b"\xff\xfe", b'{"features": 3}', b"[]"],
)
def test_something_else_than_an_answer(geocoder, server, body):
    server.body = body
    with pytest.raises(ConnectionError):
        geocoder.locate_all([LILAS])


def test_nobody_there(time):
    gone = BanServer()
    url = gone.url
    gone.shutdown()
    gone.server_close()
    geocoder = BanGeocoder(url, sleep=time.sleep, clock=lambda: time.now)
    for ask in (geocoder.locate, lambda one: geocoder.locate_all([one])):
        with pytest.raises(ConnectionError) as refused:
            ask(LILAS)
        assert "LILAS" not in str(refused.value)
