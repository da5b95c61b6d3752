"""What a member wants to be told, and how (C149); what he did not choose is the product's own (domain.notices)."""

from collections.abc import Set
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.notices import CHOSEN, DEFAULTS, Category, Channel
from member_space.models import Account, NotificationPreference, Person
from member_space.services.consent import Purpose, consent_of
from member_space.services.events import record
from member_space.services.sessions import Identity
from member_space.services.tools import Origin

Choice = tuple[Category, Channel]
CHOICES: tuple[Choice, ...] = tuple((category, channel) for category in CHOSEN for channel in Channel)


@dataclass(frozen=True, slots=True)
class Preferences:
    """`wanted`: those of CHOICES that are on. `daily`: what can wait comes in one mail a day.

    `has_mobile`, `sms_agreed`: without both no SMS of news leaves.
    """

    wanted: frozenset[Choice]
    language: str
    daily: bool
    has_mobile: bool
    sms_agreed: bool


def preferences_of(db: Session, identity: Identity) -> Preferences:
    """What holds today; three statements."""
    account = db.execute(
        select(
            Account.language,
            Account.daily_mail,
            func.coalesce(Account.mobile, Person.mobile).is_not(None).label("has_mobile"),
        )
        .join(Person, Person.id == Account.person_id)
        .where(Account.id == identity.account_id)
    ).one()
    consent = consent_of(db, identity.person_id, Purpose.SMS_CONTACT)
    return Preferences(
        wanted=_wanted(db, identity.account_id),
        language=account.language,
        daily=account.daily_mail,
        has_mobile=account.has_mobile,
        sms_agreed=bool(consent and consent.granted),
    )


def choose_preferences(
    db: Session, identity: Identity, wanted: Set[Choice], language: str, daily: bool, origin: Origin
) -> None:
    """Keep the whole choice; the journal has it when something changed."""
    kept = select(Account.language, Account.daily_mail).where(Account.id == identity.account_id)
    before = _wanted(db, identity.account_id), *db.execute(kept).one()
    rows = [
        {
            "account_id": identity.account_id,
            "category": category.value,
            "channel": channel.value,
            "wanted": (category, channel) in wanted,
        }
        for category, channel in CHOICES
    ]
    written = insert(NotificationPreference).values(rows)
    db.execute(
        written.on_conflict_do_update(
            index_elements=["account_id", "category", "channel"], set_={"wanted": written.excluded.wanted}
        )
    )
    if before == (wanted, language, daily):
        return
    chosen = update(Account).where(Account.id == identity.account_id)
    db.execute(chosen.values(language=language, daily_mail=daily))
    record(
        db,
        EventKind.PREFERENCES_CHANGED,
        actor_account_id=identity.account_id,
        subject_person_id=identity.person_id,
        origin=origin,
        details={
            "wanted": sorted(f"{category}-{channel}" for category, channel in wanted),
            "language": language,
            "daily": daily,
        },
    )


def _wanted(db: Session, account_id: int) -> frozenset[Choice]:
    columns = NotificationPreference.category, NotificationPreference.channel, NotificationPreference.wanted
    rows = db.execute(select(*columns).where(NotificationPreference.account_id == account_id))
    chosen = {(category, channel): wanted for category, channel, wanted in rows}
    return frozenset(choice for choice in CHOICES if chosen.get(choice, DEFAULTS[choice[1]]))
