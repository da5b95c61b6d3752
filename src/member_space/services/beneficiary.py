"""The persons of a household: who they are, how to reach them, and their links with the funds (S-HCR-28, C37, C40)."""

import uuid
from collections import Counter
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from sqlalchemy import Date, and_, any_, bindparam, select
from sqlalchemy.orm import Session

from member_space.domain.teletransmission import PROBLEMS, StateKind
from member_space.models import Contract, Person, Regime, Teletransmission
from member_space.models.base import IDS
from member_space.noemie import return_code
from member_space.services.age import is_adult
from member_space.services.household import Household, HouseholdMember
from member_space.services.household_person import HouseholdPerson, coverages_of, household_person, in_force
from member_space.services.nir_display import HeldNir
from member_space.services.personal_data import address_of
from member_space.services.teletransmission import TeletransmissionView, teletransmissions_of


class Cause(StrEnum):
    """Why the link is off, in the six families that a member can act on (C40)."""

    ANOTHER_INSURER = "another_insurer"
    NO_RIGHT = "no_right"
    MOVED_FUND = "moved_fund"
    REFUSED_BY_MEMBER = "refused_by_member"
    OTHER_PARENT = "other_parent"
    REJECTED_FLOW = "rejected_flow"


class Voice(StrEnum):
    """To whom a page speaks of a link: its own person, or somebody who reads it for another adult or for a minor."""

    SELF = "self"
    ADULT = "adult"
    MINOR = "minor"


_CAUSES = {
    **dict.fromkeys(("16", "53", "67"), Cause.ANOTHER_INSURER),
    **dict.fromkeys(("18", "20", "43", "74"), Cause.NO_RIGHT),
    **dict.fromkeys(("21", "38"), Cause.MOVED_FUND),
    "35": Cause.REFUSED_BY_MEMBER,
}
_OF_PERSON = tuple(one.name for one in fields(HouseholdPerson))
_UNKNOWN_DEPENDANT = "20"
_ACKNOWLEDGED_STOP = "34"


def cause_of(code: str | None, kind: StateKind, relation: str) -> Cause | None:
    """The family of the answer that made a state, None where there is none to explain.

    A child whom the fund does not know under this NIR is as a rule attached to the other parent. What is none of the
    first five is a fault of the flow between the fund and us.
    """
    if code is None or kind in (StateKind.ACTIVE, StateKind.NOT_CONCERNED) or code == _ACKNOWLEDGED_STOP:
        return None
    if code == _UNKNOWN_DEPENDANT and relation == "child":
        return Cause.OTHER_PARENT
    if code in _CAUSES:
        return _CAUSES[code]
    return None if kind is StateKind.OFF else Cause.REJECTED_FLOW


@dataclass(frozen=True, slots=True)
class Link:
    """A link with a fund, under one NIR of attachment. ``insured``: whose NIR that is, as the fund knows him;
    ``regime``: the name of the fund's, None where the tables have none in force; ``member_number``: what to write on
    the papers sent for it; ``advice``: what the viewer can do about his own, where it is more than its cause says."""

    state: TeletransmissionView
    insured: str
    nir: HeldNir
    regime: str | None
    cause: Cause | None
    advice: str
    member_number: str

    @property
    def to_repair(self) -> bool:
        """Whether somebody has something to do: a demand on its way waits for the fund, not for the member."""
        return self.cause is not None and self.state.kind not in (StateKind.TO_SEND, StateKind.SENT)


@dataclass(frozen=True, slots=True)
class Beneficiary(HouseholdPerson):
    """All of a person that the viewer may see. ``twin``: another child of the household has the same birth date, so
    the birth rank matters. ``links`` are those of the coverages in force, or of the last one."""

    birth_rank: int
    twin: bool
    email: str | None
    mobile: str | None
    landline: str | None
    address: tuple[str, ...]
    nir: HeldNir | None
    links: tuple[Link, ...]

    @property
    def voice(self) -> Voice:
        return voice_of(self.is_viewer, self.is_adult)

    @property
    def numbers(self) -> list[HeldNir]:
        """His own number, then those of attachment."""
        return ([self.nir] if self.nir else []) + [link.nir for link in self.links]


@dataclass(frozen=True, slots=True)
class ToDo:
    """Something that the member has to repair: a link that stopped. ``since``: the day of the fund's answer."""

    public_id: uuid.UUID
    name: str
    is_viewer: bool
    voice: Voice
    kind: StateKind
    cause: Cause | None
    fund_name: str
    since: date | None


def voice_of(is_viewer: bool, adult: bool) -> Voice:
    """A minor who reads his own page is spoken to; otherwise his parent acts for him."""
    return Voice.SELF if is_viewer else Voice.ADULT if adult else Voice.MINOR


