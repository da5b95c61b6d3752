"""A card sent to a professional: a link of 72 hours, that its member sees opened and takes back (C52).

What the link needs is behind its « # », which no browser sends: neither our logs nor a mail scanner's hold it, and a
page that is looked at before its reader counts for nothing. The code is shown once and kept nowhere.
"""

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from member_space.domain.check_code import DRAWN, MistypedCodeError, read_code, with_check
from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Account, CardShare, CardVersion
from member_space.services.account_lock import lock_account
from member_space.services.card import ShownCard, cards_of
from member_space.services.challenge import draw_letters
from member_space.services.events import record
from member_space.services.household import load_household
from member_space.services.notification import notify
from member_space.services.sessions import Identity, hash_token
from member_space.services.throttling import note_failure, take_turn
from member_space.services.tools import Origin, Tools

LIFE = timedelta(hours=72)
A_DAY = 10
"""Links that one account makes in a day: enough for a family, too few to write to strangers."""
SHOWN = 3 * A_DAY
"""As many as can be open at once: a link that is not shown is one that nobody can take back."""
MOST_COUNTED = 9_999
"""Who opens a link again and again is served; its count stops before its column does."""
PAGE = "/carte-envoyee"


class TooManySharesError(Exception):
    """This account made `A_DAY` links within a day."""


class ShareOverError(Exception):
    """No card is behind this link and code: taken back, too old, or never there."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A link that was just made. ``address``: whole, with its code behind the #."""

    address: str
    code: str
    expires_at: datetime
    by_mail: bool


def share(
    db: Session, tools: Tools, identity: Identity, shown: ShownCard, recipient: str, email: str, origin: Origin
) -> Sent:
    """Make a link to this card; by mail too where there is an address. Raises TooManySharesError."""
    lock_account(db, identity.account_id)  # ten clicks at once
    now = tools.now()
    lately = select(func.count()).where(CardShare.account_id == identity.account_id, CardShare.sent_at > now - LIFE / 3)
    if (db.scalar(lately) or 0) >= A_DAY:
        raise TooManySharesError
    code = with_check(draw_letters(DRAWN))
    row = CardShare(
        contract_id=shown.contract_id,
        card_id=select(CardVersion.id).where(CardVersion.public_id == shown.public_id).scalar_subquery(),
        account_id=identity.account_id,
        recipient=recipient or None,
        by_mail=bool(email),
        code_hash=hash_token(code),
        sent_at=now,
        expires_at=now + LIFE,
    )
    db.add(row)
    db.flush()
    link = f"{PAGE}/{row.public_id}"
    if email:
        secret = {"code": code}
        notify(
            db,
            tools,
            NoticeKind.CARD_SENT,
            Channel.EMAIL,
            to=email,
            values={"link": link},
            secret=secret,
            language="fr",
        )
    _note(db, row, EventKind.CARD_SENT, identity.account_id, identity.person_id, origin)
    return Sent(f"{tools.settings.site_url}{link}#{code}", code, row.expires_at, bool(email))


def shares_of(db: Session, account_id: int) -> list[CardShare]:
    """The last links of this account, the latest first."""
    rows = select(CardShare).where(CardShare.account_id == account_id).order_by(CardShare.id.desc()).limit(SHOWN)
    return list(db.scalars(rows))


def find_share(db: Session, account_id: int, public_id: uuid.UUID) -> CardShare | None:
    """A link that this account made."""
    mine = CardShare.account_id == account_id
    return db.scalars(select(CardShare).where(CardShare.public_id == public_id, mine)).one_or_none()


def take_back(db: Session, tools: Tools, identity: Identity, row: CardShare, origin: Origin) -> None:
    """The link opens nothing any more; once is enough, be it asked twice at once."""
    still = update(CardShare).where(CardShare.id == row.id, CardShare.revoked_at.is_(None))
    if db.scalar(still.values(revoked_at=tools.now()).returning(CardShare.id)):
        _note(db, row, EventKind.CARD_TAKEN_BACK, identity.account_id, identity.person_id, origin)


def open_share(db: Session, tools: Tools, public_id: uuid.UUID, typed: str, network: str, origin: Origin) -> ShownCard:
    """The card behind a link, as its member sees it today; noted for him.

    Raises ShareOverError, the same for a wrong code, a link that is over and one that never was, and TooManyTries
    after ten of them from a network.
    """
    tried = tools.cipher.blind_index(f"card share {public_id}")
    now = tools.now()
    take_turn(db, tried, network, now)
    row = db.scalars(select(CardShare).where(CardShare.public_id == public_id).with_for_update()).one_or_none()
    try:
        code = read_code(typed)
    except MistypedCodeError:
        code = ""
    fits = hmac.compare_digest(row.code_hash if row else hash_token(""), hash_token(code))
    shown = _card(db, tools, row) if row and fits and row.revoked_at is None and row.expires_at > now else None
    if row is None or shown is None:
        note_failure(db, tried, network, now)
        raise ShareOverError
    row.first_opened_at = row.first_opened_at or now
    row.last_opened_at, row.opened = now, min(row.opened + 1, MOST_COUNTED)
    _note(db, row, EventKind.CARD_OPENED, None, db.get_one(Account, row.account_id).person_id, origin)
    return shown


def _card(db: Session, tools: Tools, row: CardShare) -> ShownCard | None:
    """The card of that year as the member who sent it has it now, not as it was when he sent it.

    Whoever left since is on it no more, and it ends with the rights: an older version tells a validity that is over.
    """
    person_id = db.get_one(Account, row.account_id).person_id
    if person_id is None:
        return None
    sent = db.get_one(CardVersion, row.card_id)
    cards = cards_of(db, tools.cipher, load_household(db, person_id, tools.today()))
    return next((one for one in cards if (one.contract_id, one.year) == (sent.contract_id, sent.year)), None)


def _note(
    db: Session, row: CardShare, kind: EventKind, account_id: int | None, person_id: int | None, origin: Origin
) -> None:
    record(
        db,
        kind,
        actor_account_id=account_id,
        subject_person_id=person_id,
        contract_id=row.contract_id,
        origin=origin,
        details={"share": str(row.public_id), "by_mail": row.by_mail},
    )
