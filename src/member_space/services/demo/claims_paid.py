"""What the claims engine pays of the claims that the demo's office granted: statements, brought in as its feed."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.opening_hours import PARIS
from member_space.domain.reimbursement import derive
from member_space.models import Contract, DecisionLine, Person, Request
from member_space.services.demo.care import CareLine, next_transfer
from member_space.services.demo.feeds import statement_rows, write_feed
from member_space.services.figures import shipped_figures
from member_space.services.statement_import import import_statements

ACTS = {"claim.optics": ("LUN", "VER")}
"""The acts of a claim's lines, in the order of its decision; of other objects nothing is paid."""
PAYEE = "Optique du Marché"
FIRST = 90_001
"""The number of the first statement, far from those of care."""


def pay_claims(db: Session, today: date) -> None:
    """By the Thursday after each decision; the fund had no part in what members send themselves."""
    with TemporaryDirectory() as folder:
        path = write_feed(Path(folder) / "claims.csv", statement_rows(_lines(db), FIRST))
        import_statements(db, path, today=today)


def _lines(db: Session) -> Iterator[CareLine]:
    acts = shipped_figures().acts
    rows = db.execute(
        select(Request, DecisionLine, Person.external_ref, Contract.number)
        .join(DecisionLine, DecisionLine.request_id == Request.id)
        .join(Person, Person.id == Request.person_id)
        .join(Contract, Contract.id == Request.contract_id)
        .where(Request.topic.in_(ACTS), Request.closed_at.is_not(None))
        .order_by(Request.id, DecisionLine.rank)
    )
    for claim, line, person, contract in rows:
        yield CareLine(
            person,
            contract,
            claim.care_date,
            next_transfer(claim.closed_at.astimezone(PARIS).date() + timedelta(days=1)),
            acts[ACTS[claim.topic][line.rank - 1]],
            PAYEE,
            "insured",
            1,
            derive(fee=line.asked, base=0, amo_rate=0, participation=0, franchise=0, our_share=line.granted),
            None,
        )
