"""Import of the documents of the products from a folder: checked whole, written, told to the households (C35)."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from member_space.domain.attachment import FileRefused, Kind
from member_space.domain.contract_document import DocumentKind
from member_space.domain.events import EventKind
from member_space.domain.notices import NoticeKind
from member_space.interfaces import IDocuments, IStorage
from member_space.models import Contract, ContractDocument, GuaranteeTable
from member_space.services.contract_document import storage_key
from member_space.services.events import record
from member_space.services.feed import FeedValueError, clean_text
from member_space.services.guarantee_entry import Entry, Problem, Problems, did_you_mean
from member_space.services.notification_announce import announce_to
from member_space.services.toml_lines import TomlLines
from member_space.services.tools import Tools

INDEX = "documents.toml"
LARGEST = 20_000_000
"""Bytes of a file: a brochure, not an archive."""
LONGEST_SENTENCE = 500
NEWS_FOR = timedelta(days=30)
"""A version in force for longer is history that is brought in, not news."""
IMPORT_LOCK = 6548
PAGE = "/contrats"


class DocumentsRefusedError(ValueError):
    """A folder cannot be imported: nothing of it was written. ``problems``: all of them, by line of its index."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = sorted(problems, key=lambda problem: problem.line)


@dataclass(frozen=True, slots=True)
class DocumentsReport:
    """``told``: accounts to whom it was announced."""

    imported: int
    already: int
    told: int


@dataclass(frozen=True, slots=True)
class _Read:
    """An entry of the index with its file. ``entry``: where to tell what is wrong with it."""

    entry: Entry
    row: ContractDocument
    content: bytes


def import_documents(db: Session, tools: Tools, folder: Path, *, silent: bool = False) -> DocumentsReport:
    """Bring in the documents that `documents.toml` of this folder lists (docs/documents.md), all or none.

    The same again changes nothing; a version that is known does not change: what is new has a version of its own.
    Raises DocumentsRefusedError, OSError when the index cannot be read. ``silent``: the households are not told.
    """
    db.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": IMPORT_LOCK})
    problems, entries = _index(folder)
    tables = dict(db.execute(select(GuaranteeTable.code, GuaranteeTable.id)).tuples().all())
    products = set(db.scalars(select(Contract.product).distinct()))
    read = [found for entry in entries if (found := _read(tools, folder, entry, tables, products))]
    known = {_key(row, row.version): row for row in db.scalars(select(ContractDocument))}
    new = [one for one in read if _is_new(one, known)]
    if problems.found:
        raise DocumentsRefusedError(problems.found)
    storage: IStorage = tools.find(IStorage)
    for one in new:
        storage.put(storage_key(one.row.sha256), one.content)
        db.add(one.row)
    db.flush()
    told = 0 if silent else _announce(db, tools, [one.row for one in new])
    report = DocumentsReport(len(new), len(read) - len(new), told)
    if new:
        record(db, EventKind.DOCUMENTS_IMPORTED, details={"imported": report.imported, "told": report.told})
    return report


def _index(folder: Path) -> tuple[Problems, list[Entry]]:
    content = (folder / INDEX).read_bytes()
    try:
        words = content.decode("utf-8-sig")
        values = tomllib.loads(words)
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        reason = "n’est pas du TOML en UTF-8 : corrigez cette ligne, le reste du fichier n’a pas été lu"
        raise DocumentsRefusedError([Problem(int(line[1]) if line else 1, "", reason)]) from None
    problems = Problems(TomlLines(words))
    top = Entry((), values, problems)
    entries = top.tables("document")
    top.close()
    if not entries and not problems.found:
        problems.add((), "", "aucun document : écrivez une table [[document]] pour chacun")
    return problems, entries


def _read(tools: Tools, folder: Path, entry: Entry, tables: dict[str, int], products: set[str]) -> _Read | None:
    """The entry with its file; None when something essential is wrong, all of which is told."""
    product, code = entry.text("product", 20), entry.text("table", 20, required=False)
    if product and product not in products:
        entry.refuse("product", f"aucun contrat n’a ce produit{did_you_mean(product, products)}")
    if code and code not in tables:
        entry.refuse("table", f"cette table de garanties n’existe pas{did_you_mean(code, tables)}")
    kind, title = entry.choice("kind", DocumentKind, required=True), entry.text("title", 120)
    version, effective = entry.text("version", 40), entry.day("effective", required=True)
    changes = _sentences(entry)
    content = _file(tools, folder, entry)
    entry.close()
    if content is None or kind is None or effective is None:
        return None
    row = ContractDocument(
        product=product,
        guarantee_table_id=tables.get(code),
        kind=kind.value,
        title=title,
        version=version,
        effective_on=effective,
        changes=changes,
        size=len(content),
        sha256=sha256(content).digest(),
    )
    return _Read(entry, row, content)


