"""The second factor: which ones an account has, how a code is sent, how an answer is tried and counted (C5–C8)."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.domain.permissions import Role
from member_space.models import Account, Challenge, Passkey, Person, RecoveryCode
from member_space.services import challenge as challenges
from member_space.services import events, throttling, totp
from member_space.services.activation import owner_of_mobile
from member_space.services.challenge import CodeRefused, CodeSpent, Purpose
from member_space.services.code_sending import send_code
from member_space.services.disown import disown_link
from member_space.services.notification import notify
from member_space.services.recovery_code import take_recovery_code
from member_space.services.tools import Origin, Tools


class Factor(StrEnum):
    """What can be given besides the first factor, the best first."""

    PASSKEY = "passkey"
    TOTP = "totp"
    SMS = "sms"
    EMAIL = "email"
    RECOVERY_CODE = "recovery_code"
    HANDLER = "handler"
    """The code that two colleagues of the office gave (C9)."""
    ENROLMENT = "enrolment"
    """The first code of an application, of a colleague who has no second factor yet."""


USED_UP = {Factor.RECOVERY_CODE: EventKind.RECOVERY_CODE_USED, Factor.HANDLER: EventKind.RECOVERY_USED}
SENT = {Factor.SMS: Channel.SMS, Factor.EMAIL: Channel.EMAIL}


class ClockOff(CodeRefused):
    """The code of the application is one of some minutes ago or ahead: the telephone's clock is wrong."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits for a second factor, and what its page says."""

    challenge: Challenge
    account: Account
    factors: tuple[Factor, ...]
    """Those that this account can give, the best first; never empty."""
    mobile: str | None
    """The number that gets codes: confirmed, or the one that we know and that the first code confirms."""
    mobile_confirmed: bool

    @property
    def sent(self) -> Factor | None:
        """How the last code left."""
        return Factor(self.challenge.channel) if self.challenge.channel else None

    def chosen(self, asked: str | None) -> Factor | None:
        """The factor that the page asks for: the one chosen, else the one sent, else the best; None: none yet."""
        wanted = next((one for one in self.factors if one == asked), None)
        return wanted or self.sent or next(iter(self.factors), None)


def waiting_of(db: Session, tools: Tools, purpose: Purpose, token: str | None) -> Waiting | None:
    """The request that this browser made, not yet answered; None when it is too old, used, or of a closed account."""
    challenge = challenges.challenge_of_token(db, tools, purpose, token)
    account = db.get(Account, challenge.account_id) if challenge and challenge.account_id else None
    if challenge is None or account is None or account.closed_at:
        return None
    mobile = account.mobile or _known_mobile(db, tools, account)
    return Waiting(challenge, account, _factors_of(db, account, mobile), mobile, account.mobile is not None)


def _known_mobile(db: Session, tools: Tools, account: Account) -> str | None:
    """The number of affiliation, unless it is rather another person's: a couple may share a telephone, whose codes
    would let one into the space of the other."""
    known = db.scalar(select(Person.mobile).where(Person.id == account.person_id))
    owner = owner_of_mobile(db, tools, known) if known else None
    return known if owner and owner.person_id == account.person_id else None


def _factors_of(db: Session, account: Account, mobile: str | None) -> tuple[Factor, ...]:
    """The office gets no code by SMS nor mail (ANSSI, CNIL): what it has, it holds."""
    passkey, sheet = db.execute(
        select(
            exists().where(Passkey.account_id == account.id),
            exists().where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None)),
        )
    ).one()
    member = account.role == Role.MEMBER
    offered = {
        Factor.PASSKEY: passkey,
        Factor.TOTP: account.totp_secret is not None,
        Factor.SMS: member and mobile is not None,
        Factor.EMAIL: member,
        Factor.RECOVERY_CODE: sheet,
        Factor.HANDLER: member,
        Factor.ENROLMENT: not (member or passkey or account.totp_secret),
    }
    factors = tuple(factor for factor, has in offered.items() if has)
    # Whoever holds the mailbox (or the telephone) that replaced the password gives it twice, not two factors: what
    # else the account has is asked then.
    others = tuple(factor for factor in factors if SENT.get(factor, "") != account.reset_channel)
    return others if set(others) - {Factor.HANDLER} else factors


def send(
    db: Session,
    tools: Tools,
    waiting: Waiting,
    factor: Factor,
    origin: Origin,
    *,
    device_id: int | None = None,
    language: str | None = None,
) -> None:
    """Send a code by SMS or e-mail, where this account may have one so. Raises TooManySendings or NumberRefused.

    Never to a number that is only typed here: who gives no more than a password would make his own telephone the
    second factor. A new number is given once signed in (`services.contact_change`).
    """
    if factor not in SENT or factor not in waiting.factors:
        return
    to = waiting.mobile if factor is Factor.SMS else waiting.account.email
    send_code(
        db,
        tools,
        waiting.challenge,
        SENT[factor],
        to,
        origin,
        account_id=waiting.account.id,
        device_id=device_id,
        language=language,
    )
    if factor is Factor.SMS:
        details = challenges.details_of(tools, waiting.challenge) | {"number": to}
        challenges.keep_details(tools, waiting.challenge, details)
        db.flush()


