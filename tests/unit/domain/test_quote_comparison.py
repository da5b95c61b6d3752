"""Each line is in one pair, once; what is not on both quotes is compared with nothing."""

from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.quote import Option
from member_space.domain.quote_comparison import ComparedLine, compare

CENTS = st.integers(0, 100_000)


@st.composite
def lines(draw) -> list[ComparedLine]:
    keys = draw(st.lists(st.sampled_from(("crown", "implant", "bridge")), max_size=6))
    found = []
    for key in keys:
        amo, ours, rest = draw(CENTS), draw(CENTS), draw(CENTS)
        known = draw(st.booleans())
        told = (amo, ours, rest) if known else (None, None, None)
        found.append(ComparedLine(key, key, amo + ours + rest, *told))
    return found


@given(lines(), lines())
def test_every_line_is_in_one_pair_and_pairs_are_of_one_act(first, second):
    found = compare(first, second)
    assert [one.first for one in found.pairs if one.first] == first
    assert sorted(id(one.second) for one in found.pairs if one.second) == sorted(map(id, second))
    for one in found.pairs:
        assert one.label
        assert not (one.first and one.second) or one.first.key == one.second.key
    alone = {one.first.key for one in found.pairs if one.first and not one.second}
    assert not alone & {one.second.key for one in found.pairs if one.second and not one.first}


@given(lines(), lines())
def test_the_other_way_round_is_the_opposite(first, second):
    one, other = compare(first, second), compare(second, first)
    assert len(one.pairs) == len(other.pairs)
    if one.is_whole and other.is_whole and one.pairs:
        assert one.difference == -other.difference


@given(lines())
def test_a_quote_beside_itself_differs_by_nothing(several):
    found = compare(several, several)
    assert found.difference in (0, None)
    assert (found.difference is None) == all(one.rest is None for one in several)


def test_the_option_is_that_of_either():
    option = Option("Couronne, panier 100 % Santé", 50_000, 0)
    bare = ComparedLine("crown", "Couronne", 65_000, 7_200, 20_000, 37_800)
    told = ComparedLine("crown", "Couronne", 60_000, 7_200, 20_000, 32_800, option)
    [pair] = compare([bare], [told]).pairs
    assert pair.option == option
    assert pair.difference == -5_000
    assert compare([], []).difference is None
