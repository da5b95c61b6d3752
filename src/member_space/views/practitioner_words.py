"""How a place of the directory is told: its sector, how exact its distance is, and who says each fact."""

import re
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import quote

from pyramid.i18n import TranslationStringFactory
from translationstring import TranslationString

from member_space.domain.commune import DISTRICT

_ = TranslationStringFactory("member_space")


class Told(NamedTuple):
    """A state of a fact, and what it means."""

    label: TranslationString
    gloss: TranslationString


SECTORS = {
    "1": Told(_("Secteur 1"), _("les tarifs de la Sécu, sans dépassement")),
    "optam": Told(_("Secteur 2, avec OPTAM"), _("des dépassements modérés : il a signé un accord")),
    "2": Told(_("Secteur 2, sans OPTAM"), _("des honoraires libres")),
    "dp": Told(_("Secteur 1, dépassement permanent"), _("il peut toujours demander plus que les tarifs de la Sécu")),
    "none": Told(_("Non conventionné"), _("la Sécu ne rembourse presque rien de ses honoraires")),
}
SECTOR_FILTERS = {
    "1": (_("Secteur 1"), _("Les tarifs de la Sécu.")),
    "optam": (_("Secteur 2, avec OPTAM"), _("Des dépassements modérés.")),
    "2": (_("Secteur 2"), _("Des honoraires libres, avec OPTAM ou sans.")),
}
PRECISIONS = {
    "address": _("à l’adresse"),
    "street": _("à la rue : distance approximative"),
    "town": _("à la commune : distance approximative"),
    "area": _("à une commune voisine : distance très approximative"),
}
THIRD_PARTY = {True: _("Oui"), False: _("Non"), None: _("Non renseigné")}
SOURCES = {
    "rpps": _("RPPS, Agence du numérique en santé"),
    "ameli": _("Annuaire santé, Assurance Maladie"),
    "network": _("Notre fichier des réseaux de soins"),
}
SHORT = {"rpps": _("RPPS"), "ameli": _("Annuaire santé"), "network": _("Notre réseau")}
OPEN = ("rpps", "ameli")
"""Under the Licence Ouverte 2.0, which asks for the source and its day."""
APPLE = ("iPhone", "iPad", "Macintosh")
_CAPITALS = re.compile(r"(?<![^\W\d_])[A-ZÀ-Þ]{2,}(?![^\W\d_])|(?<![^\W\d_])[A-ZÀ-Þ](?=['’])")
_SMALL = {*("DE", "DU", "DES", "LA", "LE", "LES", "ET", "EN", "AU", "AUX", "SUR", "SOUS"), "D", "L"}
_INITIALS = {"ZA", "ZI", "ZAC", "ZAE", "CHU", "CH", "BP", "CS", "RN", "RD", "CC"}
_ROMAN = re.compile(r"[IVXLC]+")


def sector_key(practice: Any) -> str | None:
    """Of `SECTORS`: the sector as the member chooses by it. None where no directory tells one."""
    return "optam" if practice.sector == "2" and practice.optam else practice.sector


def name_of(practice: Any) -> str:
    """« Dr Élise Valmont », or the name of the shop."""
    person = " ".join(filter(None, (practice.title, practice.first_name, practice.last_name)))
    return person if practice.last_name else practice.structure


def address_of(practice: Any) -> list[str]:
    """The lines of the address, as on an envelope."""
    lines = map(spoken, filter(None, (practice.complement, practice.street)))
    return [*lines, f"{practice.postcode} {town_of(practice)}".strip()]


def town_of(practice: Any) -> str:
    """« Paris 11e », and not « Paris 11e Arrondissement »."""
    return DISTRICT.sub(r" \1", practice.town)


def spoken(street: str) -> str:
    """« 12 Rue DE LA GARE » as one writes it, « 12 Rue de la Gare »; what is not in capitals alone stays as it is."""
    return _CAPITALS.sub(_lowered, street)


def _lowered(found: re.Match[str]) -> str:
    word = found[0]
    if word in _SMALL:
        return word.lower()
    return word if word in _INITIALS or _ROMAN.fullmatch(word) else word.capitalize()


def distance_words(distance: float, precision: str, locale: str) -> str | TranslationString:
    """« 850 m », « 1,2 km », « 14 km »: as exact as it is worth; the town itself where no more is known."""
    if precision in ("town", "area") and distance < 0.01:
        return _("Même commune")
    if distance < 0.995:
        return f"{max(10, round(distance * 100) * 10)}\u00a0m"
    words = f"{distance:.1f}" if distance < 9.95 else f"{distance:.0f}"
    return (words if locale == "en" else words.replace(".", ",")) + "\u00a0km"


def directions(practice: Any, user_agent: str) -> str | None:
    """What opens the device's own maps; None on a computer where nothing answers `geo:` (docs/practitioners.md).

    Where the exact place is not known the address is asked, which maps find better than a town hall.
    """
    exact = practice.precision == "address"
    point = f"{practice.latitude:.5f},{practice.longitude:.5f}"
    asked = point if exact else quote(", ".join(address_of(practice)[-2:]))
    if any(system in user_agent for system in APPLE):
        return f"maps:?daddr={asked}"
    if "Android" in user_agent:
        return f"geo:{point}?q={asked}({quote(name_of(practice))})" if exact else f"geo:0,0?q={asked}"
    return None


class Source(NamedTuple):
    """Who says something, and the day of what it said; None where that directory was never brought in."""

    label: TranslationString
    day: date | None
    is_open: bool


def sources_of(days: dict[str, date]) -> list[Source]:
    """The directories that were brought in, in the order of the page."""
    return [Source(label, days[key], key in OPEN) for key, label in SOURCES.items() if key in days]
