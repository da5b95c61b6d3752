"""How a place is told: its distance, its address as one writes it, its sector."""

from types import SimpleNamespace

import pytest

from member_space.views.practitioner_words import address_of, distance_words, sector_key, spoken


@pytest.mark.parametrize(
    ("distance", "precision", "words"),
    [
        (0.0, "address", "10 m"),
        (0.0, "town", "Même commune"),
        (0.0, "area", "Même commune"),
        (0.854, "address", "850 m"),
        (0.996, "address", "1,0 km"),
        (1.24, "town", "1,2 km"),
        (9.96, "address", "10 km"),
        (49.6, "address", "50 km"),
    ],
)
def test_a_distance_is_as_exact_as_it_is_worth(distance, precision, words):
    assert distance_words(distance, precision, "fr").replace("\xa0", " ") == words


@pytest.mark.parametrize(
    ("street", "words"),
    [
        ("122 Boulevard DE LA GARE", "122 Boulevard de la Gare"),
        ("3 BIS RUE DE L'ÉGLISE", "3 Bis Rue de l'Église"),
        ("1 Place LOUIS XIV", "1 Place Louis XIV"),
        ("ZA DES PINS", "ZA des Pins"),
        ("12 rue des Lilas", "12 rue des Lilas"),
        ("5B Avenue du 8 MAI 1945", "5B Avenue du 8 Mai 1945"),
        ("", ""),
    ],
)
def test_a_street_in_capitals_is_written_as_one_writes_it(street, words):
    assert spoken(street) == words


def test_an_arrondissement_is_its_number():
    place = SimpleNamespace(complement="", street="1 Rue X", postcode="75011", town="Paris 11e Arrondissement")
    assert address_of(place) == ["1 Rue X", "75011 Paris 11e"]


@pytest.mark.parametrize(
    ("sector", "optam", "key"),
    [
        ("1", None, "1"),
        ("2", True, "optam"),
        ("2", False, "2"),
        ("2", None, "2"),
        ("dp", True, "dp"),
        (None, None, None),
    ],
)
def test_the_sector_is_told_with_its_option(sector, optam, key):
    assert sector_key(SimpleNamespace(sector=sector, optam=optam)) == key
