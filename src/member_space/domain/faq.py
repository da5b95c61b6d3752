"""The families of questions that members ask, and the form of their names."""

import re
from enum import StrEnum


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
