"""Changing one's own e-mail, telephones and address (S-HCR-52, C16, C153)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from member_space.domain.data_change import DataKind
from member_space.domain.notices import Channel
from member_space.models import Account, Challenge
from member_space.services.account_lock import lock_account
from member_space.services.challenge import (
    Purpose,
    answer,
    challenge_of_token,
    details_of,
    open_challenge,
    use,
)
from member_space.services.code_sending import send_code
from member_space.services.data_change import Values, change, check_free
from member_space.services.sessions import Identity
from member_space.services.tools import Origin, Tools


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A contact that is confirmed where it leads, before it counts."""

    kind: DataKind
    purpose: Purpose
    channel: Channel


CONFIRMED = {
    DataKind.EMAIL: Confirmed(DataKind.EMAIL, Purpose.EMAIL_CHANGE, Channel.EMAIL),
    DataKind.MOBILE: Confirmed(DataKind.MOBILE, Purpose.MOBILE_CHANGE, Channel.SMS),
}


class AlreadyYours(Exception):  # noqa: N818 - named after the event
    """The new address or number is the present one."""


class AddressTaken(Exception):  # noqa: N818 - named after the event
    """Another account took the address while it was being confirmed: told only to who reads its mail."""


def ask_change(
    db: Session,
    tools: Tools,
    identity: Identity,
    what: Confirmed,
    value: str,
    origin: Origin,
    language: str | None = None,
) -> str:
    """Send a code to a new address or number; the token for the browser that asked. Nothing has changed yet.

    An address that another account has: the same answer, and no code leaves. Its owner asked for nothing and would
    only be worried; who typed it learns nothing of who else is a member. The page of the code says what to do when
    none comes.

    A mobile that is only known, from the file of affiliation, is not « already yours »: its code confirms it.
    `language`: of the page, else the account's.

    Raises AlreadyYours, TooSoon, and what send_code raises: no code left then.
    """
    account = db.get_one(Account, identity.account_id)
    if getattr(account, what.kind.value) == value:
        raise AlreadyYours
    check_free(db, tools, account.id, what.kind)
    request, token = open_challenge(
        db, tools, what.purpose, account_id=account.id, person_id=account.person_id, details={"to": value}
    )
    _send(db, tools, identity, what, request, value, origin, language)
    return token


def asked_change(db: Session, tools: Tools, identity: Identity, what: Confirmed, token: str | None) -> Challenge | None:
    """The open request of this browser, for who made it."""
    found = challenge_of_token(db, tools, what.purpose, token)
    return found if found and found.account_id == identity.account_id else None


def asked_value(tools: Tools, request: Challenge) -> str:
    """The new address or number."""
    value: str = details_of(tools, request)["to"]
    return value


def send_again(
    db: Session,
    tools: Tools,
    identity: Identity,
    what: Confirmed,
    request: Challenge,
    origin: Origin,
    language: str | None = None,
) -> None:
    """Another code for the same request; raises what send_code raises."""
    _send(db, tools, identity, what, request, asked_value(tools, request), origin, language)


def confirm_change(
    db: Session,
    tools: Tools,
    identity: Identity,
    what: Confirmed,
    request: Challenge,
    code: str,
    origin: Origin,
) -> None:
    """With the right code the new address or number counts, and the old channels are warned.

    Raises CodeRefused, CodeSpent (answer, do not let them escape), TooSoon when another change was made meanwhile,
    AddressTaken.
    """
    account = lock_account(db, identity.account_id)
    answer(db, tools, request, code, origin)
    use(db, tools, request)
    check_free(db, tools, account.id, what.kind)
    try:
        with db.begin_nested():
            change(db, tools, account, what.kind, {what.kind.value: asked_value(tools, request)}, origin)
    except IntegrityError:
        raise AddressTaken from None


def change_plain(db: Session, tools: Tools, identity: Identity, kind: DataKind, values: Values, origin: Origin) -> None:
    """Change a landline or an address, which nothing is sent to: at once, told to the e-mail."""
    change(db, tools, lock_account(db, identity.account_id), kind, values, origin)


def _send(
    db: Session,
    tools: Tools,
    identity: Identity,
    what: Confirmed,
    request: Challenge,
    value: str,
    origin: Origin,
    language: str | None,
) -> None:
    account = db.get_one(Account, identity.account_id)
    taken = what.kind is DataKind.EMAIL and db.scalar(
        select(Account.id).where(Account.email == value, Account.id != account.id)
    )
    send_code(
        db,
        tools,
        request,
        what.channel,
        None if taken else value,
        origin,
        account_id=account.id,
        asked=value if what.kind is DataKind.EMAIL else None,
        device_id=identity.device_id,
        language=language,
    )
