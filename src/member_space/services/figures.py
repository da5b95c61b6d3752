"""The reference tables of the database, as the engine of reimbursements reads them."""

from datetime import date
from importlib.resources import files
from itertools import starmap
from typing import TypeAlias

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from member_space.domain import reference
from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import Basket
from member_space.domain.period import Period
from member_space.domain.reference import ActNature, Confidence, Deduction, TariffKind
from member_space.domain.reference_rows import Row, load_acts, load_tariffs, read_rows
from member_space.domain.reimbursement_figures import Figures
from member_space.models import Act, Tariff

State: TypeAlias = tuple[str | None, str | None]

# The bounds of periods as days: a range is slow to compare, and there are hundreds.
_ACTS = select(
    Act.code,
    Act.label,
    Act.family,
    Act.rate_kind,
    Act.deduction,
    Act.nature,
    Act.basket,
    func.lower(Act.period),
    func.upper(Act.period),
)
_TARIFFS = select(
    Tariff.act_code,
    Tariff.what,
    Tariff.condition,
    Tariff.value,
    func.lower(Tariff.period),
    func.upper(Tariff.period),
    Tariff.source,
    Tariff.confidence,
)


_STATE = text("""
    select (select md5(string_agg(act::text, '|')) from act), (select md5(string_agg(tariff::text, '|')) from tariff)
""")
_kept: dict[State, Figures] = {}


def figures_of(db: Session) -> Figures:
    """Every act and every dated figure, never stale: one statement tells whether the rows are those kept; where they
    are not, two more read the hundreds of them."""
    state = _state(db)
    figures = _kept.get(state)
    if figures is None:
        figures = Figures(starmap(_act, db.execute(_ACTS)), starmap(_tariff, db.execute(_TARIFFS)))
        if _state(db) == state:  # otherwise somebody wrote meanwhile: these are of no state that is known
            _kept.clear()
            _kept[state] = figures
    return figures


def _state(db: Session) -> State:
    acts, tariffs = db.execute(_STATE).one()
    return acts, tariffs


def _act(
    code: str,
    label: str,
    family: str,
    rate_kind: str,
    deduction: str,
    nature: str,
    basket: str | None,
    start: date | None,
    before: date | None,
) -> reference.Act:
    return reference.Act(
        code,
        label,
        ActFamily(family),
        rate_kind,
        Deduction(deduction),
        ActNature(nature),
        Period.from_bounds(start or date.min, before),
        Basket(basket) if basket else None,
    )


def _tariff(
    act_code: str,
    what: str,
    condition: str,
    value: int,
    start: date | None,
    before: date | None,
    source: str,
    confidence: str,
) -> reference.Tariff:
    period = Period.from_bounds(start or date.min, before)
    return reference.Tariff(act_code, TariffKind(what), condition, value, period, source, Confidence(confidence))


def shipped_figures() -> Figures:
    """The tables of the product, as its files say them."""
    return Figures(load_acts(shipped_rows("acts.csv")), load_tariffs(shipped_rows("tariffs.csv")))


def shipped_rows(name: str) -> list[Row]:
    """The rows of a file of the product's reference."""
    return read_rows((files("member_space") / "reference" / name).read_text("utf-8").splitlines())
