"""The paper card asked for, and a loss declared: a request in two clicks, followed as any other (C51)."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.request import OPEN
from member_space.models import Request
from member_space.services.account_lock import lock_account
from member_space.services.household import Household
from member_space.services.message import NewMessage, Tie, send_message
from member_space.services.request import Actor
from member_space.services.request_thread import Reply
from member_space.services.sessions import Identity
from member_space.services.tools import Tools


class Wish(StrEnum):
    """What is asked; the end of its address."""

    ORDER = "commander"
    LOSS = "perte"


TOPICS = {Wish.ORDER: "message.card_paper", Wish.LOSS: "message.card_lost"}
BODIES = {
    Wish.ORDER: "Merci de m’envoyer la carte de tiers payant par la poste, à l’adresse de mon espace.",
    Wish.LOSS: "J’ai perdu ma carte de tiers payant, ou on me l’a volée. Merci de m’en envoyer une autre par la poste, "
    "à l’adresse de mon espace.",
}
"""The member's words to the office, in its language."""


def asked_already(db: Session, household: Household, wish: Wish) -> Request | None:
    """The same wish of the viewer that the office still works on; one statement."""
    return db.scalars(
        select(Request)
        .where(
            Request.author_person_id == household.viewer_id,
            Request.topic == TOPICS[wish],
            Request.state.in_([state.value for state in OPEN]),
        )
        .order_by(Request.id.desc())
        .limit(1)
    ).one_or_none()


def order(
    db: Session, tools: Tools, identity: Identity, household: Household, actor: Actor, wish: Wish, key: UUID
) -> Reply:
    """Send it; the one that the office still works on when it is asked again, from another tab too."""
    lock_account(db, identity.account_id)  # two tabs at once
    asked = asked_already(db, household, wish)
    if asked is not None:
        return Reply(asked)
    viewer = next((one for one in household.members if one.is_viewer), None)
    return send_message(
        db, tools, identity.account_id, household, actor, NewMessage(viewer, TOPICS[wish], BODIES[wish], Tie(), key)
    )
