"""Certificates of a cover: what can be certified today, issued at once, and found again (C34).

What a paper says is kept as it stood: made again, it has the same bytes, and whoever holds it asks with its code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from member_space.domain.certificate import CertificateKind, certified
from member_space.domain.check_code import DRAWN, with_check
from member_space.domain.events import EventKind
from member_space.domain.period import Period
from member_space.models import Certificate, Contract, ContractTerms, Person
from member_space.models.base import period_of
from member_space.services.account_lock import lock_account
from member_space.services.challenge import draw_letters
from member_space.services.events import record
from member_space.services.household import Household
from member_space.services.tools import Origin, Tools

SHOWN = 12
"""How many of the certificates already issued the page lists, the latest first."""

Facts = dict[str, Any]
"""As JSON: `contract`, `member_number`, `product`, `holder`, `insurer` and `amc_number` (null where no terms say them),
`people` (a list of `id`, `name`, `birth_date`, `start`, `end`), and `portability` ([start, end] or null)."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A certificate that the viewer can have, of these persons; none: why not is told by its kind."""

    kind: CertificateKind
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Issued:
    """One that was given to the viewer."""

    public_id: UUID
    kind: CertificateKind
    issued_on: date
    names: tuple[str, ...]
    is_revoked: bool


class NotCertifiedError(Exception):
    """Nobody whom the viewer sees is in that case today."""


def offers_of(db: Session, household: Household, contract_id: int) -> list[Offer]:
    """Each kind with the persons whom it would name; one statement."""
    portability = _portability(db.scalars(select(Contract).where(Contract.id == contract_id)).one())
    names = {one.person_id: one.name for one in household.members}
    found = []
    for kind in CertificateKind:
        people = certified(kind, covers_of(household, contract_id), portability, household.today)
        household.note(people)
        found.append(Offer(kind, tuple(names[one] for one in people)))
    return found


def issued_of(db: Session, household: Household, contract_id: int) -> list[Issued]:
    """Those of this contract that the viewer was given, the latest first; one statement."""
    rows = db.scalars(
        select(Certificate)
        .where(Certificate.person_id == household.viewer_id, Certificate.contract_id == contract_id)
        .order_by(Certificate.id.desc())
        .limit(SHOWN)
    ).all()
    household.note(one["id"] for row in rows for one in row.facts["people"])
    return [
        Issued(
            row.public_id,
            CertificateKind(row.kind),
            row.issued_on,
            tuple(one["name"] for one in row.facts["people"]),
            row.revoked_at is not None,
        )
        for row in rows
    ]


def find_certificate(db: Session, person_id: int, public_id: UUID) -> Certificate | None:
    """The certificate of this id, if it was given to this person."""
    return db.scalars(
        select(Certificate).where(Certificate.public_id == public_id, Certificate.person_id == person_id)
    ).one_or_none()


def issue(
    db: Session,
    tools: Tools,
    account_id: int,
    household: Household,
    contract_id: int,
    kind: CertificateKind,
    origin: Origin,
) -> UUID:
    """Certify what is so today; the public id. Asked twice in a day, it is the same one while nothing changed.

    Raises NotCertifiedError.
    """
    lock_account(db, account_id)  # two clicks at once
    facts = _facts(db, household, contract_id, kind)
    same = db.scalars(
        select(Certificate).where(
            Certificate.person_id == household.viewer_id,
            Certificate.contract_id == contract_id,
            Certificate.kind == kind.value,
            Certificate.issued_on == household.today,
            Certificate.revoked_at.is_(None),
        )
    )
    found = next((one for one in same if one.facts == facts), None)
    if found:
        return found.public_id
    code = with_check(draw_letters(DRAWN))
    row = Certificate(
        contract_id=contract_id,
        person_id=household.viewer_id,
        kind=kind.value,
        issued_on=household.today,
        facts=facts,
        code=tools.cipher.encrypt(code),
        code_index=code_index(tools, code),
    )
    db.add(row)
    db.flush()
    record(
        db,
        EventKind.CERTIFICATE_ISSUED,
        actor_account_id=account_id,
        subject_person_id=household.viewer_id,
        contract_id=contract_id,
        origin=origin,
        details={"certificate": str(row.public_id), "kind": kind.value},
    )
    return row.public_id


def revoke(db: Session, tools: Tools, contract_number: str) -> int:
    """Withdraw every certificate of a contract: whoever asks is told so. How many; a fact of the journal for each.

    Raises NoResultFound when there is no such contract.
    """
    contract = db.scalars(select(Contract).where(Contract.number == contract_number)).one()
    rows = db.execute(
        update(Certificate)
        .where(Certificate.contract_id == contract.id, Certificate.revoked_at.is_(None))
        .values(revoked_at=tools.now())
        .returning(Certificate.public_id, Certificate.contract_id, Certificate.person_id, Certificate.kind)
        .execution_options(synchronize_session=False)
    ).all()
    for public_id, contract_id, person_id, kind in rows:
        record(
            db,
            EventKind.CERTIFICATE_REVOKED,
            subject_person_id=person_id,
            contract_id=contract_id,
            details={"certificate": str(public_id), "kind": kind},
        )
    return len(rows)


def code_index(tools: Tools, code: str) -> bytes:
    """What a certificate is found by."""
    return tools.cipher.blind_index(f"certificate:{code}")


def covers_of(household: Household, contract_id: int) -> Mapping[int, list[Period]]:
    """The periods of cover by this contract of each person whom the viewer sees, in the order of the card."""
    found: dict[int, list[Period]] = {}
    for one in household.members:
        if one.contract_id == contract_id:
            found.setdefault(one.person_id, []).append(period_of(one.period))
    return found


def told_by(facts: Facts) -> dict[int, Period]:
    """The period that a certificate tells of each person."""
    return {one["id"]: _period(one["start"], one["end"]) for one in facts["people"]}


def _portability(contract: Contract) -> Period | None:
    return period_of(contract.portability) if contract.portability else None


def _period(start: str, end: str | None) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end) if end else None)


def _facts(db: Session, household: Household, contract_id: int, kind: CertificateKind) -> Facts:
    """What the paper says today; two statements. Raises NotCertifiedError."""
    contract, holder = db.execute(
        select(Contract, Person).join(Person, Person.id == Contract.holder_id).where(Contract.id == contract_id)
    ).one()
    portability = _portability(contract)
    people = certified(kind, covers_of(household, contract_id), portability, household.today)
    if not people:
        raise NotCertifiedError
    household.note(people)
    last = max(period.end or household.today for period in people.values())
    terms = db.scalars(
        select(ContractTerms).where(
            ContractTerms.contract_id == contract_id, ContractTerms.period.contains(min(last, household.today))
        )
    ).one_or_none()
    return {
        "contract": contract.number,
        "member_number": contract.member_number,
        "product": contract.product_label,
        "holder": f"{holder.first_name} {holder.last_name}",
        "insurer": terms.amc_name if terms else None,
        "amc_number": terms.amc_number if terms else None,
        "people": _people(household, people),
        "portability": _days(portability) if kind is CertificateKind.PORTABILITY and portability else None,
    }


def _people(household: Household, told: Mapping[int, Period]) -> list[dict[str, Any]]:
    members = {one.person_id: one for one in household.members}
    return [
        {
            "id": person_id,
            "name": members[person_id].name,
            "birth_date": members[person_id].birth_date.isoformat(),
            "start": period.start.isoformat(),
            "end": period.end.isoformat() if period.end else None,
        }
        for person_id, period in told.items()
    ]


def _days(period: Period) -> list[str | None]:
    return [day.isoformat() if day else None for day in (period.start, period.end)]
