"""Guarantee tables, line by line, and those of the demonstration as their files."""

from collections.abc import Iterable
from datetime import date
from importlib.resources import files

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import BasePercent, GuaranteeLine, Heading
from member_space.domain.period import Period
from member_space.models import Contract, ContractTerms, Guarantee, GuaranteeTable
from member_space.services.guarantee import columns_of
from member_space.services.guarantee_import import import_guarantees

START = date(2020, 1, 1)
PRODUCTS = ("essentiel", "confort", "premium")


def make_line(rank: int = 1, **values) -> GuaranteeLine:
    """A crown at 200 % of the base since 2020, but for what is given."""
    ordinary = {
        "heading": Heading.DENTAL,
        "label": "Couronne",
        "article": "",
        "period": Period(START),
        "families": frozenset({ActFamily.DENTAL_PROSTHESIS}),
        "formulas": (BasePercent(20_000),),
    }
    return GuaranteeLine(rank=rank, **ordinary | values)


def make_table(
    db: Session,
    lines: Iterable[GuaranteeLine],
    code: str = "T1",
    label: str = "Tableau Confort",
    responsible: bool = True,
) -> GuaranteeTable:
    """A table of these lines, written as they are: nothing looks at them."""
    table = GuaranteeTable(code=code, label=label, responsible=responsible)
    db.add(table)
    db.flush()
    db.add_all(Guarantee(guarantee_table_id=table.id, **columns_of(line)) for line in lines)
    db.flush()
    return table


def product(name: str) -> bytes:
    """The file of a product of the demonstration."""
    return (files("member_space.services.demo") / f"{name}.toml").read_bytes()


def give_product(db: Session, contract: Contract, name: str, today: date) -> None:
    """A contract's terms with a product of the demonstration; the reference tables are there."""
    import_guarantees(db, product(name), today)
    table = db.scalars(select(GuaranteeTable).where(GuaranteeTable.code == name.upper())).one()
    db.execute(
        update(ContractTerms).where(ContractTerms.contract_id == contract.id).values(guarantee_table_id=table.id)
    )
    db.flush()
