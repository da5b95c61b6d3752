"""The third-party-payment card: what it says, to whom, and from which day to which (capabilities C45 to C47).

The harmonised block has five items, whose labels stand even where the value is empty: AMC number, types of convention,
CSR, member number, validity. Beneficiaries follow each other by birth date, then birth rank; domains by print rank.
One card is a contract and a year, never beyond the contract's end; each change of what it says is a new version.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from member_space.domain.nir import Nir
from member_space.domain.period import Period

PRIOR_AGREEMENT = "PEC"
"""What stands for a rate where the professional asks first (prise en charge)."""
NEXT_FROM_MONTH = 12
"""The card of the next year is there from 1 December."""
_CONVENTION = re.compile(r"([A-Z]{1,4})=([A-Z0-9]{1,2}):([0-9]{1,2})")


class Moment(StrEnum):
    """Where today stands in the validity of a card."""

    CURRENT = "current"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True, order=True)
class Convention:
    """An agreement of third-party payment for one domain; the lowest priority is tried first."""

    domain: str
    priority: int
    type: str


@dataclass(frozen=True, slots=True)
class Domain:
    """A column of the card. ``rate``: percent of the base, the Sécu's share included; None: « PEC ».
    ``conventions``: types by priority; empty where the contract's own holds."""

    code: str
    label: str
    rank: int
    rate: int | None
    conventions: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The cell under the column."""
        return PRIOR_AGREEMENT if self.rate is None else str(self.rate)


@dataclass(frozen=True, slots=True)
class Lines:
    """Telephone numbers as printed: members, professionals, hospital guarantees. None: not printed."""

    member: str
    professional: str | None = None
    hospital: str | None = None


@dataclass(frozen=True, slots=True)
class CardModel:
    """How the cards of a product are printed, from one day to another."""

    code: str
    label: str
    period: Period
    lines: Lines
    domains: tuple[Domain, ...]


@dataclass(frozen=True, slots=True)
class CardTerms:
    """What a contract says to a card, from one day to another. ``conventions``: those of particular domains."""

    period: Period
    plan: str
    amc_number: str
    amc_name: str
    amc_exchange_number: str | None
    csr: str | None
    convention_type: str | None
    conventions: tuple[Convention, ...]
    responsible: bool
    model: str | None


@dataclass(frozen=True, slots=True)
class CardNir:
    """A NIR of attachment. ``owner_id``: whose it is; None: somebody outside the contract.
    ``hidden``: not for who reads this card."""

    number: str = field(repr=False)
    owner_id: int | None
    hidden: bool = False

    @property
    def shown(self) -> str:
        """« 2 84 05 88 321 025 32 », or its first three groups."""
        nir = Nir.parse(self.number)
        return nir.masked if self.hidden else nir.formatted

    @property
    def masked(self) -> str:
        """« 2 84 05 •• ••• ••• •• », for a screen."""
        return Nir.parse(self.number).masked


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """A row of the card. ``until``: his last day when it comes before the card's."""

    person_id: int
    last_name: str
    first_name: str
    birth_date: date
    birth_rank: int
    relation: str
    nirs: tuple[CardNir, ...]
    until: date | None = None


@dataclass(frozen=True, slots=True)
class CoveredPerson:
    """Somebody whom the contract covers during ``period``; ``who.until`` is not read."""

    who: Beneficiary
    period: Period


@dataclass(frozen=True, slots=True)
class Card:
    """All that one card says. ``period``: its validity, always closed."""

    contract_number: str
    member_number: str
    holder: str
    plan: str
    amc_number: str
    amc_name: str
    amc_exchange_number: str | None
    csr: str | None
    convention_types: tuple[str, ...]
    responsible: bool
    period: Period
    lines: Lines
    domains: tuple[Domain, ...]
    beneficiaries: tuple[Beneficiary, ...]

    @property
    def last_day(self) -> date:
        """Of its validity."""
        return self.period.end or date.max

    @property
    def block(self) -> tuple[tuple[str, str, str], ...]:
        """The five harmonised items in their order: name, label, value; an empty value keeps its label.

        In French whatever the reader's language: the labels are fixed, and read by professionals.
        """
        return (
            ("validity", "Période de validité", f"{self.period.start:%d/%m/%Y} – {self.last_day:%d/%m/%Y}"),
            ("amc_number", "N° AMC", self.amc_number),
            ("convention_types", "Type de convention", " ".join(self.convention_types)),
            ("csr", "CSR", self.csr or ""),
            ("member_number", "N° adhérent", self.member_number),
        )

    def only(self, person_ids: Collection[int]) -> "Card | None":
        """The card of these persons alone, valid no longer than the last of them; None when none is on it.

        The NIR of anybody else, under which one of them is attached, is masked.
        """
        kept = [one for one in self.beneficiaries if one.person_id in person_ids]
        rows = tuple(replace(one, nirs=_for_readers(one.nirs, person_ids)) for one in kept)
        return _to_its_last_person(replace(self, beneficiaries=rows))


