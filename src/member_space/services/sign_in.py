"""The one door. A first factor leads to it or to a second one; `open_door` is what makes a browser signed in."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.permissions import Role
from member_space.domain.second_factor import Method, Policy, Signs, Why, move_between, why_asked
from member_space.models import Account, Device
from member_space.services import challenge as challenges
from member_space.services import events, throttling, totp
from member_space.services.challenge import Purpose
from member_space.services.device import known_device, known_device_of_address, see_device, trust_device
from member_space.services.disown import announce_new_browser
from member_space.services.passkey import PasskeyRefused, account_of_assertion
from member_space.services.second_factor import Factor, Waiting, prove
from member_space.services.sessions import Identity, Lifetimes, SignedIn, close_session, open_session
from member_space.services.tools import Origin, Tools
from member_space.services.user_agent import software_of


class SignInRefused(Exception):  # noqa: N818 - named after the event
    """The address and the password do not fit together; says nothing of which is wrong."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser that asks to come in, with what it already holds."""

    origin: Origin
    session_id: int | None = None
    """The session it already has, which signing in replaces."""
    device_token: str | None = None
    """The cookie of a device, if it brought one."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The browser is signed in: the token of its session, and of its device where it is trusted from now on."""

    account_id: int
    token: str
    device_token: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A second factor is asked: no session yet, only the token of a request that ten minutes or one answer end."""

    challenge_token: str


def sign_in_with_password(db: Session, tools: Tools, email: str, password: str, visitor: Visitor) -> Opened | Asked:
    """What an address and a password lead to.

    Raises SignInRefused or TooManyTries; what they counted is in the transaction, so the caller must answer, not
    let them escape. An unknown address costs as much as a known one: same statements, same hash.
    """
    email = email.strip().lower()
    now = tools.now()
    index = tools.cipher.blind_index(email)
    device_id = known_device_of_address(db, tools, email, visitor.device_token)
    network = throttling.quota_of(visitor.origin.ip, device_id)
    throttling.take_turn(db, index, network, now)

    account = db.scalar(select(Account).where(Account.email == email, Account.closed_at.is_(None)))
    known = account.password_hash if account else None
    if not tools.hasher.verify(known, password) or account is None or known is None:
        throttling.note_failure(db, index, network, now)
        events.record(
            db,
            EventKind.ACCOUNT_SIGN_IN_FAILED,
            subject_person_id=account.person_id if account else None,
            origin=visitor.origin,
        )
        raise SignInRefused

    if tools.hasher.needs_rehash(known):
        account.password_hash = tools.hasher.hash(password)
    # Decided before the failures are forgotten: they are one of the signs.
    outcome = after_first_factor(db, tools, account, visitor, method=Method.PASSWORD)
    throttling.forget_failures(db, index, network)
    return outcome


def after_first_factor(
    db: Session, tools: Tools, account: Account, visitor: Visitor, *, method: Method
) -> Opened | Asked:
    """Open the door, or ask a second factor, by the rule of domain.second_factor and the installation's policy."""
    device = known_device(db, tools, account.id, visitor.device_token)
    why = why_asked(
        _signs(db, tools, account, visitor.origin, device),
        policy=Policy(tools.settings.second_factor_policy),
        method=method,
        role=Role(account.role),
    )
    if why is None:
        return open_door(db, tools, account, visitor, device=device, proved=method is Method.PASSKEY)
    details = {"method": method.value, "why": why.value}
    if why is Why.OFFICE and account.totp_secret is None:
        # A colleague who has no second factor yet enrols now, with the password that he was given.
        details["totp"] = totp.new_secret()
    _row, token = challenges.open_challenge(
        db, tools, Purpose.SIGN_IN, account_id=account.id, person_id=account.person_id, details=details
    )
    return Asked(token)


def _signs(db: Session, tools: Tools, account: Account, origin: Origin, device: Device | None) -> Signs:
    now = tools.now()
    absence = now - account.last_signed_in_at if account.last_signed_in_at else None
    if device is None:
        return Signs(known_browser=False, absence=absence)
    return Signs(
        known_browser=True,
        absence=absence,
        move=move_between(device.ip, origin.ip),
        failures=throttling.failures_since(db, tools.cipher.blind_index(account.email), now - timedelta(days=1)),
        other_software=software_of(device.user_agent) != software_of(origin.user_agent),
    )


def why_it_waits(tools: Tools, waiting: Waiting) -> Why:
    """Why a request to sign in waits for a second factor, for its page to say."""
    return Why(challenges.details_of(tools, waiting.challenge)["why"])


def after_second_factor(
    db: Session, tools: Tools, waiting: Waiting, factor: Factor, code: str, visitor: Visitor, *, trust: bool
) -> Opened:
    """Try what was given; the door opens when it is right. `trust`: do not ask this browser again.

    Raises what `prove` does: the caller answers, he does not let them escape.
    """
    device = known_device(db, tools, waiting.account.id, visitor.device_token)
    prove(db, tools, waiting, factor, code, visitor.origin, device_id=device.id if device else None)
    return open_door(db, tools, waiting.account, visitor, device=device, proved=True, trust=trust)


def sign_in_with_passkey(db: Session, tools: Tools, token: str | None, credential: str, visitor: Visitor) -> Opened:
    """A key that its owner unlocked is both factors. Raises PasskeyRefused: answer, its challenge is used up."""
    account = account_of_assertion(db, tools, token, credential)
    outcome = after_first_factor(db, tools, account, visitor, method=Method.PASSKEY)
    if isinstance(outcome, Asked):  # pragma: no cover - domain.second_factor asks nothing of a passkey
        raise PasskeyRefused
    return outcome


def open_door(
    db: Session,
    tools: Tools,
    account: Account,
    visitor: Visitor,
    *,
    device: Device | None = None,
    proved: bool = False,
    trust: bool = False,
) -> Opened:
    """Sign this browser in: the former session ends, a new token is drawn, the journal knows, and the member too
    when the browser is a new one.

    `device`: the trusted one that it is; `proved`: a second factor was just given; `trust`: make it a trusted one.
    """
    if visitor.session_id is not None:
        close_session(db, visitor.session_id)
    now = tools.now()
    account.last_signed_in_at, account.reset_channel = now, None
    is_new, device_token = device is None, visitor.device_token
    if device is not None:
        see_device(tools, device, visitor.origin)
    elif trust:
        device, device_token = trust_device(db, tools, account, visitor.origin)
    session_id, token = open_session(
        db,
        account.id,
        now,
        Lifetimes.of(tools.settings),
        visitor.origin,
        device_id=device.id if device else None,
        proved_at=now if proved else None,
    )
    events.record(
        db,
        EventKind.ACCOUNT_SIGNED_IN,
        actor_account_id=account.id,
        subject_person_id=account.person_id,
        origin=visitor.origin,
    )
    if is_new:
        announce_new_browser(db, tools, account, visitor.origin, session_id=session_id)
    return Opened(account.id, token, device_token if device else None)


def sign_out(db: Session, identity: SignedIn, origin: Origin) -> None:
    """End the session of who is signed in."""
    close_session(db, identity.session_id)
    events.record(
        db,
        EventKind.ACCOUNT_SIGNED_OUT,
        actor_account_id=identity.account_id,
        subject_person_id=identity.person_id if isinstance(identity, Identity) else None,
        origin=origin,
    )
