"""Twelve months of the lines of every contract through the engine, some hundreds of contracts at a time."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.reimbursement_limits import months_before
from member_space.models import Contract
from member_space.services.figures import figures_of
from member_space.services.line_insured import NOBODY, grouped, insured_of, lines_query, looked_back
from member_space.services.line_replay import Replayed, replay

BATCH = 500


def replay_year(db: Session, until: date) -> Iterator[Replayed]:
    """Each line of the twelve months that end on that day, by contract and person.

    Lines of four years before are read too, as they use the caps, and not told.
    """
    since = months_before(until, 12)
    figures = figures_of(db)
    last = 0
    while ids := db.scalars(select(Contract.id).where(Contract.id > last).order_by(Contract.id).limit(BATCH)).all():
        last = ids[-1]
        insured = insured_of(db, ids)
        lines = db.execute(lines_query(ids, looked_back(since)))
        for pair, together in grouped(iter(lines)):
            for found in replay(together, insured.get(pair, NOBODY), figures):
                if since < found.line.care_date <= until:
                    yield found
