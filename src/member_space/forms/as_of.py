"""A past or coming day, as people type it: « au 12/03/2025 »."""

import re
from datetime import date
from typing import Any

import colander
from translationstring import TranslationStringFactory

from member_space.domain.dates import date_short

_ = TranslationStringFactory("member_space")

FIRST_YEAR, LAST_YEAR = 1900, 2100

_FRENCH = re.compile(r"(?P<day>[0-9]{1,2})[/. -](?P<month>[0-9]{1,2})[/. -](?P<year>[0-9]+)", re.ASCII)
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})", re.ASCII)


class Day(colander.SchemaType):
    """A day typed as 12/03/2025 (or 12.3.2025, 12-03-2025, 2025-03-12); each refusal says what to write instead."""

    def serialize(self, node: colander.SchemaNode, appstruct: Any) -> Any:  # noqa: ARG002 - colander's
        return colander.null if appstruct is colander.null else date_short(appstruct)

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        text = cstruct.strip() if isinstance(cstruct, str) else cstruct
        if text in (colander.null, ""):
            return colander.null
        found = _ISO.fullmatch(text) or _FRENCH.fullmatch(text)
        if found is None:
            raise colander.Invalid(node, _("Écrivez la date avec le jour, le mois et l’année, comme 12/03/2025."))
        # The length first: Python refuses to read a number out of thousands of digits.
        if len(found["year"]) != 4:
            raise colander.Invalid(node, _("Écrivez l’année en quatre chiffres, comme 12/03/2025."))
        year = int(found["year"])
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise colander.Invalid(
                node,
                _("Choisissez une année entre ${first} et ${last}.", mapping={"first": FIRST_YEAR, "last": LAST_YEAR}),
            )
        try:
            return date(year, int(found["month"]), int(found["day"]))
        except ValueError:
            raise colander.Invalid(
                node, _("Cette date n’existe pas dans le calendrier : vérifiez le jour et le mois.")
            ) from None


class AsOf(colander.MappingSchema):
    """The query of a page that can be read at another day; ``au`` is None when the page is asked as of today."""

    au = colander.SchemaNode(Day(), missing=None)
