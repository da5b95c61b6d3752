"""How fresh each directory is: a reuser names the source and its day (Licence Ouverte)."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.models import PractitionerImport


def directory_days(db: Session) -> dict[str, date]:
    """The day of the extract that the search tells, by source; a source that was never brought in is not there."""
    rows = db.execute(
        select(PractitionerImport.source, PractitionerImport.day)
        .distinct(PractitionerImport.source)
        .where(PractitionerImport.state == "merged")
        .order_by(PractitionerImport.source, PractitionerImport.id.desc())
    )
    return {row.source: row.day for row in rows}
