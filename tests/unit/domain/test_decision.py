"""What a decision may say, line by line, and how the whole ends."""

import pytest

from member_space.domain.decision import Line, LineFault, Reason, outcome_of, total_asked, total_granted
from member_space.domain.request import Outcome
from member_space.views.decision_words import OPENINGS, REASONS

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
    assert (total_asked([paid, cut, refused]), total_granted([paid, cut, refused])) == (300, 140)
    with pytest.raises(ValueError, match="line"):
        outcome_of([])
    with pytest.raises(ValueError, match="zero"):
        outcome_of([paid, Line("Verres", -5, -5)])
