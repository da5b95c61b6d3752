"""The three directories, each brought to `Lines`: the RPPS, the Annuaire santé of Ameli, and the insurer's network.

The formats are in docs/practitioners.md.
"""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import numpy as np

from member_space.domain.practitioner import name_key, optam_of, sector_of, street_of, without_delivery
from member_space.services.feed import MAX_LINE, Report
from member_space.services.practitioner_file import Chunk, DirectoryFile, Wanted
from member_space.services.practitioner_rows import (
    Lines,
    Texts,
    capitals,
    clean,
    each,
    lines_of,
    phones,
)
from member_space.services.speciality import specialities

ADDRESS = "(coord. structure)"
RPPS = Wanted(
    "|",
    quoted=False,
    names=MappingProxyType(
        {
            "rpps": "Identifiant PP",
            "title": "Libellé civilité d'exercice",
            "civility": "Libellé civilité",
            "last_name": "Nom d'exercice",
            "first_name": "Prénom d'exercice",
            "profession": "Code profession",
            "category": "Code catégorie professionnelle",
            "skill": "Code savoir-faire",
            "skill_label": "Libellé savoir-faire",
            "mode": "Code mode exercice",
            "siret": "Numéro SIRET site",
            "finess": "Numéro FINESS site",
            "structure_id": "Identifiant technique de la structure",
            "company": "Raison sociale site",
            "shop": "Enseigne commerciale site",
            "complement": f"Complément point géographique {ADDRESS}",
            "number": f"Numéro Voie {ADDRESS}",
            "repeat": f"Indice répétition voie {ADDRESS}",
            "street_kind": f"Libellé type de voie {ADDRESS}",
            "street": f"Libellé Voie {ADDRESS}",
            "postcode": f"Code postal {ADDRESS}",
            "insee": f"Code commune {ADDRESS}",
            "town": f"Libellé commune {ADDRESS}",
            "country": f"Code pays {ADDRESS}",
            "phone": f"Téléphone {ADDRESS}",
            "activity": "Libellé secteur d'activité",
        }
    ),
)
_AMELI_PLACE = {
    "speciality": "specialite_libelle",
    "street": "coordonnees_voie",
    "complement": "coordonnees_complement",
    "postcode": "coordonnees_code_postal",
    "town": "coordonnees_ville",
    "phone": "coordonnees_num_tel",
    "insee": "coordonnees_code_commune",
}
"""What both files of Ameli say of a place."""
AMELI = Wanted(
    ";",
    quoted=True,
    names=MappingProxyType(
        {
            "last_name": "ps_activite_nom",
            "first_name": "ps_activite_prenom",
            "title": "ps_activite_civilite",
            "company": "ps_activite_raison_sociale",
            **_AMELI_PLACE,
            "sector": "secteur_conventionnel_code",
            "sector_label": "secteur_conventionnel_libelle",
            "option": "option_tarifaire_libelle",
        }
    ),
    optional=frozenset({"insee"}),
)
CENTRES = Wanted(
    ";",
    quoted=True,
    names=MappingProxyType(
        {
            "finess": "etab_finess",
            "company": "etab_raison_sociale",
            "carte_vitale": "etab_carte_vitale",
            **_AMELI_PLACE,
        }
    ),
    optional=frozenset({"insee", "carte_vitale"}),
)
NETWORK = Wanted(
    ";",
    quoted=True,
    names=MappingProxyType(
        {
            name: name
            for name in (
                "rpps", "last_name", "first_name", "structure", "speciality", "street", "complement", "postcode",
                "town", "phone", "network", "third_party", "price_class", "insee",
            )
        }
    ),
    optional=frozenset({"rpps", "structure", "complement", "phone", "network", "third_party", "price_class", "insee"}),
)  # fmt: skip
LIBERAL, CIVIL = "L", ("C", "")
FRANCE = ("", "99000", "FR", "FRA")
_TITLES = {
    "docteur": "Dr",
    "dr": "Dr",
    "professeur": "Pr",
    "pr": "Pr",
    "monsieur": "M.",
    "m": "M.",
    "madame": "Mme",
    "mme": "Mme",
}
_YES_NO = {"oui": True, "o": True, "1": True, "true": True, "non": False, "n": False, "0": False, "false": False}

Read = Callable[[Chunk], Lines]


def open_directory(source: str, path: Path, report: Report) -> tuple[DirectoryFile, Read]:
    """The file, and how its chunks are read. Raises FeedRefusedError. Ameli has a file of people and one of centres."""
    if source == "rpps":
        return DirectoryFile(path, RPPS, report), read_rpps
    if source == "network":
        return DirectoryFile(path, NETWORK, report), read_network
    with path.open("rb") as file:
        centres = b"etab_finess" in file.readline(MAX_LINE).lower()
    return (
        (DirectoryFile(path, CENTRES, report), read_centres)
        if centres
        else (DirectoryFile(path, AMELI, report), read_ameli)
    )


