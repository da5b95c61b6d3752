"""The reference tables of the database, as the engine of reimbursements reads them."""

from collections.abc import Iterator
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain import reference
from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import Basket
from member_space.domain.reference import ActNature, Confidence, Deduction, TariffKind
from member_space.domain.reimbursement_figures import Figures
from member_space.models import Act, Tariff
from member_space.models.base import period_of

_ACTS = select(Act.code, Act.label, Act.family, Act.rate_kind, Act.deduction, Act.nature, Act.basket, Act.period)
_TARIFFS = select(
    Tariff.act_code, Tariff.what, Tariff.condition, Tariff.value, Tariff.period, Tariff.source, Tariff.confidence
)


def figures_of(db: Session) -> Figures:
    """Every act and every dated figure; two statements of some hundreds of rows, never kept: it is never stale."""
    return Figures(_acts(db), _tariffs(db))


def _acts(db: Session) -> Iterator[reference.Act]:
    for row in db.execute(_ACTS):
        yield reference.Act(
            row.code,
            row.label,
            ActFamily(row.family),
            row.rate_kind,
            Deduction(row.deduction),
            ActNature(row.nature),
            period_of(row.period),
            Basket(row.basket) if row.basket else None,
        )


def _tariffs(db: Session) -> Iterator[reference.Tariff]:
    for row in db.execute(_TARIFFS):
        yield reference.Tariff(
            row.act_code,
            TariffKind(row.what),
            row.condition,
            row.value,
            period_of(row.period),
            row.source,
            Confidence(row.confidence),
        )


def shipped_figures() -> Figures:
    """The tables of the product, as its files say them."""
    return Figures(reference.load_acts(shipped_rows("acts.csv")), reference.load_tariffs(shipped_rows("tariffs.csv")))


def shipped_rows(name: str) -> list[reference.Row]:
    """The rows of a file of the product's reference."""
    return reference.read_rows((files("member_space") / "reference" / name).read_text("utf-8").splitlines())
