"""Whether a line of one directory tells of somebody of another: Ameli and the networks give no number of the RPPS.

Candidates have the same last name (or name of a shop), postcode and speciality, or the same number. A wrong join would
give somebody another one's fees, so that a doubt joins nothing: two persons of one name in one postcode are told apart
by their first names, then by their addresses, and not otherwise.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Match(StrEnum):
    """What was decided. AMBIGUOUS: somebody of the other directory, nobody knows who."""

    JOINED = "joined"
    AMBIGUOUS = "ambiguous"
    NOBODY = "nobody"


class Line(NamedTuple):
    """What a line to be joined says. Keys are those of `domain.practitioner`."""

    first_key: str
    address_key: bytes


class Candidate(NamedTuple):
    """A place of the other directory. `by_number`: it has the line's own number, which is certain."""

    practice_id: int
    person_key: str
    first_key: str
    address_key: bytes
    by_number: bool


class Decision(NamedTuple):
    """`practice_ids`: the places that the line tells of, all of one person; none unless joined."""

    match: Match
    practice_ids: tuple[int, ...]


def decide(line: Line, candidates: Sequence[Candidate]) -> Decision:
    """Whom the line tells of."""
    alike = [one for one in candidates if one.by_number] or _by_first_name(line.first_key, candidates)
    here = [one for one in alike if one.address_key == line.address_key]
    for chosen in (here, alike):
        if chosen and len({one.person_key for one in chosen}) == 1:
            return Decision(Match.JOINED, tuple(sorted(one.practice_id for one in chosen)))
    return Decision(Match.AMBIGUOUS if alike else Match.NOBODY, ())


def _by_first_name(first_key: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The same first name; else one that begins the other (« Marie », « Marie Claude »)."""
    same = [one for one in candidates if one.first_key == first_key]
    if same or not first_key:
        return same
    return [one for one in candidates if one.first_key and _begins(one.first_key.split(), first_key.split())]


def _begins(one: list[str], other: list[str]) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
