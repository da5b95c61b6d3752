"""The first page: what awaits the member, the latest care, and the twelve months."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from member_space.services.beneficiary import ToDo, to_do
from member_space.services.care_line import CareLine
from member_space.services.consent import Purpose, consent_of
from member_space.services.household import Household
from member_space.services.open_requests import UnderWay, under_way
from member_space.services.reimbursement import latest_lines
from member_space.services.synthesis import TwelveMonths, synthesis_of

LATEST = 5
MOST_TO_DO = 5


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the page shows besides its fixed parts. ``asks_sms``: the question of contact by SMS has no answer yet."""

    asks_sms: bool
    to_do: list[ToDo]
    lines: list[CareLine]
    synthesis: TwelveMonths
    under_way: UnderWay


def home_of(db: Session, household: Household) -> HomePage:
    """Five statements, whatever the history."""
    return HomePage(
        asks_sms=consent_of(db, household.viewer_id, Purpose.SMS_CONTACT) is None,
        to_do=to_do(db, household)[:MOST_TO_DO],
        lines=latest_lines(db, household, LATEST),
        synthesis=synthesis_of(db, household),
        under_way=under_way(db, household),
    )
