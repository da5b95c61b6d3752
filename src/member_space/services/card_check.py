"""Whether the rights of a card are open today, for anybody who scans its QR code; nothing else is told (C50)."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.models import CardVersion, Contract, Coverage
from member_space.services.sessions import hash_token
from member_space.services.throttling import note_failure, take_turn
from member_space.services.tools import Tools


def rights_are_open(db: Session, tools: Tools, code: str, network: str) -> bool:
    """Whether the card of this code is in its validity, its contract in force, and all those it names covered today.

    One statement whatever the code; a card that is over and a code of nobody's are one answer, and each counts for the
    network that asks. Raises TooManyTries after ten of them.
    """
    guesses = tools.cipher.blind_index("card check")
    take_turn(db, guesses, network, tools.now())
    today, named = tools.today(), CardVersion.person_ids
    covered = (
        select(func.count(Coverage.person_id.distinct()))
        .where(
            Coverage.contract_id == CardVersion.contract_id,
            Coverage.period.contains(today),
            Coverage.person_id == named.any_(),
        )
        .scalar_subquery()
    )
    found = db.scalar(
        select(CardVersion.id)
        .join(Contract, Contract.id == CardVersion.contract_id)
        .where(
            CardVersion.check_hash == hash_token(code),
            CardVersion.period.contains(today),
            Contract.period.contains(today),
            func.cardinality(named) == covered,
        )
    )
    if found is None:
        note_failure(db, guesses, network, tools.now())
    return found is not None
