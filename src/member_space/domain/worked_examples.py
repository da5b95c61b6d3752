"""The worked examples: the reference acts of the trade's sheet (section 3.4), each with the cents it must give.

``reference/worked_examples.csv``: one row an act, its amounts in cents. ``acts``: several, each with its fee, when one
visit is charged by several codes. ``table``: ``minimum`` for a contract that pays exactly the ticket modérateur,
``demo`` where the sheet says « per guarantee ». ``note``: what the sheet leaves open, and what was chosen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import (
    BasePercent,
    Basket,
    FullCost,
    GuaranteeLine,
    GuaranteeTable,
    Heading,
    LensClass,
)
from member_space.domain.money import WHOLE, Money
from member_space.domain.period import Period
from member_space.domain.reference_rows import Row
from member_space.domain.reimbursement_cover import Cover
from member_space.domain.reimbursement_engine import Outcome, compute_in_order
from member_space.domain.reimbursement_figures import Figures
from member_space.domain.reimbursement_input import Care, Glasses, Patient, Practitioner, Sector
from member_space.domain.reimbursement_usage import Usage

ALWAYS = Period(date(2000, 1, 1))
IN_HOSPITAL = frozenset({"FJ", "FJA", "FPU"})
EQUIPMENTS = frozenset({ActFamily.DENTAL_PROSTHESIS, ActFamily.OPTICS, ActFamily.HEARING})
LOW_VALUE_DRUG = frozenset({"PH2"})


class Shares(NamedTuple):
    """Who pays what of an example, in cents."""

    amo_net: Money
    our_share: Money
    member_share: Money


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """One reference act and what it must give."""

    rank: int
    label: str
    cares: tuple[Care, ...]
    table: str
    expected: Shares
    note: str


def minimum_table() -> GuaranteeTable:
    """The least that a responsible contract may promise: the ticket modérateur, the baskets « 100 % Santé »."""
    lines = (
        GuaranteeLine(
            1,
            Heading.ROUTINE_CARE,
            "Ticket modérateur",
            "1",
            ALWAYS,
            families=frozenset(ActFamily),
            formulas=(BasePercent(WHOLE),),
        ),
        GuaranteeLine(
            2,
            Heading.DENTAL,
            "Paniers 100 % Santé",
            "2",
            ALWAYS,
            families=EQUIPMENTS,
            basket=Basket.NO_REST,
            formulas=(FullCost(),),
        ),
        GuaranteeLine(
            3, Heading.HOSPITAL, "Forfaits de l’hôpital", "3", ALWAYS, acts=IN_HOSPITAL, formulas=(FullCost(),)
        ),
        GuaranteeLine(4, Heading.ROUTINE_CARE, "Médicaments à 15 % : non couverts", "4", ALWAYS, acts=LOW_VALUE_DRUG),
    )
    return GuaranteeTable("MINIMUM", "Ticket modérateur et 100 % Santé", responsible=True, lines=lines)


def load_examples(rows: Iterable[Row], day: date) -> list[WorkedExample]:
    """The examples as cares of that day. Raises KeyError or ValueError for a row that is not one: the file is ours."""
    return [_example(row, day) for row in rows]


def _example(row: Row, day: date) -> WorkedExample:
    fees = row["fee"].split("+")
    cares = tuple(_care(row, act, int(fee), day) for act, fee in zip(row["acts"].split("+"), fees, strict=True))
    expected = Shares(int(row["amo_net"]), int(row["our_share"]), int(row["member_share"]))
    return WorkedExample(int(row["rank"]), row["label"], cares, row["table"], expected, row["note"])


def _care(row: Row, act: str, fee: Money, day: date) -> Care:
    basket = Basket(row["basket"]) if row["basket"] else None
    glasses = None
    if row["lenses"] and basket:
        glasses = Glasses(LensClass(row["lenses"]), int(row["frame_fee"]), basket, basket)
    return Care(
        act_code=act,
        care_date=day,
        fee=fee,
        patient=Patient(date(day.year - int(row["age"]), 1, 1)),
        quantity=int(row["quantity"]),
        practitioner=Practitioner(Sector.TWO if row["without_optam"] else Sector.ONE),
        out_of_pathway=bool(row["out_of_pathway"]),
        facts=frozenset(row["facts"].split()),
        basket=basket,
        glasses=glasses,
        base=int(row["base"]) if row["base"] else None,
    )


def found_by_engine(example: WorkedExample, tables: Mapping[str, GuaranteeTable], figures: Figures) -> Shares:
    """What the engine finds for the example; its acts together."""
    cover = Cover(ALWAYS, tables[example.table], figures)
    return shares_of(compute_in_order(example.cares, cover, Usage()))


def shares_of(outcomes: Iterable[Outcome]) -> Shares:
    """Of several acts charged together."""
    amounts = [outcome.amounts for outcome in outcomes]
    return Shares(*(sum(getattr(one, name) for one in amounts) for name in Shares._fields))
