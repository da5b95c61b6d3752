"""A question as the answers of one's own data take it: what it names, and how to say things back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session
from translationstring import TranslationString

from member_space.domain.adviser import Answer, Do, Kind, NextAction
from member_space.domain.mention import Mention, families_of, mention_of
from member_space.domain.money import Money, format_money
from member_space.domain.text import fold
from member_space.services.content import escaped
from member_space.services.day_words import date_long
from member_space.services.household import Household, HouseholdMember
from member_space.services.tools import Tools
from member_space.services.translation import translate_in

_TIED = re.compile(r" (?=[:;?!»])|(?<=«) ")
"""The spaces at which French never cuts a line."""


@dataclass(frozen=True)
class Asking:
    """``about``: what a button that was clicked named (`NextAction.target`), empty for a typed question."""

    db: Session
    tools: Tools
    household: Household
    question: str
    locale: str
    about: str = ""

    @property
    def today(self) -> date:
        return self.household.today

    @cached_property
    def mention(self) -> Mention:
        return mention_of(self.question, self.today)

    @cached_property
    def families(self) -> tuple[str, ...]:
        return families_of(self.question)

    @cached_property
    def person(self) -> HouseholdMember | None:
        """The one person of the household whose first name stands in the question."""
        words = set(re.findall(r"\w+", fold(self.question)))
        named = [one for one in self.household.persons() if set(re.findall(r"\w+", fold(one.first_name))) <= words]
        return named[0] if len(named) == 1 else None

    def say(self, words: str, **values: Any) -> str:
        """Our words in his language, as Markdown; the values are words, whatever signs they hold."""
        return self.label(words, **{name: escaped(str(value)) for name, value in values.items()})

    def label(self, words: str, **values: Any) -> str:
        """Our words in his language, as plain text, for a button."""
        filled = words % values if isinstance(words, TranslationString) and values else words
        said = translate_in(self.locale)(filled)
        return _TIED.sub("\N{NO-BREAK SPACE}", said) if self.locale == "fr" else said

    def day(self, day: date) -> str:
        return date_long(day, self.locale)

    def euros(self, amount: Money) -> str:
        return format_money(amount, self.locale)

    def open(self, path: str, words: str, **values: Any) -> NextAction:
        """A link to a page of the space."""
        return NextAction(Do.OPEN, self.label(words, **values), path)

    def own(self, lines: Iterator[str] | list[str], source: str, *actions: NextAction) -> Answer:
        """An answer read in his own data, today; a paragraph a line."""
        return Answer(
            Kind.OWN, "\n\n".join(lines), source=self.label(source), as_of=self.today, next_actions=tuple(actions)
        )
