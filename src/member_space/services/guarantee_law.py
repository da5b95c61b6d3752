"""What a guarantee table must respect before it is loaded: one line a care and, when it is responsible, the law.

The law is article L. 871-1 of the Code de la sécurité sociale and its decrees (sheet of the trade, section 3.5); its
figures are the dated rows `rule:responsible` of `reference/tariffs.csv`, so a version is looked at on its first day
and on each day when one of them changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import (
    AmbiguousTableError,
    BasePercent,
    Basket,
    FeePercent,
    Formula,
    FullCost,
    GuaranteeLine,
    GuaranteeTable,
    LensClass,
    LumpSum,
    OpticsCeilings,
)
from member_space.domain.money import WHOLE, Money, Rate, apply_rate, to_decimal_text
from member_space.domain.reference import Act, TariffKind
from member_space.domain.reimbursement import LOW_VALUE_DRUG_RATE
from member_space.domain.reimbursement_figures import Figures
from member_space.domain.reimbursement_limits import GLASSES, HEARING_AID

LAW = "rule:responsible"
DAILY_CHARGE = "FJ"
FLAT_COPAYMENTS = ("FJ", "FPU", "PAS")
"""What a hospital charges in place of the ticket modérateur, or beside it: no fund refunds it, the contract owes it."""
ADULT = 40
"""Years: of whoever a rule is looked at for, where the tables tell ages apart."""


@dataclass(frozen=True, slots=True)
class Breach:
    """What a table may not say. ``rank``: its line, None for what no line says; ``field``: the key of the file."""

    rank: int | None
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Covered:
    """What a line is for on a day: acts that exist, with the basket that they were asked in."""

    line: GuaranteeLine
    cares: tuple[tuple[Act, Basket | None], ...]

    def formula(self, kind: type[Formula]) -> Formula | None:
        return next((one for one in self.line.formulas if isinstance(one, kind)), None)


def days_to_look(start: date, before: date | None, changes: Iterable[date]) -> list[date]:
    """The first day of a version, and those on which the law changes while it is in force."""
    return [start, *sorted(day for day in set(changes) if start < day and (before is None or day < before))]


def breaches_of(table: GuaranteeTable, figures: Figures, day: date) -> list[Breach]:
    """All that is wrong with a table on a day, in the order of its lines."""
    look = _Look(figures, day)
    covered, found = look.lines_of(table)
    if table.responsible:
        for one in covered:
            found += [Breach(one.line.rank, field, reason) for field, reason in look.breaches(one)]
    return sorted(dict.fromkeys(found), key=lambda breach: breach.rank or 0)


class _Look:
    def __init__(self, figures: Figures, day: date) -> None:
        self._figures, self._day = figures, day
        self._acts = [act for act in figures.acts.values() if act.period.contains(day)]

    def _value(self, what: TariffKind, condition: str = "", code: str = LAW) -> int | None:
        """A figure in force, None when the tables have none."""
        found = self._figures.find(code, what, self._day, frozenset({condition}), ADULT)
        return found.value if found else None

    def lines_of(self, table: GuaranteeTable) -> tuple[list[_Covered], list[Breach]]:
        """Each line with the cares that it is for; what is wrong with who is for what."""
        cares: dict[GuaranteeLine, list[tuple[Act, Basket | None]]] = defaultdict(list)
        found: list[Breach] = []
        missing: dict[str, list[str]] = defaultdict(list)
        for act in self._acts:
            for basket in _baskets_of(act):
                try:
                    line = table.line_for(act.code, act.family, basket, self._day)
                except AmbiguousTableError:
                    found.append(self._ambiguous(table, act, basket))
                    continue
                if line:
                    cares[line].append((act, basket))
                elif table.responsible and self._is_owed(act):
                    missing[f"{act.family.value}{f', panier {basket.value}' if basket else ''}"].append(act.code)
        found += [
            Breach(None, "", f"aucune garantie pour {care} ({', '.join(codes)}), que la loi fait couvrir")
            for care, codes in missing.items()
        ]
        return [_Covered(line, tuple(cares[line])) for line in table.lines if line in cares], found

    def _ambiguous(self, table: GuaranteeTable, act: Act, basket: Basket | None) -> Breach:
        close = [(line.precision(act.code, act.family, basket, self._day), line.rank) for line in table.lines]
        ranks = sorted(rank for precision, rank in close if precision == max(close)[0])
        return Breach(
            ranks[-1],
            "",
            f"les rangs {' et '.join(map(str, ranks))} sont pour le même soin (famille {act.family.value}) : "
            "nommez les actes de l’un (acts), ou son panier (basket)",
        )

    def _is_owed(self, act: Act) -> bool:
        """Whether a responsible contract must pay the ticket modérateur of an act."""
        rate = self._value(TariffKind.RATE, code=f"rate:{act.rate_kind}") or 0 if act.rate_kind else 0
        low_value = act.family is ActFamily.PHARMACY and rate <= LOW_VALUE_DRUG_RATE
        return act.code in FLAT_COPAYMENTS or (
            0 < rate < WHOLE and not low_value and act.family is not ActFamily.THERMAL
        )

    def breaches(self, covered: _Covered) -> Iterator[tuple[str, str]]:
        """What the law refuses in a line: the key and the reason."""
        acts = [act for act, _ in covered.cares]
        if covered.line.basket is Basket.NO_REST:
            yield from self._no_rest(covered)
            return
        if any(act.code in FLAT_COPAYMENTS for act in acts):
            yield from self._flat_copayments(covered)
        glasses = any(act.code in GLASSES for act in acts)
        if glasses:
            yield from self._glasses(covered)
        elif any(self._is_owed(act) and act.code not in FLAT_COPAYMENTS for act in acts):
            yield from self._ticket_moderateur(covered)
        if any(act.rate_kind == "doctor" for act in acts):
            yield from self._without_optam(covered)
        if any(act.code == HEARING_AID and basket is Basket.FREE for act, basket in covered.cares):
            yield from self._hearing(covered)

    def _ticket_moderateur(self, covered: _Covered) -> Iterator[tuple[str, str]]:
        base = covered.formula(BasePercent)
        if isinstance(base, BasePercent):
            for field, rate in (
                ("base_percent", base.rate),
                ("base_percent_without_optam", base.without_optam or WHOLE),
            ):
                if rate < WHOLE:
                    yield field, f"un contrat responsable rembourse au moins 100 % de la base, pas {_percent(rate)} %"
            return
        fee = covered.formula(FeePercent)
        if covered.formula(FullCost) or (isinstance(fee, FeePercent) and fee.rate >= WHOLE):
            return
        yield "", "le ticket modérateur n’est pas couvert : ajoutez base_percent = 100 (un forfait s’y ajoute)"

    def _without_optam(self, covered: _Covered) -> Iterator[tuple[str, str]]:
        """Excess fees of a doctor without OPTAM: limited, and less than with it."""
        total = self._value(TariffKind.SHARE, "total_without_optam") or 0
        below = self._value(TariffKind.SHARE, "below_optam") or 0
        for kind, field in ((FullCost, "full_cost"), (FeePercent, "fee_percent"), (LumpSum, "lump_sum")):
            if covered.formula(kind):
                yield (
                    field,
                    (
                        "le remboursement d’un médecin sans OPTAM est limité par la loi à "
                        f"{_percent(total)} % de la base : écrivez base_percent et base_percent_without_optam"
                    ),
                )
        base = covered.formula(BasePercent)
        if not isinstance(base, BasePercent):
            return
        most = min(total, max(WHOLE, base.rate - below))
        given = base.rate if base.without_optam is None else base.without_optam
        if given > most:
            missing = " (base_percent vaut pour lui aussi, faute de cette clé)" if base.without_optam is None else ""
            yield (
                "base_percent_without_optam",
                f"{_percent(given)} % pour un médecin sans OPTAM{missing} : la loi permet {_percent(most)} % au plus, "
                f"soit {_percent(below)} points de moins qu’avec OPTAM et jamais plus de {_percent(total)} %",
            )

    def _no_rest(self, covered: _Covered) -> Iterator[tuple[str, str]]:
        """Basket 100 % Santé: nothing is left to pay within the limits of price."""
        if not covered.formula(FullCost):
            yield "full_cost", "panier 100 % Santé : rien ne doit rester à payer, écrivez full_cost = true"
        if covered.line.caps:
            yield "caps", "panier 100 % Santé, sans aucun plafond : retirez celui-ci (le délai légal s’applique seul)"

    def _flat_copayments(self, covered: _Covered) -> Iterator[tuple[str, str]]:
        codes = [act.code for act, _ in covered.cares if act.code in FLAT_COPAYMENTS]
        if not covered.formula(FullCost):
            yield "full_cost", f"{', '.join(codes)} : dû en entier par un contrat responsable, écrivez full_cost = true"
        if covered.line.caps and DAILY_CHARGE in codes:
            yield "caps", "le forfait journalier est dû sans limite de jours ni de montant : retirez ce plafond"

    def _glasses(self, covered: _Covered) -> Iterator[tuple[str, str]]:
        ceilings = covered.formula(OpticsCeilings)
        if not isinstance(ceilings, OpticsCeilings) or len(covered.line.formulas) > 1:
            yield "glasses", "des lunettes hors 100 % Santé ont un plafond par classe de verres : glasses = { … } seul"
            return
        frame = self._value(TariffKind.CEILING, "optics_frame")
        if frame is not None and ceilings.frame > frame:
            yield "glasses", f"frame : {_euros(ceilings.frame)} € dépasse les {_euros(frame)} € de la loi"
        for lenses in LensClass:
            yield from self._ceiling(ceilings, lenses)

    def _ceiling(self, ceilings: OpticsCeilings, lenses: LensClass) -> Iterator[tuple[str, str]]:
        given = ceilings.of(lenses)
        least = self._value(TariffKind.MINIMUM, f"optics_{lenses.value}") or 0
        most = self._value(TariffKind.CEILING, f"optics_{lenses.value}") or given
        if not least <= given <= most:
            yield "glasses", f"{lenses.value} : {_euros(given)} €, la loi veut de {_euros(least)} à {_euros(most)} €"

    def _hearing(self, covered: _Covered) -> Iterator[tuple[str, str]]:
        """Class II: fund and insurer together pay no more than the ceiling of an ear."""
        most = self._value(TariffKind.CEILING, "hearing_per_ear")
        if covered.formula(FullCost) or covered.formula(FeePercent):
            yield (
                "full_cost" if covered.formula(FullCost) else "fee_percent",
                f"la loi plafonne à {_euros(most or 0)} € par oreille : écrivez base_percent et lump_sum",
            )
        elif most is not None and (promised := self._promised_ear(covered)) > most:
            yield (
                "lump_sum" if covered.formula(LumpSum) else "base_percent",
                f"{_euros(promised)} € par oreille avec l’Assurance Maladie, plus que les {_euros(most)} € de la loi",
            )

    def _promised_ear(self, covered: _Covered) -> Money:
        """What the fund and the line promise for an adult's ear."""
        base = self._value(TariffKind.BASE, code=HEARING_AID) or 0
        percent, lump = covered.formula(BasePercent), covered.formula(LumpSum)
        of_base = apply_rate(base, percent.rate if isinstance(percent, BasePercent) else 0)
        return of_base + (lump.amount if isinstance(lump, LumpSum) else 0)


def _baskets_of(act: Act) -> Iterable[Basket | None]:
    """The baskets in which an act may come: its line is looked for in each."""
    if act.code in GLASSES or act.code == HEARING_AID:
        return (Basket.NO_REST, Basket.FREE)
    if act.family is ActFamily.DENTAL_PROSTHESIS and act.rate_kind:
        return (act.basket,) if act.basket else (None, Basket.FREE)
    return (None,)


def _percent(rate: Rate) -> str:
    return to_decimal_text(rate).removesuffix(".00")


def _euros(amount: Money) -> str:
    return to_decimal_text(amount).removesuffix(".00")
