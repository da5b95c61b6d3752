"""A simulation as a tagged PDF: the words and figures of its page, laid out by templates/pdf/simulation.typ."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.allowance import Allowance, Measure
from member_space.domain.care_choice import CareChoice
from member_space.domain.dates import date_short
from member_space.domain.money import format_money
from member_space.domain.reimbursement_steps import Step
from member_space.interfaces import IPdf
from member_space.services.explanation_words import SaidPart, said_parts
from member_space.services.letterhead import dated, letterhead
from member_space.services.simulator import Simulation
from member_space.services.simulator_words import CAVEAT, PATHWAY, notes_of, sector_of
from member_space.services.translation import Translate
from member_space.settings import Brand

_ = TranslationStringFactory("member_space")

Shown = Callable[[CareChoice], str]
Row = tuple[str, str, str]


class SimulationPdf:
    """The document of one simulation, in the language of who asks; ``shown``: the label of a care in it."""

    def __init__(self, found: Simulation, today: date, locale: str, translate: Translate, shown: Shown) -> None:
        self.found, self.today, self.locale, self.translate, self.shown = found, today, locale, translate, shown

    def render(self, pdf: IPdf, brand: Brand) -> bytes:
        """Dated by the day on which it was asked: twice on a day, the same bytes while nothing was paid in between."""
        return pdf.render("simulation.typ", self.document(brand), dated(self.today))

    def document(self, brand: Brand) -> dict[str, Any]:
        """All the text of the document, so that the template only lays it out."""
        translate, found = self.translate, self.found
        price, *parts = self._said(found.outcome.steps)
        return {
            **letterhead(brand, self.locale, translate),
            "title": translate(_("Simulation d’un remboursement")),
            "facts": [[translate(label), value] for label, value in self._facts()],
            "columns": [translate(_("Élément")), translate(_("Montant"))],
            "shares": {"title": translate(_("Qui paie quoi")), **self._shares(price.title, price, parts)},
            "caveat": translate(CAVEAT),
            "notes": [translate(words) for words in notes_of(found)],
            "sections": [*self._beside(), *self._remaining(), *(self._steps(part) for part in parts)],
        }

    def _said(self, steps: Sequence[Step]) -> list[SaidPart]:
        return list(said_parts(steps, self.translate, self.locale))

    def _money(self, cents: int) -> str:
        return format_money(cents, self.locale)

    def _facts(self) -> Iterator[tuple[str, str]]:
        found, care = self.found, self.found.care
        yield _("Soin"), self.shown(found.choice)
        yield _("Personne"), found.member.name
        yield _("Date du soin"), date_short(care.care_date)
        if care.quantity > 1:
            yield _("Quantité"), str(care.quantity)
        if found.asks_doctor:
            yield _("Secteur du médecin"), self.translate(sector_of(care.practitioner).label)
            yield _("Parcours de soins"), self.translate(PATHWAY[not care.out_of_pathway])
        yield _("Contrat"), found.member.contract_number
        yield _("Garanties"), found.table_label
        yield _("Calculé le"), date_short(self.today)

    def _shares(self, title: TranslationString, price: SaidPart, parts: Sequence[SaidPart]) -> dict[str, Any]:
        """Who pays; the price is their total. A part of 0 € says why."""
        rows = [
            (self.translate(part.title), "" if part.amount else part.steps[-1].words, self._money(part.amount))
            for part in parts
        ]
        return {"rows": rows, "total": [self.translate(title), self._money(price.amount)]}

    def _steps(self, part: SaidPart) -> dict[str, Any]:
        title = self.translate(part.title)
        rows: list[Row] = [
            (step.words, step.source or "", self._money(step.amount) if step.amount else "") for step in part.steps
        ]
        return {"title": title, "lead": "", "rows": rows, "total": [title, self._money(part.amount)]}

    def _beside(self) -> Iterator[dict[str, Any]]:
        beside = self.found.beside
        if beside and beside.outcome:
            price, *parts = self._said(beside.outcome.steps)
            shares = self._shares(_("Le prix, au plus"), price, parts)
            yield {"title": self.translate(_("L’option 100 % Santé")), "lead": self.shown(beside.choice), **shares}

    def _remaining(self) -> Iterator[dict[str, Any]]:
        before, after = self.translate(_("Avant ce soin")), self.translate(_("Après ce soin"))
        for one in self.found.remaining:
            rows = [(before, "", self._left(one.before)), (after, "", self._left(one.after))]
            title = self.translate(_("Ce qu’il resterait de ce forfait"))
            yield {"title": title, "lead": one.after.line.label, "rows": rows, "total": None}

    def _left(self, one: Allowance) -> str:
        return self._money(one.left) if one.measure is Measure.AMOUNT else str(one.left)
