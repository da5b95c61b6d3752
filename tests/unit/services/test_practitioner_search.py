"""The search of practitioners, beside what all geodesics say."""

import uuid
from itertools import combinations, product
from math import nextafter
from random import Random

import pytest
from geopy.distance import geodesic
from sqlalchemy import delete

from member_space.domain.cursor import NearCursor
from member_space.domain.geo import Point
from member_space.models import Practice
from member_space.services.practitioner_search import RADII, SECTORS, Filters, practice_of, search
from tests.factories.practices import add_practices, brute_force
from tests.functional.clock import counted_statements

PARIS = Point(48.8566, 2.3522)
VILLAGE = Point(44.5171, 3.5016)
GUADELOUPE = Point(16.2411, -61.5331)
KINDS = ("gp", "dentist", "pathologist")
NONE = Filters()


def around(center, random, spread=0.2):
    return Point(center.latitude + random.gauss(0, spread), center.longitude + random.gauss(0, spread))


def facts(random):
    sector = random.choice(("1", "2", "dp", "none", None))
    return {
        "sector": sector,
        "optam": random.choice((True, False)) if sector == "2" else None,
        "third_party": random.choice((True, False, None)),
        "network": random.choice((None, None, "Réseau Démo")),
        "shown": random.random() < 0.9,
    }


@pytest.fixture
def crowd(db):
    """A dense town, an empty one, an island; towns of hundreds on one point, as they are before a geocoder is asked."""
    random = Random(6)
    points = [around(PARIS, random) for _ in range(400)]
    points += [around(VILLAGE, random) for _ in range(15)]
    points += [around(GUADELOUPE, random) for _ in range(60)]
    points += [PARIS] * 250 + [around(PARIS, random, 0.05)] * 250 + [GUADELOUPE] * 50
    # As far away as each other, and not at one point.
    points += [Point(PARIS.latitude, PARIS.longitude + east * 0.03) for east in (-1, 1)] * 30
    add_practices(db, *({"speciality": random.choice(KINDS), "point": point} | facts(random) for point in points))
    return db


def walked(db, *asked, size):
    """All pages one after the other, as (distance, id)."""
    found, after = [], None
    while True:
        page = search(db, *asked, after=after, size=size)
        assert len(page.found) == size or page.next is None
        found += [(one.distance, one.practice.id) for one in page.found]
        if page.next is None:
            return found
        after = page.next


@pytest.mark.parametrize("seed", range(8))
def test_all_pages_are_what_brute_force_finds(crowd, seed):
    random = Random(seed)
    for _ in range(10):
        center = random.choice((PARIS, VILLAGE, GUADELOUPE))
        asked = (
            random.choice(KINDS),
            random.choice((center, around(center, random))),
            random.choice(RADII),
            Filters(
                third_party=random.random() < 0.3,
                network=random.random() < 0.3,
                sectors=frozenset(random.sample(SECTORS, random.choice((0, 0, 1, 2)))),
            ),
        )
        assert walked(crowd, *asked, size=random.choice((7, 20, 50))) == brute_force(crowd, *asked)


def test_each_filter_keeps_each_set_of_facts_that_passes(db):
    known = (None, False, True)
    add_practices(
        db,
        *(
            {
                "speciality": "gp",
                "point": PARIS,
                "third_party": paid,
                "network": network,
                "optam": optam,
                "sector": sector,
            }
            for paid, network, optam, sector in product(known, (None, "Réseau"), known, (None, "1", "2", "dp", "none"))
        ),
    )
    for third_party, network, count in product((False, True), (False, True), range(len(SECTORS) + 1)):
        for sectors in combinations(SECTORS, count):
            asked = ("gp", PARIS, 5, Filters(third_party, network, frozenset(sectors)))
            assert walked(db, *asked, size=50) == brute_force(db, *asked)


def test_the_order_of_the_plane_is_not_that_of_the_ground(db):
    """Southwards the plane draws shorter: both are asked, and the nearer one is first."""
    center = Point(46.0, 2.0)
    south, north = Point(45.6, 2.0), Point(46.3985, 2.0)
    first, second = add_practices(db, {"speciality": "gp", "point": north}, {"speciality": "gp", "point": south})
    assert geodesic(center, north).km < geodesic(center, south).km
    places = [db.get(Practice, one).place for one in (first, second)]
    x, y = db.get(Practice, add_practices(db, {"speciality": "gp", "point": center})[0]).place
    assert abs(places[0][1] - y) > abs(places[1][1] - y)
    assert {place[0] for place in places} == {x}
    assert [one.practice.id for one in search(db, "gp", center, 50, NONE).found][1:] == [first, second]
    assert [one.practice.id for one in search(db, "gp", center, 50, NONE, size=2).found][1:] == [first]