def read_conventions(text: str) -> tuple[Convention, ...]:
    """« OPTI=IS:1 OPTI=SP:2 », in order of domain and priority. Raises ValueError, without the value."""
    found = []
    for one in text.split():
        match = _CONVENTION.fullmatch(one)
        if match is None:
            raise ValueError("des conventions par domaine s’écrivent OPTI=IS:1 OPTI=SP:2")
        found.append(Convention(match[1], int(match[3]), match[2]))
    ordered = sorted(found)
    if len({(one.domain, one.priority) for one in ordered}) < len(ordered):
        raise ValueError("deux conventions d’un même domaine ont la même priorité")
    return tuple(ordered)


def write_conventions(conventions: Collection[Convention]) -> str:
    """Back to the text that `read_conventions` reads."""
    return " ".join(f"{one.domain}={one.type}:{one.priority}" for one in sorted(conventions))


def years_to_show(today: date) -> tuple[int, ...]:
    """The years whose cards a member may ask for: this one, the one before, and the next from 1 December."""
    return (today.year - 1, today.year, *([today.year + 1] if today.month >= NEXT_FROM_MONTH else []))


def span_of(contract: Period, year: int) -> Period | None:
    """The days of a year that a contract covers; None when there is none."""
    start, end = max(contract.start, date(year, 1, 1)), min(contract.end or date.max, date(year, 12, 31))
    return Period(start, end) if start <= end else None


def moment_of(period: Period, today: date) -> Moment:
    """Whether a card is of today, of later or of before."""
    return Moment.CURRENT if period.contains(today) else Moment.NEXT if today < period.start else Moment.PREVIOUS


def assemble(
    *,
    contract_number: str,
    member_number: str,
    holder: str,
    span: Period,
    terms: Collection[CardTerms],
    models: Collection[CardModel],
    covered: Collection[CoveredPerson],
    today: date,
) -> Card | None:
    """The card of a contract for the days ``span`` (`span_of`), as it is today; None while something is missing.

    Of a year to come it is that of its first day, of a past one that of its last. Its validity is that of everything
    it says: the terms, the model, the contract, and the last of its beneficiaries.
    """
    day = min(max(today, span.start), span.end or date.max)
    in_force = next((one for one in terms if one.period.contains(day)), None)
    if in_force is None:
        return None
    model = next((one for one in models if one.code == in_force.model and one.period.contains(day)), None)
    if model is None:
        return None
    periods = (span, in_force.period, model.period)
    period = Period(max(one.start for one in periods), min(one.end or date.max for one in periods))
    people = [one for one in covered if one.period.contains(day)]
    rows = sorted((replace(one.who, until=_until(one.period, period)) for one in people), key=_printed)
    conventions = {one.domain: _types(in_force.conventions, one.domain) for one in in_force.conventions}
    columns = sorted(model.domains, key=lambda one: one.rank)
    card = Card(
        contract_number=contract_number,
        member_number=member_number,
        holder=holder,
        plan=in_force.plan,
        amc_number=in_force.amc_number,
        amc_name=in_force.amc_name,
        amc_exchange_number=in_force.amc_exchange_number,
        csr=in_force.csr,
        convention_types=_all_types(in_force),
        responsible=in_force.responsible,
        period=period,
        lines=model.lines,
        domains=tuple(replace(one, conventions=conventions.get(one.code, ())) for one in columns),
        beneficiaries=tuple(rows),
    )
    return _to_its_last_person(card)


def _to_its_last_person(card: Card) -> Card | None:
    """A card is valid for somebody: until the last day of whoever stays last."""
    if not card.beneficiaries:
        return None
    end = max(one.until or card.last_day for one in card.beneficiaries)
    rows = tuple(replace(one, until=None) if one.until == end else one for one in card.beneficiaries)
    return replace(card, period=Period(card.period.start, end), beneficiaries=rows)


def _until(covered: Period, card: Period) -> date | None:
    return covered.end if covered.end and card.end and covered.end < card.end else None


def _printed(one: Beneficiary) -> tuple[date, int, int]:
    return one.birth_date, one.birth_rank, one.person_id


def _types(conventions: Collection[Convention], domain: str) -> tuple[str, ...]:
    return tuple(one.type for one in sorted(conventions) if one.domain == domain)


def _all_types(terms: CardTerms) -> tuple[str, ...]:
    """The contract's own first, then those of its domains, each once."""
    own = [terms.convention_type] if terms.convention_type else []
    return tuple(dict.fromkeys([*own, *(one.type for one in terms.conventions)]))


def _for_readers(nirs: tuple[CardNir, ...], person_ids: Collection[int]) -> tuple[CardNir, ...]:
    return tuple(replace(one, hidden=one.owner_id not in person_ids) for one in nirs)
