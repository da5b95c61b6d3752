"""Card models: written from the office's file, read back for the cards."""

import tomllib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from member_space.domain.card import CardModel, Domain, Lines
from member_space.domain.card_model import CardModelError, read_models
from member_space.domain.period import first_overlap
from member_space.models import CardModelRow
from member_space.models.base import assign, period_of, range_of


def load_models(db: Session, path: Path) -> int:
    """Write the models of a TOML file; how many are new or changed. The same file again changes nothing.

    A version is known by its code and its first day. Raises CardModelError with all that is wrong, and then nothing may
    be kept.
    """
    try:
        models = read_models(tomllib.loads(path.read_text("utf-8-sig")))
    except UnicodeDecodeError:
        raise CardModelError(["le fichier n’est pas en UTF-8"]) from None
    except (ValueError, RecursionError) as error:  # ValueError alone: a number of thousands of digits
        raise CardModelError([f"le fichier n’est pas en TOML ({error})"]) from None
    known: dict[str, dict[date, CardModelRow]] = defaultdict(dict)
    for row in db.scalars(select(CardModelRow).where(CardModelRow.code.in_({one.code for one in models}))):
        known[row.code][period_of(row.period).start] = row
    _refuse_overlaps(known, models)
    changed, new = 0, []
    for model in models:
        there = known[model.code].get(model.period.start)
        if there is None:
            new.append(CardModelRow(code=model.code, **values_of(model)))
        else:
            changed += assign(there, values_of(model))
    db.flush()  # what ends is written before what begins: the database allows no overlap
    db.add_all(new)
    db.flush()
    return changed + len(new)


# Built once: building it costs more than running it.
_MODELS = select(CardModelRow).where(CardModelRow.code == any_(bindparam("codes", type_=ARRAY(Text))))


def models_of(db: Session, codes: Collection[str]) -> list[CardModel]:
    """All the versions of these models, one statement."""
    rows = db.scalars(_MODELS, {"codes": list(codes)})
    return [
        CardModel(row.code, row.label, period_of(row.period), Lines(**row.lines), tuple(_domains(row.domains)))
        for row in rows
    ]


def _domains(kept: list[dict[str, Any]]) -> list[Domain]:
    return [Domain(**one) for one in kept]


def values_of(model: CardModel) -> dict[str, Any]:
    """The columns of its row, but the code."""
    columns = ("code", "label", "rank", "rate")
    domains = [{name: getattr(domain, name) for name in columns} for domain in model.domains]
    return {"label": model.label, "period": range_of(model.period), "lines": asdict(model.lines), "domains": domains}


def _refuse_overlaps(known: dict[str, dict[date, CardModelRow]], models: Collection[CardModel]) -> None:
    """A version that the file no longer has must leave free the days of those that it has."""
    reasons = []
    for code, rows in known.items():
        kept = {start: period_of(row.period) for start, row in rows.items()}
        told = {model.period.start: model.period for model in models if model.code == code}
        shared = first_overlap((kept | told).values())
        if shared:
            reasons.append(
                f"modèle {code} : deux versions le {shared[1].start:%d/%m/%Y} ; celle qui commence le "
                f"{shared[0].start:%d/%m/%Y} doit rester dans le fichier, avec sa fin"
            )
    if reasons:
        raise CardModelError(reasons)
