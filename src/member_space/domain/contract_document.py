"""The documents of a product and their versions: which of them a contract has, and when each is in force (C35)."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from member_space.domain.period import ONE_DAY, Period


class DocumentKind(StrEnum):
    """What an insurer owes its members to read, in the order of the page.

    ``IPID``: the insurance product information document, two pages of the same form for all (directive (EU) 2016/97,
    article 20).
    """

    GUARANTEES = "guarantees"
    NOTICE = "notice"
    IPID = "ipid"
    TERMS = "terms"


def periods_in_force(effective: Sequence[date]) -> list[Period]:
    """When each version of one document is in force: until the day before the next one. ``effective``: in order, each
    day once."""
    following = [*effective[1:], None]
    return [Period(day, after - ONE_DAY if after else None) for day, after in zip(effective, following, strict=True)]


def concerns(version: Period, spans: Sequence[Period]) -> bool:
    """Whether a version was, is or will be in force on a day of a contract. ``spans``: its days with this document."""
    return any(version.overlaps(span) for span in spans)
