"""The families of questions that members ask, and the form of their names."""

import re
from enum import StrEnum

from member_space.domain.text import fold


class Family(StrEnum):
    """What a question is about, in the order of the list."""

    CARD = "card"
    REFUNDS = "refunds"
    NOEMIE = "noemie"
    QUOTES = "quotes"
    HOSPITAL = "hospital"
    AFFILIATION = "affiliation"
    CONTRACT = "contract"
    ACCOUNT = "account"
    DIRECTORY = "directory"
    REQUESTS = "requests"
    HUMAN = "human"


SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""The name of an entry, for ever: assistants and statistics know it by that."""


def slug_of(family: Family, question: str) -> str:
    """The name of an entry that the office adds: « card- » and the words of its first question.

    The family in the singular comes first, as in ours: `services.handover.TOPICS` reads it.
    """
    return "-".join((family.removesuffix("s"), *re.findall("[a-z0-9]+", fold(question))))
