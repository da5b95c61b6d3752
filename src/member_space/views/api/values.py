"""How the house's values are written in JSON: amounts as decimal strings, days and instants in ISO 8601."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from pyramid.request import Request
from translationstring import TranslationString

CURRENCY = "EUR"


def amount(cents: int) -> dict[str, str]:
    """1250 as ``{"amount": "12.50", "currency": "EUR"}``: no client rounds a string."""
    return {"amount": decimal(cents), "currency": CURRENCY}


def amount_or_none(cents: int | None) -> dict[str, str] | None:
    """As `amount`; None for what is not known."""
    return None if cents is None else amount(cents)


def decimal(hundredths: int) -> str:
    """Cents, or hundredths of a percent: 6550 as ``"65.50"``."""
    sign, rest = "-" if hundredths < 0 else "", abs(hundredths)
    return f"{sign}{rest // 100}.{rest % 100:02d}"


def answer(
    request: Request,
    body: dict[str, Any],
    *,
    source: tuple[TranslationString, str],
    actions: list[tuple[TranslationString, str]] | None = None,
    as_of: date | datetime | None = None,
) -> dict[str, Any]:
    """The answer with what an assistant cites: where it stands in the space, of which day, and what to do next there.

    ``source`` and ``actions``: words, and the absolute address of a page. ``as_of``: today when None.
    """
    translate = request.localizer.translate
    return body | {
        "source": {"label": translate(source[0]), "url": source[1]},
        "as_of": as_of or request.tools.today(),
        "next_actions": [{"label": translate(label), "url": url} for label, url in actions or ()],
    }


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


_WRITTEN: dict[type, Callable[[Any], str]] = {datetime: _instant, date: date.isoformat, UUID: str}


def _written(value: object) -> str:
    """Raises TypeError for what the house does not write."""
    write = _WRITTEN.get(type(value))
    if write is None:
        raise TypeError(f"{type(value).__name__} is no value of the API")
    return write(value)


def renderer(_info: Any) -> Callable[[Any, Any], str]:
    """The factory of a renderer that knows the house's values; Pyramid's JSON looks each of them up among adapters."""

    def render(value: Any, system: Any) -> str:
        system["request"].response.content_type = "application/json"
        # No answer holds itself: looking for that in each of its hundreds of objects costs a sixth of the writing.
        return json.dumps(value, default=_written, check_circular=False)

    return render
