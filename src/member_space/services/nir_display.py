"""A NIR on screen: masked everywhere, in full only when asked for, and then written in the journal (C37).

The numbers of a person are his own, and those of attachment: the ones under which the funds know him. A number is shown
in full only when it belongs to somebody whom the viewer sees; that of a parent outside the household stays masked. The
number that came with a request is that of somebody to be covered, nobody's yet: its author's file tells of it.
"""

from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.nir import Nir
from member_space.domain.readings import What
from member_space.interfaces import ICipher
from member_space.models import Request
from member_space.services.events import record
from member_space.services.readings import note_reading
from member_space.services.sessions import Identity, OfficeIdentity
from member_space.services.tools import Origin


@dataclass(frozen=True, slots=True)
class HeldNir:
    """A number as stored, with whose it is: the person of the household, or None for somebody outside it."""

    encrypted: bytes = field(repr=False)
    owner_id: int | None

    @property
    def can_be_shown(self) -> bool:
        return self.owner_id is not None


def masked(cipher: ICipher, held: HeldNir) -> str:
    """« 2 84 05 •• ••• ••• •• »."""
    return Nir.parse(cipher.decrypt(held.encrypted)).masked


def in_full(cipher: ICipher, held: HeldNir) -> str:
    """« 2 84 05 88 321 025 32 »; only beside `note_reveal`."""
    return Nir.parse(cipher.decrypt(held.encrypted)).formatted


def note_reveal(
    db: Session,
    identity: Identity,
    contract_id: int,
    person_id: int,
    shown: Iterable[HeldNir],
    origin: Origin,
) -> None:
    """One fact for the person whose page was read, and one for each other person whose number stood on it."""
    owners = {held.owner_id for held in shown if held.owner_id is not None}
    for subject in sorted(owners | {person_id}):
        record(
            db,
            EventKind.NIR_REVEALED,
            actor_account_id=identity.account_id,
            subject_person_id=subject,
            contract_id=contract_id,
            origin=origin,
            details={"page_of_person": person_id},
        )


def reveal_given(
    db: Session, cipher: ICipher, identity: OfficeIdentity, request: Request, origin: Origin, reason: str
) -> str | None:
    """The number that came sealed with a request, in full for a colleague, and written down; None where there is none.

    ``reason``: why, words of a closed list that the member will read.
    """
    sealed = request.details.get("nir")
    if sealed is None:
        return None
    note_reading(db, identity, {request.author_person_id: request.contract_id}, What.NIR, origin, reason)
    record(
        db,
        EventKind.NIR_REVEALED,
        actor_account_id=identity.account_id,
        subject_person_id=request.author_person_id,
        contract_id=request.contract_id,
        origin=origin,
        details={"number": request.number, "reason": reason},
    )
    return Nir.parse(cipher.decrypt(b64decode(sealed))).formatted
