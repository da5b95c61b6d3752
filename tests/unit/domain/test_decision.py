"""What a decision may say, line by line, and how the whole ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.decision import Line, LineFault, Reason, is_half_known, outcome_of, total_of
from member_space.domain.request import Outcome
from member_space.services.decision_words import OPENINGS, REASONS

CAP = Reason.CAP_REACHED


def test_each_reason_is_said_and_leads_somewhere():
    assert len(Reason) == 25
    assert set(REASONS) == set(Reason)
    assert set(OPENINGS) == {Outcome.ACCEPTED, Outcome.PARTIAL, Outcome.REFUSED}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (Line("Verres", 100, 100), None),
        (Line("Verres", 100, 40, CAP), None),
        (Line("Verres", 100, 0, CAP), None),
        (Line("Ajout de Zoé", 0, 0), None),
        (Line("Ajout de Zoé", 0, 0, CAP), None),
        (Line("Verres", -5, -5), LineFault.NEGATIVE),
        (Line("Verres", 100, -5, CAP), LineFault.NEGATIVE),
        (Line("Verres", 100, 101), LineFault.MORE_THAN_ASKED),
        (Line("Verres", 100, 99), LineFault.REASON_MISSING),
        (Line("Verres", 100, 100, CAP), LineFault.REASON_WITHOUT_CUT),
        (Line("Verres", 100, 70, amo=30), None),
        (Line("Verres", 100, 0, amo=100), None),
        (Line("Verres", 100, 40, CAP, amo=30), None),
        (Line("Verres", 100, 60, amo=-5), LineFault.NEGATIVE),
        (Line("Verres", 100, 71, amo=30), LineFault.MORE_THAN_ASKED),
        (Line("Verres", 100, 69, amo=30), LineFault.REASON_MISSING),
        (Line("Verres", 100, 70, CAP, amo=30), LineFault.REASON_WITHOUT_CUT),
    ],
)
def test_less_than_asked_has_a_reason_and_nothing_else_has_one(line, fault):
    assert line.fault is fault


def test_the_whole_ends_as_its_lines_do():
    paid, cut, refused = Line("a", 100, 100), Line("b", 100, 40, CAP), Line("c", 100, 0, CAP)
    assert outcome_of([paid, paid]) is Outcome.ACCEPTED
    assert outcome_of([refused]) is Outcome.REFUSED
    assert outcome_of([Line("Ajout", 0, 0, CAP)]) is Outcome.REFUSED
    for mixed in ([cut], [cut, cut], [paid, refused], [paid, cut], [cut, refused]):
        assert outcome_of(mixed) is Outcome.PARTIAL
    assert total_of([paid, cut, refused], "Tout") == Line("Tout", 300, 140)
    with pytest.raises(ValueError, match="line"):
        outcome_of([])
    with pytest.raises(ValueError, match="zero"):
        outcome_of([paid, Line("Verres", -5, -5)])


CENTS = st.integers(0, 10_000_000)
SHARES = st.tuples(CENTS, st.none() | CENTS, CENTS)


@given(st.lists(SHARES, max_size=20))
def test_the_parts_of_a_quote_add_up_to_its_price(shares):
    """Ours, the fund's and the member's, to the cent, of each line and of the whole."""
    lines = [
        Line("Soin", left + (amo or 0) + granted, granted, CAP if left else None, amo=amo)
        for left, amo, granted in shares
    ]
    for line, (left, _amo, _granted) in zip(lines, shares, strict=True):
        assert (line.left, line.fault) == (left, None)
    total = total_of(lines, "Tout")
    assert total.left == sum(line.left for line in lines)
    assert total.asked == total.granted + (total.amo or 0) + total.left


def test_the_share_of_the_fund_is_known_on_every_line_or_on_none():
    known, unknown, free = Line("a", 100, 70, amo=30), Line("b", 100, 100), Line("c", 0, 0)
    assert is_half_known([known, unknown])
    for whole in ([known, known, free], [unknown, free], [free], []):
        assert not is_half_known(whole)
