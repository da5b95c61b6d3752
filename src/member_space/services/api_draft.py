"""A request that an assistant begins: a draft, which its member alone reads on, completes and sends in his space."""

from typing import Any

from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.models import Request
from member_space.services.account_lock import lock_account
from member_space.services.catalogue import Topic
from member_space.services.events import record
from member_space.services.household import Household
from member_space.services.request_draft import MOST_DRAFTS, drafts_of, start
from member_space.services.tools import Origin, Tools


class TooManyDrafts(Exception):  # noqa: N818 - named after the event
    """The member has as many drafts as his page lists: he sends or erases some first."""


def prepare(
    db: Session,
    tools: Tools,
    account_id: int,
    household: Household,
    origin: Origin,
    by: str | None,
    topic: Topic,
    **facts: Any,
) -> Request:
    """A new draft about this; ``facts``: columns of the request. The journal says by whom.

    ``account_id``: of the household's viewer; ``by``: the assistant's name, None: a token of the member's own. Raises
    NoContract, TooManyDrafts.
    """
    lock_account(db, account_id)  # two at once count as two
    if len(drafts_of(db, household)) >= MOST_DRAFTS:
        raise TooManyDrafts
    told = {"assistant": by} if by else {}
    draft = start(db, tools, account_id, household, topic, None, details=told, **facts)
    record(
        db,
        EventKind.REQUEST_DRAFTED,
        actor_account_id=account_id,
        subject_person_id=household.viewer_id,
        contract_id=draft.contract_id,
        origin=origin,
        details=told | {"kind": draft.kind, "topic": topic.code},
    )
    return draft
