"""« L’écart avec le devis », in words: on the claim's page and at the desk (C86)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.money import Money
from member_space.domain.quote_difference import Cause, Shares
from member_space.models import Request as MemberRequest
from member_space.services.claim_payment import payment_of_claim
from member_space.services.household import Household
from member_space.services.quote_claim import invoice_of
from member_space.services.quote_difference import Basis, QuoteDifference, difference_of
from member_space.services.request_decision import decision_of
from member_space.views.rendering import date_long, euros

_ = TranslationStringFactory("member_space")

PROMISED = _("Au devis")
ACTUAL = {
    Basis.EXPECTED: _("D’après la facture"),
    Basis.DECIDED: _("Selon notre décision"),
    Basis.PAID: _("Payé, selon le décompte"),
}
CAUSES = {
    Cause.TABLES: _(
        "À la date de ces soins, vos garanties, les tarifs ou la période du plafond ne sont plus ceux de la réponse."
    ),
    Cause.CEILINGS: _(
        "Ce qu’il reste du plafond a changé, par d’autres soins depuis la réponse ou une ligne du devis qui manque ici."
    ),
    Cause.PRICE: _("Le prix facturé n’est pas celui du devis."),
    Cause.FUND: _("L’Assurance Maladie n’a pas payé ce qui était prévu."),
    Cause.OTHER: _("Nous avons décidé un autre montant : notre décision dit pourquoi."),
}
EXPECTED = (
    _("D’après la facture, il resterait exactement ce que disait le devis : ${rest}."),
    _("D’après la facture, il resterait ${rest}, soit ${sum} de plus qu’au devis."),
    _("D’après la facture, il resterait ${rest}, soit ${sum} de moins qu’au devis."),
)
SETTLED = (
    _("Il reste exactement ce que disait le devis : ${rest}."),
    _("Il reste ${rest}, soit ${sum} de plus qu’au devis."),
    _("Il reste ${rest}, soit ${sum} de moins qu’au devis."),
)
"""What is left, before and after a decision: as much as the quote said, more, less."""
LATE = _("Le soin a eu lieu après la fin de l’estimation, le ${day} : elle ne valait plus.")
NOT_COMPUTED = _("Une ligne au moins n’a pas été calculée : son prix seul est comparé.")
FUND_UNKNOWN = _("La part de l’Assurance Maladie n’était pas comptée au devis : ce reste est un maximum.")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the table. ``amounts``: price, fund, us, left to pay, as they are shown; ``is_total``: not a change."""

    label: str
    amounts: tuple[str, ...]
    is_total: bool


def difference_shown(request: Request, found: QuoteDifference) -> dict[str, Any]:
    """What quote/_difference.html.jinja2 asks for."""
    return {
        "quote_id": found.quote_id,
        "quote_number": found.quote_number,
        "lead": _lead(request, found),
        "rows": list(_rows(request, found)),
        "lines": [one for one in found.lines if one.quoted != one.invoiced],
        "notes": list(_notes(request, found)),
    }


def _lead(request: Request, found: QuoteDifference) -> str:
    more, locale = found.told.more, request.locale_name
    same, above, below = EXPECTED if found.basis is Basis.EXPECTED else SETTLED
    words = above if more > 0 else below if more < 0 else same
    values = {"rest": euros(found.told.actual.rest, locale), "sum": euros(abs(more), locale)}
    return str(request.localizer.translate(words % values))


def _rows(request: Request, found: QuoteDifference) -> Iterator[ShownRow]:
    def row(words: TranslationString, shares: Shares, *, is_total: bool) -> ShownRow:
        amounts = (shares.price, shares.amo, shares.ours, shares.rest)
        shown = tuple(euros(one, request.locale_name) if is_total else _change(request, one) for one in amounts)
        return ShownRow(str(request.localizer.translate(words)), shown, is_total)

    yield row(PROMISED, found.told.promised, is_total=True)
    for shift in found.told.shifts:
        yield row(CAUSES[shift.cause], shift.change, is_total=False)
    yield row(ACTUAL[found.basis], found.told.actual, is_total=True)


def _change(request: Request, cents: Money) -> str:
    if not cents:
        return "–"
    return f"{'+' if cents > 0 else ''}{euros(cents, request.locale_name)}"


def _notes(request: Request, found: QuoteDifference) -> Iterator[str]:
    say = request.localizer.translate
    if found.is_late:
        yield str(say(LATE % {"day": date_long(found.until, request.locale_name)}))
    if not found.is_computed:
        yield str(say(NOT_COMPUTED))
    if not found.knows_fund:
        yield str(say(FUND_UNKNOWN))


def gap_of(request: Request, claim: MemberRequest, household: Household) -> dict[str, Any] | None:
    """What `difference_shown` gives of this request, None where it follows no quote; ``household``: its author's."""
    if invoice_of(claim) is None:
        return None
    decision = decision_of(request.db, claim) if claim.outcome else []
    paid = payment_of_claim(request.db, household, claim, sum(line.granted for line in decision))
    found = difference_of(request.db, request.tools, claim, decision, paid)
    return difference_shown(request, found) if found else None