def _sentences(entry: Entry) -> list[str]:
    try:
        found = [clean_text(one, LONGEST_SENTENCE) for one in entry.texts("changes")]
    except FeedValueError as error:
        entry.refuse("changes", f"une des phrases : {error}")
        return []
    if not all(found):
        entry.refuse("changes", "une des phrases est vide")
    return found


def _file(tools: Tools, folder: Path, entry: Entry) -> bytes | None:
    """The bytes of a PDF of this folder, opened by its parser; None when it is refused."""
    name = entry.text("file", 200)
    if not name:
        return None
    if name != Path(name).name:
        entry.refuse("file", "le nom d’un fichier de ce dossier, sans chemin")
        return None
    path = folder / name
    try:
        # A link that leaves the folder would give members a paper of this machine; a device or a pipe has no end.
        if not (path.is_file() and path.resolve().is_relative_to(folder.resolve())):
            raise OSError
        # Not read when it is too large: its parser would say so, but of bytes that are in memory already.
        content = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError:
        entry.refuse("file", "ce fichier n’est pas dans le dossier")
        return None
    if content is None:
        entry.refuse("file", f"ce fichier dépasse {LARGEST // 1_000_000} Mo")
        return None
    documents: IDocuments = tools.find(IDocuments)
    try:
        found = documents.inspect(BytesIO(content), LARGEST)
    except FileRefused as error:
        entry.refuse("file", f"ce fichier ne peut pas être donné à lire ({error.why.value})")
        return None
    if found.kind is not Kind.PDF:
        entry.refuse("file", "ce fichier n’est pas un PDF")
        return None
    return content


def _key(row: ContractDocument, of_series: str | date) -> tuple[object, ...]:
    return row.product, row.guarantee_table_id, row.kind, of_series


def _is_new(one: _Read, known: dict[tuple[object, ...], ContractDocument]) -> bool:
    """Whether it is written; what contradicts a known version, or another entry, is told."""
    row = one.row
    same = known.get(_key(row, row.version))
    if same is None:
        on_that_day = [
            other for other in known.values() if _key(other, other.effective_on) == _key(row, row.effective_on)
        ]
        if on_that_day:
            one.entry.refuse("effective", f"la version « {on_that_day[0].version} » prend déjà effet ce jour-là")
        before = [other for other in known.values() if _key(other, "") == _key(row, "")]
        if not row.changes and any(other.effective_on < row.effective_on for other in before):
            one.entry.refuse("changes", "dites ce qui change par rapport à la version d’avant, une phrase par point")
        known[_key(row, row.version)] = row
        return True
    facts = ("title", "effective_on", "changes", "sha256")
    if any(getattr(same, name) != getattr(row, name) for name in facts):
        one.entry.refuse("version", "cette version est déjà connue, avec un autre contenu : donnez-lui un autre nom")
    return False


_CONCERNED = text("""
with new as (select product, guarantee_table_id, effective_on from contract_document where id = any(:ids)),
of_contract as (
  select c.id, c.holder_id from contract c join new n on n.product = c.product
  where c.period && daterange(:today, null) and c.period && daterange(n.effective_on, null)
    and (n.guarantee_table_id is null or exists (
      select from contract_terms t where t.contract_id = c.id and t.guarantee_table_id = n.guarantee_table_id
        and t.period && daterange(n.effective_on, null)))
)
select a.id from account a
where a.closed_at is null and a.person_id in (
  select holder_id from of_contract
  union
  select v.person_id from of_contract c join coverage v on v.contract_id = c.id and v.period @> cast(:today as date)
)
order by a.id
""")


def _announce(db: Session, tools: Tools, rows: Sequence[ContractDocument]) -> int:
    """One announcement an account for all that is news: a version that says what it changes. How many accounts."""
    news = [row.id for row in rows if row.changes and row.effective_on >= tools.today() - NEWS_FOR]
    concerned = db.scalars(_CONCERNED, {"ids": news, "today": tools.today()}).all() if news else []
    if concerned:
        announce_to(db, NoticeKind.CONTRACT_DOCUMENT, concerned, {"link": PAGE}, tools.now())
    return len(concerned)
