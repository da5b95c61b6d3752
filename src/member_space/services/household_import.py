"""Import of contracts, persons, coverages and their links with the funds: one transaction a file.

Existing rows are changed in place when a fact without date of effect changes, and nothing else: the same file again
changes nothing. The wish of a member about télétransmission (`desired`) is taken when the link is new; afterwards it
is the member's, and the feed does not change it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.interfaces import ICipher
from member_space.services.card_reissue import reissue
from member_space.services.events import record
from member_space.services.feed import FeedFile, Report
from member_space.services.household_feed import COLUMNS, HouseholdRow, PersonFacts, read_row
from member_space.services.household_upsert import Upsert
from member_space.services.noemie_import import retry_anomalies
from member_space.services.noemie_movements import plan_movements

CHUNK = 2_000
IMPORT_LOCK = 6546
COUNTED = ("contracts", "persons", "terms", "coverages", "links", "changed", "movements", "cards")

_Group = list[HouseholdRow]


def import_households(
    db: Session,
    path: Path,
    *,
    cipher: ICipher,
    today: date,
    contract_type: str,
    advance: Callable[[int], Any] = lambda _size: None,
) -> Report:
    """Bring in a file of households, whole or not at all; the format is in docs/feeds.md.

    `contract_type`: two digits, for the movements that the new links call for. The caller's transaction is the
    file's: it must be rolled back when this raises FeedRefusedError, whose report says what is wrong.
    """
    report = Report(path.name, Counter(dict.fromkeys(COUNTED, 0)))
    feed = FeedFile(path, COLUMNS, report, advance)
    db.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": IMPORT_LOCK})
    checks = _Consistency(report)
    contract_ids: list[int] = []
    for groups in _chunks(feed, report):
        # A refused contract is left aside, and the others are written all the same, so that the rules which need
        # the database are told whole; the caller takes it all back.
        right = [group for group in groups if checks.hold(group)]
        contract_ids += Upsert(db, cipher, report, today, contract_type).bring_in(right)
    report.close()
    if not contract_ids:
        report.refuse(1, "", "", "aucune ligne dans le fichier")
        report.close()
    # Answers that waited for these households find them, before anything is asked of the funds.
    retry_anomalies(db)
    report.counts["movements"] += plan_movements(db, contract_type, today, contract_ids)
    report.counts["cards"] += reissue(db, cipher, contract_ids, today)
    record(db, EventKind.HOUSEHOLDS_IMPORTED, details={"file": report.file, **report.counts})
    return report


def _chunks(feed: FeedFile, report: Report) -> Iterator[list[_Group]]:
    """Rows by contract, some thousands at a time; a contract is never cut. One with a wrong row is left out."""
    held: list[_Group] = []
    wrong: set[str] = set()
    for lines in feed.chunks(CHUNK):
        rows: list[HouseholdRow] = []
        for number, raw in zip(lines.numbers, lines.raw, strict=True):
            values = dict(zip(feed.header, feed.split(raw), strict=True))
            row = read_row(number, values, report)
            if row:
                rows.append(row)
            else:
                wrong.add(values["contract_number"].strip())
        groups = [list(group) for _, group in groupby(rows, key=lambda row: row.contract_number)]
        if held and groups and held[-1][0].contract_number == groups[0][0].contract_number:
            held[-1] += groups.pop(0)
        held += groups
        if len(held) > 1:
            yield [group for group in held[:-1] if group[0].contract_number not in wrong]
            held = held[-1:]
    yield [group for group in held if group[0].contract_number not in wrong]


class _Consistency:
    """What the rows of a file must say alike: those of a contract, and those of a person."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._contracts: set[str] = set()
        self._persons: dict[str, tuple[int, int]] = {}

    def hold(self, group: _Group) -> bool:
        """Whether they do; what differs is refused."""
        before = self._report.refused
        first = group[0]
        if first.contract_number in self._contracts:
            self._refuse(first, "contract_number", "contrat déjà vu plus haut : ses lignes doivent se suivre")
        self._contracts.add(first.contract_number)
        for row in group[1:]:
            self._same(row, first, row.contract, first.contract)
            self._same(row, first, row.terms, first.terms)
            if row.terms_start != first.terms_start:
                self._refuse(row, "terms_start", f"diffère de la ligne {first.line} du même contrat")
        if len({row.person_ref for row in group if row.relation == "holder"}) != 1:
            self._refuse(first, "relation", "un contrat a un titulaire (holder), et un seul")
        starts = Counter((row.person_ref, row.period.start) for row in group)
        for row in group:
            self._same_person(row)
            if starts[row.person_ref, row.period.start] > 1:
                self._refuse(row, "coverage_start", "couverture en double dans le fichier")
        return self._report.refused == before

    def _same(self, row: HouseholdRow, first: HouseholdRow, facts: Any, others: Any) -> None:
        for field in fields(facts):
            if getattr(facts, field.name) != getattr(others, field.name):
                column = {"period": "contract_start", "portability": "portability_start"}.get(field.name, field.name)
                self._refuse(row, column, f"diffère de la ligne {first.line} du même contrat")

    def _same_person(self, row: HouseholdRow) -> None:
        facts: PersonFacts = row.person
        line, known = self._persons.setdefault(row.person_ref, (row.line, hash(facts)))
        if known != hash(facts):
            self._refuse(row, "person_ref", f"la ligne {line} dit autre chose de la même personne")

    def _refuse(self, row: HouseholdRow, column: str, reason: str) -> None:
        self._report.refuse(row.line, column, "", reason)
