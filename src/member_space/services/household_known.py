"""What is known of the contracts and persons of a chunk of the feed, one look-up a table."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from member_space.models import (
    CardModelRow,
    Contract,
    ContractTerms,
    Coverage,
    GuaranteeTable,
    Person,
    Teletransmission,
)
from member_space.services.household_feed import HouseholdRow


@dataclass(slots=True)
class Known:
    """What the database holds of the contracts and persons of a chunk."""

    persons: dict[str, Person] = field(default_factory=dict)
    references: dict[int, str] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    held: dict[int, list[Contract]] = field(default_factory=lambda: defaultdict(list))
    terms: dict[int, list[ContractTerms]] = field(default_factory=lambda: defaultdict(list))
    coverages: dict[int, list[Coverage]] = field(default_factory=lambda: defaultdict(list))
    links: dict[int, list[Teletransmission]] = field(default_factory=lambda: defaultdict(list))
    models: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The domains of each card model, whatever the day."""
    tables: dict[str, GuaranteeTable] = field(default_factory=dict)


def known_of(db: Session, groups: Sequence[Sequence[HouseholdRow]]) -> Known:
    """What is known of these contracts and persons, one statement a table."""
    rows = [row for group in groups for row in group]
    known = Known()
    references = {row.person_ref for row in rows}
    for person in db.scalars(select(Person).where(Person.external_ref.in_(references))):
        known.persons[person.external_ref] = person
        known.references[person.id] = person.external_ref
    numbers = {row.contract_number for row in rows}
    holders = [known.persons[r.person_ref].id for r in rows if r.relation == "holder" and r.person_ref in known.persons]
    for contract in db.scalars(
        select(Contract).where(or_(Contract.number.in_(numbers), Contract.holder_id.in_(holders)))
    ):
        known.contracts[contract.number] = contract
        known.held[contract.holder_id].append(contract)
    ids = [contract.id for contract in known.contracts.values()]
    asked = {row.terms.card_model for row in rows if row.terms.card_model}
    for model in db.scalars(select(CardModelRow).where(CardModelRow.code.in_(asked))) if asked else ():
        known.models[model.code] |= {one["code"] for one in model.domains}
    for terms in db.scalars(select(ContractTerms).where(ContractTerms.contract_id.in_(ids))):
        known.terms[terms.contract_id].append(terms)
    for coverage in db.scalars(select(Coverage).where(Coverage.contract_id.in_(ids))):
        known.coverages[coverage.contract_id].append(coverage)
    for link in db.scalars(select(Teletransmission).where(Teletransmission.contract_id.in_(ids))):
        known.links[link.coverage_id].append(link)
    # A handful: what the insurer sells.
    known.tables = {table.code: table for table in db.scalars(select(GuaranteeTable))}
    return known
