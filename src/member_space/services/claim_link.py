"""What the télétransmission changes in a claim: without it, the fund's statement comes with the claim (section 4.1)."""

from dataclasses import replace

from sqlalchemy.orm import Session

from member_space.domain.request import RequestKind
from member_space.domain.request_steps import Form
from member_space.domain.teletransmission import brings_nothing
from member_space.models import Request
from member_space.models.base import period_of
from member_space.services.catalogue import Expected, Topic
from member_space.services.household import Household
from member_space.services.teletransmission import teletransmissions_of

FUND_STATEMENT = "fund_statement"


def topic_of_care(db: Session, household: Household, draft: Request, topic: Topic) -> Topic:
    """The object of a draft with the pieces that its care needs: the fund's statement, where the fund sends us nothing
    for this person on this day; one statement. Elsewhere it is the same `topic`. A person without any link is not
    known to be without one."""
    pieces = [one.piece.code for one in topic.pieces]
    if topic.kind is not RequestKind.CLAIM or topic.form == Form.LINE or FUND_STATEMENT not in pieces:
        return topic
    return _requiring(topic, FUND_STATEMENT) if _brings_nothing(db, household, draft) else topic


def _brings_nothing(db: Session, household: Household, draft: Request) -> bool:
    day = draft.care_date
    if day is None or draft.person_id is None:
        return False
    about = (draft.contract_id, draft.person_id)
    coverages = [
        one.coverage_id
        for one in household.members
        if (one.contract_id, one.person_id) == about and period_of(one.period).contains(day)
    ]
    links = teletransmissions_of(db, coverages, household.today)
    nothing = bool(links) and all(brings_nothing(one.kind, one.since, day) for one in links)
    if nothing:
        household.note([draft.person_id])
    return nothing


def _requiring(topic: Topic, code: str) -> Topic:
    return replace(
        topic,
        pieces=tuple(Expected(one.piece, one.required or one.piece.code == code) for one in topic.pieces),
    )
