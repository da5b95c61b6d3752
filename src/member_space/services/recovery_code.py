"""Ten codes on a sheet of paper, each good once, for the day the telephone is lost (C8)."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.models import Account, RecoveryCode
from member_space.services import events
from member_space.services.account_lock import lock_account
from member_space.services.challenge import draw_letters, plain
from member_space.services.tools import Origin, Tools

HOW_MANY = 10


def codes_left(db: Session, account_id: int) -> int:
    """How many of the last sheet were not used."""
    left = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return db.scalar(left) or 0


def draw_codes(db: Session, tools: Tools, account: Account, origin: Origin) -> list[str]:
    """A new sheet, « ABCDE-FGHJK » each; the former one is worth nothing. Only their keyed index is kept."""
    # Two sheets asked for at once: one after the other, and the last one counts.
    lock_account(db, account.id)
    db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [draw_letters() for _ in range(HOW_MANY)]
    db.add_all(RecoveryCode(account_id=account.id, code_index=_index(tools, account.id, code)) for code in codes)
    events.record(
        db,
        EventKind.RECOVERY_CODES_DRAWN,
        actor_account_id=account.id,
        subject_person_id=account.person_id,
        origin=origin,
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def take_recovery_code(db: Session, tools: Tools, account: Account, code: str) -> bool:
    """Whether the code is one of the sheet and was never used; it is, from now on. Of two at once, one passes."""
    taken = db.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_index == _index(tools, account.id, plain(code)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=tools.now())
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def _index(tools: Tools, account_id: int, code: str) -> bytes:
    return tools.cipher.blind_index(f"recovery:{account_id}:{code}")
