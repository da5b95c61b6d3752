"""What Ameli and the network add to the RPPS, and who asked not to be shown."""

import uuid

import pytest

from member_space.services.practitioner_opposition import UnknownPractitionerError, oppose
from tests.factories.practitioners import (
    AMELI_DOCTOR,
    DOCTOR,
    NETWORK_OPTICIAN,
    OPTICIAN,
    ameli_text,
    centres_text,
    network_text,
    rpps_text,
)


def test_who_asked_not_to_be_shown_is_not(bring_in, places, db, session_factory):
    by_number = {"rpps": "90000000001", "speciality": "gp", "postcode": "69003", "town": "Lyon", "last_name": "X"}
    bring_in("rpps", rpps_text(DOCTOR, OPTICIAN))
    with session_factory.begin() as other:
        assert oppose(other, " 90000000001 ") == 1
        assert oppose(other, "90000000001") == 0
    # Neither a new extract brings them back, nor what others say of them.
    bring_in("rpps", rpps_text(DOCTOR | {"phone": ""}, OPTICIAN))
    bring_in("ameli", ameli_text(AMELI_DOCTOR))
    bring_in("network", network_text(by_number))
    [shop] = places(shown=True)
    assert shop.speciality == "optician"
    with session_factory.begin() as other:
        assert oppose(other, str(shop.public_id)) == 1
    assert places(shown=True) == []
    for unknown in ("", "123", "900000000011", "Valmont", str(uuid.uuid4())):
        with pytest.raises(UnknownPractitionerError):
            oppose(db, unknown)
    # Who is not known today may come tomorrow.
    with session_factory.begin() as other:
        assert oppose(other, "90000000005") == 0
    assert bring_in("rpps", rpps_text(DOCTOR | {"rpps": "90000000005"}, OPTICIAN)).counts["hidden"] == 1
    assert places(shown=True) == []


def test_ameli_adds_the_sector_to_whom_the_rpps_has(bring_in, places):
    bring_in("rpps", rpps_text(DOCTOR))
    other = AMELI_DOCTOR | {"last_name": "SEUL", "sector": "3", "sector_label": "Secteur 2", "option": "OPTAM"}
    centre = {
        "finess": "990000001",
        "company": "CENTRE DE SANTE",
        "carte_vitale": "1",
        "speciality": "Chirurgien-dentiste",
        "postcode": "69003",
        "town": "LYON",
    }
    report = bring_in("ameli", ameli_text(AMELI_DOCTOR, other), centres_text(centre))
    assert report.counts["ameli_joined"] == 1
    shown = places(shown=True)
    assert [(one.source, one.name_key, one.sector, one.optam) for one in shown] == [
        ("ameli", "centre de sante", "1", None),
        ("ameli", "seul", "2", True),
        ("rpps", "valmont", "1", None),
    ]
    assert shown[0].carte_vitale is True
    # The RPPS no longer has that person: what Ameli says is then shown by itself.
    bring_in("rpps", rpps_text(OPTICIAN))
    assert [one.name_key for one in places(shown=True)] == ["centre de sante", "optique des lilas", "seul", "valmont"]
    # Ameli no longer tells: nobody keeps a sector that no source says.
    bring_in("rpps", rpps_text(DOCTOR, OPTICIAN))
    bring_in("ameli", ameli_text(other), centres_text(centre))
    assert places(source="rpps", last_name="VALMONT")[0].sector is None


def test_a_homonym_is_not_joined_unless_the_address_tells(bring_in, places):
    twin = DOCTOR | {"rpps": "90000000008", "siret": "", "number": "80", "street": "DU STADE"}
    bring_in("rpps", rpps_text(DOCTOR, twin))
    report = bring_in("ameli", ameli_text(AMELI_DOCTOR, AMELI_DOCTOR | {"street": "1 place inconnue"}))
    assert (report.counts["ameli_joined"], report.counts["ameli_ambiguous"]) == (1, 1)
    assert [(one.street, one.sector) for one in places(shown=True)] == [
        ("12 Rue DES LILAS", "1"),
        ("80 Rue DU STADE", None),
    ]


def test_the_network_tells_who_practises_third_party_payment(bring_in, places):
    bring_in("rpps", rpps_text(DOCTOR, OPTICIAN))
    by_number = {
        "rpps": "90000000001",
        "last_name": "VALMONT-MORIN",
        "first_name": "Élise",
        "speciality": "Médecin généraliste",
        "postcode": "69003",
        "town": "Lyon",
        "third_party": "non",
    }
    contradicted = by_number | {"rpps": "90000000777", "last_name": "VALMONT"}
    report = bring_in("network", network_text(NETWORK_OPTICIAN, by_number, contradicted))
    assert report.counts["network_joined"] == 2
    assert [(one.name_key, one.third_party, one.network, one.price_class) for one in places(shown=True)] == [
        ("optique des lilas", True, "Réseau Démo", "A"),
        ("valmont", False, None, None),
        ("valmont", False, None, None),
    ]


def test_the_network_file_tells_its_own_mistakes(bring_in, places):
    rows = [
        NETWORK_OPTICIAN,
        NETWORK_OPTICIAN | {"speciality": "magnétiseur"},
        NETWORK_OPTICIAN | {"third_party": "peut-être"},
    ]
    report = bring_in("network", network_text(*rows))
    assert [(one.line, one.column, one.reason) for one in report.warnings] == [
        (3, "speciality", "spécialité inconnue"),
        (4, "third_party", "oui ou non attendu"),
    ]
    assert len(places()) == 1
