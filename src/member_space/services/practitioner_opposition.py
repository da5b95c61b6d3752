"""A practitioner who asks not to be shown: hidden at once, and whatever extract comes later (RGPD, article 21).

The row stays, unseen: what Ameli or a network says of the same person is still known to be of somebody hidden, and does
not come up by itself.
"""

import re
import uuid

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.models import Practice, PractitionerOpposition
from member_space.services.events import record

_RPPS = re.compile(r"[0-9]{11}", re.ASCII)
_HIDE = """
update practice p set shown = false
where shown and exists (select from practitioner_opposition o where o.person_key = p.person_key)
"""


class UnknownPractitionerError(LookupError):
    """Neither a number of the RPPS nor the identifier of a place that is known."""


def oppose(db: Session, given: str) -> int:
    """Hide whoever has this number of the RPPS, or this place (its public identifier); how many places went.

    A number that is not known today is kept too. Raises UnknownPractitionerError.
    """
    key = _person_key(db, given.strip())
    db.execute(insert(PractitionerOpposition).values(person_key=key).on_conflict_do_nothing())
    hidden = hide_opposed(db)
    record(db, EventKind.PRACTITIONER_HIDDEN, details={"places": hidden})
    return hidden


def hide_opposed(db: Session) -> int:
    """Hide the places of whoever asked; how many there were."""
    return db.connection().execute(text(_HIDE)).rowcount


def _person_key(db: Session, given: str) -> str:
    if _RPPS.fullmatch(given):
        return f"rpps:{given}"
    try:
        found = db.scalar(select(Practice.person_key).where(Practice.public_id == uuid.UUID(given)))
    except ValueError:
        found = None
    if found is None:
        raise UnknownPractitionerError
    return found
