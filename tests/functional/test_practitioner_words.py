"""How a place is told: its distance, its address as one writes it, its sector."""

from types import SimpleNamespace

import pytest
from translationstring import TranslationString

from member_space.views.practitioner_words import (
    DENTAL,
    PRECISIONS,
    SECTORS,
    UNPLACED,
    address_of,
    distance_words,
    precision_words,
    sector_key,
    spoken,
    told_sector,
)


@pytest.mark.parametrize(
    ("distance", "precision", "words"),
    [
        (0.0, "address", "10 m"),
        (0.0, "town", "Même commune"),
        (0.0, "area", "Même commune ou voisine"),
        (0.854, "address", "850 m"),
        (0.996, "address", "1,0 km"),
        (1.24, "street", "1,2 km"),
        (0.12, "town", "environ 1 km"),
        (1.6, "town", "environ 2 km"),
        (49.6, "area", "environ 50 km"),
        (9.96, "address", "10 km"),
        (49.6, "address", "50 km"),
    ],
)
def test_a_distance_is_as_exact_as_it_is_worth(distance, precision, words):
    said = distance_words(distance, precision, "fr")
    assert (said.interpolate() if isinstance(said, TranslationString) else said).replace("\xa0", " ") == words


@pytest.mark.parametrize(
    ("distance", "precision", "words"),
    [
        (0.0, "town", UNPLACED),
        (0.0, "area", UNPLACED),
        (0.0, "address", PRECISIONS["address"]),
        (1.4, "town", PRECISIONS["town"]),
        (None, "town", PRECISIONS["town"]),
    ],
)
def test_what_is_measured_to_is_told_where_something_was(distance, precision, words):
    assert precision_words(distance, precision) is words


@pytest.mark.parametrize(
    ("street", "words"),
    [
        ("122 Boulevard DE LA GARE", "122 Boulevard de la Gare"),
        ("3 BIS RUE DE L'ÉGLISE", "3 Bis Rue de l'Église"),
        ("5 Place DE L EGLISE", "5 Place de l’Eglise"),
        ("5 Place de L Hôpital", "5 Place de l’Hôpital"),
        ("3 RUE D ALESIA", "3 Rue d’Alesia"),
        ("Bâtiment L Entrée 2", "Bâtiment L Entrée 2"),
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


@pytest.mark.parametrize(
    ("speciality", "sector", "told"),
    [
        ("gp", "1", SECTORS["1"]),
        ("dentist", "1", DENTAL),
        ("orthodontist", "1", DENTAL),
        ("dentist", "2", SECTORS["2"]),
        ("dentist", None, None),
    ],
)
def test_no_crown_is_promised_without_extra_fees(speciality, sector, told):
    assert told_sector(SimpleNamespace(speciality=speciality, sector=sector, optam=None)) is told
