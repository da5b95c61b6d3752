"""« Sécurité et connexion »: the ways in that an account has, added and removed by its owner (C7, C8)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.permissions import Role
from member_space.models import Account, Event, Person
from member_space.services import totp
from member_space.services.account_lock import lock_account
from member_space.services.challenge import Purpose
from member_space.services.oidc import Link, links_of
from member_space.services.passkey import (
    PasskeyShown,
    begin_registration,
    passkey_name,
    passkeys_of,
    register,
    remove_passkey,
)
from member_space.services.recovery_code import codes_left, draw_codes
from member_space.services.second_factor import Factor, factor_changed
from member_space.services.sessions import SignedIn
from member_space.services.tools import Origin, Tools

SMS_BEFORE_PASSKEY = 2
"""Sign-ins by SMS after which a passkey is proposed."""


class LastFactor(Exception):  # noqa: N818 - named after the event
    """A colleague's only second factor stays: his account would be open to a password alone."""


@dataclass(frozen=True, slots=True)
class WaysIn:
    """What the page shows. `mobile`: the number that gets codes, None where none was confirmed."""

    has_password: bool
    password_changed_at: datetime | None
    mobile: str | None
    totp: bool
    passkeys: list[PasskeyShown]
    codes_left: int
    links: list[Link]


def ways_in(db: Session, tools: Tools, identity: SignedIn) -> WaysIn:
    """All the ways of who is signed in; four statements."""
    account = db.get_one(Account, identity.account_id)
    return WaysIn(
        has_password=account.password_hash is not None,
        password_changed_at=account.password_changed_at,
        mobile=account.mobile,
        totp=account.totp_secret is not None,
        passkeys=passkeys_of(db, account.id),
        codes_left=codes_left(db, account.id),
        links=links_of(db, tools, account.id),
    )


def add_totp(db: Session, tools: Tools, identity: SignedIn, secret: str, code: str, origin: Origin) -> bool:
    """Whether the first code of the application is right; it is asked from the next sign-in on then."""
    account = lock_account(db, identity.account_id)
    if not totp.start(db, account, tools, secret, code):
        return False
    factor_changed(db, tools, account, "totp", added=True, origin=origin, session_id=identity.session_id)
    return True


def remove_totp(db: Session, tools: Tools, identity: SignedIn, origin: Origin) -> None:
    """The codes of the application open nothing any more. Raises LastFactor."""
    account = lock_account(db, identity.account_id)
    if account.totp_secret is None:
        return
    if account.role != Role.MEMBER and not passkeys_of(db, account.id):
        raise LastFactor
    account.totp_secret = account.totp_last_step = None
    factor_changed(db, tools, account, "totp", added=False, origin=origin, session_id=identity.session_id)


def passkey_options(db: Session, tools: Tools, identity: SignedIn) -> tuple[dict[str, object], str]:
    """What the browser needs to make a key for who is signed in, and the token of the request."""
    account = db.get_one(Account, identity.account_id)
    person = db.get(Person, account.person_id) if account.person_id else None
    holder = f"{person.first_name} {person.last_name}" if person else account.office_name or account.email
    return begin_registration(db, tools, account, holder)


def add_passkey(
    db: Session, tools: Tools, identity: SignedIn, token: str | None, credential: str, name: str, origin: Origin
) -> None:
    """Keep the key that the browser made. Raises PasskeyRefused: answer, its challenge is used up."""
    account = db.get_one(Account, identity.account_id)
    register(db, tools, account, token, credential, passkey_name(name, origin))
    factor_changed(db, tools, account, "passkey", added=True, origin=origin, session_id=identity.session_id)


def drop_passkey(db: Session, tools: Tools, identity: SignedIn, passkey_id: int, origin: Origin) -> None:
    """The key opens nothing any more. Raises LastFactor."""
    account = lock_account(db, identity.account_id)
    if account.role != Role.MEMBER and account.totp_secret is None and len(passkeys_of(db, account.id)) == 1:
        raise LastFactor
    if remove_passkey(db, account.id, passkey_id):
        factor_changed(db, tools, account, "passkey", added=False, origin=origin, session_id=identity.session_id)


def new_codes(db: Session, tools: Tools, identity: SignedIn, origin: Origin) -> list[str]:
    """Ten new codes, to be shown now and never again; the former ones are worth nothing."""
    account = lock_account(db, identity.account_id)
    codes = draw_codes(db, tools, account, origin)
    factor_changed(db, tools, account, "recovery_codes", added=True, origin=origin, session_id=identity.session_id)
    return codes


def is_time_for_a_passkey(db: Session, account: Account) -> bool:
    """Whether the member waited for an SMS again and again, and has no passkey that would spare him the next."""
    if passkeys_of(db, account.id):
        return False
    # In the journal: a request is deleted after 30 days, and a trusted browser waits for no SMS in 90.
    about = {"purpose": Purpose.SIGN_IN.value, "channel": Factor.SMS.value, "account": account.id}
    waited = select(func.count()).where(
        Event.subject_person_id == account.person_id,
        Event.kind == EventKind.CODE_PASSED.value,
        Event.details.contains(about),
    )
    return (db.scalar(waited) or 0) >= SMS_BEFORE_PASSKEY
