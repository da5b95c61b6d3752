"""What templates ask of a guarantee line: its formulas by the name of their kind, as a template knows no class."""

from collections.abc import Iterable

from member_space.domain.guarantee import BasePercent, FeePercent, Formula, FullCost, LumpSum, OpticsCeilings

_KINDS: dict[type[Formula], str] = {
    BasePercent: "base_percent",
    LumpSum: "lump_sum",
    FeePercent: "fee_percent",
    FullCost: "full_cost",
    OpticsCeilings: "glasses",
}


def by_kind(formulas: Iterable[Formula]) -> list[tuple[str, Formula]]:
    """Each formula after the name of its kind."""
    return [(_KINDS[type(formula)], formula) for formula in formulas]
