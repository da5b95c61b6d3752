"""The end of an activation: the account of a person who has proved who he is (C19, C20, S-HCR-08, S-HE-07)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.domain.password import Owner
from member_space.models import Account, Person, WelcomeLetter
from member_space.services import challenge as challenges
from member_space.services.activation import Request, owner_of_email
from member_space.services.challenge import CodeSpent
from member_space.services.events import record
from member_space.services.household import Household, load_household
from member_space.services.notification import notify
from member_space.services.password import check_password
from member_space.services.privacy import open_care, privacy_choices
from member_space.services.terms import Terms, accept_terms
from member_space.services.tools import Origin, Tools


class AlreadyOpenError(Exception):
    """The person has a space: somebody was faster, in another tab perhaps."""


class AddressTakenError(Exception):
    """The address serves another account since: another one is needed."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the last page says. `email`: the address to sign in with, None where one must be given; `holders`: whom the
    person may let read his care, empty where there is nothing to choose."""

    first_name: str
    email: str | None
    holders: tuple[str, ...]


def opening_of(db: Session, tools: Tools, request: Request) -> Opening:
    """Raises AlreadyOpenError."""
    person = db.get_one(Person, request.challenge.person_id)
    if db.scalar(select(Account.id).where(Account.person_id == person.id, Account.closed_at.is_(None))):
        raise AlreadyOpenError
    email = request.email or _own_address(db, tools, person)
    if email and db.scalar(select(Account.id).where(Account.email == email)):
        email = None
    choices = privacy_choices(db, _household(db, tools, person))
    return Opening(person.first_name, email, choices.holders if choices.is_adult else ())


def open_account(
    db: Session,
    tools: Tools,
    request: Request,
    password: str,
    terms: Terms,
    origin: Origin,
    *,
    care_opened: bool | None,
    language: str,
) -> Account:
    """Open the account, once, with what was accepted and chosen. `care_opened`: None where there was nothing to choose.

    Raises CodeSpent where the request was not passed or has served, AlreadyOpenError, AddressTakenError, and
    PasswordRefused.
    """
    row = request.challenge
    if row.passed_at is None:
        raise CodeSpent
    person = db.get_one(Person, row.person_id)
    # Two tabs, two browsers: the second waits for the first, then sees it.
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"account of {person.id}", 0))))
    email = opening_of(db, tools, request).email
    if email is None:
        raise AddressTakenError
    check_password(tools, password, Owner(email, (person.first_name, person.last_name), person.birth_date))
    details, now = challenges.details_of(tools, row), tools.now()
    account = Account(
        person_id=person.id,
        email=email,
        password_hash=tools.hasher.hash(password),
        password_changed_at=now,
        mobile=details.get("mobile"),
        language=language,
    )
    try:
        with db.begin_nested():
            challenges.use(db, tools, row)
            db.add(account)
            db.flush()
    except IntegrityError:
        # Another person has just opened an account with that address: the request still serves, with another one.
        raise AddressTakenError from None
    db.execute(
        update(WelcomeLetter)
        .where(WelcomeLetter.person_id == person.id, WelcomeLetter.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    record(
        db,
        EventKind.ACCOUNT_ACTIVATED,
        actor_account_id=account.id,
        subject_person_id=person.id,
        origin=origin,
        details={"by": _proof(details, row.channel)},
    )
    accept_terms(db, account.id, person.id, terms, origin, now)
    if care_opened is not None:
        open_care(db, account.id, person.id, _household(db, tools, person), care_opened, origin)
    notify(db, tools, NoticeKind.ACCOUNT_ACTIVATED, Channel.EMAIL, account_id=account.id, language=language)
    _tell_where_known(db, tools, account, person, by_letter="letter" in details)
    return account


def _tell_where_known(db: Session, tools: Tools, account: Account, person: Person, *, by_letter: bool) -> None:
    """Also to the contacts of affiliation that were not given: whoever took somebody's letter does not stay unseen."""
    kind, language = NoticeKind.ACCOUNT_ACTIVATED, account.language
    if person.email and person.email != account.email:
        notify(db, tools, kind, Channel.EMAIL, to=person.email, language=language)
    if by_letter and person.mobile and person.mobile != account.mobile:
        notify(db, tools, kind, Channel.SMS, to=person.mobile, language=language)


def _proof(details: dict[str, Any], channel: str | None) -> str:
    return "letter" if "letter" in details else channel or "unknown"


def _household(db: Session, tools: Tools, person: Person) -> Household:
    return load_household(db, person.id, tools.today())


def _own_address(db: Session, tools: Tools, person: Person) -> str | None:
    """The address of affiliation, unless it is rather another person's: then each has his own."""
    if not person.email:
        return None
    owner = owner_of_email(db, tools, person.email)
    return person.email if owner and owner.person_id == person.id else None
