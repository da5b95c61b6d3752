"""Who may have a space of one's own, and whom a door leads to when several persons answer to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from member_space.domain.birth import age_on

ACCOUNT_FROM = 16
"""Age in years: from then on one has a card and a file of one's own with the health insurance."""
LETTER_LIFE = timedelta(days=60)
FINISH_WITHIN = timedelta(minutes=30)
"""From the right code to the password."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who answers to what was typed. `account_id`: of the space that he already has."""

    person_id: int
    birth_date: date
    is_holder: bool
    account_id: int | None = None


def may_have_account(birth: date, today: date) -> bool:
    """Old enough; before, the holder of the contract sees to everything."""
    return birth <= today and age_on(birth, today) >= ACCOUNT_FROM


def owner_of_contact(candidates: Sequence[Candidate], today: date) -> Candidate | None:
    """Whose an address or a number is, when several persons gave the same: the holder of a contract, else the one
    who has been known for the longest. A code sent there proves nobody else (a couple may share a mailbox)."""
    grown = [one for one in candidates if may_have_account(one.birth_date, today)]
    return min(grown, key=lambda one: (not one.is_holder, one.person_id), default=None)


def one_of_contract(candidates: Sequence[Candidate], today: date) -> Candidate | None:
    """Whom a member number and a birth date lead to; nobody where they are two (twins): the letter tells them apart."""
    grown = [one for one in candidates if may_have_account(one.birth_date, today)]
    without = [one for one in grown if one.account_id is None]
    found = without or grown
    return found[0] if len(found) == 1 else None
