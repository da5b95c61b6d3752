"""« Simuler un remboursement », in process, beside a view that runs its statements and returns a constant."""

import statistics
from io import StringIO
from urllib.parse import urlencode

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from benchmarks.home_and_list import RUNS, Site, asking, best_in_turns
from benchmarks.large import TODAY
from benchmarks.measure import beside, under
from member_space.models import ContractTerms, GuaranteeTable
from member_space.security.logs import configure_logging
from member_space.services.demo.products import content_of
from member_space.services.guarantee_import import import_guarantees

MEMBERS = 10_000
QUESTION = {"soin": "Couronne céramique à tarif libre", "prix": "650"}
"""One that has a 100 % Santé option beside, and a cap: the longest answer."""
MOST_STATEMENTS = 12
MOST_MILLISECONDS = 200


def run() -> list[dict[str, object]]:
    """The answer to somebody who was paid 25 lines: its statements, its time, and that time beside its peer's."""
    configure_logging("json", StringIO())
    with Site(MEMBERS) as site:
        give_tables(site.engine)
        return _measure(site)


def _measure(site: Site) -> list[dict[str, object]]:
    counts, times = [], []
    for token in site.tokens:
        ask = asking(site.app, f"/remboursements/simuler?{urlencode(QUESTION)}", token)
        ask()
        site.peer.record(ask)
        counts.append(len(site.peer.statements))
        times.append(best_in_turns(RUNS, ask, asking(site.app, "/peer", token)))
    seconds, peer = (statistics.mean(column) for column in zip(*times, strict=True))
    longest = max(one for one, _ in times)
    name = "a simulation"
    return [
        under(f"{name}: SQL statements", max(counts), "statements", MOST_STATEMENTS),
        under(f"{name}: the slowest of {len(times)} members", longest * 1000, "ms", MOST_MILLISECONDS),
        beside(f"{name}, beside the same statements by psycopg", seconds * 1000, "ms", 4, peer=peer * 1000),
    ]


def give_tables(engine: Engine) -> None:
    """Every contract of the data has the demonstration's « Confort », written once."""
    with Session(engine) as db:
        import_guarantees(db, content_of("confort.toml"), TODAY)
        table = db.scalars(select(GuaranteeTable.id).where(GuaranteeTable.code == "CONFORT")).one()
        without = ContractTerms.guarantee_table_id.is_(None)
        db.execute(update(ContractTerms).where(without).values(guarantee_table_id=table))
        db.commit()
