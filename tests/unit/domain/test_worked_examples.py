"""The 46 reference acts of the trade's sheet, section 3.4, to the cent."""

import pytest

from member_space.domain.guarantee import BasePercent, LensClass, LumpSum, OpticsCeilings, Per
from member_space.domain.worked_examples import found_by_engine, load_examples, minimum_table
from tests.unit.domain.engine import DAY, FIGURES, cover, line, table

DEMO = cover(
    line(BasePercent(30_000), acts=frozenset({"TO"}), rank=1),
    line(LumpSum(40_000), acts=frozenset({"IMP"}), rank=2),
    line(OpticsCeilings(((LensClass.SIMPLE, 25_000),), frame=10_000), acts=frozenset({"OPT"}), rank=3),
    line(BasePercent(10_000), LumpSum(90_000), acts=frozenset({"PAU"}), rank=4),
    line(LumpSum(3_000, Per.SESSION), acts=frozenset({"OST"}), rank=5),
    line(LumpSum(6_000, Per.DAY), acts=frozenset({"CHP"}), rank=6),
).table
EXAMPLES = load_examples(table("worked_examples.csv"), DAY)


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"act {example.rank}" for example in EXAMPLES])
def test_the_reference_act_comes_out_to_the_cent(example):
    assert found_by_engine(example, {"minimum": minimum_table(), "demo": DEMO}, FIGURES) == example.expected


def test_all_46_are_there_and_close():
    assert [example.rank for example in EXAMPLES] == list(range(1, 47))
    for example in EXAMPLES:
        assert sum(care.fee for care in example.cares) == sum(example.expected), example.rank


def test_what_the_sheet_leaves_to_the_guarantee_says_what_was_chosen():
    assert [example.rank for example in EXAMPLES if example.table == "demo"] == [23, 24, 26, 29, 40, 45]
    assert all(example.note for example in EXAMPLES if example.table == "demo")