# Built once: building them costs more than running them.
_PERSONS = select(Person).where(Person.id == any_(bindparam("persons", type_=IDS)))
_INSURED = (
    select(
        Teletransmission.id,
        Teletransmission.nir_index,
        Teletransmission.insured_first_name,
        Teletransmission.insured_last_name,
        Contract.member_number,
        Regime.label.label("regime"),
    )
    .join(Contract, Contract.id == Teletransmission.contract_id)
    .outerjoin(
        Regime,
        and_(Regime.code == Teletransmission.regime, Regime.period.contains(bindparam("today", type_=Date))),
    )
    .where(Teletransmission.coverage_id == any_(bindparam("coverages", type_=IDS)))
)


def beneficiaries_of(db: Session, household: Household) -> list[Beneficiary]:
    """Each person whom the viewer sees, in the order of the card, those no more covered last; three statements."""
    found = _everybody(db, household)
    household.note(one.person_id for one in found)
    return found


def _everybody(db: Session, household: Household) -> list[Beneficiary]:
    members = list(household.persons())
    ids = [member.person_id for member in members]
    persons = {person.id: person for person in db.scalars(_PERSONS, {"persons": ids})}
    owners = {person.nir_index: person.id for person in persons.values() if person.nir_index}
    links = _links_of(db, household, owners)
    children = {member.person_id: member.birth_date for member in household.members if member.relation == "child"}
    born = Counter(children.values())
    found = [
        _beneficiary(
            persons[member.person_id],
            member,
            household,
            links,
            born[member.birth_date] > 1 and member.person_id in children,
        )
        for member in members
    ]
    return sorted(found, key=lambda one: not one.is_covered)


def beneficiary_of(db: Session, household: Household, person_id: int) -> Beneficiary:
    """One of them. ``person_id`` must be a person of the household."""
    household.note([person_id])
    return next(one for one in _everybody(db, household) if one.person_id == person_id)


def states_of(db: Session, household: Household) -> dict[int, list[StateKind]]:
    """The states of the links of each person covered today, by person; one statement."""
    found: dict[int, list[StateKind]] = {member.person_id: [] for member in _in_force(household)}
    for view in _views_in_force(db, household):
        found[view.person_id].append(view.kind)
    household.note(found)
    return found


def to_do(db: Session, household: Household) -> list[ToDo]:
    """The links that stopped, the ones that block most first; one statement."""
    by_coverage = {member.coverage_id: member for member in _in_force(household)}
    found = []
    for view in _views_in_force(db, household):
        if view.kind in PROBLEMS:
            member = by_coverage[view.coverage_id]
            cause = cause_of(view.cause_code, view.kind, member.relation)
            household.note([member.person_id])
            found.append(
                ToDo(
                    member.public_id,
                    member.name,
                    member.is_viewer,
                    voice_of(member.is_viewer, is_adult(member.birth_date, household.today)),
                    view.kind,
                    cause,
                    view.fund_name,
                    view.since,
                )
            )
    return sorted(found, key=lambda one: PROBLEMS.index(one.kind))


def _views_in_force(db: Session, household: Household) -> list[TeletransmissionView]:
    return teletransmissions_of(db, [member.coverage_id for member in _in_force(household)], household.today)


def _in_force(household: Household) -> list[HouseholdMember]:
    return in_force(household.members, household.today)


def _links_of(db: Session, household: Household, owners: dict[bytes, int]) -> dict[int, list[Link]]:
    """The links by coverage; two statements."""
    members = {member.coverage_id: member for member in household.members}
    views = teletransmissions_of(db, list(members), household.today)
    insured = {row.id: row for row in db.execute(_INSURED, {"coverages": list(members), "today": household.today})}
    links: dict[int, list[Link]] = {}
    for view in views:
        row, member = insured[view.id], members[view.coverage_id]
        cause = cause_of(view.cause_code, view.kind, member.relation)
        own_fault = cause is Cause.REJECTED_FLOW and member.is_viewer
        links.setdefault(view.coverage_id, []).append(
            Link(
                state=view,
                insured=f"{row.insured_first_name} {row.insured_last_name}".title(),
                nir=HeldNir(view.nir_encrypted, owners.get(row.nir_index)),
                regime=row.regime,
                cause=cause,
                advice=return_code(view.cause_code or "").member if own_fault else "",
                member_number=row.member_number,
            )
        )
    return links


def _beneficiary(
    person: Person, member: HouseholdMember, household: Household, links: dict[int, list[Link]], twin: bool
) -> Beneficiary:
    who = household_person(household, member)
    own = coverages_of(household, person.id)
    return Beneficiary(
        **{name: getattr(who, name) for name in _OF_PERSON},
        birth_rank=person.birth_rank,
        twin=twin or person.birth_rank > 1,
        email=person.email,
        mobile=person.mobile,
        landline=person.landline,
        address=address_of(person),
        nir=HeldNir(person.nir_encrypted, person.id) if person.nir_encrypted else None,
        links=tuple(link for m in in_force(own, household.today) or own[-1:] for link in links.get(m.coverage_id, [])),
    )
