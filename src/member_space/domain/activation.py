"""Who may have a space of one's own, and whom a door leads to when several persons answer to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

LETTER_LIFE = timedelta(days=60)
FINISH_WITHIN = timedelta(minutes=30)
"""From the right code to the password."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who answers to what was typed, old enough for a space. `account_id`: of the one that he already has."""

    person_id: int
    is_holder: bool
    account_id: int | None = None


def owner_of_contact(candidates: Sequence[Candidate]) -> Candidate | None:
    """Whose an address or a number is, when several persons gave the same: the holder of a contract, else the one
    who has been known for the longest. A code sent there proves nobody else (a couple may share a mailbox)."""
    return min(candidates, key=lambda one: (not one.is_holder, one.person_id), default=None)


def one_of_contract(candidates: Sequence[Candidate]) -> Candidate | None:
    """Whom a member number and a birth date lead to; nobody where they are two (twins): the letter tells them apart."""
    without = [one for one in candidates if one.account_id is None]
    found = without or candidates
    return found[0] if len(found) == 1 else None
