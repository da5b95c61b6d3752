"""The words of requests, messages and names of files, as both searches look for them (C94, C113, R26).

Words, not parts of words: « 74 » never finds « 974 ». Accents are folded before they are stored. Notes between
colleagues are not here: what a member searches cannot hold them.
"""

import re
from collections.abc import Collection

from sqlalchemy import BigInteger, ColumnElement, any_, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from member_space.domain.text import fold
from member_space.models import AttachmentFile, Contract, Message, Person, Request, SearchEntry
from member_space.services.catalogue import catalogue_of
from member_space.services.tools import Tools

_WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 8
"""Words of a search that are looked for; nobody types more to find a message."""
RARE = 10_000
"""Entries up to which a word is rare: so many requests are looked at sooner than all are gone through."""
# Materialized, it is read by the index of words however many are wanted of it.
_FIRST = text("""
with entry as materialized (select request_id from search_entry where words @@ to_tsquery('simple', :word))
select array(select request_id from entry limit :most)
""")
LONGEST = 20_000
"""Characters of one entry that are searched: PostgreSQL refuses a document of a megabyte."""


def searchable(text: str) -> str:
    """The folded words of a text, apart from each other: no sign, emoji nor half of a surrogate pair is left.

    PostgreSQL's own parser would keep « facture_74.pdf » as one word.
    """
    return " ".join(_WORD.findall(fold(text)))[:LONGEST]


def words_of(typed: str) -> list[str]:
    """The words to look for in what somebody typed; none when it holds no letter and no digit."""
    return searchable(typed).split()[:MOST_WORDS]


def found_by(words: list[str], author_person_id: int | None = None) -> list[ColumnElement[bool]]:
    """The requests where each of these words, or one that starts with it, stands somewhere; of one author alone.

    The words come from `words_of`: letters and digits only, so that nothing typed is read as a sign of the search.
    """
    conditions: list[ColumnElement[bool]] = []
    for word in words:
        entry = select(SearchEntry.request_id).where(SearchEntry.words.op("@@")(func.to_tsquery("simple", f"{word}:*")))
        if author_person_id is not None:
            entry = entry.where(SearchEntry.author_person_id == author_person_id)
        conditions.append(Request.id.in_(entry))
    return conditions


def found_by_anybody(db: Session, words: list[str]) -> list[ColumnElement[bool]]:
    """The same of everybody's requests: the rarest word leads, and the others are looked for in what it found.

    PostgreSQL cannot know how rare the start of a word is, and would go through every request, the latest first: right
    for « facture », seconds for a number. A statement a word says where it stands, until one is rare: most often once.
    """
    for word in sorted(words, key=_seems_rare, reverse=True):
        found = db.execute(_FIRST, {"word": f"{word}:*", "most": RARE + 1}).scalar_one()
        if len(found) <= RARE:
            led_by = bindparam(None, sorted(set(found)), ARRAY(BigInteger))
            return [Request.id == any_(led_by), *found_by([other for other in words if other != word])]
    return found_by(words)


def _seems_rare(word: str) -> tuple[bool, int]:
    return any(character.isdigit() for character in word), len(word)


def index_request(db: Session, tools: Tools, request: Request) -> None:
    """Its number, its object in both languages, whose it is and about whom."""
    topic = catalogue_of(tools.settings).topics.get(request.topic or "")
    labels = [topic.label.fr, topic.label.en] if topic else []
    names = db.execute(
        select(Person.first_name, Person.last_name).where(Person.id.in_([request.author_person_id, request.person_id]))
    )
    member_number = db.scalar(select(Contract.member_number).where(Contract.id == request.contract_id))
    number = request.number or ""
    parts = [number, number.replace("-", ""), number.partition("-")[0].lstrip("0"), member_number or "", *labels]
    parts += [name for row in names for name in row]
    _add(db, request.id, request.author_person_id, "request", " ".join(parts))


def index_message(db: Session, message: Message) -> None:
    """The words of a message."""
    _add(db, message.request_id, message.author_person_id, f"message:{message.id}", message.body)


def index_files(db: Session, request: Request, attachment_ids: Collection[int]) -> None:
    """The names of files, once they are sent: until then they are words of their author's alone."""
    names = select(AttachmentFile.attachment_id, AttachmentFile.name).where(
        AttachmentFile.attachment_id.in_(attachment_ids)
    )
    found: dict[int, list[str]] = {}
    for attachment_id, name in db.execute(names.order_by(AttachmentFile.attachment_id, AttachmentFile.position)):
        found.setdefault(attachment_id, []).append(name)
    for attachment_id, of_it in found.items():
        _add(db, request.id, request.author_person_id, f"attachment:{attachment_id}", " ".join(of_it))


def _add(db: Session, request_id: int, author_person_id: int, source: str, text: str) -> None:
    db.add(
        SearchEntry(request_id=request_id, author_person_id=author_person_id, source=source, folded=searchable(text))
    )
    db.flush()
