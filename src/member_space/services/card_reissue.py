"""Cards whose contract an import changed: the next version at once where somebody holds one, and he is told once."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from member_space.domain.card import Card
from member_space.domain.notices import NoticeKind
from member_space.interfaces import ICipher
from member_space.models import Account, CardVersion, Contract
from member_space.services.card import issue, latest_versions
from member_space.services.card_content import from_json
from member_space.services.card_source import live_cards
from member_space.services.notification_announce import announce_to
from member_space.services.webhook_news import tell_cards

BATCH = 500
PAGE = "/tiers-payant"


def reissue(db: Session, cipher: ICipher, contract_ids: Sequence[int], today: date) -> int:
    """Issue what changed of the cards of this year and later that were ever asked for; how many.

    Nobody holds the others: they are made when they are asked for. Rights that ended have no card to give any more,
    and nobody is told of one.
    """
    changed: list[int] = []
    made: list[int] = []
    persons: set[int] = set()
    for start in range(0, len(contract_ids), BATCH):
        held = _held(db, contract_ids[start : start + BATCH], today)
        if not held:
            continue
        before = {key: row for key, row in latest_versions(db, held).items() if key[1] >= today.year}
        live = live_cards(db, cipher, held, {year for _contract, year in before}, today)
        cards = {key: card for key, card in live.items() if key in before}
        for key, row in issue(db, cipher, cards, today).items() if cards else ():
            if row.id != before[key].id:
                changed.append(key[0])
                made.append(row.id)
                persons |= _concerned(from_json(cipher.decrypt(before[key].content)), cards[key])
    if changed:
        holders = select(Contract.holder_id).where(Contract.id.in_(changed))
        whose = or_(Account.person_id.in_(persons), Account.person_id.in_(holders))
        told = db.scalars(select(Account.id).where(whose, Account.closed_at.is_(None)).order_by(Account.id)).all()
        now = db.execute(select(func.now())).scalar_one()
        announce_to(db, NoticeKind.CARD_CHANGED, told, {"link": PAGE}, now)
        tell_cards(db, made, sorted(persons), now)
    return len(changed)


def _held(db: Session, contract_ids: Collection[int], today: date) -> list[int]:
    """Those of which somebody was given a card that may still be shown."""
    given = (CardVersion.contract_id.in_(contract_ids), CardVersion.year >= today.year)
    return list(db.scalars(select(CardVersion.contract_id).distinct().where(*given)))


def _concerned(before: Card, after: Card) -> set[int]:
    """Whose own card is another; its holder sees any change of it."""
    named = {one.person_id for card in (before, after) for one in card.beneficiaries}
    return {one for one in named if before.only({one}) != after.only({one})}
