"""How the cards of the products are printed: the file that the office writes, read with everything wrong in it told.

The domains of a card, their codes and labels differ from one operator of third-party payment to another: they are data,
dated, one model a product or level of cover. docs/card.md shows a file.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from member_space.domain.card import PRIOR_AGREEMENT, CardModel, Domain, Lines
from member_space.domain.period import Period, first_overlap

_KEYS = {"code", "label", "starts_on", "ends_on", "phone_members", "phone_professionals", "phone_hospital", "domain"}
_DOMAIN_KEYS = {"code", "label", "rank", "rate"}
_PHONE = re.compile(r"\+?[0-9][0-9 .]{1,18}[0-9]")
MOST_DOMAINS = 12
"""Columns that the card format holds."""
MOST_PERCENT = 999


class CardModelError(ValueError):
    """A file of card models cannot be used. ``reasons``: all of them, each with its place in the file."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def read_models(data: Mapping[str, Any]) -> list[CardModel]:
    """The models of a parsed TOML: ``[[model]]``, each with its ``[[model.domain]]``. Raises CardModelError."""
    reasons = [f"clé inconnue : {name}" for name in data if name != "model"]
    tables = data.get("model")
    if not isinstance(tables, list) or not tables:
        reasons.append("aucun modèle : le fichier en donne par [[model]]")
        tables = []
    models = [found for rank, table in enumerate(tables, start=1) if (found := _Reader(rank, table, reasons).model())]
    for code in sorted({one.code for one in models}):
        shared = first_overlap(one.period for one in models if one.code == code)
        if shared:
            reasons.append(f"modèle {code} : deux versions le {shared[1].start:%d/%m/%Y}")
    if reasons:
        raise CardModelError(reasons)
    return models


class _Reader:
    """One ``[[model]]``; what is wrong goes to ``reasons``."""

    def __init__(self, rank: int, table: Any, reasons: list[str]) -> None:
        self._table: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
        self._reasons = reasons
        self._place = f"modèle {_named(self._table, rank)}"

    def model(self) -> CardModel | None:
        before = len(self._reasons)
        self._unknown(self._table, _KEYS, "")
        code = self._text(self._table, "code", r"[A-Z0-9-]{1,20}", "lettres capitales, chiffres et tirets, 20 au plus")
        label = self._text(self._table, "label", r".{1,40}", "40 caractères au plus")
        period = self._period()
        names = ("phone_members", "phone_professionals", "phone_hospital")
        lines = [self._phone(name) for name in names]
        if not self._table.get("phone_members"):
            self._refuse("phone_members", "valeur absente")
        domains = self._domains()
        if len(self._reasons) > before or period is None:
            return None
        return CardModel(code, label, period, Lines(lines[0] or "", *lines[1:]), tuple(domains))

    def _domains(self) -> list[Domain]:
        tables = self._table.get("domain")
        if not isinstance(tables, list) or not 1 <= len(tables) <= MOST_DOMAINS:
            self._refuse("domain", f"de 1 à {MOST_DOMAINS} domaines, par [[model.domain]]")
            return []
        domains = [self._domain(table, rank) for rank, table in enumerate(tables, start=1)]
        for name, values in (("code", [one.code for one in domains]), ("rank", [one.rank for one in domains])):
            self._refuse_twice(name, values)
        return domains

    def _domain(self, table: Any, rank: int) -> Domain:
        table = table if isinstance(table, Mapping) else {}
        place = f"domaine {_named(table, rank)}, "
        self._unknown(table, _DOMAIN_KEYS, place)
        code = self._text(table, "code", r"[A-Z]{1,4}", "4 lettres capitales au plus", place)
        label = self._text(table, "label", r".{1,60}", "60 caractères au plus", place)
        position, rate = table.get("rank", rank), table.get("rate")
        if not _is_whole(position, 1, 99):
            self._refuse(f"{place}rank", "nombre entier de 1 à 99 attendu")
            position = rank
        if rate != PRIOR_AGREEMENT and not _is_whole(rate, 0, MOST_PERCENT):
            self._refuse(f"{place}rate", f"pourcentage entier de 0 à {MOST_PERCENT}, ou « {PRIOR_AGREEMENT} »")
        return Domain(code, label, position, None if rate == PRIOR_AGREEMENT else rate)

    def _period(self) -> Period | None:
        start, end = self._table.get("starts_on"), self._table.get("ends_on")
        for name, value in (("starts_on", start), ("ends_on", end)):
            if type(value) is not date and not (name == "ends_on" and value is None):
                self._refuse(name, "date attendue, sans guillemets : 2026-01-01")
                return None
        if end and start and end < start:
            self._refuse("ends_on", "la fin précède le début")
            return None
        return Period(start, end) if start else None

    def _phone(self, name: str) -> str | None:
        value = self._table.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not _PHONE.fullmatch(value):
            self._refuse(name, "numéro de téléphone attendu, entre guillemets")
            return None
        return value

    def _text(self, table: Mapping[str, Any], name: str, form: str, words: str, place: str = "") -> str:
        value = table.get(name)
        if not isinstance(value, str) or not re.fullmatch(form, value.strip()) or not value.isprintable():
            self._refuse(f"{place}{name}", f"{words} attendus" if value else "valeur absente")
            return ""
        return value.strip()

    def _unknown(self, table: Mapping[str, Any], known: set[str], place: str) -> None:
        for name in sorted(set(table) - known):
            self._refuse(f"{place}{name}", "clé inconnue")

    def _refuse_twice(self, name: str, values: Iterable[Any]) -> None:
        for value in [value for value, times in Counter(values).items() if times > 1 and value != ""]:
            self._refuse("domain", f"{name} {value} en double")

    def _refuse(self, name: str, reason: str) -> None:
        self._reasons.append(f"{self._place}, {name} : {reason}")


def _named(table: Mapping[str, Any], rank: int) -> str:
    """A table by its code, else by its rank: a code that is a number may be too long to be written out."""
    code = table.get("code")
    return code if isinstance(code, str) and code else f"n° {rank}"


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
