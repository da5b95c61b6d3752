"""A quote's lines at the desk as the engine answers them: « Calculer », and beside each amount what it found (C82)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.decision import Line
from member_space.domain.money import Money, MoneyError, parse_money, to_decimal_text
from member_space.domain.quote import LineEstimate
from member_space.forms.office_decision import read_cares
from member_space.models import Request as MemberRequest
from member_space.services.quote_desk import DeskEstimate, estimate_at_desk
from member_space.services.quote_estimate import LineAnswer, told_why
from member_space.services.simulator import choices
from member_space.views.quote_answer import words_of
from member_space.views.rendering import date_long, euros
from member_space.views.request_words import topic_of
from member_space.views.simulator import shown
from member_space.views.typed import Said, said
from member_space.views.words import data_words

_ = TranslationStringFactory("member_space")

FILLED = ("amo", "granted", "reason")
"""Fields that « Calculer » fills, in the order in which the form keeps what it filled."""
REPAIRS = {"monture": "frame", "base": "base"}
"""Fields of the form that the engine may ask for; anything else is not for the handler to repair."""
BY_HAND = _(
    "Le calcul ne sait pas répondre pour « ${care} » le ${day} : décidez cette ligne vous-même, sans soin choisi."
)
NOT_COVERED = _("Aucune couverture de ce contrat ne vaut le ${day} : rien ne se calcule.")
DIFFERS = {
    "amo": _("Assurance Maladie : le calcul donne ${found}."),
    "granted": _("Notre part : le calcul donne ${found}."),
}


@dataclass(frozen=True, slots=True)
class Figured:
    """A line of the form beside the engine. ``facts``: (label, words); ``differs``: each amount that the handler wrote
    otherwise, in words; ``left``: to the member by the engine, in cents."""

    facts: list[tuple[str, str]]
    differs: list[str]
    left: Money


class QuoteFigures:
    """What the engine says of all that the form holds; one set of statements, however many lines."""

    def __init__(self, request: Request, row: MemberRequest, posted: Mapping[str, Any]) -> None:
        self._request, self._posted = request, posted
        self._object = topic_of(request, row).label.in_(request.locale_name)
        known = choices(request.db)
        self.quoted, errors = read_cares(posted, lambda words: known.found(words, shown))
        self.told: DeskEstimate = estimate_at_desk(
            request.db, request.tools, row, request.context.shown, list(self.quoted.values())
        )
        self._answers = dict(zip(self.quoted, self.told.answers, strict=True))
        self.errors: Said = said(request, errors)
        """Of what was typed; the lines that cannot be computed are told by `refused`."""

    @property
    def refused(self) -> Said:
        """Why the engine does not answer a line, beside the field to repair."""
        return [(f"{field}-{rank}", words) for rank, (field, words) in self._refusals()]

    def _refusals(self) -> list[tuple[int, tuple[str, str]]]:
        say, day = self._request.localizer.translate, self.told.day
        long = partial(date_long, locale=self._request.locale_name)
        found = []
        for rank, one in self._answers.items():
            care = data_words(one.line.label)
            why = told_why(one, care=care, name=self.told.name or "", day=day, long=long)
            if why is None:
                continue
            words = BY_HAND if self.told.name else NOT_COVERED
            field, told = why if why[0] in REPAIRS else ("soin", words % {"care": care, "day": long(day)})
            found.append((rank, (REPAIRS.get(field, "care"), str(say(told)))))
        return found

    def labelled(self) -> dict[str, str]:
        """The form, where a line that names a care and nothing more than the quote's object is called as the care."""
        typed = dict(self._posted)
        for rank, line in self.quoted.items():
            label = str(typed.get(f"label-{rank}", "")).strip()
            typed[f"label-{rank}"] = line.label if label in ("", self._object) else label
        return typed

    def filled(self) -> dict[str, str]:
        """The form with what the engine found, but for the amounts that the handler wrote himself.

        What « Calculer » filled before is in the form: an amount that is not the same any more was written by hand.
        """
        typed = self.labelled()
        for rank, one in self._answers.items():
            found = self._found(one)
            if found is None:
                continue
            before = dict(zip(FILLED, str(typed.get(f"filled-{rank}", "")).split(";"), strict=False))
            own = [
                name
                for name in ("amo", "granted")
                if str(typed.get(f"{name}-{rank}", "")).strip() not in ("", before.get(name))
            ]
            for name in FILLED:
                # The reason goes with the amounts: one corrected by hand may leave nothing, or more.
                if name not in own and (name != "reason" or not own):
                    typed[f"{name}-{rank}"] = found[name]
            typed[f"filled-{rank}"] = ";".join(found.values())
        return typed

    def _found(self, one: LineAnswer) -> dict[str, str] | None:
        if one.estimate is None:
            return None
        reason = self.told.reason_of(one)
        return {
            "amo": to_decimal_text(one.estimate.amo, ","),
            "granted": to_decimal_text(one.estimate.ours, ","),
            "reason": reason.value if reason else "",
        }

    def with_estimates(self, lines: Mapping[int, Line]) -> list[Line]:
        """The lines to decide, each with its care and what the engine said of it."""
        answers = {rank: self._answers.get(rank) for rank in lines}
        return [
            replace(line, quoted=one.line, estimate=one.estimate) if (one := answers[rank]) else line
            for rank, line in lines.items()
        ]

    def shown(self, typed: Mapping[str, Any]) -> dict[int, Figured]:
        """Each computed line as the form shows it beneath its amounts."""
        return {
            rank: Figured(self._facts(one.estimate), self._differs(typed, rank, one.estimate), one.estimate.rest)
            for rank, one in self._answers.items()
            if one.estimate
        }

    def _facts(self, told: LineEstimate) -> list[tuple[str, str]]:
        words = words_of(self._request)
        return list(words.facts(told if self.told.is_open else told.without_ceilings()))

    def _differs(self, typed: Mapping[str, Any], rank: int, told: LineEstimate) -> list[str]:
        say, locale = self._request.localizer.translate, self._request.locale_name
        pairs = (("amo", told.amo), ("granted", told.ours))
        return [
            str(say(DIFFERS[name] % {"found": euros(found, locale)}))
            for name, found in pairs
            if _cents(str(typed.get(f"{name}-{rank}", ""))) != found
        ]


def _cents(text: str) -> Money | None:
    try:
        return parse_money(text) if text.strip() else None
    except MoneyError:
        return None
