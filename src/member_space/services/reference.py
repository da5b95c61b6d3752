"""Reference data: loading of reference/*.csv into the tables, and what pages and imports read from them.

The files are the source: the office corrects them and loads again. A figure that was confirmed never changes under
its own date: its new value is a new dated row, and the row before ends on the day before. What was only recalled or
derived (confidence R or D) may be corrected in place. Nothing is removed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain import reference
from member_space.domain.events import EventKind
from member_space.domain.period import Period, first_overlap
from member_space.domain.reference import Confidence
from member_space.domain.reference_rows import (
    ReferenceDataError,
    Row,
    load_acts,
    load_families,
    load_regimes,
    load_tariffs,
    read_rows,
    within_families,
)
from member_space.models import Act, ActFamilyRow, Base, Regime, Tariff
from member_space.models.base import assign, period_of, range_of
from member_space.services.events import record

T = TypeVar("T")
Figure = tuple[str, str, str]
_UNSURE = (Confidence.RECALLED, Confidence.DERIVED)
# Built once: the list of reimbursements asks it each time.
_FAMILIES = select(ActFamilyRow.code, ActFamilyRow.label).order_by(ActFamilyRow.position)


class ReferenceRefusedError(ValueError):
    """A reference file cannot be loaded: nothing was. The message names the file, the line and the reason."""


def load_reference(db: Session, folder: Traversable | None = None) -> Counter[str]:
    """Load régimes, families, acts and tariffs of `folder` (ours by default); how many rows are new or changed.

    The same files again change nothing and leave no event. Raises ReferenceRefusedError; the caller's transaction
    must then be rolled back.
    """
    folder = folder or files("member_space") / "reference"
    changes: Counter[str] = Counter()
    for regime in _read(folder, "regimes.csv", load_regimes):
        changes["regimes"] += _put(db, Regime, regime.code, label=regime.label, period=range_of(regime.period))
    families = _read(folder, "act_families.csv", load_families)
    for family in families:
        values = {"label": family.label, "position": family.position, "period": range_of(family.period)}
        changes["families"] += _put(db, ActFamilyRow, family.family, **values)
    db.flush()
    for act in _read(folder, "acts.csv", lambda rows: within_families(load_acts(rows), families)):
        changes["acts"] += _put(
            db,
            Act,
            act.code,
            label=act.label,
            family=act.family.value,
            rate_kind=act.rate_kind,
            deduction=act.deduction.value,
            nature=act.nature.value,
            basket=act.basket.value if act.basket else None,
            period=range_of(act.period),
        )
    changes["tariffs"] += _put_tariffs(db, _read(folder, "tariffs.csv", load_tariffs))
    db.flush()
    if any(changes.values()):
        record(db, EventKind.REFERENCE_LOADED, details=dict(changes))
    return changes


def _read(folder: Traversable, name: str, load: Callable[[Iterable[Row]], list[T]]) -> list[T]:
    try:
        lines = (folder / name).read_text("utf-8-sig").splitlines()
        return load(read_rows(lines))
    except FileNotFoundError:
        raise ReferenceRefusedError(f"{name} : fichier absent") from None
    except UnicodeDecodeError:
        raise ReferenceRefusedError(f"{name} : n'est pas en UTF-8") from None
    except ReferenceDataError as error:
        raise ReferenceRefusedError(f"{name}, ligne {error.line} : {error.reason}") from error


def _put(db: Session, model: type[Base], code: str, **values: Any) -> bool:
    """Write a row by its code; whether that changed something."""
    row = db.get(model, code)
    if row is None:
        db.add(model(code=code, **values))
        return True
    return assign(row, values)


def _put_tariffs(db: Session, tariffs: list[reference.Tariff]) -> int:
    """Write the dated figures: what ends is written before what begins, as the database allows no overlap."""
    known: dict[Figure, dict[date, Tariff]] = defaultdict(dict)
    for row in db.scalars(select(Tariff)):
        known[row.act_code, row.what, row.condition][row.period.lower or date.min] = row
    changed = 0
    new: list[Tariff] = []
    wanted: dict[Figure, dict[date, Period]] = defaultdict(dict)
    for tariff in tariffs:
        figure = (tariff.act_code, tariff.what.value, tariff.condition)
        wanted[figure][tariff.period.start] = tariff.period
        values = {
            "value": tariff.value,
            "period": range_of(tariff.period),
            "source": tariff.source,
            "confidence": tariff.confidence.value,
        }
        there = known[figure].get(tariff.period.start)
        if there is None:
            new.append(Tariff(act_code=figure[0], what=figure[1], condition=figure[2], **values))
            continue
        if there.value != tariff.value and there.confidence not in _UNSURE:
            raise ReferenceRefusedError(
                f"tariffs.csv : {_words(figure)} vaut déjà {there.value} à partir du {tariff.period.start:%d/%m/%Y} ; "
                f"un chiffre confirmé ne se remplace pas, donnez au nouveau sa propre date d'effet"
            )
        changed += assign(there, values)
    _refuse_overlaps(known, wanted)
    db.flush()
    db.add_all(new)
    return changed + len(new)


def _refuse_overlaps(known: dict[Figure, dict[date, Tariff]], wanted: dict[Figure, dict[date, Period]]) -> None:
    """A row of the table that the file no longer has must leave free the days of those that it has."""
    for figure, periods in wanted.items():
        kept = {start: period_of(row.period) for start, row in known[figure].items()}
        overlap = first_overlap((kept | periods).values())
        if overlap:
            raise ReferenceRefusedError(
                f"tariffs.csv : {_words(figure)} aurait deux valeurs le {overlap[1].start:%d/%m/%Y} ; "
                f"la ligne qui commence le {overlap[0].start:%d/%m/%Y} doit rester dans le fichier, avec sa fin"
            )


def _words(figure: Figure) -> str:
    return " ".join(filter(None, figure))


def act_labels(db: Session) -> dict[str, str]:
    """French label of each act, by code. One statement of some hundreds of rows, never kept: it is never stale."""
    return {row.code: row.label for row in db.execute(select(Act.code, Act.label))}


def family_labels(db: Session) -> dict[str, str]:
    """French label of each family, by code, in the order of the screen."""
    return {row.code: row.label for row in db.execute(_FAMILIES)}
