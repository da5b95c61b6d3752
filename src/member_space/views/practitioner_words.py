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
DENTAL = Told(
    _("Secteur 1"), _("les tarifs de la Sécu pour les soins ; demandez un devis pour une prothèse ou une orthodontie")
)
"""Sector 1 of a dentist: what is said of a doctor's would promise crowns without extra fees."""
_DENTISTS = {"dentist", "orthodontist"}
SECTOR_FILTERS = {
    "1": (_("Secteur 1"), _("Les tarifs de la Sécu.")),
    "optam": (_("Secteur 2, avec OPTAM"), _("Des dépassements modérés.")),
    "2": (_("Secteur 2"), _("Des honoraires libres, avec OPTAM ou sans.")),
}
PRECISIONS = {
    "address": _("jusqu’à l’adresse"),
    "street": _("jusqu’à la rue : distance approximative"),
    "town": _("jusqu’au centre de la commune"),
    "area": _("jusqu’à une commune voisine"),
}
SAME_TOWN = {"town": _("Même commune"), "area": _("Même commune ou voisine")}
UNPLACED = _("nous ne savons pas à quelle distance")
"""Beside these: nothing is measured from a commune to itself."""
_ABOUT = _("environ ${km} km")
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
_ELIDED = re.compile(r"(?:(?<=[Dd]e )L|(?<=[Rr]ue |nue |ace |sse )D) (?=[AEIOUYÀ-ÖH])")
_NOWHERE = 0.01
"""In kilometres: nearer than that, two places known by their commune alone are of the same."""
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
    """« 12 Rue DE LA GARE » as one writes it, « 12 Rue de la Gare »; and « DE L EGLISE » too."""
    return _ELIDED.sub(lambda found: f"{found[0][0].lower()}’", _CAPITALS.sub(_lowered, street))


def _lowered(found: re.Match[str]) -> str:
    word = found[0]
    if word in _SMALL:
        return word.lower()
    return word if word in _INITIALS or _ROMAN.fullmatch(word) else word.capitalize()


def told_sector(practice: Any) -> Told | None:
    """The sector in words; None where no directory tells one."""
    key = sector_key(practice)
    return DENTAL if key == "1" and practice.speciality in _DENTISTS else SECTORS.get(key or "")


def precision_words(distance: float | None, precision: str) -> TranslationString:
    """What a distance was measured to, when there is one."""
    same = distance is not None and distance < _NOWHERE and precision in SAME_TOWN
    return UNPLACED if same else PRECISIONS[precision]


def distance_words(distance: float, precision: str, locale: str) -> str | TranslationString:
    """« 850 m », « 1,2 km », « 14 km »: as exact as it is worth, and no more than « environ 2 km » to a commune."""
    if precision in SAME_TOWN:
        return SAME_TOWN[precision] if distance < _NOWHERE else _ABOUT % {"km": max(1, round(distance))}
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
