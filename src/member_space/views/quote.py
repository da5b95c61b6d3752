"""« Les lignes du devis »: typed one after the other, each answered at once by an estimate; nobody has to (C83)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from zlib import crc32

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.care_choice import CareChoice
from member_space.domain.permissions import Permission
from member_space.domain.quote import MOST_LINES, QuoteLine
from member_space.domain.readings import What
from member_space.domain.request_steps import Page, pages_of
from member_space.forms.ids import number_in
from member_space.forms.quote import FIELDS, TypedLine, as_typed, read_line
from member_space.security.drafts import draft_of
from member_space.services.quote import day_of, estimate_of, insured_of_quote, keep_lines, lines_of
from member_space.services.quote_estimate import Estimates, estimate
from member_space.services.request_find import read_again
from member_space.services.simulator import CannotSimulateError, Missing, choices
from member_space.services.simulator_words import CAVEAT, SECTORS, why_not
from member_space.views.quote_compare import compare_path
from member_space.views.quote_words import quote_told
from member_space.views.rendering import date_long
from member_space.views.request_pages import DraftPage
from member_space.views.request_start import page_path
from member_space.views.simulator import MOST_PROPOSED, NOT_FOUND, SEVERAL, options_of, shown

_ = TranslationStringFactory("member_space")

TOO_MANY = _("Un devis a ${most} lignes au plus : retirez-en une, ou regroupez celles du même soin.")
CHANGED = _(
    "Ces lignes ont changé depuis que cette page est ouverte, dans un autre onglet. Les voici à jour : refaites votre "
    "changement."
)
DETAILS = ("nombre", "secteur")
"""Those that few lines need: folded until one is typed or asked for."""
OPTICS = "quote.optics"


@view_defaults(permission=Permission.SEND_REQUEST, renderer="quote/lines.html.jinja2", reads=What.REQUEST)
class LinesViews(DraftPage):
    """A page of a quote whose person is said; a stay in hospital has none."""

    page = Page.LINES

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        if self.page not in pages_of(self.topic.kind, self.topic.form):
            raise HTTPNotFound
        if request.method == "POST":
            # Two tabs that write at once follow each other: the second one sees that the lines changed.
            read_again(request.db, self.draft, lock=True)
        person = insured_of_quote(self.household, self.draft)
        if person is None:
            raise HTTPSeeOther(page_path(request, self.draft, Page.CARE))
        self.person = person
        self.lines = [one.line for one in lines_of(request.db, self.draft.id)[self.draft.id]]
        self.known = choices(request.db)
        self.proposed: Sequence[CareChoice] = ()

    @view_config(route_name="quote_lines", request_method="GET")
    def ask(self) -> dict[str, Any]:
        rank = self._rank(self.request.GET)
        line = self.lines[rank - 1] if rank else None
        choice = self.known.by_code.get(line.care) if line else None
        typed = as_typed(line, shown(choice) if choice else "", self.draft.care_date)
        return self._page(typed, rank)

    @view_config(route_name="quote_lines", request_method="POST")
    def save(self) -> Any:
        given, rank = self.request.POST, self._rank(self.request.POST)
        asked = read_line(given)
        adds = bool(rank) or not asked.is_empty or "ajouter" in given
        errors: dict[str, Any] = {name: one for name, one in asked.errors.items() if adds or name == "le"}
        lines = self._with(asked, rank, errors) if adds else list(self.lines)
        if not errors and not adds and asked.day == self.draft.care_date:
            return self.go_on()
        if self._is_stale():
            if not errors and adds and lines[rank - 1 if rank else -1] in self.lines:
                return self._after(given)  # the other click was first
            errors["vu"] = CHANGED
        told = None if errors else self._told(asked.day, lines, rank, errors)
        if told is None or errors:
            return self._page(asked.typed, rank, errors)
        keep_lines(self.request.db, self.request.tools, self.draft, told, care_date=asked.day)
        return self._after(given)

    @view_config(route_name="quote_line_remove", request_method="POST")
    def remove(self) -> Any:
        rank = self._rank(self.request.POST)
        if rank and self._is_stale():
            return self._page(as_typed(None, "", self.draft.care_date), None, {"vu": CHANGED})
        if rank:
            lines = [*self.lines[: rank - 1], *self.lines[rank:]]
            told = estimate_of(self.request.db, self.household, self.draft, lines)
            keep_lines(self.request.db, self.request.tools, self.draft, told)
        return HTTPSeeOther(self._path())

    def _rank(self, given: Any) -> int | None:
        """The line that is meant, from 1; None: a new one, or none."""
        rank = number_in(given, "ligne", 2)
        return rank if rank and rank <= len(self.lines) else None

    def _is_stale(self) -> bool:
        """Whether another tab changed the lines since this page was made."""
        return bool(self.request.POST.get("vu") != self._seen())

    def _seen(self) -> str:
        """Says which lines the page showed."""
        return f"{crc32(repr(self.lines).encode()):08x}"

    def _with(self, asked: TypedLine, rank: int | None, errors: dict[str, Any]) -> list[QuoteLine]:
        """The lines with the one that is typed, as far as it is one; what is wrong with it is in ``errors``."""
        choice = self._choice(asked, errors)
        if not rank and len(self.lines) >= MOST_LINES:
            errors["soin"] = _(TOO_MANY, mapping={"most": MOST_LINES})
        if choice is None or errors:
            return list(self.lines)
        line = asked.line_of(choice.code, choice.label)
        if not choice.lenses:
            line = replace(line, frame_price=None)
        return [*self.lines[: rank - 1], line, *self.lines[rank:]] if rank else [*self.lines, line]

    def _choice(self, asked: TypedLine, errors: dict[str, Any]) -> CareChoice | None:
        """The care that is meant: the one picked among several, else the only one that the words name."""
        picked = self.known.by_code.get(self.request.POST.get("choix", ""))
        if picked:
            errors.pop("soin", None)
            return picked
        if "soin" in errors:
            return None
        matching = self.known.found(asked.words, shown)
        if len(matching) == 1:
            return matching[0]
        self.proposed = matching[:MOST_PROPOSED]
        errors["soin"] = (SEVERAL if matching else NOT_FOUND) % {"words": asked.words}
        return None

    def _told(self, day: date | None, lines: list[QuoteLine], rank: int | None, errors: dict[str, Any]) -> Estimates:
        """What the lines give; a day that has no cover, or glasses without the price of their frame, are ``errors``.

        What our tables lack is none: the line is kept without an estimate, and its handler answers.
        """
        request = self.request
        on = day or self.household.today
        told = estimate(request.db, self.household, self.person, on, lines)
        meant = told.answers[rank - 1 if rank else -1].error if lines else None
        frameless = isinstance(meant, CannotSimulateError) and meant.missing is Missing.FRAME_FEE
        error = told.error or (meant if frameless else None)
        if error:
            field, words = why_not(error, care="", name=self.person.name, day=on, long=self._long, knows_base=False)
            errors[field] = words
        return told

    def _long(self, day: date) -> str:
        return date_long(day, self.request.locale_name)

    def _path(self, route: str = "quote_lines", **query: Any) -> str:
        """An address of this page, which keeps whether one came from the review."""
        if self.request.params.get("retour") == "verifier":
            query["retour"] = "verifier"
        return str(self.request.route_path(route, request_id=self.draft.public_id, _query=query or None))

    def _edit_path(self, rank: int) -> str:
        return f"{self._path(ligne=rank)}#ligne-du-devis"

    def _after(self, given: Any) -> HTTPSeeOther:
        return self.go_on() if "continuer" in given else HTTPSeeOther(self._path())

    def _page(
        self, typed: dict[str, str], rank: int | None, errors: dict[str, TranslationString] | None = None
    ) -> dict[str, Any]:
        request, errors = self.request, errors or {}
        if errors:
            request.response.status_int = 422
        told = estimate_of(request.db, self.household, self.draft, self.lines)
        say = request.localizer.translate
        words = {name: say(one) for name, one in errors.items()}
        kept = draft_of(request, *FIELDS, path=self._path(ligne=rank) if rank else self._path())
        typed = kept.over(typed)
        return self.show(
            quote=quote_told(request, self.household, self.draft, told),
            person=self.person,
            day=day_of(self.draft, self.household.today),
            rank_edited=rank,
            draft=kept,
            typed=typed,
            errors=[(name if name != "vu" else None, words[name]) for name in (*FIELDS, "vu") if name in words],
            wrong={name: words.get(name) for name in FIELDS},
            proposed=[(one.code, shown(one)) for one in self.proposed],
            options=options_of(tuple(shown(one) for one in self.known.by_code.values())),
            sectors=[(key, say(one.label)) for key, one in SECTORS.items()],
            asks_frame=self.topic.code == OPTICS or bool(typed["monture"] or words.get("monture")),
            opens_details=any(words.get(name) or typed[name] not in ("", "1") for name in DETAILS),
            is_full=len(self.lines) >= MOST_LINES and not rank,
            seen=self._seen(),
            path=self._path(),
            remove_path=self._path("quote_line_remove"),
            edit_path=self._edit_path,
            compare_url=compare_path(request, self.household, self.draft) if self.lines else None,
            caveat=CAVEAT,
        )
