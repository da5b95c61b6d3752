"""Worked examples in euros of a contract's guarantees, computed by the engine that pays (C31).

The cares are rows of `reference/worked_examples.csv`; those shown are the common ones of the agreement of 2019, under
its five headings, so that two contracts compare line by line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from member_space.domain.guarantee import GuaranteeTable, Heading
from member_space.domain.money import Money
from member_space.domain.reference_rows import Row
from member_space.domain.reimbursement_cover import Cover
from member_space.domain.reimbursement_engine import compute_in_order
from member_space.domain.reimbursement_errors import CannotComputeError
from member_space.domain.reimbursement_figures import Figures
from member_space.domain.reimbursement_usage import Usage
from member_space.domain.worked_examples import ALWAYS, Shares, WorkedExample, load_examples, shares_of
from member_space.services.figures import shipped_rows

SHOWN: Mapping[Heading, tuple[int, ...]] = {
    Heading.HOSPITAL: (45, 42, 44),
    Heading.ROUTINE_CARE: (1, 5, 6, 35),
    Heading.DENTAL: (14, 18, 19),
    Heading.OPTICS: (25, 26),
    Heading.HEARING: (28, 29),
    Heading.OTHER: (40,),
}
"""Rows of the examples by heading, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Example:
    """A care and who pays what of it, in cents; ``shares`` None on a day when the tables have no tariff for it.

    ``guarantee``, ``article``: the line of the table that pays, empty when none does.
    """

    label: str
    fee: Money
    shares: Shares | None
    guarantee: str = ""
    article: str = ""


def examples_of(table: GuaranteeTable, figures: Figures, day: date) -> tuple[tuple[Heading, tuple[Example, ...]], ...]:
    """The examples on that day, for somebody who used nothing of his caps yet."""
    known = {example.rank: example for example in load_examples(_rows(), day)}
    cover = Cover(ALWAYS, table, figures)
    return tuple((heading, tuple(_computed(known[rank], cover) for rank in ranks)) for heading, ranks in SHOWN.items())


def _computed(example: WorkedExample, cover: Cover) -> Example:
    fee = sum(care.fee for care in example.cares)
    try:
        outcomes = list(compute_in_order(example.cares, cover, Usage()))
    except CannotComputeError:
        return Example(example.label, fee, None)
    line = outcomes[0].line
    return Example(example.label, fee, shares_of(outcomes), line.label if line else "", line.article if line else "")


@cache
def _rows() -> list[Row]:
    """The file of the product, read once: the page is computed at each look."""
    return shipped_rows("worked_examples.csv")
