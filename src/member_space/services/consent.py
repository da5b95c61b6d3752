"""Questions of consent: asked once for each purpose, answered yes or no, kept with their exact words (C25)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.models import Consent
from member_space.services.events import record
from member_space.services.sessions import Identity
from member_space.services.tools import Origin


class Purpose(StrEnum):
    """What a consent is for; one answer never stands for another purpose."""

    SMS_CONTACT = "sms_contact"
    PREVENTION_NEWS = "prevention_news"
    SATISFACTION_SURVEY = "satisfaction_survey"


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """The answer that holds, and the words it was given to."""

    granted: bool
    wording: str
    answered_at: datetime


# Built once: the home page asks it each time.
_LAST = (
    select(Consent.granted, Consent.wording, Consent.answered_at)
    .where(Consent.person_id == bindparam("person"), Consent.purpose == bindparam("of_purpose"))
    .order_by(Consent.id.desc())
    .limit(1)
)


def consent_of(db: Session, person_id: int, purpose: Purpose) -> ConsentAnswer | None:
    """The last answer of a person, None while the question was never answered; one statement."""
    row = db.execute(_LAST, {"person": person_id, "of_purpose": purpose.value}).one_or_none()
    return ConsentAnswer(*row) if row else None


def answers_of(db: Session, person_id: int) -> dict[Purpose, list[ConsentAnswer]]:
    """Every answer of a person to each purpose, the latest first: the register and its proof; one statement."""
    found: dict[Purpose, list[ConsentAnswer]] = {purpose: [] for purpose in Purpose}
    rows = db.execute(
        select(Consent.purpose, Consent.granted, Consent.wording, Consent.answered_at)
        .where(Consent.person_id == person_id)
        .order_by(Consent.id.desc())
    )
    for purpose, *answer in rows:
        found[Purpose(purpose)].append(ConsentAnswer(*answer))
    return found


def answer_consent(
    db: Session,
    identity: Identity,
    purpose: Purpose,
    granted: bool,
    wording: str,
    origin: Origin,
) -> None:
    """Keep an answer beside the earlier ones; the same answer to the same words again (a double click) adds nothing."""
    last = consent_of(db, identity.person_id, purpose)
    if last and (last.granted, last.wording) == (granted, wording):
        return
    db.add(Consent(person_id=identity.person_id, purpose=purpose.value, granted=granted, wording=wording))
    record(
        db,
        EventKind.CONSENT_ANSWERED,
        actor_account_id=identity.account_id,
        subject_person_id=identity.person_id,
        origin=origin,
        details={"purpose": purpose.value, "granted": granted},
    )
