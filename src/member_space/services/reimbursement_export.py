"""The lines of a period, to be taken away as a file: at once, or by the job of `services.export` (C59)."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.models import Statement, StatementLine
from member_space.services.care_line import CareLine, among, line_query, read_lines, shapes, values_of
from member_space.services.events import record
from member_space.services.export_part import BATCH
from member_space.services.household import Household
from member_space.services.reimbursement_files import Wanted, write_file
from member_space.services.sessions import Identity
from member_space.services.spreadsheet import ByteWriter
from member_space.services.tools import Origin, Tools
from member_space.services.translation import catalogue_in

AT_ONCE = 2_000
"""Lines of a file that a page makes while one waits: under a second. A longer one is a job's."""


def count_lines(db: Session, household: Household, since: date, until: date) -> int:
    """How many lines of care of these days the viewer may see."""
    visible = among("visible", shapes(household)["visible"], StatementLine.contract_id, StatementLine.person_id)
    counted = select(func.count(StatementLine.id)).where(visible, _of_days(since, until))
    return db.scalar(counted, values_of(household)) or 0


def write_lines(
    db: Session, tools: Tools, household: Household, wanted: Wanted, language: str, out: ByteWriter
) -> None:
    """Write the file, its lines read some hundreds at a time; each person whose care is in it is noted."""
    lines = _lines(db, household, wanted)
    write_file(out, wanted, lines, tools.settings.brand.name, catalogue_in(language).gettext)


def take_at_once(
    db: Session, tools: Tools, identity: Identity, household: Household, wanted: Wanted, language: str, origin: Origin
) -> bytes:
    """The file of a short period; that it left is in the journal."""
    out = BytesIO()
    write_lines(db, tools, household, wanted, language, out)
    record(
        db,
        EventKind.REIMBURSEMENTS_EXPORTED,
        actor_account_id=identity.account_id,
        subject_person_id=identity.person_id,
        origin=origin,
        details={
            "format": wanted.format.value,
            "since": wanted.since.isoformat(),
            "until": wanted.until.isoformat(),
        },
    )
    return out.getvalue()


def _lines(db: Session, household: Household, wanted: Wanted) -> Iterator[CareLine]:
    """Statement by statement, the oldest first."""
    query = (
        line_query(household)
        .where(_of_days(wanted.since, wanted.until))
        .order_by(Statement.issued_on, Statement.id, StatementLine.rank)
    )
    for batch in db.execute(query, values_of(household), execution_options={"yield_per": BATCH}).partitions():
        yield from read_lines(household, batch)


def _of_days(since: date, until: date) -> ColumnElement[bool]:
    return StatementLine.care_date.between(since, until)
