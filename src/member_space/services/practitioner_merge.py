"""The merge of a directory that was laid down: new, changed and gone in one transaction, then the joins between them.

A place of a source that the extract no longer has leaves the search.
"""

from sqlalchemy import func, text
from sqlalchemy.orm import Session

from member_space.models import PractitionerImport
from member_space.services.feed import Report
from member_space.services.practitioner_join import join_sources
from member_space.services.practitioner_opposition import hide_opposed
from member_space.services.practitioner_rows import COLUMNS

OWN_FACTS = {
    "rpps": (),
    "ameli": ("sector", "optam", "carte_vitale"),
    "network": ("third_party", "network", "price_class"),
}
"""What only that source says; the others leave it as it is."""
LOSS = 0.2
FEW = 100
"""Places that may go without a question, however small the source."""

_INCOMING = """
create temporary table incoming on commit drop as
select distinct on (public_id) {columns} from practice_staging
where import_id = :run
order by public_id, phone = '', line
"""
_GONE = """
from practice p where p.source = :source
and not exists (select from incoming i where i.public_id = p.public_id)
"""
_CHANGED = """
update practice p set {assignments} from incoming i
where p.public_id = i.public_id and p.content <> i.content
"""
_MOVED = """
update practice p set latitude = i.latitude, longitude = i.longitude, precision = i.precision, place = i.place
from incoming i where p.public_id = i.public_id
and (p.latitude, p.longitude, p.precision) is distinct from (i.latitude, i.longitude, i.precision)
"""
_NEW = """
insert into practice ({columns}) select {columns} from incoming i
where not exists (select from practice p where p.public_id = i.public_id)
"""


def merge(db: Session, run: int, accept_loss: bool, report: Report) -> None:
    """Make the table what the extract says, and join what sources say of each other; the counts go to the report.

    Raises FeedRefusedError, so that the transaction is rolled back, when the extract is empty, or a fifth of what is
    known would go and `accept_loss` does not say that it may.
    """
    one = db.get_one(PractitionerImport, run, with_for_update=True)
    columns = ", ".join(COLUMNS)
    db.execute(text("lock table practice in share row exclusive mode"))
    db.execute(text(_INCOMING.format(columns=columns)), {"run": run})
    db.execute(text("create unique index on incoming (public_id)"))
    db.execute(text("analyze incoming"))
    source = {"source": one.source}
    places = db.scalar(text("select count(*) from incoming"))
    before = db.scalar(text("select count(*) from practice where source = :source"), source) or 0
    gone = db.scalar(text(f"select count(*) {_GONE}"), source) or 0
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
    db.execute(text(f"delete {_GONE}"), source)
    others = {name for own, names in OWN_FACTS.items() if own != one.source for name in names}
    told = [name for name in COLUMNS if name not in others and name not in ("public_id", "source")]
    assignments = ", ".join(f"{name} = i.{name}" for name in told)
    changed = _count(db, _CHANGED.format(assignments=assignments))
    _count(db, _MOVED)
    new = _count(db, _NEW.format(columns=columns))
    db.execute(text("drop table incoming"))
    db.execute(text("delete from practice_staging where import_id = :run"), {"run": run})
    db.execute(text("analyze practice"))
    report.counts.update(one.counts)
    report.counts.update(places=places or 0, new=new, changed=changed, gone=gone)
    report.counts.update(join_sources(db))
    report.counts["hidden"] = hide_opposed(db)
    one.state, one.ended_at, one.counts = "merged", func.now(), dict(report.counts)


def _count(db: Session, statement: str) -> int:
    return db.connection().execute(text(statement)).rowcount