def prove(
    db: Session,
    tools: Tools,
    waiting: Waiting,
    factor: Factor,
    code: str,
    origin: Origin,
    *,
    device_id: int | None = None,
) -> None:
    """Try what was given for this factor; the request is used up when it is right.

    Raises CodeRefused (ClockOff), CodeSpent or TooManyTries; what was counted is in the transaction, so the caller
    answers, he does not let them escape. Wrong answers count for the request, and for the account and network, so that
    who knows a password cannot ask for request after request. `device_id`: a known device keeps its own quota.
    """
    account, now = waiting.account, tools.now()
    index, network = _counter(tools, account.id), throttling.quota_of(origin.ip, device_id)
    throttling.take_turn(db, index, network, now)
    try:
        challenges.answer(
            db, tools, waiting.challenge, code, origin, is_right=partial(_is_right, db, tools, waiting, factor)
        )
    except CodeRefused as refused:
        throttling.note_failure(db, index, network, now)
        secret = totp.secret_of(tools, account)
        if factor is Factor.TOTP and secret and totp.clock_is_off(secret, challenges.plain(code), now):
            raise ClockOff(refused.tries_left) from None
        raise
    throttling.forget_failures(db, index, network)
    challenges.use(db, tools, waiting.challenge)
    _after(db, tools, waiting, factor, origin)


def _is_right(db: Session, tools: Tools, waiting: Waiting, factor: Factor, code: str) -> bool:
    account = waiting.account
    match factor:
        case Factor.TOTP:
            return totp.take_code(db, tools, account, code)
        case Factor.RECOVERY_CODE:
            return take_recovery_code(db, tools, account, code)
        case Factor.HANDLER:
            return _take_handlers_code(db, tools, account, code)
        case Factor.ENROLMENT:
            return totp.start(db, account, tools, enrolment_secret(tools, waiting), code)
        case Factor.SMS | Factor.EMAIL:
            return waiting.sent is factor and challenges.is_sent_one(tools, waiting.challenge, code)
        case Factor.PASSKEY:  # not typed: views.passkey
            return False


def enrolment_secret(tools: Tools, waiting: Waiting) -> str:
    """What the application of a colleague without a second factor shall know; the request keeps it meanwhile."""
    secret: str = challenges.details_of(tools, waiting.challenge)["totp"]
    return secret


def _take_handlers_code(db: Session, tools: Tools, account: Account, code: str) -> bool:
    """The code of an assisted recovery: this account's, open, and used up here."""
    given = db.scalars(
        select(Challenge).where(
            Challenge.account_id == account.id,
            Challenge.purpose == Purpose.RECOVERY.value,
            Challenge.used_at.is_(None),
            Challenge.expires_at > tools.now(),
        )
    ).all()
    for one in given:
        try:
            challenges.answer(db, tools, one, code)
            challenges.use(db, tools, one)
        except (CodeRefused, CodeSpent):
            continue
        return True
    return False


def _after(db: Session, tools: Tools, waiting: Waiting, factor: Factor, origin: Origin) -> None:
    """What a right answer changes besides letting in: a number that we knew is confirmed, a code of the sheet used."""
    account = waiting.account
    if factor is Factor.SMS and account.mobile is None:
        account.mobile = challenges.details_of(tools, waiting.challenge)["number"]
        factor_changed(db, tools, account, "mobile", added=True, origin=origin)
    if factor is Factor.ENROLMENT:
        factor_changed(db, tools, account, "totp", added=True, origin=origin)
    if factor in USED_UP:
        events.record(
            db,
            USED_UP[factor],
            actor_account_id=account.id,
            subject_person_id=account.person_id,
            origin=origin,
        )


def factor_changed(
    db: Session,
    tools: Tools,
    account: Account,
    factor: str,
    *,
    added: bool,
    origin: Origin,
    session_id: int | None = None,
    language: str | None = None,
) -> None:
    """A way in was added or removed: the journal knows, and the member is told by mail, with « ce n’est pas moi ».

    `factor`: password, mobile, totp, passkey, recovery_codes, identity.
    """
    link, code = disown_link(db, tools, account.id, session_id=session_id)
    notify(
        db,
        tools,
        NoticeKind.FACTOR_CHANGED,
        Channel.EMAIL,
        account_id=account.id,
        values={"factor": factor, "action": "added" if added else "removed", "link": link},
        secret={"code": code},
        language=language,
    )
    events.record(
        db,
        EventKind.FACTOR_ADDED if added else EventKind.FACTOR_REMOVED,
        actor_account_id=account.id,
        subject_person_id=account.person_id,
        origin=origin,
        details={"factor": factor},
    )


def _counter(tools: Tools, account_id: int) -> bytes:
    return tools.cipher.blind_index(f"second factor:{account_id}")
