"""The place that « Où ? » means, with the table of the product."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import member_space.domain
from member_space.domain.commune import Communes, read_communes
from member_space.domain.whereabouts import CHOICES, LONGEST, PlaceProblem, Places, Reason

TABLE = Path(member_space.domain.__file__).parents[1] / "reference" / "communes.csv"
with TABLE.open(encoding="utf-8", newline="") as lines:
    ALL = list(read_communes(lines))
PLACES = Places(Communes(ALL))
SCRAPS = st.sampled_from(["75011", "2A004", "paris", " 11e", "cedex", "st ", "-", "XI", "0", "😀", "\0", "’", "﷽", "②"])


def answer(ask, *typed):
    """The places told, and the reason where there is no one place. Anything else that is raised is a fault."""
    try:
        return None, (ask(*typed),)
    except PlaceProblem as problem:
        return problem.reason, problem.choices


def problem_of(typed):
    reason, choices = answer(PLACES.find, typed)
    return reason, [one.label for one in choices]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("75011", "Paris 11e (75011)"),
        (" 75 011 ", "Paris 11e (75011)"),
        ("７５０１１", "Paris 11e (75011)"),
        ("F-75011 Paris", "Paris 11e (75011)"),
        ("75011 Paris", "Paris 11e (75011)"),
        ("Paris (75011)", "Paris 11e (75011)"),
        ("Paris 11", "Paris 11e (75011)"),
        ("Paris 11e", "Paris 11e (75011)"),
        ("Paris 11 e", "Paris 11e (75011)"),
        ("Paris XIe", "Paris 11e (75011)"),
        ("Paris, 11ème arrondissement", "Paris 11e (75011)"),
        ("11e arrondissement de Paris", "Paris 11e (75011)"),
        ("PARIS 3E", "Paris 3e (75003)"),
        ("Paris 1er", "Paris 1er (75001)"),
        ("75116", "Paris 16e (75116)"),
        ("Lyon 3ème", "Lyon 3e (69003)"),
        ("Lyon 03", "Lyon 3e (69003)"),
        ("LYON CEDEX 03", "Lyon (69)"),
        ("Marseille 13", "Marseille 13e (13013)"),
        ("Paris 75", "Paris (75)"),
        # Everybody knows which city: told as such.
        ("75000", "Paris (75)"),
        ("75000 Paris", "Paris (75)"),
        ("69000 Lyon", "Lyon (69)"),
        ("13000", "Marseille (13)"),
        # Several have the name: the département says which, or the postcode.
        ("St Denis 93", "Saint-Denis (93)"),
        ("Saint-Denis (974)", "Saint-Denis (974)"),
        ("97400 st denis", "Saint-Denis (974)"),
        ("97417", "Saint-Denis (97417)"),
        ("Ste-Foy-lès-Lyon", "Sainte-Foy-lès-Lyon (69110)"),
        ("ste foy les lyon", "Sainte-Foy-lès-Lyon (69110)"),
        ("L’HAY LES ROSES", "L'Haÿ-les-Roses (94240)"),
        ("Œuilly 02", "Œuilly (02160)"),
        # Delivered apart: of no commune.
        ("Cergy Pontoise Cedex", "Cergy (95)"),
        ("95011 CERGY PONTOISE CEDEX", "Cergy (95)"),
        ("BP 90123 95011 CERGY PONTOISE CEDEX 2", "Cergy (95)"),
        ("92012 Boulogne-Billancourt CEDEX", "Boulogne-Billancourt (92100)"),
        # Corsica, whose INSEE codes no postcode can be taken for; overseas.
        ("2A004", "Ajaccio (2A)"),
        ("2b033 Bastia", "Bastia (2B)"),
        ("20000", "Ajaccio (20000)"),
        ("Ajaccio 2A", "Ajaccio (2A)"),
        ("Bastia 20", "Bastia (2B)"),
        ("97110", "Pointe-à-Pitre (97110)"),
        ("Les Abymes", "Les Abymes (971)"),
        ("98714", "Papeete (98714)"),
        ("98800 Nouméa", "Nouméa (98800)"),
        ("97500", "Saint-Pierre et alentours (97500)"),
        # Several communes of one postcode: where the largest is, and so it is told.
        ("01500", "Ambérieu-en-Bugey et alentours (01500)"),
        ("01500 Ambérieu", "Ambérieu-en-Bugey (01500)"),
        ("10190 Dierey st julien", "Dierrey-Saint-Julien (10190)"),
        ("74940", "Annecy (74940)"),
        ("74940 Annecy le Vieux", "Annecy-le-Vieux (74)"),
        # A quarter, a street, a slip: the postcode says enough.
        ("75018 Montmartre", "Paris 18e (75018)"),
        ("06560 Sophia Antipolis", "Valbonne (06560)"),
        ("12 rue de la Paix, 75002 Paris", "Paris 2e (75002)"),
        ("69100 Vileurbane", "Villeurbanne (69100)"),
        # A postcode that is none, of the département of the town.
        ("69010 Villeurbanne", "Villeurbanne (69100)"),
        ("97401 Saint-Denis", "Saint-Denis (974)"),
    ],
)
def test_what_is_typed_is_a_place(typed, label):
    found = PLACES.find(typed)
    assert found.label == label
    assert found.point.is_on_earth
    assert PLACES.of_key(found.key) == found


@pytest.mark.parametrize(
    ("typed", "reason", "choices"),
    [
        ("", Reason.EMPTY, []),
        (" \t\n", Reason.EMPTY, []),
        ("😀", Reason.EMPTY, []),
        ("\0\x01\x7f", Reason.EMPTY, []),
        ("CEDEX", Reason.EMPTY, []),
        ("x" * (LONGEST + 1), Reason.TOO_LONG, []),
        ("1500", Reason.POSTCODE_LENGTH, ["Ambérieu-en-Bugey et alentours (01500)"]),
        ("750", Reason.POSTCODE_LENGTH, []),
        ("750011", Reason.POSTCODE_LENGTH, []),
        ("2A", Reason.POSTCODE_LENGTH, []),
        ("2A999", Reason.UNKNOWN_POSTCODE, []),
        ("99999", Reason.UNKNOWN_POSTCODE, []),
        ("98000 Monaco", Reason.UNKNOWN_POSTCODE, []),
        ("75111", Reason.UNKNOWN_POSTCODE, ["Paris (75)", "Paris 11e (75011)"]),
        ("Nulle-Part-sous-Bois", Reason.UNKNOWN_TOWN, []),
        ("'; drop table practice; --", Reason.UNKNOWN_TOWN, []),
        ("Marseile", Reason.NEAR_TOWN, ["Marseille (13)"]),
        ("Toulousse", Reason.NEAR_TOWN, ["Toulouse (31)"]),
        ("Vileurbane", Reason.NEAR_TOWN, ["Villeurbanne (69100)"]),
        ("LHAY LES ROSES", Reason.NEAR_TOWN, ["L'Haÿ-les-Roses (94240)"]),
        ("Fort-de-France Martinique", Reason.NEAR_TOWN, ["Fort-de-France (972)"]),
        ("La Rochelle", Reason.SEVERAL_TOWNS, ["La Rochelle (17000)", "La Rochelle (70120)"]),
        (
            "Boulogne",
            Reason.SEVERAL_TOWNS,
            ["Boulogne-Billancourt (92100)", "Boulogne-sur-Mer (62200)", "Boulogne (85140)"],
        ),
        ("75011 Lyon", Reason.CONTRADICTION, ["Paris 11e (75011)", "Lyon (69)"]),
        ("75011 Paris 12", Reason.CONTRADICTION, ["Paris 11e (75011)", "Paris 12e (75012)"]),
        ("75099 Villeurbanne", Reason.CONTRADICTION, ["Villeurbanne (69100)"]),
    ],
)  # fmt: skip
def test_what_is_no_one_place_has_its_reason_and_what_may_be_meant(typed, reason, choices):
    assert problem_of(typed) == (reason, choices)


def test_towns_of_one_name_are_asked_for_the_largest_first_a_dozen_at_most():
    reason, choices = problem_of("St Denis")
    assert (reason, choices[:2]) == (Reason.SEVERAL_TOWNS, ["Saint-Denis (974)", "Saint-Denis (93)"])
    reason, choices = problem_of("Saint-Sauveur")
    assert (reason, len(choices)) == (Reason.MANY_TOWNS, CHOICES)
    reason, choices = problem_of("Paris 21")
    assert (reason, choices[0]) == (Reason.NEAR_TOWN, "Paris (75)")
    reason, choices = problem_of("95011")
    assert (reason, choices[:2]) == (Reason.UNKNOWN_POSTCODE, ["Cergy (95)", "Pontoise (95)"])


@given(st.sampled_from(ALL), st.sampled_from(["{0}", "{1} {0}", "{1}"]))
def test_every_commune_is_found_or_among_the_choices(commune, written):
    reason, found = answer(PLACES.find, written.format(commune.name, commune.postcodes[-1]))
    assert reason in ((None,) if "{1}" in written else (None, Reason.SEVERAL_TOWNS, Reason.MANY_TOWNS))
    assert all(PLACES.of_key(one.key) == one for one in found)
    name = commune.name.removesuffix(" Arrondissement")
    in_districts = name in ("Paris", "Lyon", "Marseille") and "{1}" in written
    if "{0}" in written and reason is not Reason.MANY_TOWNS:
        assert any(one.label.startswith(f"{name} " if in_districts else f"{name} (") for one in found)


def test_no_two_places_are_told_alike():
    keys = {}
    for one in ALL:
        found = PLACES.of_key(one.insee + ("p" if one.within else ""))
        assert keys.setdefault(found.label, found.key) == found.key


@given(st.text(max_size=LONGEST + 1) | st.lists(SCRAPS | st.text(max_size=4), max_size=8).map("".join))
def test_any_text_has_a_place_or_a_reason(typed):
    _reason, found = answer(PLACES.find, typed)
    assert len({one.label for one in found}) == len(found) <= CHOICES
    assert all(PLACES.of_key(one.key) == one for one in found)


@given(st.text() | st.from_regex(r"(cp)?[0-9AB]{5}p?\n?", fullmatch=True))
def test_any_key_has_a_place_or_none(key):
    found = PLACES.of_key(key)
    assert found is None or found.point.is_on_earth


def test_a_key_is_of_the_part_where_a_commune_has_the_same_code():
    assert PLACES.of_key("50129").label == "Cherbourg-en-Cotentin (50)"
    assert PLACES.of_key("50129p").label == "Cherbourg-Octeville (50)"


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [
        ("48.8566", "2.3522", None),
        (" 48,8566 ", "2,3522", None),
        ("47.9", "5e-7", None),
        ("-22.27", "166.45", None),
        ("+16.24", "-61.53", None),
        ("46.2", "6.14", None),  # Geneva: as near to Annemasse as to itself
        ("0", "0", Reason.FAR_POSITION),
        ("45", "-5", Reason.FAR_POSITION),  # the Bay of Biscay
        ("51.5", "-0.1", Reason.FAR_POSITION),
        ("nan", "2", Reason.UNREADABLE_POSITION),
        ("48", "inf", Reason.UNREADABLE_POSITION),
        ("91", "2", Reason.UNREADABLE_POSITION),
        ("48", "181", Reason.UNREADABLE_POSITION),
        ("", "", Reason.UNREADABLE_POSITION),
        ("48.8.5", "2", Reason.UNREADABLE_POSITION),
        ("4_8", "2", Reason.UNREADABLE_POSITION),
        ("٤٨", "2", Reason.UNREADABLE_POSITION),
        ("48" + "0" * 400, "2", Reason.UNREADABLE_POSITION),
    ],
)
def test_a_position_is_near_a_commune_or_has_its_reason(latitude, longitude, reason):
    if reason is None:
        assert PLACES.check(latitude, longitude) == pytest.approx(
            (float(latitude.replace(",", ".")), float(longitude.replace(",", ".")))
        )
        return
    with pytest.raises(PlaceProblem) as raised:
        PLACES.check(latitude, longitude)
    assert (raised.value.reason, raised.value.choices) == (reason, ())
    # Never in a log, even by an error nobody caught.
    assert str(raised.value) == reason.value


@given(st.text(), st.text())
def test_any_position_is_a_place_or_has_a_reason(latitude, longitude):
    reason, _found = answer(PLACES.check, latitude, longitude)
    assert reason in (None, Reason.UNREADABLE_POSITION, Reason.FAR_POSITION)


@given(st.sampled_from([one for one in ALL if one.point]), st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
def test_who_is_at_home_is_never_at_sea(commune, north, east):
    assert PLACES.check(f"{commune.point.latitude + north:.6f}", f"{commune.point.longitude + east:.6f}")