def read_rpps(chunk: Chunk) -> Lines:
    """The RPPS: one row an activity and savoir-faire. Shops and laboratories have a row for each who works there."""
    frame = chunk.frame
    code = frame["profession"] + ":" + frame["skill"] + ":" + frame["skill_label"]
    found = each(code, lambda text: specialities().of_rpps(*text.split(":", 2)))
    shop, company = each(frame["shop"], clean), each(frame["company"], clean)
    siret = np.where(frame["siret"] != "", frame["siret"], frame["finess"])
    lines = lines_of(
        "rpps",
        chunk,
        {
            "rpps": each(frame["rpps"], clean),
            "title": each(np.where(frame["title"] != "", frame["title"], frame["civility"]), _title),
            "last_name": each(frame["last_name"], clean),
            "first_name": each(frame["first_name"], _name),
            "structure": np.where(shop != "", shop, company),
            "complement": each(frame["complement"], _address),
            "street": _streets(chunk),
            "phone": phones(frame["phone"], chunk.report),
        },
        found,
        each(np.where(siret != "", siret, frame["structure_id"]), clean),
    )
    lines.refuse(np.asarray(frame["rpps"] == "", bool), "Identifiant PP", "valeur absente", chunk.report)
    lines.leave(~np.asarray(frame["category"].isin(CIVIL), bool), "student_or_military")
    lines.leave(~np.asarray(frame["country"].isin(FRANCE), bool), "abroad")
    structure = np.array([one is not None and one.structure for one in found], bool)
    centre = each(frame["activity"], lambda text: "centre de sante" in name_key(text)).astype(bool)
    lines.leave(~(np.asarray(frame["mode"] == LIBERAL, bool) | structure | centre), "salaried")
    lines.leave(structure & (lines.columns["structure"] == ""), "no_place")
    return lines


def _streets(chunk: Chunk) -> Texts:
    frame = chunk.frame
    parts = (each(frame[name], clean) for name in ("number", "repeat", "street_kind", "street"))
    found = np.empty(len(chunk.lines), object)
    found[:] = [street_of(*row) for row in zip(*parts, strict=True)]
    return found


def read_ameli(chunk: Chunk) -> Lines:
    """The Annuaire santé of Ameli: who is under agreement, in which sector, and whether under an OPTAM."""
    frame = chunk.frame
    pairs = frame["sector"] + "|" + frame["sector_label"]
    sectors = each(pairs, lambda text: sector_of(*text.split("|", 1)))
    options = np.empty(len(sectors), object)
    options[:] = [optam_of(option, sector) for option, sector in zip(frame["option"], sectors, strict=True)]
    said = _person(chunk) | {"structure": each(frame["company"], clean), "sector": sectors, "optam": options}
    return lines_of("ameli", chunk, said, each(frame["speciality"], specialities().of_label), _nothing(chunk))


def read_centres(chunk: Chunk) -> Lines:
    """The health centres of Ameli: one row a centre and speciality; what is paid there is what sector 1 is."""
    frame = chunk.frame
    said = _address_of(chunk) | {
        "structure": each(frame["company"], clean),
        "carte_vitale": each(frame["carte_vitale"], _yes_no),
        "sector": np.full(len(chunk.lines), "1", object),
    }
    found = each(frame["speciality"], specialities().of_label)
    return lines_of("ameli", chunk, said, found, each(frame["finess"], clean))


def read_network(chunk: Chunk) -> Lines:
    """The insurer's own file: who practises tiers payant, in which network, at what class of prices."""
    frame = chunk.frame
    said = _person(chunk) | {
        "rpps": each(frame["rpps"], lambda text: clean(text) or None),
        "structure": each(frame["structure"], clean),
        "third_party": each(frame["third_party"], _yes_no),
        "network": each(frame["network"], lambda text: clean(text) or None),
        "price_class": each(frame["price_class"], lambda text: clean(text) or None),
    }
    found = each(frame["speciality"], lambda text: specialities().by_code.get(text) or specialities().of_label(text))
    lines = lines_of("network", chunk, said, found, _nothing(chunk))
    unknown = np.array([one is None for one in found], bool)
    lines.refuse(unknown, "speciality", "spécialité inconnue", chunk.report)
    unread = np.array([bool(text) for text in frame["third_party"]], bool) & np.array(
        [one is None for one in said["third_party"]], bool
    )
    lines.refuse(unread, "third_party", "oui ou non attendu", chunk.report)
    return lines


def _address_of(chunk: Chunk) -> dict[str, Texts]:
    frame = chunk.frame
    return {
        "complement": each(frame["complement"], _address),
        "street": each(frame["street"], _address),
        "phone": phones(frame["phone"], chunk.report),
    }


def _person(chunk: Chunk) -> dict[str, Texts]:
    frame = chunk.frame
    title = each(frame["title"], _title) if "title" in frame else np.full(len(chunk.lines), "", object)
    return _address_of(chunk) | {
        "title": title,
        "last_name": each(frame["last_name"], clean),
        "first_name": each(frame["first_name"], _name),
    }


def _nothing(chunk: Chunk) -> Texts:
    return np.full(len(chunk.lines), "", object)


def _address(text: str) -> str:
    return clean(without_delivery(text))


def _name(text: str) -> str:
    return capitals(clean(text))


def _title(text: str) -> str:
    return _TITLES.get(name_key(text), "")


def _yes_no(text: str) -> bool | None:
    return _YES_NO.get(name_key(text))
