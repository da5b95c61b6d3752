"""The steps of a request in words, like those of a parcel: since when, who has the hand, how long, and the next day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.opening_hours import PARIS
from member_space.domain.request import Side, State
from member_space.models import Request as MemberRequest
from member_space.services.claim_payment import ClaimPayment
from member_space.services.request_clock import hours_of
from member_space.services.request_progress import NextDay, Step, StepCode, next_day_of, parcel_of
from member_space.services.usual_time import Usual
from member_space.views.rendering import date_long
from member_space.views.usual_time_words import usual_time_words

_ = TranslationStringFactory("member_space")

STEP_TITLES = {
    StepCode.SENT: _("Envoyée"),
    StepCode.TO_DO: _("À traiter"),
    StepCode.IN_REVIEW: _("À l’étude"),
    StepCode.WAITING_MEMBER: _("Pièce demandée"),
    StepCode.PROVIDED: _("Votre réponse reçue"),
    StepCode.ON_HOLD: _("En attente"),
    StepCode.DECISION: _("Décision"),
    StepCode.ANSWER: _("Réponse"),
    StepCode.TRANSFER: _("Virement"),
    StepCode.REOPENED: _("Rouverte"),
    StepCode.WITHDRAWN: _("Retirée par vous"),
    StepCode.DUPLICATE: _("Traitée avec une autre demande"),
    StepCode.UNANSWERED: _("Close, faute de réponse"),
}
STEP_NOTES = {
    StepCode.ON_HOLD: _(
        "Nous attendons la réponse de quelqu’un d’autre, comme votre caisse. Vous n’avez rien à faire."
    ),
    StepCode.WAITING_MEMBER: _("Le délai s’arrête jusqu’à votre réponse."),
    StepCode.TRANSFER: _("Il apparaîtra dans « Voir par virement »."),
}
HANDS = {Side.MEMBER: _("À vous"), Side.OFFICE: _("Votre mutuelle")}
NEXT_DAYS = {
    NextDay.PIECE: _("À donner avant le ${day}"),
    NextDay.WAKE: _("Nous y revenons le ${day} au plus tard"),
    NextDay.LEGAL: _("Le ${day} au plus tard"),
    NextDay.USUAL: _("Habituellement d’ici au ${day}"),
}
TIMED = (State.TO_DO, State.IN_REVIEW)
"""States whose usual time says something: the office has the hand, and may use it."""


def parcel_words(
    request: Request,
    row: MemberRequest,
    log: Sequence[tuple[str, datetime]],
    usual: Usual | None,
    due_on: date | None,
) -> list[dict[str, Any]]:
    """The steps as partials/parcel takes them. ``log``: as `log_shown` gives it, or nothing: the row alone suffices.

    ``due_on``: when the paper that it awaits is due.
    """
    tools = request.tools
    told = usual_time_words(request, usual) if row.state in TIMED else None
    by = next_day_of(row, hours_of(tools.settings), tools.now(), usual, due_on)
    steps = [_in_words(request, step, told) for step in parcel_of(row, log)]
    if by:
        # The day of what is under way, or of how it ends: the last step.
        place = -2 if by[0] in (NextDay.PIECE, NextDay.WAKE) else -1
        day = date_long(by[1], request.locale_name).replace(" ", "\N{NO-BREAK SPACE}")
        steps[place]["by"] = str(request.localizer.translate(NEXT_DAYS[by[0]], mapping={"day": day}))
    return steps


def paid_by(request: Request, steps: list[dict[str, Any]], paid: ClaimPayment) -> None:
    """The last step, the transfer, with its day and the statement that tells of it."""
    steps[-1] |= {
        "date": paid.paid_on,
        "note": None,
        "href": request.route_path("statement", statement_id=paid.statement_id),
        "link": str(request.localizer.translate(_("Voir le décompte"))),
    }
    if paid.paid_on <= request.tools.today():
        steps[-1] |= {"state": "done", "who": None}


def _in_words(request: Request, step: Step, usual: str | None) -> dict[str, Any]:
    say, now = request.localizer.translate, step.state == "now"
    return {
        "title": str(say(STEP_TITLES[step.code])),
        "state": step.state,
        "date": step.at.astimezone(PARIS).date() if step.at else None,
        "who": str(say(HANDS[step.hand])) if step.hand in HANDS else None,
        "note": str(say(STEP_NOTES[step.code])) if now and step.code in STEP_NOTES else None,
        "usual": usual if now and step.hand is Side.OFFICE else None,
    }
