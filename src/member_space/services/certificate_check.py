"""Anybody who was handed a certificate asks whether it is ours and still true, by its code (C34).

The answer holds what the paper needs to be believed, and no more: its kind, its day, the initials of each person on it,
and whether that is so today. A code that was never given costs the same statements and is answered in the same form.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.certificate import CertificateKind, last_day, still_holds
from member_space.domain.period import Period
from member_space.models import Certificate, Contract, Coverage
from member_space.models.base import period_of
from member_space.services.certificate import code_index, told_by
from member_space.services.throttling import count_turn, network_of
from member_space.services.tools import Origin, Tools

TRIES = 30
"""Checks of one network in a quarter of an hour, right or wrong: a personnel office has several in hand."""


@dataclass(frozen=True, slots=True)
class CheckedPerson:
    """``told_until``: the last day that the paper tells. ``until``: the last day of a cover that is over."""

    initials: str
    holds: bool
    told_until: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A certificate of ours. ``contract_end``: the last day of a contract that is over."""

    kind: CertificateKind
    issued_on: date
    today: date
    people: tuple[CheckedPerson, ...]
    contract_end: date | None
    is_revoked: bool

    @property
    def holds(self) -> bool:
        """Whether all that it says is so today."""
        return not self.is_revoked and all(one.holds for one in self.people)


def check(db: Session, tools: Tools, code: str, origin: Origin) -> Checked | None:
    """What this code certifies; None when it was never given. ``code``: as `read_code` gives it.

    Raises TooManyTries. Every try counts, so that the answer to a wrong one takes no longer.
    """
    network, index = network_of(origin.ip), tools.cipher.blind_index("certificate checks")
    count_turn(db, index, network, tools.now(), limit=TRIES)
    found = db.execute(
        select(Certificate, Contract.period, Contract.portability)
        .join(Contract, Contract.id == Certificate.contract_id)
        .where(Certificate.code_index == code_index(tools, code))
    ).one_or_none()
    told = told_by(found.Certificate.facts) if found else {}
    covers: dict[int, list[Period]] = {}
    for person_id, period in db.execute(
        select(Coverage.person_id, Coverage.period).where(
            Coverage.contract_id == (found.Certificate.contract_id if found else 0), Coverage.person_id.in_(told)
        )
    ):
        covers.setdefault(person_id, []).append(period_of(period))
    if found is None:
        return None
    row, today, end = found.Certificate, tools.today(), period_of(found.period).end
    kind = CertificateKind(row.kind)
    portability = period_of(found.portability) if found.portability else None
    holds = still_holds(kind, told, covers, portability, today)
    return Checked(
        kind,
        row.issued_on,
        today,
        tuple(
            CheckedPerson(
                initials(one["name"]),
                holds[one["id"]],
                told[one["id"]].end,
                last_day(covers.get(one["id"], []), today),
            )
            for one in row.facts["people"]
        ),
        end if end and end < today else None,
        row.revoked_at is not None,
    )


def initials(name: str) -> str:
    """« C. D. » of « Camille Durand », « J.-L. D. » of « Jean-Luc Durand »."""
    return " ".join("-".join(f"{part[0].upper()}." for part in word.split("-") if part) for word in name.split())
