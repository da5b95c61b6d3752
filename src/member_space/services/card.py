"""Cards: the version in force of each, issued when what it says has changed, and what a member sees of it (C45, C47).

A version is never rewritten: what somebody printed or sent can be made again, byte for byte.
"""

import secrets
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from member_space.domain.card import Card, Moment, moment_of, years_to_show
from member_space.domain.events import EventKind
from member_space.domain.opening_hours import PARIS
from member_space.interfaces import ICipher
from member_space.models import CardVersion
from member_space.models.base import IDS, period_of, range_of
from member_space.services.api_access import ApiAccess
from member_space.services.card_content import from_json, to_json
from member_space.services.card_source import live_cards
from member_space.services.events import record
from member_space.services.household import Household
from member_space.services.sessions import Identity, hash_token
from member_space.services.tools import Origin

Key = tuple[int, int]
"""A contract and a year."""


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A version of a card as the viewer may see it. ``whole``: nobody is left out of it for his sake.

    ``check_code``: the end of the address in its QR code.
    """

    public_id: uuid.UUID
    contract_id: int
    contract_public_id: uuid.UUID
    year: int
    version: int
    made_at: datetime
    moment: Moment
    card: Card
    whole: bool
    check_code: str = field(repr=False)
    in_force: bool = True
    replaced_on: date | None = None


def cards_of(db: Session, cipher: ICipher, household: Household) -> list[ShownCard]:
    """The cards of the household that the viewer may ask for: those of today, then to come, then past.

    Each is issued by this, where what it says has changed. Nine statements, two more where something changed.
    """
    years, today = years_to_show(household.today), household.today
    live = live_cards(db, cipher, household.contract_ids, years, today)
    kept = {key: row for key, row in latest_versions(db, household.contract_ids).items() if key[1] < today.year}
    rows = {key: row for key, row in kept.items() if key[1] in years} | issue(db, cipher, live, today)
    # Read back from what is kept: a past card stays as it was given, whatever was corrected since.
    shown = [_shown(cipher, household, row, from_json(cipher.decrypt(row.content))) for row in rows.values()]
    order = list(Moment)
    return sorted((one for one in shown if one), key=lambda one: (order.index(one.moment), one.contract_id, one.year))


def find_card(db: Session, cipher: ICipher, household: Household, public_id: uuid.UUID) -> ShownCard | None:
    """One version, be it an old one, of a contract of the household; None for anybody else's.

    A change since it was issued makes the next one here: whoever kept its address is not given it as if it were true.
    """
    mine = CardVersion.contract_id.in_(household.contract_ids)
    row = db.scalars(select(CardVersion).where(CardVersion.public_id == public_id, mine)).one_or_none()
    if row is None:
        return None
    in_force = next((one for one in cards_of(db, cipher, household) if one.public_id == public_id), None)
    if in_force:
        return in_force
    shown = _shown(cipher, household, row, from_json(cipher.decrypt(row.content)))
    following = (CardVersion.contract_id == row.contract_id, CardVersion.year == row.year)
    next_at = db.scalar(select(CardVersion.made_at).where(*following, CardVersion.version == row.version + 1))
    # The last of a year that is over says what it said: its last day is passed, and printed.
    kept = next_at is None and row.year < household.today.year
    replaced_on = next_at and next_at.astimezone(PARIS).date()
    return shown and replace(shown, in_force=kept, replaced_on=replaced_on)


def issue(db: Session, cipher: ICipher, cards: Mapping[Key, Card], today: date) -> dict[Key, CardVersion]:
    """The version in force of each of these cards; a new one where it says something else than the last.

    A year that is over keeps the card that was given for it. Asked for twice at once, there is one version.
    """
    latest = latest_versions(db, {contract_id for contract_id, _year in cards})
    contents = {key: to_json(card) for key, card in cards.items()}
    fresh = {
        key: cipher.blind_index(content)
        for key, content in contents.items()
        if key not in latest or key[1] >= today.year
    }
    changed = [key for key, mark in fresh.items() if key not in latest or latest[key].fingerprint != mark]
    if not changed:
        return {key: latest[key] for key in cards}
    rows = []
    for contract_id, year in changed:
        key, code = (contract_id, year), secrets.token_urlsafe(32)
        rows.append(
            {
                "contract_id": contract_id,
                "year": year,
                "version": latest[key].version + 1 if key in latest else 1,
                "period": range_of(cards[key].period),
                "person_ids": [one.person_id for one in cards[key].beneficiaries if one.until is None],
                "fingerprint": fresh[key],
                "content": cipher.encrypt(contents[key]),
                "check_code": cipher.encrypt(code),
                "check_hash": hash_token(code),
            }
        )
    db.execute(insert(CardVersion).values(rows).on_conflict_do_nothing(constraint="uq__card__version"))
    latest = latest_versions(db, {contract_id for contract_id, _year in cards})
    return {key: latest[key] for key in cards}


class Absence(StrEnum):
    """Why there may be no card of today."""

    ENDED = "ended"
    NOT_YET = "not_yet"
    NOT_READY = "not_ready"


def absence_of(household: Household) -> tuple[Absence, date | None]:
    """Why the viewer would have no card of today: the last day of his rights, the first, or that it is being made."""
    periods = [period_of(one.period) for one in household.members]
    ends = [one.end for one in periods if one.end]
    if periods and len(ends) == len(periods) and max(ends) < household.today:
        return Absence.ENDED, max(ends)
    starts = [one.start for one in periods]
    if starts and min(starts) > household.today:
        return Absence.NOT_YET, min(starts)
    return Absence.NOT_READY, None


def note_download(db: Session, identity: Identity | ApiAccess, shown: ShownCard, form: str, origin: Origin) -> None:
    """Write in the journal that a card left as a file, with the numbers that stand on it in full."""
    noted = partial(record, db, actor_account_id=identity.account_id, contract_id=shown.contract_id, origin=origin)
    details = {"year": shown.year, "version": shown.version, "format": form}
    noted(EventKind.CARD_DOWNLOADED, subject_person_id=identity.person_id, details=details)
    read = {nir.owner_id for one in shown.card.beneficiaries for nir in one.nirs if nir.owner_id and not nir.hidden}
    for owner in sorted(read - {identity.person_id}):
        noted(EventKind.NIR_REVEALED, subject_person_id=owner, details={"card": shown.year})


# Built once: building it costs more than running it.
_LATEST = (
    select(CardVersion)
    .distinct(CardVersion.contract_id, CardVersion.year)
    .where(CardVersion.contract_id == any_(bindparam("contracts", type_=IDS)))
    .order_by(CardVersion.contract_id, CardVersion.year, CardVersion.version.desc())
)


def latest_versions(db: Session, contract_ids: Collection[int]) -> dict[Key, CardVersion]:
    """The last version of each card of these contracts, whatever its year; one statement."""
    rows = db.scalars(_LATEST, {"contracts": list(contract_ids)})
    return {(row.contract_id, row.year): row for row in rows}


def _shown(cipher: ICipher, household: Household, row: CardVersion, whole: Card) -> ShownCard | None:
    """None when nobody whom the viewer sees is on the card."""
    members = [one for one in household.members if one.contract_id == row.contract_id]
    card = whole.only({one.person_id for one in members})
    if card is None:
        return None
    household.note(one.person_id for one in card.beneficiaries)
    return ShownCard(
        public_id=row.public_id,
        contract_id=row.contract_id,
        contract_public_id=members[0].contract_public_id,
        year=row.year,
        version=row.version,
        made_at=row.made_at,
        moment=moment_of(card.period, household.today),
        card=card,
        whole=len(card.beneficiaries) == len(whole.beneficiaries),
        check_code=cipher.decrypt(row.check_code),
    )
