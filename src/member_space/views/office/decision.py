"""A decision, line by line: computed where it is of a quote, read again as the letter that the member will get, then
sent (C79, C82, C106, C115)."""

from dataclasses import replace
from typing import Any

from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import Act, RequestKind
from member_space.forms.office_decision import DecisionForm, read_lines
from member_space.services.request_decision import decide
from member_space.services.request_desk import REASON
from member_space.services.request_handling import Hand, check_held
from member_space.views.office.guard_words import said_doubts
from member_space.views.office.letters import decision_letter
from member_space.views.office.quote import QuoteFigures
from member_space.views.office.request_act import ActViews
from member_space.views.office.request_page import Trouble
from member_space.views.typed import said

OPENED = "decider"


class OfficeDecisionViews(ActViews):
    """POST: the letter to read again; « sent » with the same lines: the decision; « calculate », of a quote: its lines
    with what the engine finds, and nothing else happens."""

    figures: QuoteFigures | None = None

    def again(self, status: int, trouble: Trouble) -> dict[str, Any]:
        return super().again(status, replace(trouble, figures=self.figures))

    @view_config(
        route_name="office_request_decide",
        request_method="POST",
        permission=Permission.HANDLE_REQUESTS,
        renderer="office/request.html.jinja2",
        reads=What.REQUEST,
        reason=REASON,
    )
    def decide(self) -> Any:
        request, row = self.request, self.row
        posted = dict(request.POST)
        figures = self.figures = QuoteFigures(request, row, posted) if row.kind == RequestKind.QUOTE else None
        if "again" in posted:
            return self.again(200, Trouble([], posted, OPENED))
        if figures and "calculate" in posted:
            wrong = figures.errors + figures.refused
            return self.again(422 if wrong else 200, Trouble(wrong, figures.filled(), OPENED))
        posted = figures.labelled() if figures else posted
        read, faults = read_lines(posted, row.kind)
        lines = figures.with_estimates(read) if figures else list(read.values())
        errors = list(dict(said(request, faults) + (figures.errors if figures else [])).items())
        # All that the member reads of the handler's own words; the letter is read again with the reasons beside it.
        own = [posted.get("word"), *(part for line in lines for part in (line.label, line.note))]
        doubts = said_doubts(request, row, own)
        sends = posted.get("sent") and (posted.get("anyway") or not doubts)

        def send(hand: Hand, values: dict[str, Any]) -> None:
            decide(*self.at, hand, lines, self._letter(lines, values["word"]))

        def read_again(hand: Hand, _values: dict[str, Any]) -> None:
            check_held(hand, Act.DECIDE)

        answer = self.act(
            DecisionForm(),
            OPENED,
            send if sends else read_again,
            "demande-decidee",
            posted=posted,
            check=lambda _values: errors,
        )
        if sends or isinstance(answer, dict):
            return answer
        letter = self._letter(lines, posted.get("word", "").strip() or None)
        status = 422 if posted.get("sent") else 200
        return self.again(status, Trouble([], posted, OPENED, letter=letter, doubts=doubts))

    def _letter(self, lines: list[Any], word: str | None) -> str:
        return decision_letter(self.request, self.row, lines, word)
