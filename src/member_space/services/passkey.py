"""Passkeys (WebAuthn, C7): a key that the member's device keeps, and gives only for this site and to its owner.

Each ceremony has a challenge of its own, kept here and used once, whatever comes of it. The user is always verified
by the device (finger, face, code): a passkey is both factors at once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from member_space.models import Account, Challenge, Passkey
from member_space.services import challenge as challenges
from member_space.services.account_lock import lock_account
from member_space.services.challenge import Purpose
from member_space.services.tools import Origin, Tools
from member_space.services.user_agent import software_of

NAME_MAX = 60
HOW_MANY = 20
"""Passkeys of one account: more is no use to anybody."""


class PasskeyRefused(Exception):  # noqa: N818 - named after the event
    """The key, its signature or its challenge is not right: which one is nobody's business."""


@dataclass(frozen=True, slots=True)
class PasskeyShown:
    """One line of the list."""

    public_id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


def passkeys_of(db: Session, account_id: int) -> list[PasskeyShown]:
    """The passkeys of an account, the oldest first."""
    rows = db.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id))
    return [PasskeyShown(row.public_id, row.name, row.created_at, row.last_used_at) for row in rows]


def find_passkey(db: Session, account_id: int, public_id: UUID) -> Passkey | None:
    """One passkey of this account."""
    return db.scalar(select(Passkey).where(Passkey.public_id == public_id, Passkey.account_id == account_id))


def begin_registration(db: Session, tools: Tools, account: Account, holder: str) -> tuple[dict[str, Any], str]:
    """What the browser needs to make a key, as JSON, and the token of the request. `holder`: shown by the device."""
    from webauthn import generate_registration_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    known = db.scalars(select(Passkey.credential_id).where(Passkey.account_id == account.id))
    options = generate_registration_options(
        rp_id=_host(tools),
        rp_name=tools.settings.brand.name,
        user_id=account.public_id.bytes,
        user_name=account.email,
        user_display_name=holder,
        authenticator_selection=AuthenticatorSelectionCriteria(
            # Found again by the device itself, without any address typed.
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return options_to_json_dict(options), _keep(db, tools, options.challenge, account.id)


def register(db: Session, tools: Tools, account: Account, token: str | None, credential: str, name: str) -> Passkey:
    """Keep the key that the browser made. Raises PasskeyRefused; the challenge is used up in any case."""
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    lock_account(db, account.id)
    challenge = _spend(db, tools, token, account.id)
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(tools),
            expected_origin=_origin(tools),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    # A key that is known already, here or in another account, is nobody's news.
    known = db.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id))
    if known or len(passkeys_of(db, account.id)) >= HOW_MANY:
        raise PasskeyRefused
    passkey = Passkey(
        account_id=account.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
    )
    db.add(passkey)
    db.flush()
    return passkey


def begin_assertion(db: Session, tools: Tools) -> tuple[dict[str, Any], str]:
    """What the browser needs to use a key, as JSON, and the token of the request; the same for everybody."""
    from webauthn import generate_authentication_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=_host(tools), user_verification=UserVerificationRequirement.REQUIRED
    )
    return options_to_json_dict(options), _keep(db, tools, options.challenge, None)


def account_of_assertion(db: Session, tools: Tools, token: str | None, credential: str) -> Account:
    """Whose key signed this challenge. Raises PasskeyRefused; the challenge is used up in any case.

    A counter that does not go up is that of a copy: refused (keys that a platform shares between devices count none).
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _spend(db, tools, token, None)
    try:
        given = parse_authentication_credential_json(credential)
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    owner = db.scalar(select(Passkey.account_id).where(Passkey.credential_id == given.raw_id))
    account = lock_account(db, owner) if owner else None
    # Read under the lock: two uses of one key count one after the other, and a key just removed is none.
    passkey = db.scalar(select(Passkey).where(Passkey.credential_id == given.raw_id))
    if passkey is None or account is None or account.closed_at:
        raise PasskeyRefused
    try:
        verified = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=_host(tools),
            expected_origin=_origin(tools),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise PasskeyRefused from error
    handle = given.response.user_handle
    if handle is not None and handle != account.public_id.bytes:
        raise PasskeyRefused
    passkey.sign_count = verified.new_sign_count
    passkey.last_used_at = tools.now()
    return account


def remove_passkey(db: Session, account_id: int, passkey_id: int) -> bool:
    """Whether the key was one of the account; it opens nothing from now on."""
    gone = db.execute(
        delete(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == account_id).returning(Passkey.id)
    )
    return gone.first() is not None


def passkey_name(typed: str, origin: Origin) -> str:
    """What a key is called: as typed, else the browser that made it."""
    return " ".join(typed.split())[:NAME_MAX] or str(software_of(origin.user_agent)) or "—"


def _host(tools: Tools) -> str:
    return urlsplit(tools.settings.site_url).hostname or "localhost"


def _origin(tools: Tools) -> str:
    parts = urlsplit(tools.settings.site_url)
    return f"{parts.scheme}://{parts.netloc}"


def _keep(db: Session, tools: Tools, challenge: bytes, account_id: int | None) -> str:
    details = {"challenge": challenge.hex()}
    _row, token = challenges.open_challenge(db, tools, Purpose.PASSKEY, account_id=account_id, details=details)
    return token


def _spend(db: Session, tools: Tools, token: str | None, account_id: int | None) -> bytes:
    """The bytes to sign of this browser's request, used up: of two answers at once, the second finds it spent."""
    row = challenges.challenge_of_token(db, tools, Purpose.PASSKEY, token)
    if row is None or row.account_id != account_id:
        raise PasskeyRefused
    spent = db.execute(
        update(Challenge)
        .where(Challenge.id == row.id, Challenge.used_at.is_(None))
        .values(used_at=tools.now())
        .returning(Challenge.id)
        .execution_options(synchronize_session=False)
    )
    if spent.first() is None:
        raise PasskeyRefused
    return bytes.fromhex(challenges.details_of(tools, row)["challenge"])
