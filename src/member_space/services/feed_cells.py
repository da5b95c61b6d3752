"""The values of one row of a feed, read by name; what is wrong goes to the report."""

import re
from collections.abc import Mapping
from datetime import date

from member_space.domain.nir import Nir, NirError, NirProblem, NirWarning
from member_space.domain.period import Period
from member_space.services.contact_points import read_email, read_phone
from member_space.services.feed import FeedValueError, Report, clean_text, read_date

_NIR_REASONS = {
    NirProblem.LENGTH: "un NIR a 13 caractères, ou 15 avec sa clé",
    NirProblem.FORMAT: "ce n'est pas la forme d'un NIR",
    NirProblem.KEY: "la clé du NIR n'est pas la bonne",
}
_NIR_WARNINGS = {
    NirWarning.UNUSUAL_MONTH: "mois inhabituel",
    NirWarning.PENDING_REGISTRATION: "numéro d'attente (NIA)",
    NirWarning.PROVISIONAL: "numéro provisoire (NNP)",
    NirWarning.UNUSUAL_ORDER: "numéro d'ordre 000",
}


class Cells:
    """The values of a row by name; what is wrong goes to the report, and an empty value is given instead."""

    def __init__(self, line: int, values: Mapping[str, str], report: Report) -> None:
        self._line, self._values, self._report = line, values, report

    def value(self, name: str) -> str:
        return self._values.get(name, "").strip()

    def refuse(self, name: str, reason: str) -> None:
        self._report.refuse(self._line, name, self.value(name), reason)

    def text(self, name: str, longest: int, required: bool = True) -> str:
        try:
            text = clean_text(self.value(name), longest)
        except FeedValueError as error:
            self.refuse(name, str(error))
            return ""
        if required and not text:
            self.refuse(name, "valeur absente")
        return text

    def optional(self, name: str, longest: int) -> str | None:
        return self.text(name, longest, required=False) or None

    def digits(self, name: str, length: int) -> str:
        value = self.value(name)
        if not re.fullmatch(rf"[0-9]{{{length}}}", value, re.ASCII):
            self.refuse(name, f"{length} chiffres attendus, zéros de tête compris")
        return value

    def integer(self, name: str, least: int, most: int) -> int | None:
        value = self.value(name)
        if not value:
            return None
        if not (re.fullmatch(r"[0-9]{1,3}", value, re.ASCII) and least <= int(value) <= most):
            self.refuse(name, f"nombre entier de {least} à {most} attendu")
            return None
        return int(value)

    def choice(self, name: str, choices: tuple[str, ...], default: str = "") -> str:
        value = self.value(name).lower()
        if value in choices:
            return value
        self.refuse(name, f"valeur inconnue (attendu : {', '.join(choices)})" if value else "valeur absente")
        return default

    def day(self, name: str, required: bool = True) -> date | None:
        if not self.value(name):
            if required:
                self.refuse(name, "valeur absente")
            return None
        try:
            return read_date(self.value(name))
        except FeedValueError as error:
            self.refuse(name, str(error))
            return None

    def period(self, start: str, end: str) -> Period | None:
        first, last = self.day(start), self.day(end, required=False)
        if first and last and last < first:
            self.refuse(end, "la fin précède le début")
            return None
        return Period(first, last) if first else None

    def contact(self, name: str) -> str | None:
        if not self.value(name):
            return None
        try:
            return read_email(self.value(name)) if name == "email" else read_phone(self.value(name))
        except ValueError as error:
            self.refuse(name, str(error))
            return None

    def nir(self, name: str, required: bool = False) -> Nir | None:
        if not self.value(name):
            if required:
                self.refuse(name, "valeur absente")
            return None
        try:
            nir = Nir.parse(self.value(name))
        except NirError as error:
            self.refuse(name, _NIR_REASONS[error.problem])
            return None
        for warning in nir.warnings:
            self._report.warn(self._line, name, "", f"NIR accepté bien qu'inhabituel : {_NIR_WARNINGS[warning]}")
        return nir
