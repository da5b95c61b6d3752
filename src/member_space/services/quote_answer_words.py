"""What an estimate says beside its amounts, in words: for the page, the desk and the PDF of an answer."""

from collections.abc import Callable, Iterator
from datetime import date

from translationstring import TranslationStringFactory

from member_space.domain.allowance import Measure
from member_space.domain.guarantee import CapPeriod, Per
from member_space.domain.money import format_money
from member_space.domain.quote import Ceiling, LineEstimate, Option
from member_space.services.translation import Translate

_ = TranslationStringFactory("member_space")

PERIODS = {
    CapPeriod.CIVIL_YEAR: _("${most} par an"),
    CapPeriod.TWO_YEARS: _("${most} en deux ans"),
    CapPeriod.FOUR_YEARS: _("${most} en quatre ans"),
}
RENEWAL = _("${most} par période de renouvellement")
LEFT = _("${limit} : il en reste ${before} avant ces soins, ${after} après.")
AGAIN = _("Ce qui est utilisé revient à partir du ${day}.")
CAVEAT = _(
    "C’est une estimation, valable jusqu’au ${day} : elle suppose que vos droits, ce qu’il reste de vos plafonds et la "
    "décision de votre Assurance Maladie seront les mêmes le jour des soins."
)
"""How long an answer to a quote holds, and what it supposes."""
EQUIPMENTS = (_("${count} équipement"), _("${count} équipements"))
COUNTED = {
    Per.DAY.value: (_("${count} jour"), _("${count} jours")),
    Per.SESSION.value: (_("${count} séance"), _("${count} séances")),
}
TIMES = (_("${count} fois"), _("${count} fois"))
"""What is counted: one of it, several."""
ARTICLE = _("${label} (article ${article})")
NO_GUARANTEE = _("Aucune ligne de vos garanties ne prévoit ce soin.")
OPTION_REST = _("${label} : reste à payer ${rest}, sur un prix de ${price} au plus.")
OPTION_UNKNOWN = _("${label} : son prix limite n’est pas dans nos tables, mais le professionnel doit la proposer.")


class EstimateWords:
    """``translate``: in the reader's language; ``long``: writes a day in it; ``shown``: the label of a care in it."""

    def __init__(
        self, translate: Translate, locale: str, long: Callable[[date], str], shown: Callable[[str], str]
    ) -> None:
        self._say, self._locale, self._long, self._shown = translate, locale, long, shown

    def facts(self, told: LineEstimate, *, base: bool = True) -> Iterator[tuple[str, str]]:
        """What the amounts come from, each under its name: the base, the guarantee, its ceilings, the other option.

        ``base``: whether it is told, where no column has it."""
        if base and told.base is not None:
            yield self._say(_("Base de remboursement")), self._money(told.base)
        yield self._say(_("Garantie")), self._guarantee(told)
        for one in told.ceilings:
            yield self._say(_("Plafond")), self._ceiling(one)
        if told.option:
            yield self._say(_("Option 100 % Santé")), self._option(told.option)

    def _guarantee(self, told: LineEstimate) -> str:
        if told.guarantee is None:
            return self._say(NO_GUARANTEE)
        if told.article is None:
            return told.guarantee
        return self._say(ARTICLE % {"label": told.guarantee, "article": told.article})

    def _ceiling(self, one: Ceiling) -> str:
        most = {"most": self._units(one, one.limit)}
        limit = PERIODS.get(CapPeriod(one.period), RENEWAL)
        values = {"before": self._units(one, one.left_before), "after": self._units(one, one.left_after)}
        words = self._say(LEFT % (values | {"limit": self._say(limit % most)}))
        return f"{words} {self._say(AGAIN % {'day': self._long(one.again_on)})}" if one.again_on else words

    def _option(self, one: Option) -> str:
        label = self._shown(one.label)
        if one.rest is None or one.price is None:
            return self._say(OPTION_UNKNOWN % {"label": label})
        values = {"label": label, "rest": self._money(one.rest), "price": self._money(one.price)}
        return self._say(OPTION_REST % values)

    def _units(self, one: Ceiling, count: int) -> str:
        if one.measure == Measure.AMOUNT:
            return self._money(count)
        single, several = EQUIPMENTS if one.measure == Measure.EQUIPMENT else COUNTED.get(one.per or "", TIMES)
        return self._say((several if count > 1 else single) % {"count": str(count)})

    def _money(self, cents: int) -> str:
        return format_money(cents, self._locale)
