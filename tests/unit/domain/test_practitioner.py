"""Addresses, numbers and sectors as directories write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.practitioner import (
    digest,
    name_key,
    optam_of,
    phone_of,
    sector_of,
    street_key,
    street_of,
    without_delivery,
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("12 RUE X BP 90", "12 RUE X"),
        ("LYON CEDEX 03", "LYON"),
        ("LYON CEDEX", "LYON"),
        ("CS 40012 RUE DU PORT", "RUE DU PORT"),
        ("TSA 10001", ""),
        ("BP 12 34 RENNES", "RENNES"),
        ("12 RUE DE LA BPE", "12 RUE DE LA BPE"),
        ("RUE DU CEDEXIER", "RUE DU CEDEXIER"),
        ("", ""),
    ],
)
def test_delivery_codes_are_no_places(text, kept):
    assert without_delivery(text) == kept


@given(st.text(max_size=60))
def test_what_is_stripped_once_is_stripped(text):
    once = without_delivery(text)
    assert without_delivery(once) == once


@pytest.mark.parametrize(
    ("parts", "street"),
    [
        (("12", "", "Rue", "DES LILAS"), "12 Rue DES LILAS"),
        (("12", "B", "Rue", "RUE DES LILAS"), "12 B RUE DES LILAS"),
        (("4", "", "Rue", "R DENIS PAPIN"), "4 R DENIS PAPIN"),
        (("", "", "", "LE BOURG BP 3"), "LE BOURG"),
        (("", "", "Place", ""), "Place"),
    ],
)
def test_a_street_from_its_parts(parts, street):
    assert street_of(*parts) == street


def test_one_street_has_one_key():
    assert street_key("4 R D. PAPIN") == street_key("4, rue D Papin") == "4 rue d papin"
    assert street_key("12 AV ST-EXUPÉRY") == street_key("12 avenue Saint Exupery")
    assert name_key("L’Œil de Jean-Pierre") == name_key("L OEIL DE JEAN PIERRE")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0465710001", "+33465710001"),
        ("04 65 71 00 01", "+33465710001"),
        ("04.65.71.00.01", "+33465710001"),
        ("+33 4 65 71 00 01", "+33465710001"),
        ("0033(0)465710001", "+33465710001"),
        ("0639980001", "+33639980001"),
        ("0639010203", "+262639010203"),
        ("0590123456", "+590590123456"),
        ("0262123456", "+262262123456"),
        ("465710001", ""),
        ("04657100012", ""),
        ("0065710001", ""),
        ("voir site", ""),
        ("٠٤٦٥٧١٠٠٠١", ""),
        ("", ""),
    ],
)
def test_telephone_numbers(text, number):
    assert phone_of(text) == number


@pytest.mark.parametrize(
    ("code", "label", "sector"),
    [
        ("1", "Secteur 1", "1"),
        ("3", "Secteur 2", "2"),
        ("2", "Secteur 1 avec droit permanent à dépassement", "dp"),
        ("2", "Dépassement permanent (DP)", "dp"),
        ("0", "Non conventionné", "none"),
        ("9", "SECTEUR 2", "2"),
        ("3", "", "2"),
        ("9", "autre", None),
        ("", "", None),
    ],
)
def test_sectors_by_label_then_by_code(code, label, sector):
    assert sector_of(code, label) == sector


@pytest.mark.parametrize(
    ("option", "sector", "held"),
    [("OPTAM", "2", True), ("OPTAM-CO", "dp", True), ("", "2", False), ("", "1", None), ("Aucune", None, None)],
)
def test_who_holds_fees_under_an_agreement(option, sector, held):
    assert optam_of(option, sector) is held


@given(st.lists(st.text("ab"), max_size=3), st.lists(st.text("ab"), max_size=3))
def test_a_digest_tells_parts_apart(one, other):
    assert (digest(*one) == digest(*other)) == ("\x1f".join(one) == "\x1f".join(other))
