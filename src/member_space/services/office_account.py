"""The accounts of the office's colleagues: opened by a command or by an administrator, never by oneself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, exists, or_, select, text
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.permissions import Role
from member_space.models import Account, OidcLink, Passkey, RecoveryCode
from member_space.services import challenge as challenges
from member_space.services import events
from member_space.services.account_lock import lock_account
from member_space.services.challenge import Purpose
from member_space.services.contact_points import read_email
from member_space.services.handlers import handles
from member_space.services.request import Actor
from member_space.services.request_handling import release_all
from member_space.services.request_queue import all_queues
from member_space.services.sessions import OfficeIdentity
from member_space.services.shut_out import shut_out
from member_space.services.tools import INSIDE, Origin, Tools

OFFICE_ROLES = tuple(role for role in Role if role is not Role.MEMBER)
ACTIVATION = "/bureau/activation"
PAGE = 50
NAME_LENGTH, TEAM_LENGTH = 200, 100


class OfficeAccountRefused(ValueError):  # noqa: N818 - named after the event
    """An account cannot be opened or changed so; the message is the reason, in French."""


@dataclass(frozen=True, slots=True)
class Activation:
    """What a new colleague is given, by hand: a path and a code, good for seven days, shown once."""

    link: str
    code: str


@dataclass(frozen=True, slots=True)
class OfficeAccount:
    """A line of the list. `skills`: the queues that he works, None for all of them. `activated`: a password was chosen.
    `protected`: there is a second factor."""

    id: int
    public_id: UUID
    name: str
    team: str | None
    email: str
    role: str
    created_at: datetime
    last_signed_in_at: datetime | None
    closed_at: datetime | None
    skills: list[str] | None
    activated: bool
    protected: bool


def create_office_account(
    db: Session,
    tools: Tools,
    email: str,
    name: str,
    role: Role,
    team: str = "",
    *,
    by: OfficeIdentity | None = None,
    origin: Origin = INSIDE,
) -> Activation:
    """Open an account without any password: what it needs to be activated. `by`: None for the command.

    `team`: as members read it, empty for the one of the role. Raises OfficeAccountRefused when the address is wrong or
    taken, the name is none, or the team too long.
    """
    try:
        address = read_email(email)
    except ValueError as error:
        raise OfficeAccountRefused(str(error)) from None
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise OfficeAccountRefused("donnez le prénom et le nom du collègue")
    if role not in OFFICE_ROLES:
        raise OfficeAccountRefused("un compte du bureau n’est pas celui d’un adhérent")
    # Two openings at once for one address: the second waits, then sees the first.
    db.execute(text("lock table account in share row exclusive mode"))
    if db.scalar(select(Account.id).where(Account.email == address)):
        raise OfficeAccountRefused("cette adresse e-mail sert déjà à un autre compte")
    account = Account(email=address, office_name=name, team=_team(team), role=role.value, created_at=tools.now())
    db.add(account)
    db.flush()
    _note(db, EventKind.ACCOUNT_CREATED, account, by, origin)
    return _activation(db, tools, account)


def activate_again(
    db: Session, tools: Tools, found: OfficeAccount, by: OfficeIdentity | None, origin: Origin
) -> Activation:
    """Another link and code; the former are worth nothing, and so are the password and the factors of the account.

    For a colleague who lost his telephone, or never came. Raises OfficeAccountRefused for one's own account.
    """
    account = _open_account(db, found, by)
    _take_factors_away(db, account)
    shut_out(db, tools, account)
    _note(db, EventKind.FACTOR_REMOVED, account, by, origin)
    return _activation(db, tools, account)


def change_role(
    db: Session, tools: Tools, found: OfficeAccount, role: Role, by: OfficeIdentity, origin: Origin
) -> None:
    """Give a colleague another role; his sessions end, so that it counts at once. Raises OfficeAccountRefused.

    Where it handles no requests, those that he has are anybody's again.
    """
    account = _open_account(db, found, by)
    if role not in OFFICE_ROLES:
        raise OfficeAccountRefused("ce rôle n’est pas un rôle du bureau")
    if account.role == role:
        return
    before, account.role = account.role, role.value
    db.flush()
    if not handles(db, account.id):
        release_all(db, tools, account.id, Actor.of(by, origin))
    shut_out(db, tools, account)
    _note(db, EventKind.ACCOUNT_ROLE_CHANGED, account, by, origin, before=before)


def change_team(db: Session, tools: Tools, found: OfficeAccount, team: str, by: OfficeIdentity, origin: Origin) -> None:
    """Give a colleague another team, or with an empty one that of his role. Raises OfficeAccountRefused.

    His sessions end: a reading is told once a session, so the next one is under the new team.
    """
    account = _open_account(db, found, by)
    wanted = _team(team)
    if account.team == wanted:
        return
    account.team = wanted
    shut_out(db, tools, account)
    _note(db, EventKind.ACCOUNT_TEAM_CHANGED, account, by, origin)


def change_skills(
    db: Session, tools: Tools, found: OfficeAccount, queues: Collection[str], by: OfficeIdentity, origin: Origin
) -> None:
    """Give a colleague his queues, or with none all of them. Raises OfficeAccountRefused.

    For what comes next: what he has stays his. A queue that left the catalogue goes from his too.
    """
    account = _open_account(db, found, by)
    wanted = [queue for queue in all_queues(tools) if queue in queues] or None
    if account.skills == wanted:
        return
    before, account.skills = account.skills, wanted
    _note(db, EventKind.ACCOUNT_SKILLS_CHANGED, account, by, origin, skills=wanted or [], skills_before=before or [])


def close_office_account(db: Session, tools: Tools, found: OfficeAccount, by: OfficeIdentity, origin: Origin) -> None:
    """The colleague has left: nothing opens any more, his requests are anybody's. Raises OfficeAccountRefused."""
    account = _open_account(db, found, by)
    account.closed_at = tools.now()
    db.flush()
    release_all(db, tools, account.id, Actor.of(by, origin))
    _take_factors_away(db, account)
    shut_out(db, tools, account)
    _note(db, EventKind.ACCOUNT_CLOSED, account, by, origin)


