"""What « Les lignes du devis » is given: one line, and the day that the whole quote is computed for (C83)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import colander
from translationstring import TranslationString

from member_space.domain.dates import date_short
from member_space.domain.money import Money, to_decimal_text
from member_space.domain.quote import QuoteLine
from member_space.forms.reimbursement_filter import read_each
from member_space.forms.simulator import CareQuery, price_of

FIELDS = ("le", "soin", "prix", "base", "monture", "nombre", "secteur")
"""In the order of the page."""
DEFAULTS = {"nombre": "1", "secteur": "1"}
_FORM = CareQuery()


@dataclass(frozen=True, slots=True)
class TypedLine:
    """``typed``: each field as it was typed; ``errors``: by field. What could not be read is its default.

    ``is_empty``: no line was begun. ``words``: what names the care; ``price``, ``frame_price``, ``base``: cents.
    """

    typed: dict[str, str]
    errors: dict[str, TranslationString]
    is_empty: bool
    day: date | None
    words: str
    price: Money
    quantity: int
    frame_price: Money | None
    base: Money | None
    sector: str

    def line_of(self, care: str, label: str) -> QuoteLine:
        """The line, once its care is found among the choices."""
        return QuoteLine(care, label, self.price, self.quantity, self.frame_price, self.base, self.sector)


def read_line(given: Mapping[str, Any]) -> TypedLine:
    """All that can be read of the form."""
    good, errors, typed = read_each(_FORM, {name: given.get(name, "") for name in FIELDS})
    return TypedLine(
        typed=typed,
        errors=errors,
        is_empty=all(typed[name] in ("", DEFAULTS.get(name)) for name in FIELDS if name != "le"),
        day=good["le"],
        words="" if good["soin"] is colander.required else good["soin"],
        price=price_of(good, errors),
        quantity=good["nombre"],
        frame_price=good["monture"],
        base=good["base"],
        sector=good["secteur"],
    )


def as_typed(line: QuoteLine | None, shown: str, day: date | None) -> dict[str, str]:
    """The fields of a line that was kept, as one would type them; ``shown``: its care. None: an empty form."""
    own = {}
    if line:
        own = {
            "soin": shown,
            "prix": to_decimal_text(line.price, ","),
            "base": _euros(line.base),
            "monture": _euros(line.frame_price),
            "nombre": str(line.quantity),
            "secteur": line.sector,
        }
    return {**dict.fromkeys(FIELDS, ""), **DEFAULTS, "le": date_short(day) if day else "", **own}


def _euros(amount: Money | None) -> str:
    return "" if amount is None else to_decimal_text(amount, ",")
