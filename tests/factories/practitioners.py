"""Files of directories: rows told by what is special in them."""

from member_space.services.demo.practitioners import RPPS_HEADER
from member_space.services.practitioner_sources import AMELI, CENTRES, NETWORK, RPPS

DOCTOR = {
    "rpps": "90000000001",
    "title": "Docteur",
    "last_name": "VALMONT",
    "first_name": "Élise",
    "profession": "10",
    "category": "C",
    "skill": "SM54",
    "skill_label": "Médecine générale",
    "mode": "L",
    "siret": "90000000000001",
    "company": "CABINET VALMONT",
    "number": "12",
    "street_kind": "Rue",
    "street": "DES LILAS",
    "postcode": "69003",
    "insee": "69383",
    "town": "LYON",
    "phone": "0465710001",
}
OPTICIAN = DOCTOR | {
    "rpps": "90000000002",
    "title": "",
    "last_name": "BRUNEL",
    "first_name": "Hugo",
    "profession": "28",
    "skill": "",
    "skill_label": "",
    "mode": "S",
    "siret": "90000000000002",
    "company": "OPTIQUE DES LILAS",
    "number": "14",
}
AMELI_DOCTOR = {
    "last_name": "VALMONT",
    "first_name": "ELISE",
    "speciality": "Médecin généraliste",
    "street": "12 R DES LILAS",
    "postcode": "69003",
    "town": "LYON CEDEX 03",
    "phone": "04 65 71 00 01",
    "sector": "1",
    "sector_label": "Secteur 1",
}
NETWORK_OPTICIAN = {
    "structure": "Optique des Lilas",
    "speciality": "optician",
    "street": "14 rue des Lilas",
    "postcode": "69003",
    "town": "Lyon",
    "network": "Réseau Démo",
    "third_party": "oui",
    "price_class": "A",
}


def rpps_text(*rows, header=RPPS_HEADER, end=""):
    """The RPPS extract of these rows; `end`: what each line of it ends with."""
    lines = [
        header,
        *([{RPPS.names[name]: value for name, value in row.items()}.get(n, "") for n in header] for row in rows),
    ]
    return "".join("|".join(line) + end + "\n" for line in lines)


def csv_text(wanted, *rows):
    names = wanted.names
    lines = [list(names.values()), *([row.get(name, "") for name in names] for row in rows)]
    return "".join(";".join(line) + "\n" for line in lines)


def ameli_text(*rows):
    return "\ufeff" + csv_text(AMELI, *rows)


def centres_text(*rows):
    return "\ufeff" + csv_text(CENTRES, *rows)


def network_text(*rows):
    return csv_text(NETWORK, *rows)
