"""A password forgotten: a code goes to the account's address or mobile, and allows one new password (C15).

Known or not, the same statements run and the same words are answered. No session opens here and the second factor
stays on: it is asked at the sign-in that follows.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.notices import Channel
from member_space.domain.permissions import Role
from member_space.models import Account, Challenge
from member_space.services import challenge as challenges
from member_space.services.account_lock import lock_account
from member_space.services.challenge import CodeSpent, Purpose
from member_space.services.code_sending import send_code
from member_space.services.device import known_device
from member_space.services.password import set_password
from member_space.services.tools import Origin, Tools

PAGE = "/mot-de-passe-oublie/code"
PURPOSE = Purpose.PASSWORD_RESET
TIME_TO_CHOOSE = timedelta(minutes=15)
"""To choose a password once the code was right."""


def ask_reset(
    db: Session,
    tools: Tools,
    email: str,
    channel: Channel,
    origin: Origin,
    *,
    proved: bool,
    language: str,
    device_token: str | None = None,
) -> str:
    """Send a code to the account of this address, if there is one; the token of the browser that asked.

    `device_token`: what the browser is known by; where the account trusts it, it keeps a quota of its own, which
    nobody else uses up. Raises TooManySendings.
    """
    email = email.strip().lower()
    # A colleague who was never activated comes in by the code that he is given by hand, and by nothing else.
    known = (Account.role == Role.MEMBER.value) | Account.password_hash.is_not(None)
    account = db.scalar(select(Account).where(Account.email == email, Account.closed_at.is_(None), known))
    device = known_device(db, tools, account.id if account else 0, device_token)
    row, token = challenges.open_challenge(
        db,
        tools,
        PURPOSE,
        account_id=account.id if account else None,
        person_id=account.person_id if account else None,
        details={"asked": email, "channel": channel.value, "device": device.id if device else None},
    )
    _send(db, tools, row, account, origin, proved=proved, language=language)
    return token


def send_again(db: Session, tools: Tools, request: Challenge, origin: Origin, *, proved: bool, language: str) -> None:
    """Another code for the same request, by the same channel. Raises TooManySendings."""
    account = db.get(Account, request.account_id) if request.account_id else None
    _send(db, tools, request, account, origin, proved=proved, language=language)


def _send(
    db: Session,
    tools: Tools,
    request: Challenge,
    account: Account | None,
    origin: Origin,
    *,
    proved: bool,
    language: str,
) -> None:
    details = challenges.details_of(tools, request)
    channel = Channel(details["channel"])
    to = account and (account.email if channel is Channel.EMAIL else account.mobile)
    send_code(
        db,
        tools,
        request,
        channel,
        to or None,
        origin,
        account_id=account.id if account else None,
        asked=details["asked"],
        device_id=details["device"],
        proved=proved,
        link=f"{PAGE}/{request.public_id}",
        language=language,
    )


def give_code(db: Session, tools: Tools, request: Challenge, code: str, origin: Origin) -> None:
    """Try the code of the request that this browser made.

    Raises CodeRefused or CodeSpent: answer, do not let them escape; the tries are counted.
    """
    challenges.answer(db, tools, request, code, origin)
    request.expires_at = tools.now() + TIME_TO_CHOOSE
    db.flush()


def give_code_of_link(db: Session, tools: Tools, purpose: Purpose, public_id: UUID, code: str, origin: Origin) -> str:
    """As `give_code`, from a link, in whatever browser: the token that this one holds from now on.

    The browser that had asked loses its own: one code, one browser. An unknown id is refused like a spent one.
    """
    request = challenges.challenge_of_id(db, tools, purpose, public_id)
    if request is None:
        raise CodeSpent
    give_code(db, tools, request, code, origin)
    return challenges.hand_over(db, request)


def reset_password(db: Session, tools: Tools, request: Challenge, password: str, origin: Origin) -> None:
    """Give the account its new password; the request is used up.

    Raises CodeSpent when the code was not given or was used already, PasswordRefused (then the request still serves).
    """
    with db.begin_nested():
        challenges.use(db, tools, request)
        account = lock_account(db, request.account_id)
        set_password(db, tools, account, password, origin)
        account.reset_channel = request.channel
