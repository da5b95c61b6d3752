"""Pivot identity: who somebody is by birth, as a provider of identity tells it (FranceConnect; C14, R21).

The e-mail of a provider is never looked at: two people share a mailbox, and nobody shares a birth. The NIR is not
either: the law keeps it from telling people apart.
"""

from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from member_space.domain.text import fold


@dataclass(frozen=True, slots=True)
class PivotIdentity:
    """What a provider vouches for; names as it writes them."""

    birth_name: str
    given_names: tuple[str, ...]
    """All of them, in their order; a compound one is one (« Jean-Noël »)."""
    birth_date: date


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """Somebody whom a provider has just identified."""

    issuer: str
    subject: str
    """Of this person at this provider, for us: the same every time."""
    pivot: PivotIdentity | None
    """None where the provider did not tell all of it, or a birth date that the calendar does not have."""


def pivot_of(birth_name: str, given_names: str, birth_date: str) -> PivotIdentity | None:
    """The identity of the claims `family_name`, `given_name` (names separated by spaces) and `birthdate` (ISO 8601)."""
    try:
        born = date.fromisoformat(birth_date)
    except ValueError:
        return None
    names = tuple(name for name in given_names.split() if _bare(name))
    return PivotIdentity(birth_name, names, born) if names and _bare(birth_name) else None


def is_same_person(
    pivot: PivotIdentity, *, last_name: str, birth_name: str | None, first_name: str, birth_date: date
) -> bool:
    """Whether somebody of our files is this one: birth name, given names and birth date, all three.

    Our files often hold the first given name alone: the first ones, whole, are enough. Without a birth name the last
    name is the one of birth; with one, it alone counts.
    """
    if birth_date != pivot.birth_date or _bare(birth_name or last_name) != _bare(pivot.birth_name):
        return False
    return _bare(first_name) in accumulate((_bare(name) for name in pivot.given_names), "{} {}".format)


def _bare(name: str) -> str:
    """Letters and digits of a name, folded; hyphens and apostrophes are spaces."""
    return " ".join("".join(mark if mark.isalnum() else " " for mark in fold(name)).split())
