"""A directory of invented practitioners in the formats of the real ones, spread as the population is.

Nobody of it exists: last names are put together, telephone numbers are those that the ARCEP keeps for works of fiction,
and the numbers begin with 9 where those of the RPPS begin with 1. The same seed gives the same files.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from member_space.domain.commune import Commune
from member_space.domain.practitioner import department
from member_space.domain.speciality import Speciality
from member_space.services.commune import communes
from member_space.services.practitioner_sources import AMELI, CENTRES, NETWORK
from member_space.services.speciality import specialities

RPPS_HEADER = [
    "Type d'identifiant PP",
    "Identifiant PP",
    "Identification nationale PP",
    "Code civilité d'exercice",
    "Libellé civilité d'exercice",
    "Code civilité",
    "Libellé civilité",
    "Nom d'exercice",
    "Prénom d'exercice",
    "Code profession",
    "Libellé profession",
    "Code catégorie professionnelle",
    "Libellé catégorie professionnelle",
    "Code type savoir-faire",
    "Libellé type savoir-faire",
    "Code savoir-faire",
    "Libellé savoir-faire",
    "Code mode exercice",
    "Libellé mode exercice",
    "Numéro SIRET site",
    "Numéro SIREN site",
    "Numéro FINESS site",
    "Numéro FINESS établissement juridique",
    "Identifiant technique de la structure",
    "Raison sociale site",
    "Enseigne commerciale site",
    "Complément destinataire (coord. structure)",
    "Complément point géographique (coord. structure)",
    "Numéro Voie (coord. structure)",
    "Indice répétition voie (coord. structure)",
    "Code type de voie (coord. structure)",
    "Libellé type de voie (coord. structure)",
    "Libellé Voie (coord. structure)",
    "Mention distribution (coord. structure)",
    "Bureau cedex (coord. structure)",
    "Code postal (coord. structure)",
    "Code commune (coord. structure)",
    "Libellé commune (coord. structure)",
    "Code pays (coord. structure)",
    "Libellé pays (coord. structure)",
    "Téléphone (coord. structure)",
    "Téléphone 2 (coord. structure)",
    "Télécopie (coord. structure)",
    "Adresse e-mail (coord. structure)",
    "Code Département (structure)",
    "Libellé Département (structure)",
    "Ancien identifiant de la structure",
    "Autorité d'enregistrement",
    "Code secteur d'activité",
    "Libellé secteur d'activité",
    "Code section tableau pharmaciens",
    "Libellé section tableau pharmaciens",
    "Code rôle",
    "Libellé rôle",
    "Code genre activité",
    "Libellé genre activité",
]
FILES = {"rpps": ("rpps.txt",), "ameli": ("ameli.csv", "ameli-centres.csv"), "network": ("network.csv",)}
"""What is written, by source."""
SHARES = {
    "nurse": 150, "gp": 130, "physiotherapist": 120, "dentist": 70, "psychologist": 45, "pharmacy": 40, "optician": 30,
    "speech_therapist": 35, "psychiatrist": 18, "podiatrist": 18, "radiologist": 12, "midwife": 12, "cardiologist": 9,
    "ophthalmologist": 10, "gynaecologist": 10, "hearing_care": 9, "paediatrician": 8, "laboratory": 8, "dietitian": 7,
    "dermatologist": 7, "occupational_therapist": 6, "orthodontist": 5, "gastroenterologist": 5, "rheumatologist": 4,
}  # fmt: skip
"""Of a thousand or so; each of the others has two."""
FREE_FEES = {"gp": 0.06, "ophthalmologist": 0.75, "gynaecologist": 0.7, "dermatologist": 0.55, "psychiatrist": 0.45}
"""Who is in sector 2, of those of a speciality; a third of the other specialists."""
NETWORKED = ("optician", "hearing_care", "dentist")
ZONES = {"01": "75 77 78 91 92 93 94 95", "02": "14 18 22 27 28 29 35 36 37 41 44 45 49 50 53 56 61 72 76 85",
         "03": "02 08 10 21 25 39 51 52 54 55 57 58 59 60 62 67 68 70 71 80 88 89 90",
         "05": "09 12 16 17 19 23 24 31 32 33 40 46 47 64 65 79 81 82 86 87"}  # fmt: skip
FICTION = {"01": "019900", "02": "026191", "03": "035301", "04": "046571", "05": "053649", "06": "063998"}
"""Six digits that begin numbers of fiction (ARCEP, numbering plan), by zone; 06 stands for overseas."""
_ZONE_OF = {code: zone for zone, codes in ZONES.items() for code in codes.split()}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_BEGINNINGS = _words("Ba Ber Bru Cam Cor Dal Del Er Fa Fer Gal Gi Hau Jo La Lor Ma Mon Nor Or Pa Per Ra Sa Ser Tal Vi")
_MIDDLES = _words("ba ca da fi gue la li ma mi na ne ra ri sa ta ti va vi")
_ENDS = _words("bert chaud dier doux dreau fort gnac lac lier mont nard neau nier quet ral rand rel seau tier vel zac")
_FIRST = {
    "M.": _words("Adam Alain Ali Antoine Bruno Damien David Éric Farid Gaël Hugo Jean-Luc Jules Karim Léo Marc Paul"),
    "Mme": _words("Alice Anne-Marie Aya Chloé Élise Emma Fanny Gaëlle Inès Jeanne Lina Lucie Maud Nora Rose Sarah Zoé"),
}
_KINDS = (("RUE", "Rue"), ("AV", "Avenue"), ("BD", "Boulevard"), ("PL", "Place"), ("CHE", "Chemin"), ("RTE", "Route"))
_STREETS = (
    "DES LILAS", "DE LA GARE", "DU MARCHE", "VICTOR HUGO", "DES ECOLES", "DE LA MAIRIE", "JEAN JAURES", "DU MOULIN",
    "DES TILLEULS", "PASTEUR", "DE LA FONTAINE", "DES VIGNES", "DU STADE", "DE L EGLISE", "SAINT MARTIN", "GAMBETTA",
)  # fmt: skip
_SHOPS = {"optician": "OPTIQUE", "hearing_care": "AUDITION", "pharmacy": "PHARMACIE", "laboratory": "LABORATOIRE"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    number: str
    title: str
    last_name: str
    first_name: str
    speciality: Speciality


def write_directories(
    folder: Path, count: int, seed: int = 6543, progress: Callable[[int], Any] = lambda _done: None
) -> None:
    """Write the files of `FILES`: `count` persons, and what Ameli and a network say of a part of them.

    `progress` is told, now and then, how many persons were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (rpps,), (ameli, centres), (network,) = (tuple(folder / name for name in names) for names in FILES.values())
    maker = _Maker(seed)
    with (
        rpps.open("w", encoding="utf-8", newline="\n") as rpps_file,
        ameli.open("w", encoding="utf-8-sig", newline="") as ameli_file,
        network.open("w", encoding="utf-8", newline="") as network_file,
    ):
        rpps_file.write("|".join(RPPS_HEADER) + "\n")
        of_ameli = csv.DictWriter(ameli_file, AMELI.names.values(), delimiter=";", restval="")
        of_network = csv.DictWriter(network_file, NETWORK.names, delimiter=";", restval="")
        of_ameli.writeheader()
        of_network.writeheader()
        for rank in range(count):
            for row in maker.rows(rank):
                rpps_file.write("|".join(row.get(name, "") for name in RPPS_HEADER) + "\n")
                if told := maker.ameli(row):
                    of_ameli.writerow(told)
                if told := maker.network(row):
                    of_network.writerow(told)
            if rank % 10_000 == 0:
                progress(rank)
    with centres.open("w", encoding="utf-8-sig", newline="") as file:
        of_centres = csv.DictWriter(file, CENTRES.names.values(), delimiter=";", restval="")
        of_centres.writeheader()
        of_centres.writerows(maker.centres(max(1, count // 400)))
    progress(count)


class _Maker:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - invented people, not secrets
        table = communes()
        self._towns = [one for one in table if one.point and one.population and not one.within]
        self._town_weights = list(accumulate(one.population for one in self._towns))
        self._arrondissements: dict[str, list[Commune]] = {}
        for one in table:
            if one.within and one.population:
                self._arrondissements.setdefault(one.within, []).append(one)
        self._specialities = list(specialities())
        self._weights = list(accumulate(SHARES.get(one.code, 2) for one in self._specialities))
        self._shop: dict[str, str] | None = None

    def rows(self, rank: int) -> Iterator[dict[str, str]]:
        """The rows of the RPPS of one person, by its names of columns."""
        pick = self._random
        person = self._person(rank)
        structure = person.speciality.structure
        if structure and self._shop and self._shop["speciality"] == person.speciality.code and pick.random() < 0.5:
            where = self._shop  # who works with the one before
        else:
            where = self._place(person, rank)
        self._shop = where if structure else None
        yield self._row(person, where)
        if not structure and pick.random() < 0.05:
            yield self._row(person, self._place(person, rank + 500_000_000))

    def _person(self, rank: int) -> Person:
        pick = self._random
        title = pick.choice(("M.", "Mme"))
        name = pick.choice(_BEGINNINGS) + pick.choice(_MIDDLES) + pick.choice(_ENDS)
        speciality = pick.choices(self._specialities, cum_weights=self._weights)[0]
        return Person(f"9{rank:010d}", title, name.upper(), pick.choice(_FIRST[title]), speciality)

    def _place(self, person: Person, rank: int) -> dict[str, str]:
        pick = self._random
        town = pick.choices(self._towns, cum_weights=self._town_weights)[0]
        town = pick.choice(self._arrondissements.get(town.insee, [town]))
        kind, label = pick.choice(_KINDS)
        shop = _SHOPS.get(person.speciality.code)
        return {
            "speciality": person.speciality.code,
            "Numéro SIRET site": f"9{rank:013d}",
            "Raison sociale site": f"{shop} {person.last_name}" if shop else f"CABINET {person.last_name}",
            "Numéro Voie (coord. structure)": str(pick.randint(1, 180)),
            "Code type de voie (coord. structure)": kind,
            "Libellé type de voie (coord. structure)": label,
            "Libellé Voie (coord. structure)": pick.choice(_STREETS) + (" BP 12" if pick.random() < 0.01 else ""),
            "Code postal (coord. structure)": pick.choice(town.postcodes),
            "Code commune (coord. structure)": town.insee,
            "Libellé commune (coord. structure)": town.name.upper() + (" CEDEX" if pick.random() < 0.01 else ""),
            "Code pays (coord. structure)": "99000",
            "Libellé pays (coord. structure)": "France",
            "Téléphone (coord. structure)": self._phone(town.postcodes[0]),
        }

    def _phone(self, postcode: str) -> str:
        code = department(postcode)
        zone = "06" if len(code) == 3 else _ZONE_OF.get(code, "04")
        return f"{FICTION[zone]}{self._random.randint(0, 9999):04d}"

    def _row(self, person: Person, where: dict[str, str]) -> dict[str, str]:
        profession, _, skill = person.speciality.rpps[0].partition(":")
        doctor = profession == "10"
        salaried = person.speciality.structure or self._random.random() < 0.05
        return where | {
            "Type d'identifiant PP": "8",
            "Identifiant PP": person.number,
            "Identification nationale PP": "8" + person.number,
            "Libellé civilité d'exercice": "Docteur" if doctor else "",
            "Libellé civilité": "Monsieur" if person.title == "M." else "Madame",
            "Nom d'exercice": person.last_name,
            "Prénom d'exercice": person.first_name,
            "Code profession": profession,
            "Libellé profession": "Médecin" if doctor else person.speciality.label,
            "Code catégorie professionnelle": "C",
            "Libellé catégorie professionnelle": "Civil",
            "Code savoir-faire": skill,
            "Libellé savoir-faire": person.speciality.label if skill else "",
            "Code mode exercice": "S" if salaried else "L",
            "Libellé mode exercice": "Salarié" if salaried else "Libéral",
            "Code secteur d'activité": "SA07",
            "Libellé secteur d'activité": "Cabinet individuel",
        }

    def ameli(self, row: dict[str, str]) -> dict[str, str] | None:
        """What Ameli says of this row, when it has it: liberal, under agreement, nine in ten."""
        speciality = specialities().by_code[row["speciality"]]
        if row["Code mode exercice"] != "L" or speciality.structure or self._random.random() < 0.1:
            return None
        doctor = row["Code profession"] == "10"
        free = doctor and self._random.random() < FREE_FEES.get(speciality.code, 1 / 3)
        sector, label = ("3", "Secteur 2") if free else ("1", "Secteur 1")
        names = AMELI.names
        return {
            names["last_name"]: row["Nom d'exercice"],
            names["first_name"]: row["Prénom d'exercice"].upper(),
            names["title"]: row["Libellé civilité"],
            names["speciality"]: speciality.ameli[0].capitalize(),
            names["street"]: _street(row),
            names["postcode"]: row["Code postal (coord. structure)"],
            names["town"]: row["Libellé commune (coord. structure)"],
            names["phone"]: row["Téléphone (coord. structure)"],
            names["sector"]: sector,
            names["sector_label"]: label,
            names["option"]: "OPTAM" if free and self._random.random() < 0.5 else "",
        }

    def network(self, row: dict[str, str]) -> dict[str, str] | None:
        """What the network says of this row, when it has it: four in ten, and more of those who sell."""
        speciality = specialities().by_code[row["speciality"]]
        if self._random.random() > (0.6 if speciality.code in NETWORKED else 0.4):
            return None
        structure = speciality.structure
        return {
            "rpps": "" if structure else row["Identifiant PP"],
            "last_name": "" if structure else row["Nom d'exercice"],
            "first_name": "" if structure else row["Prénom d'exercice"],
            "structure": row["Raison sociale site"] if structure else "",
            "speciality": speciality.code,
            "street": _street(row),
            "postcode": row["Code postal (coord. structure)"],
            "town": row["Libellé commune (coord. structure)"],
            "phone": row["Téléphone (coord. structure)"],
            "network": "Réseau Démo" if speciality.code in NETWORKED else "",
            "third_party": self._random.choice(("oui", "oui", "oui", "non")),
            "price_class": self._random.choice("ABC") if speciality.code in NETWORKED else "",
        }

    def centres(self, count: int) -> Iterator[dict[str, str]]:
        """Health centres, in the format of Ameli: a row a speciality."""
        names = CENTRES.names
        for rank in range(count):
            place = self._place(self._person(rank), rank)
            for code in ("gp", "dentist", "nurse"):
                yield {
                    names["finess"]: f"99{rank:07d}",
                    names["company"]: f"CENTRE DE SANTE {place['Libellé commune (coord. structure)']}",
                    names["carte_vitale"]: "1",
                    names["speciality"]: specialities().by_code[code].label,
                    names["street"]: _street(place),
                    names["postcode"]: place["Code postal (coord. structure)"],
                    names["town"]: place["Libellé commune (coord. structure)"],
                    names["phone"]: place["Téléphone (coord. structure)"],
                }


def _street(row: dict[str, str]) -> str:
    """As Ameli writes it: the kind of street short."""
    keys = ("Numéro Voie", "Code type de voie", "Libellé Voie")
    return " ".join(row[f"{key} (coord. structure)"] for key in keys)
