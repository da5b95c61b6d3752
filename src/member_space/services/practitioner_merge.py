"""The merge of a directory that was laid down: new, changed and gone in one transaction, then the joins between them.

A place of a source that the extract no longer has leaves the search.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from member_space.models import Practice, PractitionerImport
from member_space.models.practitioner import PLACES_INDEXES
from member_space.services.feed import Report
from member_space.services.practitioner_join import JOINED, join_sources
from member_space.services.practitioner_opposition import hide_opposed
from member_space.services.practitioner_rows import COLUMNS

LOSS = 0.2
FEW = 100
"""Places that may go without a question, however small the source."""

MANY = 0.1
"""Of what is known, from which new places are so many that the index is made again rather than kept up."""

SETTINGS = ("work_mem = '128MB'", "maintenance_work_mem = '256MB'", "enable_mergejoin = off", "jit = off")
"""Of the merge alone: directories are compared whole, in memory, by hashes; sorting a million names is long."""

UNIQUE = "uq__practice__public_id"
COMPARED = "source, shown, public_id, rpps, name_key, postcode, speciality"
"""What the joins choose by: of the other columns nothing is asked, and autovacuum looks at them in its time."""

_TWICE = """
delete from practice_staging s using (
    select ctid, row_number() over (partition by public_id order by phone = '', line) as rank
    from practice_staging where import_id = :run
) r where s.import_id = :run and s.ctid = r.ctid and r.rank > 1
"""
"""Lines of one place: one with a telephone number stays, and the first."""
_GONE = """
from practice p where p.source = :source
and not exists (select from practice_staging i where i.import_id = :run and i.public_id = p.public_id)
"""
_CHANGED = """
update practice p set {assignments} from practice_staging i
where i.import_id = :run and p.public_id = i.public_id and p.content <> i.content
"""
_MOVED = """
update practice p set latitude = i.latitude, longitude = i.longitude, precision = i.precision, place = i.place
from practice_staging i where i.import_id = :run and p.public_id = i.public_id
and (p.latitude, p.longitude, p.precision) is distinct from (i.latitude, i.longitude, i.precision)
"""
_NEW = """
insert into practice (shown, {columns}) select :shown, {columns} from practice_staging i
where i.import_id = :run and not exists (select from practice p where p.public_id = i.public_id)
"""


def merge(db: Session, run: int, accept_loss: bool, report: Report) -> None:
    """Make the table what the extract says, and join what sources say of each other; the counts go to the report.

    Raises FeedRefusedError, so that the transaction is rolled back, when the extract is empty, or a fifth of what is
    known would go and `accept_loss` does not say that it may.
    """
    one = db.get_one(PractitionerImport, run, with_for_update=True)
    for setting in SETTINGS:
        db.execute(text(f"set local {setting}"))
    db.execute(text("lock table practice in share row exclusive mode"))
    db.execute(text(_TWICE), {"run": run})
    db.execute(text("analyze practice_staging (import_id, public_id)"))
    given = {"run": run, "source": one.source}
    places = db.scalar(text("select count(*) from practice_staging where import_id = :run"), given) or 0
    before = db.scalar(text("select count(*) from practice where source = :source"), given) or 0
    gone = db.scalar(text(f"select count(*) {_GONE}"), given) or 0
    _refuse_loss(places, before, gone, accept_loss, report)
    with _indexes_aside(db, places - (before - gone)):
        report.counts.update(one.counts)
        report.counts.update(places=places, gone=gone, changed=_change(db, given) if before else 0, new=_add(db, given))
        _empty_staging(db, run)
        db.execute(text(f"analyze practice ({COMPARED})"))
        report.counts.update(join_sources(db, one.source))
        report.counts["hidden"] = hide_opposed(db)
    one.state, one.ended_at, one.counts = "merged", func.now(), dict(report.counts)


def sweep(sessions: sessionmaker[Session]) -> None:
    """After an import: the search reads its indexes alone where nothing was written since the last sweep.

    Autovacuum would do the same a minute or so later. In no transaction, so apart from the merge.
    """
    with sessions() as db:
        engine: Any = db.get_bind()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum practice"))


def _refuse_loss(places: int, before: int, gone: int, accept_loss: bool, report: Report) -> None:
    if not places:
        report.refuse(0, "", "", "aucun lieu d'exercice dans le fichier")
    elif gone > max(FEW, before * LOSS) and not accept_loss:
        report.refuse(
            0,
            "",
            "",
            f"{gone} lieux sur {before} disparaîtraient : fichier incomplet ? --accept-loss l'importe quand même",
        )
    report.close()


@contextmanager
def _indexes_aside(db: Session, new: int) -> Iterator[None]:
    """Leave the indexes for the end when there is much to write: a first import. A row is then written alone.

    The search waits for the merge: a minute or so for a million places.
    """
    known = db.scalar(select(func.count()).select_from(Practice)) or 0
    aside = new > max(FEW, known * MANY) and _is_owner(db)
    if aside:
        db.execute(text(f"alter table practice drop constraint {UNIQUE}"))
        for index in PLACES_INDEXES:
            index.drop(db.connection())
    yield
    if aside:
        db.execute(text(f"alter table practice add constraint {UNIQUE} unique (public_id)"))
        for index in PLACES_INDEXES:
            index.create(db.connection())


def _change(db: Session, given: dict[str, Any]) -> int:
    """Make the places that are known what the extract says, without those that are gone; how many were changed."""
    db.execute(text(f"delete {_GONE}"), given)
    # What only another source says stays as it is.
    others = {name for source, (_, facts) in JOINED.items() if source != given["source"] for name in facts}
    told = [name for name in COLUMNS if name not in others and name not in ("public_id", "source")]
    assignments = ", ".join(f"{name} = i.{name}" for name in told)
    changed = _count(db, _CHANGED.format(assignments=assignments), given)
    _count(db, _MOVED, given)
    return changed


def _add(db: Session, given: dict[str, Any]) -> int:
    """Insert those that are new; how many. What may be joined to another directory's is shown once it is not."""
    shown = {"shown": given["source"] not in JOINED}
    return _count(db, _NEW.format(columns=", ".join(COLUMNS)), given | shown)


def _empty_staging(db: Session, run: int) -> None:
    """Of this import; as a whole when no other one is being read, as a million deleted rows would be left to sweep."""
    reading = select(PractitionerImport.id).where(PractitionerImport.state == "reading", PractitionerImport.id != run)
    if _is_owner(db):
        db.execute(text("lock table practice_staging"))  # so that no other import begins to lay down meanwhile
        if not db.scalar(select(reading.exists())):
            db.execute(text("truncate practice_staging"))
            return
    db.execute(text("delete from practice_staging where import_id = :run"), {"run": run})


def _is_owner(db: Session) -> bool:
    """As commands are; whoever works as the pages do may neither drop an index nor truncate."""
    return bool(db.scalar(text("select pg_has_role(relowner, 'usage') from pg_class where oid = 'practice'::regclass")))


def _count(db: Session, statement: str, given: dict[str, Any]) -> int:
    return db.connection().execute(text(statement), given).rowcount
