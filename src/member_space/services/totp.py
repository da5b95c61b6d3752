"""Codes of an authenticator application (TOTP, RFC 6238): six digits of 30 seconds, each taken once."""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from member_space.models import Account
from member_space.services.tools import Tools

STEP = 30
NEAR = 1
"""Steps of 30 s that a telephone's clock may be off, either way."""
OFF = 10
"""Steps up to which a wrong code is told to be one of a wrong clock: five minutes."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an application needs to know: as an address for the QR code, and as letters to type."""

    secret: str
    uri: str

    @property
    def groups(self) -> str:
        """« ABCD EFGH … »: what is typed by hand, in pieces."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


def new_secret() -> str:
    """160 random bits in base 32."""
    import pyotp

    return pyotp.random_base32(32)


def enrolment(secret: str, email: str, issuer: str) -> Enrolment:
    """How this secret is told to an application, named there by the insurer and the address."""
    import pyotp

    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer))


def step_of(secret: str, code: str, now: datetime, reach: int = NEAR) -> int | None:
    """The 30-second step whose code this is, at most `reach` steps from now; None when it is of none."""
    import pyotp

    totp, here = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    # All are compared, so that the time tells nothing.
    steps = range(here - reach, here + reach + 1)
    found = [step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())]
    return found[-1] if found else None


def clock_is_off(secret: str, code: str, now: datetime) -> bool:
    """Whether a refused code would have been right some minutes ago, or will be."""
    return step_of(secret, code, now, OFF) is not None and step_of(secret, code, now) is None


def secret_of(tools: Tools, account: Account) -> str | None:
    """The secret that the account's application shares with us."""
    return tools.cipher.decrypt(account.totp_secret) if account.totp_secret else None


def take_code(db: Session, tools: Tools, account: Account, code: str) -> bool:
    """Whether the code is right and was never taken: it and all before it are worth nothing from now on.

    Two at once: the second waits for the row, then finds its step used (the comparison is made again by PostgreSQL).
    """
    secret = secret_of(tools, account)
    step = step_of(secret, code, tools.now()) if secret else None
    if step is None:
        return False
    taken = db.execute(
        update(Account)
        .where(Account.id == account.id, or_(Account.totp_last_step.is_(None), Account.totp_last_step < step))
        .values(totp_last_step=step)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    return taken.scalar_one_or_none() is not None


def start(db: Session, account: Account, tools: Tools, secret: str, code: str) -> bool:
    """Whether the first code of an application is right: its secret is the account's from then on."""
    step = step_of(secret, code, tools.now())
    if step is None:
        return False
    account.totp_secret = tools.cipher.encrypt(secret)
    account.totp_last_step = step
    db.flush()
    return True


def sealed(tools: Tools, account_id: int, secret: str) -> str:
    """A secret not yet the account's, for the form that its first code comes back with: nothing is kept before."""
    return base64.urlsafe_b64encode(tools.cipher.encrypt(f"totp:{account_id}:{secret}")).decode()


def unsealed(tools: Tools, account_id: int, text: str) -> str | None:
    """The secret of such a form, None when it was not made for this account."""
    try:
        kind, owner, secret = tools.cipher.decrypt(base64.urlsafe_b64decode(text)).split(":")
    except ValueError:
        return None
    return secret if (kind, owner) == ("totp", str(account_id)) else None


def digits(typed: str) -> str:
    """A code as its application shows it, from how people copy it: « 123 456 »."""
    return "".join(one for one in typed if one.isdigit())
