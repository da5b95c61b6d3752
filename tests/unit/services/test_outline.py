"""The outline of the land: made so that neighbours share their border, and what it covers as it ships."""

import json
from importlib.resources import files
from itertools import pairwise

import pytest

from member_space.services.outline import COLLECTIVITIES, lands_of, lands_of_topology, written

HERE = 45.0


def square(west, south, size=1.0, wobble=0.0):
    """A ring with a middle to its northern side, so much beside the line."""
    east, north = west + size, south + size
    middle = ((west + east) / 2, north + wobble)
    return [[west, south], [east, south], [east, north], list(middle), [west, north], [west, south]]


def feature(*rings):
    return {"geometry": {"type": "Polygon", "coordinates": list(rings)}}


def drawn(text):
    """The rings of each land, as the page draws them."""
    told = json.loads(text)
    lines = []
    for steps in told["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + step_x, y + step_y
            line.append((x / told["grain"], y / told["grain"]))
        lines.append(line)
    return [
        [[at for number in ring for at in (lines[number] if number >= 0 else lines[~number][::-1])] for ring in rings]
        for rings in told["lands"]
    ]


def encloses(rings, longitude, latitude):
    """Even and odd, as the page fills them."""
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > latitude) != (y2 > latitude) and longitude < x1 + (latitude - y1) / (y2 - y1) * (x2 - x1):
                inside = not inside
    return inside


def test_a_border_that_two_share_is_written_once():
    west, east = square(3, HERE), square(4, HERE)
    told = json.loads(written(lands_of([feature(west), feature(east)])))
    assert len(told["arcs"]) == 3
    of_west, of_east = (rings[0] for rings in told["lands"])
    assert len([number for number in of_west if ~number in of_east]) == 1
    # Each is the square that it was, whichever way it goes round.
    for rings, ring in zip(drawn(json.dumps(told)), (west, east), strict=True):
        assert {tuple(at) for at in ring} - {tuple(ring[3])} == set(rings[0])


def test_what_is_nearly_straight_is_straight_and_what_is_not_stays():
    [[straight], [bent]] = drawn(
        written(lands_of([feature(square(3, HERE, wobble=0.001)), feature(square(6, HERE, wobble=0.01))]))
    )
    assert (3.5, HERE + 1.001) not in straight
    assert (6.5, HERE + 1.01) in bent


def test_a_hole_stays_and_a_rock_does_not():
    [rings] = drawn(
        written(lands_of([feature(square(3, HERE), square(3.4, HERE + 0.4, 0.2), square(9, HERE, 0.0005))]))
    )
    assert len(rings) == 2
    assert encloses(rings, 3.1, HERE + 0.1)
    assert not encloses(rings, 3.5, HERE + 0.5)


def test_countries_of_a_topology():
    topology = {
        "transform": {"scale": [0.5, 0.5], "translate": [3, HERE]},
        # A square in two arcs, of which the second is followed backwards.
        "arcs": [[[0, 0], [2, 0], [0, 2]], [[0, 0], [0, 2], [2, 0]]],
        "objects": {"countries": {"geometries": [{"id": "540", "type": "Polygon", "arcs": [[0, -2]]}]}},
    }
    [[ring]] = lands_of_topology(topology, ("540",))
    assert ring == ((3, 45), (4, 45), (4, 46), (3, 46), (3, 45))
    with pytest.raises(KeyError):
        lands_of_topology(topology, COLLECTIVITIES)


@pytest.mark.parametrize("geometry", [{"type": "Point", "coordinates": [3, 45]}, {"coordinates": []}, None])
def test_another_file_is_told(geometry):
    with pytest.raises((KeyError, TypeError, ValueError)):
        lands_of([{"geometry": geometry}])


@pytest.fixture(scope="module")
def shipped():
    text = (files("member_space") / "static" / "outline.json").read_text("utf-8")
    assert len(text) <= 300_000
    return [ring for rings in drawn(text) for ring in rings]


@pytest.mark.parametrize(
    ("town", "latitude", "longitude"),
    [
        ("Paris", 48.8566, 2.3522), ("Brest", 48.3904, -4.4861), ("Ajaccio", 41.9267, 8.7369),
        ("Valréas, of Vaucluse within the Drôme", 44.3848, 4.9903), ("Pointe-à-Pitre", 16.2411, -61.5331),
        ("Fort-de-France", 14.616, -61.0588), ("Cayenne", 4.9227, -52.3269), ("Saint-Denis", -20.8823, 55.4504),
        ("Mamoudzou", -12.7806, 45.2278), ("Nouméa, its hills", -22.22, 166.5), ("Tahiti", -17.65, -149.45),
        ("Saint-Martin", 18.07, -63.06), ("Saint-Pierre-et-Miquelon", 46.9, -56.33),
    ],
)  # fmt: skip
def test_the_land_that_ships_is_there(shipped, town, latitude, longitude):
    assert encloses(shipped, longitude, latitude)


@pytest.mark.parametrize(("latitude", "longitude"), [(46.0, -8.0), (42.9, 5.5), (48.0, 9.5), (50.8, 4.35)])
def test_the_sea_and_the_neighbours_are_not(shipped, latitude, longitude):
    assert not encloses(shipped, longitude, latitude)
