"""An adult of the contract is invited to open a space of his own, by whom the contract pays (C20, S-MSC-02)."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Account, CodeSending, Person
from member_space.services.age import may_have_account
from member_space.services.events import record
from member_space.services.household import Household, HouseholdMember
from member_space.services.notification import notify
from member_space.services.sessions import Identity
from member_space.services.throttling import network_of
from member_space.services.tools import Origin, Tools

EVERY = timedelta(days=1)


class NobodyToInviteError(Exception):
    """The person has a space, is too young for one, or is who asks."""


class InvitedLatelyError(Exception):
    """An invitation left less than a day ago: `wait` tells for how long the next one waits."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"{wait.total_seconds():.0f} s to wait")
        self.wait = wait


def can_be_invited(db: Session, household: Household, person_id: int) -> bool:
    """Whether this person of the household is somebody else, old enough, and without an account."""
    member = _member(household, person_id)
    if member.is_viewer or not may_have_account(member.birth_date, household.today):
        return False
    return db.scalar(select(Account.id).where(Account.person_id == person_id, Account.closed_at.is_(None))) is None


def _member(household: Household, person_id: int) -> HouseholdMember:
    return next(one for one in household.members if one.person_id == person_id)


def invite(db: Session, tools: Tools, identity: Identity, household: Household, person_id: int, origin: Origin) -> None:
    """Send the invitation to the address that this very person gave us; to nobody, at the same price, without one.

    Raises NobodyToInviteError or InvitedLatelyError.
    """
    if not can_be_invited(db, household, person_id):
        raise NobodyToInviteError
    member = _member(household, person_id)
    # Two clicks at once: the second waits, then sees the first.
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"invitation of {member.person_id}", 0))))
    now = tools.now()
    target = tools.cipher.blind_index(f"invitation:{member.person_id}")
    last = db.scalar(select(func.max(CodeSending.sent_at)).where(CodeSending.target_index == target))
    if last and last + EVERY > now:
        raise InvitedLatelyError(last + EVERY - now)
    email = db.scalar(select(Person.email).where(Person.id == member.person_id))
    sending = CodeSending(channel="email", target_index=target, network=network_of(origin.ip), sent_at=now)
    db.add(sending)
    notify(db, tools, NoticeKind.INVITATION, Channel.EMAIL, to=email, values={"link": "/activation"})
    record(
        db,
        EventKind.INVITATION_SENT,
        actor_account_id=identity.account_id,
        subject_person_id=member.person_id,
        contract_id=member.contract_id,
        origin=origin,
    )
