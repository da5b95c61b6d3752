"""The claim that follows a quote: what its invoice says of each line of the answer (C86)."""

from collections.abc import Mapping
from typing import Any

import colander
from translationstring import TranslationStringFactory

from member_space.forms.request import invoice_nodes
from member_space.services.quote_claim import invoice_of, keep_invoice, quoted_lines
from member_space.views.rendering import euros
from member_space.views.request_care import ClaimQuestion

_ = TranslationStringFactory("member_space")

QUOTED = _("Au devis : ${amount}. Laissez vide si ce soin n’est pas sur cette facture.")


class InvoiceQuestion(ClaimQuestion):
    """First the day, as of any claim; then for whom, and the amount of each line instead of one."""

    def __init__(self, page: Any) -> None:
        super().__init__(page)
        self.lines = quoted_lines(self.request.db, self.draft)

    @property
    def names(self) -> dict[str, int]:
        """The field of each line, by its place."""
        return {f"facture_{n}": n for n, line in enumerate(self.lines) if line.asked}

    def schema(self) -> colander.SchemaNode:
        schema = super().schema()
        if self.asks_day or not self.names:
            return schema
        locale = self.request.locale_name
        titles = {
            name: (self.lines[n].label, self.page.say(QUOTED % {"amount": euros(self.lines[n].asked, locale)}))
            for name, n in self.names.items()
        }
        return invoice_nodes(schema, titles)

    def values(self) -> Mapping[str, Any]:
        if self.asks_day or not self.names:
            return super().values()
        said = invoice_of(self.draft)
        quoted = tuple(line.asked for line in self.lines)
        amounts = {name: (said.amounts if said else quoted)[n] for name, n in self.names.items()}
        return {name: value for name, value in super().values().items() if name != "montant"} | amounts

    def keep(self, given: dict[str, Any]) -> None:
        if "soin_le" in given or not self.names:
            super().keep(given)
            return
        amounts = {n: given[name] for name, n in self.names.items()}
        super().keep(given | {"montant": sum(one or 0 for one in amounts.values())})
        keep_invoice(self.request.db, self.request.tools, self.draft, [amounts.get(n) for n in range(len(self.lines))])
