"""A message that a colleague writes in the name of a member who is on the telephone (R22).

Nothing else is done in a member's name: neither money, nor what opens his space, nor his choices. The message says who
wrote it, the log and the journal say it and by what he was known, and he is told by mail whatever he chose.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from member_space.domain.assisted_recovery import WRITING, Check, Gap, gap
from member_space.domain.request import RequestKind, Side
from member_space.models import Request
from member_space.services.account_lock import lock_account
from member_space.services.form_key import write_with
from member_space.services.household import load_household
from member_space.services.message import Tie, contract_for
from member_space.services.office_member import OfficeMember
from member_space.services.request import Actor, send
from member_space.services.request_draft import new_draft
from member_space.services.request_find import sent_with
from member_space.services.sessions import OfficeIdentity
from member_space.services.tools import Origin, Tools


class NotKnown(Exception):  # noqa: N818 - named after the event
    """Not enough was verified of who calls; `missing`: what is still to be."""

    def __init__(self, missing: Gap) -> None:
        super().__init__(f"{len(missing.needed)} needed, {missing.more} more")
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Dictated:
    """What the member asked for. ``key``: one a form."""

    topic: str
    body: str
    checks: Collection[Check]
    key: UUID


def write_for_member(
    db: Session, tools: Tools, identity: OfficeIdentity, member: OfficeMember, dictated: Dictated, origin: Origin
) -> Request:
    """Send it as his; the one already sent when the same form comes twice. Raises NotKnown, NoContract."""
    missing = gap(WRITING, dictated.checks)
    if missing:
        raise NotKnown(missing)
    lock_account(db, member.account_id)  # a second click waits, then finds the first one's
    sent = sent_with(db, member.person_id, dictated.key)
    if sent is not None:
        return sent
    household = load_household(db, member.person_id, tools.today())
    contract_id = contract_for(household, None, Tie())
    author = (member.person_id, member.account_id)
    facts = {"topic": dictated.topic, "body": dictated.body}
    draft = write_with(
        db,
        dictated.key,
        lambda key: new_draft(db, tools, author, RequestKind.MESSAGE, contract_id, idempotency_key=key, **facts),
    )
    checks = tuple(check.value for check in Check if check in dictated.checks)
    send(db, tools, draft, Actor(Side.MEMBER, identity.account_id, origin, checks))
    return draft