def test_the_edge_of_the_radius_is_within(db):
    add_practices(db, {"speciality": "gp", "point": Point(48.9, 2.4)})
    edge = geodesic(PARIS, (48.9, 2.4)).km
    [found] = search(db, "gp", PARIS, edge, NONE).found
    assert found.distance == edge
    assert search(db, "gp", PARIS, nextafter(edge, 0), NONE).found == ()


def test_another_speciality_and_the_hidden_are_nowhere(db):
    places = ({"speciality": "dentist", "point": PARIS}, {"speciality": "gp", "point": PARIS, "shown": False})
    _, hidden = add_practices(db, *places)
    assert search(db, "gp", PARIS, 50, NONE) == search(db, "gp", Point(0, 0), 50, NONE)
    assert search(db, "gp", PARIS, 50, NONE).found == ()
    assert practice_of(db, db.get(Practice, hidden).public_id) is None
    assert practice_of(db, uuid.uuid4()) is None


def test_one_practice_is_told_as_the_search_tells_it(db):
    add_practices(db, {"speciality": "gp", "point": PARIS, "sector": "2", "optam": True})
    [found] = search(db, "gp", PARIS, 5, NONE).found
    assert practice_of(db, found.practice.public_id) == found.practice
    assert (found.practice.town, found.practice.sector, found.practice.optam) == ("Lyon", "2", True)
    assert found.distance == 0


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (NONE, "12345"),
        (Filters(third_party=True), "1"),
        (Filters(network=True), "2"),
        (Filters(sectors=frozenset({"1"})), "1"),
        (Filters(sectors=frozenset({"2"})), "34"),
        (Filters(sectors=frozenset({"optam"})), "4"),
        (Filters(sectors=frozenset({"1", "optam"})), "14"),
        (Filters(sectors=frozenset({"unknown"})), ""),
        (Filters(third_party=True, network=True), ""),
    ],
)
def test_what_filters_keep(db, filters, kept):
    add_practices(
        db,
        *(
            {"speciality": "gp", "point": PARIS, "street": street} | facts
            for street, facts in (
                ("1", {"third_party": True, "sector": "1"}),
                ("2", {"third_party": False, "network": "Réseau Démo"}),
                ("3", {"sector": "2", "optam": False}),
                ("4", {"sector": "2", "optam": True}),
                ("5", {"sector": "dp"}),
            )
        ),
    )
    assert "".join(one.practice.street for one in search(db, "gp", PARIS, 5, filters).found) == kept


def test_a_page_goes_on_after_somebody_who_is_no_longer_there(db):
    ids = add_practices(db, *[{"speciality": "gp", "point": PARIS}] * 5)
    page = search(db, "gp", PARIS, 5, NONE, size=2)
    db.execute(delete(Practice).where(Practice.id == ids[1]))
    following = search(db, "gp", PARIS, 5, NONE, page.next, size=2)
    assert [one.practice.id for one in following.found] == ids[2:4]
    assert search(db, "gp", PARIS, 5, NONE, following.next, size=2).next is None


def test_a_page_goes_on_in_the_midst_of_a_crowd_at_one_point(db):
    ids = add_practices(db, *[{"speciality": "gp", "point": PARIS}] * 300)
    for rank in (0, 150, 297, 298, 299):
        page = search(db, "gp", PARIS, 5, NONE, NearCursor(0, ids[rank]), size=2)
        assert [one.practice.id for one in page.found] == ids[rank + 1 : rank + 3]
        assert (page.next is None) == (rank >= 297)


@pytest.mark.parametrize(
    ("center", "size", "most"),
    [
        (VILLAGE, 20, 2),
        # Two hundred at one point, and pages of five of them.
        (PARIS, 5, 4),
        (PARIS, 500, 2),
    ],
)
def test_a_page_takes_as_many_statements_whatever_there_is(crowd, engine, center, size, most):
    page = search(crowd, "gp", center, 50, NONE, size=size)
    for after in (None, page.next):
        with counted_statements(engine) as run:
            assert search(crowd, "gp", center, 50, NONE, after, size=size).found
        assert len(run) <= most


@pytest.mark.parametrize("center", [Point(91, 0), Point(float("nan"), 0)])
def test_a_place_that_is_not_on_earth(db, center):
    with pytest.raises(ValueError, match="not a place on Earth"):
        search(db, "gp", center, 5, NONE)


@pytest.mark.parametrize("center", [Point(-21.1, 179.99), Point(85, 0), Point(0, 0), Point(-85, -180)])
def test_the_ends_of_the_plane_are_searched_like_the_rest(db, center):
    add_practices(db, {"speciality": "gp", "point": center})
    assert len(search(db, "gp", center, 50, NONE).found) == 1
