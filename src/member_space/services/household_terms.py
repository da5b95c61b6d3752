"""How the terms of a contract follow each other when the feed tells new ones."""

from dataclasses import dataclass, replace
from datetime import date

from member_space.domain.period import Period
from member_space.services.feed import FeedValueError
from member_space.services.household_feed import TermsFacts


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract says from `start` to the day before `before` (open when None)."""

    start: date
    before: date | None
    facts: TermsFacts


def next_terms(known: list[Terms], facts: TermsFacts, starts: date | None, contract: Period) -> list[Terms]:
    """The terms that the contract has from now on: `known` in order of date, and `facts` from `starts` on.

    The same facts are no change. Others close the last terms on the day before they start; at the same start, they
    correct them. The last terms end with the contract. Raises FeedValueError when `starts` is missing, before what is
    known, or outside the contract.
    """
    if not known:
        known = [Terms(starts or contract.start, contract.before, facts)]
    *before, last = known
    if facts.guarantee_table is None:
        facts = replace(facts, guarantee_table=last.facts.guarantee_table)
    if facts != last.facts:
        if starts is None:
            raise FeedValueError("les conditions du contrat changent : leur date d'effet est nécessaire")
        if starts < last.start:
            raise FeedValueError("des conditions plus récentes sont déjà connues")
        if starts > last.start:
            before.append(Terms(last.start, starts, last.facts))
        last = Terms(starts, contract.before, facts)
    if not contract.contains(last.start):
        raise FeedValueError("les conditions commencent en dehors de la période du contrat")
    return [*before, Terms(last.start, contract.before, last.facts)]
