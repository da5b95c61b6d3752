"""The card on a telephone: what it keeps, for whom, and until when (C48; docs/decisions/0024)."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.card import Moment
from member_space.interfaces import ICardCode, ICipher
from member_space.models import Account, Device
from member_space.models.base import period_of
from member_space.services.card import ShownCard
from member_space.services.card_pdf import check_url
from member_space.services.household import load_household
from member_space.services.qr import qr_of, svg_of
from member_space.services.sessions import hash_token
from member_space.services.tools import Tools


@dataclass(frozen=True, slots=True)
class Codes:
    """The two codes of a card, as drawings (SVG)."""

    qr: str
    matrix: str


def codes_of(tools: Tools, shown: ShownCard) -> Codes:
    """What the screen of a telephone shows to a professional's reader."""
    url = check_url(tools.settings.site_url, shown.check_code)
    codes: ICardCode = tools.find(ICardCode)
    return Codes(svg_of(qr_of(url)), svg_of(codes.data_matrix(shown.card, url)))


def to_keep(cards: list[ShownCard]) -> list[ShownCard]:
    """The cards that a telephone keeps: of today and to come, without any NIR, which the carte Vitale already gives."""
    return [without_nir(one) for one in cards if one.moment is not Moment.PREVIOUS]


def without_nir(shown: ShownCard) -> ShownCard:
    """The same card, with the NIR of nobody."""
    people = tuple(replace(one, nirs=()) for one in shown.card.beneficiaries)
    return replace(shown, card=replace(shown.card, beneficiaries=people))


def owner_of(cipher: ICipher, account_id: int) -> str:
    """By what a telephone tells whose card it keeps: 32 hexadecimal digits that name nobody."""
    return cipher.blind_index(f"card on a telephone of {account_id}").hex()[:32]


def owner_of_phone(db: Session, tools: Tools, device_token: str | None) -> str | None:
    """Whose card may stay on a browser where nobody is signed in; None: nobody's.

    That of the account that trusts this browser, while it does and its person has rights, of today or to come.
    """
    if not device_token:
        return None
    trusted = db.execute(
        select(Account.id, Account.person_id)
        .join(Device, Device.account_id == Account.id)
        .where(
            Device.token_hash == hash_token(device_token),
            Device.trusted_until > tools.now(),
            Account.closed_at.is_(None),
            Account.person_id.is_not(None),
        )
    ).one_or_none()
    if trusted is None or trusted.person_id is None:
        return None
    today = tools.today()
    household = load_household(db, trusted.person_id, today)
    ends = [period_of(one.period).end for one in household.members]
    covered = any(end is None or end >= today for end in ends)
    return owner_of(tools.cipher, trusted.id) if covered else None
