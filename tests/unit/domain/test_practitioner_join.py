"""Whom a line tells of: the confusion table, and what holds whoever the candidates are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.practitioner_join import Candidate, Line, Match, decide

HERE, THERE = b"here", b"there"


def one(practice_id, person, first, address=HERE, by_number=False):
    return Candidate(practice_id, person, first, address, by_number)


@pytest.mark.parametrize(
    ("case", "line", "candidates", "match", "ids"),
    [
        ("nobody of that name", ("elise", HERE), [], Match.NOBODY, ()),
        ("the one person", ("elise", HERE), [one(1, "a", "elise")], Match.JOINED, (1,)),
        ("the one person, at another address", ("elise", THERE), [one(1, "a", "elise")], Match.JOINED, (1,)),
        ("somebody else of the family", ("elise", HERE), [one(1, "a", "hugo")], Match.NOBODY, ()),
        ("the right one of a family", ("elise", HERE), [one(1, "a", "elise"), one(2, "b", "hugo")], Match.JOINED, (1,)),
        ("a second first name", ("marie", HERE), [one(1, "a", "marie claude")], Match.JOINED, (1,)),
        ("a second first name in the line", ("marie claude", HERE), [one(1, "a", "marie")], Match.JOINED, (1,)),
        ("the first name as it is before one that begins so", ("marie", HERE),
         [one(1, "a", "marie claude"), one(2, "b", "marie")], Match.JOINED, (2,)),
        ("an initial is no first name", ("e", HERE), [one(1, "a", "elise")], Match.NOBODY, ()),
        ("two of one name, told apart by the address", ("elise", THERE),
         [one(1, "a", "elise"), one(2, "b", "elise", THERE)], Match.JOINED, (2,)),
        ("two of one name, at neither's address", ("elise", b"elsewhere"),
         [one(1, "a", "elise"), one(2, "b", "elise", THERE)], Match.AMBIGUOUS, ()),
        ("two of one name at one address", ("elise", HERE),
         [one(1, "a", "elise"), one(2, "b", "elise")], Match.AMBIGUOUS, ()),
        ("two of one name, and a number", ("elise", HERE),
         [one(1, "a", "elise"), one(2, "b", "elise", by_number=True)], Match.JOINED, (2,)),
        ("a number, whatever the name", ("x", THERE), [one(2, "b", "elise", by_number=True)], Match.JOINED, (2,)),
        ("two offices of one person, at neither's address", ("elise", b"elsewhere"),
         [one(1, "a", "elise"), one(2, "a", "elise", THERE)], Match.JOINED, (1, 2)),
        ("two offices of one person, at one of them", ("elise", THERE),
         [one(1, "a", "elise"), one(2, "a", "elise", THERE)], Match.JOINED, (2,)),
        ("a shop", ("", HERE), [one(1, "a", "")], Match.JOINED, (1,)),
        ("two shops of one name", ("", b"elsewhere"), [one(1, "a", ""), one(2, "b", "", THERE)], Match.AMBIGUOUS, ()),
    ],
)  # fmt: skip
def test_the_confusion_table(case, line, candidates, match, ids):
    assert decide(Line(*line), candidates) == (match, ids), case


NAMES = st.sampled_from(["", "elise", "marie", "marie claude"])
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 9),
        st.sampled_from("abc"),
        NAMES,
        st.sampled_from([HERE, THERE]),
        st.booleans(),
    ),
    max_size=5,
    unique_by=lambda candidate: candidate.practice_id,
)


@given(st.builds(Line, NAMES, st.sampled_from([HERE, THERE])), CANDIDATES)
def test_nothing_is_joined_to_two_persons_and_the_order_does_not_matter(line, candidates):
    decision = decide(line, candidates)
    assert decision == decide(line, candidates[::-1])
    assert bool(decision.practice_ids) == (decision.match is Match.JOINED)
    persons = {candidate.person_key for candidate in candidates if candidate.practice_id in decision.practice_ids}
    assert len(persons) <= 1