def _team(typed: str) -> str | None:
    team = " ".join(typed.split())
    if len(team) > TEAM_LENGTH:
        raise OfficeAccountRefused(f"le nom de l’équipe a {TEAM_LENGTH} caractères au plus")
    return team or None


def _take_factors_away(db: Session, account: Account) -> None:
    """The password and whatever stands for a second factor: the account may be in other hands."""
    account.password_hash = account.totp_secret = account.totp_last_step = account.mobile = None
    for kind in (Passkey, RecoveryCode, OidcLink):
        db.execute(delete(kind).where(kind.account_id == account.id).execution_options(synchronize_session=False))


def _open_account(db: Session, found: OfficeAccount, by: OfficeIdentity | None) -> Account:
    """The row, locked. Nobody changes his own account: rights come from somebody else."""
    if by is not None and by.account_id == found.id:
        raise OfficeAccountRefused("personne ne change son propre compte : demandez à un autre administrateur")
    account = lock_account(db, found.id)
    if account.closed_at:
        raise OfficeAccountRefused("ce compte est fermé")
    return account


def _activation(db: Session, tools: Tools, account: Account) -> Activation:
    row, code = challenges.open_with_code(db, tools, Purpose.OFFICE_ACTIVATION, account_id=account.id)
    return Activation(f"{ACTIVATION}/{row.public_id}", code)


def _note(
    db: Session,
    kind: EventKind,
    account: Account,
    by: OfficeIdentity | None,
    origin: Origin,
    **details: str | list[str],
) -> None:
    actor = by.account_id if by else None
    about = {"account_id": account.id, "role": account.role} | details
    events.record(db, kind, actor_account_id=actor, origin=origin, details=about)


_PROTECTED = or_(Account.totp_secret.is_not(None), exists().where(Passkey.account_id == Account.id))


def has_factor(db: Session, account_id: int) -> bool:
    """Whether the account has a second factor that it holds: an application or a passkey, never a telephone number."""
    return bool(db.scalar(select(_PROTECTED).where(Account.id == account_id)))


def _lines() -> Select:
    return select(
        Account.id,
        Account.public_id,
        Account.office_name,
        Account.team,
        Account.email,
        Account.role,
        Account.created_at,
        Account.last_signed_in_at,
        Account.closed_at,
        Account.skills,
        Account.password_hash.is_not(None).label("activated"),
        _PROTECTED.label("protected"),
    ).where(Account.role != Role.MEMBER.value)


def find_office_account(db: Session, public_id: UUID) -> OfficeAccount | None:
    """The account of a colleague; None for a member's."""
    row = db.execute(_lines().where(Account.public_id == public_id)).one_or_none()
    return OfficeAccount(*row) if row else None


def office_accounts(db: Session, before: int | None = None) -> tuple[list[OfficeAccount], int | None]:
    """A page of them, the last opened first, and what gives the next one (`before`), None on the last."""
    query = _lines().order_by(Account.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(Account.id < before)
    found = [OfficeAccount(*row) for row in db.execute(query)]
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None
