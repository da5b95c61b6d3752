"""What the contracts say to their cards: read for one household or for thousands, in six statements either way."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import any_, bindparam, func, select
from sqlalchemy.orm import Session

from member_space.domain.card import (
    Beneficiary,
    Card,
    CardModel,
    CardNir,
    CardTerms,
    CoveredPerson,
    assemble,
    read_conventions,
    span_of,
)
from member_space.domain.period import Period
from member_space.interfaces import ICipher
from member_space.models import Contract, ContractTerms, Coverage, Person, Teletransmission
from member_space.models.base import IDS, period_of
from member_space.services.card_model import models_of


@dataclass(slots=True)
class Source:
    """All that the cards of one contract are made from."""

    number: str
    member_number: str
    holder: str
    period: Period
    terms: list[CardTerms] = field(default_factory=list)
    covered: list[CoveredPerson] = field(default_factory=list)

    def card(self, models: Collection[CardModel], year: int, today: date) -> Card | None:
        """The card of that year as it is today; None when there is none (domain.card.assemble)."""
        span = span_of(self.period, year)
        if span is None:
            return None
        return assemble(
            contract_number=self.number,
            member_number=self.member_number,
            holder=self.holder,
            span=span,
            terms=self.terms,
            models=models,
            covered=self.covered,
            today=today,
        )


def live_cards(
    db: Session, cipher: ICipher, contract_ids: Collection[int], years: Iterable[int], today: date
) -> dict[tuple[int, int], Card]:
    """The cards of these contracts and years as they are today, by (contract, year); what has none is not there."""
    sources = _sources(db, cipher, contract_ids)
    codes = {terms.model for source in sources.values() for terms in source.terms if terms.model}
    models = models_of(db, codes)
    found = {
        (contract_id, year): source.card(models, year, today)
        for year in years
        for contract_id, source in sources.items()
    }
    return {key: card for key, card in found.items() if card}


# Built once: building them costs more than running them.
_CONTRACTS = any_(bindparam("contracts", type_=IDS))
_HELD = (
    select(
        *(Contract.id, Contract.number, Contract.member_number, Contract.period),
        (Person.first_name + " " + Person.last_name).label("holder"),
    )
    .join(Person, Person.id == Contract.holder_id)
    .where(Contract.id == _CONTRACTS)
)
_TERMS = (
    select(ContractTerms)
    .where(ContractTerms.contract_id == _CONTRACTS)
    .order_by(func.lower(ContractTerms.period).nulls_first())
)
_COVERED = (
    select(Coverage.id, Coverage.contract_id, Coverage.relation, Coverage.period, Person)
    .join(Person, Person.id == Coverage.person_id)
    .where(Coverage.contract_id == _CONTRACTS)
    .order_by(Coverage.position, Coverage.id)
)
_LINKS = (
    select(Teletransmission)
    .where(Teletransmission.contract_id == _CONTRACTS)
    .order_by(Teletransmission.desired == "on", Teletransmission.id)
)


def _sources(db: Session, cipher: ICipher, contract_ids: Collection[int]) -> dict[int, Source]:
    asked = {"contracts": list(contract_ids)}
    contracts = db.execute(_HELD, asked)
    sources = {one.id: Source(one.number, one.member_number, one.holder, period_of(one.period)) for one in contracts}
    for terms in db.scalars(_TERMS, asked):
        sources[terms.contract_id].terms.append(_terms(terms))
    rows = db.execute(_COVERED, asked).all()
    owners = {(row.contract_id, bytes(row.Person.nir_index)): row.Person.id for row in rows if row.Person.nir_index}
    links = _links(db, contract_ids)
    for row in rows:
        nirs = _nirs(cipher, row.contract_id, row.Person, links[row.id], owners)
        person = _beneficiary(row.Person, row.relation, nirs)
        sources[row.contract_id].covered.append(CoveredPerson(person, period_of(row.period)))
    return sources


def _terms(row: ContractTerms) -> CardTerms:
    return CardTerms(
        period=period_of(row.period),
        plan=row.plan_label,
        amc_number=row.amc_number,
        amc_name=row.amc_name,
        amc_exchange_number=row.amc_exchange_number,
        csr=row.csr,
        convention_type=row.convention_type,
        conventions=read_conventions(row.conventions or ""),
        responsible=row.responsible,
        model=row.card_model,
    )


def _beneficiary(person: Person, relation: str, nirs: tuple[CardNir, ...]) -> Beneficiary:
    return Beneficiary(
        person_id=person.id,
        last_name=person.last_name,
        first_name=person.first_name,
        birth_date=person.birth_date,
        birth_rank=person.birth_rank,
        relation=relation,
        nirs=nirs,
    )


def _links(db: Session, contract_ids: Collection[int]) -> dict[int, list[Teletransmission]]:
    """The links of each coverage, the one to print for a rank last: wanted ones, then the newest."""
    links: dict[int, list[Teletransmission]] = defaultdict(list)
    for link in db.scalars(_LINKS, {"contracts": list(contract_ids)}):
        links[link.coverage_id].append(link)
    return links


def _nirs(
    cipher: ICipher,
    contract_id: int,
    person: Person,
    links: Sequence[Teletransmission],
    owners: dict[tuple[int, bytes], int],
) -> tuple[CardNir, ...]:
    """The NIR under which the funds know somebody, by rank; his own where no fund is told of."""
    by_rank = {link.attachment_rank: link for link in links}
    found = [
        CardNir(cipher.decrypt(link.nir_encrypted), owners.get((contract_id, bytes(link.nir_index))))
        for _rank, link in sorted(by_rank.items())
    ]
    if not found and person.nir_encrypted:
        found = [CardNir(cipher.decrypt(person.nir_encrypted), person.id)]
    return tuple(found)
