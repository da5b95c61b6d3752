"""A card as JSON, the form that its version is kept in and that tells two contents apart."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from member_space.domain.card import Beneficiary, Card, CardNir, Domain, Lines
from member_space.domain.period import Period


def to_json(card: Card) -> str:
    """The same card has the same text."""
    return json.dumps(asdict(card), ensure_ascii=False, sort_keys=True, default=date.isoformat)


def from_json(text: str) -> Card:
    """Back."""
    kept: dict[str, Any] = json.loads(text)
    start, end = kept["period"]["start"], kept["period"]["end"]
    return Card(
        **kept
        | {
            "convention_types": tuple(kept["convention_types"]),
            "period": Period(date.fromisoformat(start), date.fromisoformat(end)),
            "lines": Lines(**kept["lines"]),
            "domains": tuple(Domain(**one | {"conventions": tuple(one["conventions"])}) for one in kept["domains"]),
            "beneficiaries": tuple(_beneficiary(one) for one in kept["beneficiaries"]),
        }
    )


def _beneficiary(kept: dict[str, Any]) -> Beneficiary:
    return Beneficiary(
        **kept
        | {
            "birth_date": date.fromisoformat(kept["birth_date"]),
            "nirs": tuple(CardNir(**one) for one in kept["nirs"]),
            "until": date.fromisoformat(kept["until"]) if kept["until"] else None,
        }
    )
