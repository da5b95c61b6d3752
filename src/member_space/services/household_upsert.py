"""Writing of a chunk of households over what is known of them: new and changed rows."""

from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from member_space.domain.card import read_conventions
from member_space.domain.events import EventKind
from member_space.domain.nir import Nir
from member_space.domain.teletransmission import Desired, MovementKind
from member_space.interfaces import ICipher
from member_space.models import (
    Base,
    Contract,
    ContractTerms,
    Coverage,
    Movement,
    Person,
    Teletransmission,
)
from member_space.models.base import DateRange, assign, days, period_of, range_of
from member_space.services.data_change import COLUMNS
from member_space.services.events import record
from member_space.services.feed import FeedValueError, Report
from member_space.services.household_feed import Attachment, HouseholdRow, PersonFacts, TermsFacts
from member_space.services.household_known import Known, known_of
from member_space.services.household_terms import Terms, next_terms
from member_space.services.nir_end import end_index
from member_space.services.noemie_movements import request

_Group = list[HouseholdRow]
_TERMS = tuple(column.name for column in fields(TermsFacts) if column.name != "guarantee_table")


class Upsert:
    """One chunk. Closing a period is written before the next one is opened, as the database allows no overlap."""

    def __init__(self, db: Session, cipher: ICipher, report: Report, today: date, contract_type: str) -> None:
        self._db, self._cipher, self._report = db, cipher, report
        self._today, self._contract_type = today, contract_type
        self._known = Known()
        self._new: list[Base] = []

    def bring_in(self, groups: list[_Group]) -> list[int]:
        """Write these contracts, each a group of rows; the ids of the contracts."""
        self._known = known_of(self._db, groups)
        for row in (row for group in groups for row in group):
            self._person(row)
        self._flush()
        written = [group for group in groups if self._contract(group)]
        self._flush()
        covered = []
        for group in written:
            self._terms(group)
            covered += [(row, self._coverage(row)) for row in group]
        self._flush()
        for row, coverage in covered:
            if coverage and row.attachments:
                self._links(row, coverage)
        self._flush()
        return [self._known.contracts[group[0].contract_number].id for group in written]

    def _flush(self) -> None:
        """Changes first, then what is new."""
        self._report.counts["changed"] += sum(self._db.is_modified(item) for item in self._db.dirty)
        try:
            self._db.flush()
            self._db.add_all(self._new)
            self._db.flush()
        except IntegrityError as error:
            constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
            self._report.refuse(1, "", "", f"les contrats de ce fichier se contredisent (règle {constraint})")
            self._report.close()
        self._new.clear()

    def _add(self, kind: str, item: Base) -> None:
        self._report.counts[kind] += 1
        self._new.append(item)

    def _refuse(self, row: HouseholdRow, column: str, reason: str) -> None:
        self._report.refuse(row.line, column, "", reason)

    def _person(self, row: HouseholdRow) -> None:
        person = self._known.persons.get(row.person_ref)
        facts = row.person
        values = {f.name: getattr(facts, f.name) for f in fields(PersonFacts) if f.name != "nir"}
        if person is None:
            person = Person(external_ref=row.person_ref, **values)
            self._known.persons[row.person_ref] = person
            self._add("persons", person)
        else:
            self._update(person, {name: value for name, value in values.items() if value is not None})
        if facts.nir:
            index = self._index(facts.nir)
            if person.nir_index != index:
                person.nir_index, person.nir_encrypted = index, self._cipher.encrypt(facts.nir.text)
                person.nir_end_index = end_index(self._cipher, facts.nir)

    def _update(self, person: Person, values: dict[str, Any]) -> None:
        """What the feed says now; contacts that the person gave himself are his own."""
        contacts = {name: values.pop(name) for names in COLUMNS.values() for name in names if name in values}
        assign(person, values)
        if person.contacts_edited_at:
            return
        for kind, names in COLUMNS.items():
            if assign(person, {name: contacts[name] for name in names if name in contacts}):
                record(
                    self._db,
                    EventKind.PERSONAL_DATA_CHANGED,
                    subject_person_id=person.id,
                    details={"what": kind.value},
                )

    def _contract(self, group: _Group) -> bool:
        """Write the contract itself; False when it is refused."""
        row = group[0]
        holder_row = next((r for r in group if r.relation == "holder"), row)
        holder = self._known.persons[holder_row.person_ref]
        contract = self._known.contracts.get(row.contract_number)
        facts = row.contract
        values = {
            "member_number": facts.member_number,
            "product_label": facts.product_label,
            "period": range_of(facts.period),
            "portability": range_of(facts.portability) if facts.portability else None,
        }
        if contract and contract.holder_id != holder.id:
            self._refuse(holder_row, "person_ref", "le titulaire d'un contrat connu ne change pas")
        elif contract and contract.product != facts.product:
            self._refuse(row, "product", "le produit d'un contrat connu ne change pas")
        elif self._overlaps(holder, row):
            self._refuse(row, "contract_start", "ce titulaire a déjà un contrat du même produit sur cette période")
        elif contract and self._outside(contract, group):
            self._refuse(row, "contract_end", "une couverture déjà connue, absente du fichier, sort de cette période")
        elif contract:
            assign(contract, values)
            return True
        else:
            new = Contract(number=row.contract_number, product=facts.product, holder_id=holder.id, **values)
            self._known.contracts[row.contract_number] = new
            self._known.held[holder.id].append(new)
            self._add("contracts", new)
            return True
        return False

    def _overlaps(self, holder: Person, row: HouseholdRow) -> bool:
        """Whether the holder has this product by another contract on a day of this one."""
        return any(
            other.number != row.contract_number
            and other.product == row.contract.product
            and period_of(other.period).overlaps(row.contract.period)
            for other in self._known.held[holder.id]
        )

    def _outside(self, contract: Contract, group: _Group) -> bool:
        told = {(row.person_ref, row.period.start) for row in group}
        return any(
            (self._known.references.get(coverage.person_id), coverage.period.lower) not in told
            and not group[0].contract.period.covers(period_of(coverage.period))
            for coverage in self._known.coverages[contract.id]
        )

    def _terms(self, group: _Group) -> None:
        row = group[0]
        if not self._can_be_printed(row):
            return
        contract = self._known.contracts[row.contract_number]
        rows = sorted(self._known.terms[contract.id], key=lambda terms: terms.period.lower or date.min)
        known = [Terms(_start(r.period), r.period.upper, self._facts(r)) for r in rows]
        if not self._table_is_right(row):
            return
        try:
            wanted = next_terms(known, row.terms, row.terms_start, row.contract.period)
        except FeedValueError as error:
            self._refuse(row, "terms_start", str(error))
            return
        by_start = {_start(r.period): r for r in rows}
        for terms in wanted:
            values = {"period": days(terms.start, terms.before)} | {n: getattr(terms.facts, n) for n in _TERMS}
            values["guarantee_table_id"] = self._table_id(terms.facts)
            if terms.start in by_start:
                assign(by_start[terms.start], values)
            else:
                self._add("terms", ContractTerms(contract_id=contract.id, **values))

    def _can_be_printed(self, row: HouseholdRow) -> bool:
        """Whether the card model of a row is known, with the domains that its conventions name."""
        model = row.terms.card_model
        if model is None:
            return True
        domains = self._known.models.get(model)
        if domains is None:
            self._refuse(row, "card_model", "modèle de carte inconnu : chargez-le d’abord (member-space cards load)")
            return False
        strangers = {one.domain for one in read_conventions(row.terms.conventions or "")} - domains
        if strangers:
            self._refuse(row, "conventions", "le modèle de carte n’a pas tous ces domaines")
        return not strangers

    def _facts(self, terms: ContractTerms) -> TermsFacts:
        table = next((t.code for t in self._known.tables.values() if t.id == terms.guarantee_table_id), None)
        return TermsFacts(**{name: getattr(terms, name) for name in _TERMS}, guarantee_table=table)

    def _table_id(self, facts: TermsFacts) -> int | None:
        return self._known.tables[facts.guarantee_table].id if facts.guarantee_table else None

    def _table_is_right(self, row: HouseholdRow) -> bool:
        """Whether the table that the row names exists and is of the kind that the contract says."""
        code = row.terms.guarantee_table
        table = self._known.tables.get(code) if code else None
        if code and table is None:
            self._refuse(row, "guarantee_table", "table de garanties inconnue : importez-la d'abord")
        elif table and table.responsible != row.terms.responsible:
            self._refuse(row, "responsible", "le contrat et sa table de garanties disent l'un responsable, l'autre non")
        else:
            return True
        return False

    def _coverage(self, row: HouseholdRow) -> Coverage | None:
        """Write the coverage of a row; None when it is refused."""
        contract = self._known.contracts[row.contract_number]
        person = self._known.persons[row.person_ref]
        coverages = self._known.coverages[contract.id]
        same = [c for c in coverages if c.person_id == person.id]
        coverage = next((c for c in same if c.period.lower == row.period.start), None)
        if any(c is not coverage and period_of(c.period).overlaps(row.period) for c in same):
            self._refuse(row, "coverage_start", "chevauche une autre couverture de la même personne sur ce contrat")
            return None
        values: dict[str, Any] = {"relation": row.relation, "period": range_of(row.period)}
        if row.local_scheme is not None:
            values["local_scheme"] = row.local_scheme
        if coverage:
            assign(coverage, values | ({"position": row.position} if row.position else {}))
        else:
            position = row.position or len({c.person_id for c in coverages} | {person.id})
            coverage = Coverage(contract_id=contract.id, person_id=person.id, position=position, **values)
            coverages.append(coverage)
            self._add("coverages", coverage)
        return coverage

    def _links(self, row: HouseholdRow, coverage: Coverage) -> None:
        """Write the links that the row tells; a link of this coverage that it no longer tells is given up."""
        person = self._known.persons[row.person_ref]
        links = {link.nir_index: link for link in self._known.links.get(coverage.id, [])}
        for attachment in row.attachments:
            self._link(coverage, person, attachment, links.pop(self._index(attachment.nir), None))
        for link in links.values():
            request(self._db, link.id, Desired.OFF, self._today, self._contract_type)

    def _link(self, coverage: Coverage, person: Person, attachment: Attachment, link: Teletransmission | None) -> None:
        values: dict[str, Any] = {
            "attachment_rank": attachment.rank,
            "birth_rank": person.birth_rank,
            **{
                name: getattr(attachment, name)
                for name in ("insured_last_name", "insured_first_name", "birth_date_raw", "fund_name")
            },
        }
        organisation = {name: getattr(attachment, name) for name in ("regime", "fund", "centre")}
        if link is None:
            new = Teletransmission(
                contract_id=coverage.contract_id,
                coverage_id=coverage.id,
                person_id=person.id,
                nir_encrypted=self._cipher.encrypt(attachment.nir.text),
                nir_index=self._index(attachment.nir),
                nir_end_index=end_index(self._cipher, attachment.nir),
                desired=attachment.desired,
                desired_since=self._today,
                **values,
                **organisation,
            )
            self._add("links", new)
            return
        moved = assign(link, organisation)
        assign(link, values)
        if moved and link.desired == Desired.ON:
            self._tell_new_fund(link, coverage)

    def _tell_new_fund(self, link: Teletransmission, coverage: Coverage) -> None:
        """A fund that has just received the person knows nothing of us: it is asked for a creation."""
        waiting = select(Movement.id).where(Movement.teletransmission_id == link.id, Movement.sent_at.is_(None))
        if self._db.scalar(waiting) is None:
            period = period_of(coverage.period)
            movement = Movement(
                contract_id=link.contract_id,
                teletransmission_id=link.id,
                kind=MovementKind.CREATION,
                contract_type=self._contract_type,
                starts_on=period.start,
                ends_on=period.end,
            )
            self._add("movements", movement)

    def _index(self, nir: Nir) -> bytes:
        return self._cipher.blind_index(nir.text)


def _start(period: DateRange) -> date:
    return period.lower or date.min
