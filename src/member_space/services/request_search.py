"""The words of requests, messages and names of files, as both searches look for them (C94, C113, R26).

Words, not parts of words: « 74 » never finds « 974 ». Accents are folded before they are stored. Notes between
colleagues are not here: what a member searches cannot hold them.
"""

import re

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from member_space.domain.money import Money, format_money, to_decimal_text
from member_space.domain.text import fold
from member_space.models import Attachment, AttachmentFile, Contract, Message, Person, Request, RequestWords
from member_space.models.base import IDS
from member_space.services.catalogue import catalogue_of
from member_space.services.tools import Tools

_WORD = re.compile(r"[^\W_]+")
LONGEST_WORD = 100
"""Characters of a word that are kept and looked for: PostgreSQL refuses one of two thousand."""
MOST_WORDS = 8
"""Words of a search that are looked for; nobody types more to find a message."""
LONGEST = 20_000
"""Characters of one text that are searched."""
MOST_BYTES = 500_000
"""Of the words of one request, some forty thousand different ones: PostgreSQL refuses a megabyte."""
NEWEST, FURTHER = 500, 4_000
"""Requests that are gone through, the latest first, before the index of words is asked; and how many where the first of
them say that those would do."""
RARE = 10_000
"""Requests up to which a word is rare: so many are looked at sooner than all are gone through."""
# Materialized, it is read by the index of words however many are wanted of it. The numbers stay text on their way out
# and back: thousands of them, of which this process wants none.
_HOLDING = text("""
with holding as materialized (select request_id from request_words where words @@ cast(:word as tsquery)),
found as (select array(select request_id from holding limit :most) as ids)
select cardinality(ids) as many, cast(ids as text) as ids from found
""")


def searchable(text: str) -> list[str]:
    """The different folded words of a text, in order: no sign, emoji nor half of a surrogate pair is left.

    PostgreSQL's own parser would keep « facture_74.pdf » as one word.
    """
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(fold(text[:LONGEST]))))


def words_of(typed: str) -> list[str]:
    """The words to look for in what somebody typed; none when it holds no letter and no digit."""
    return searchable(typed)[:MOST_WORDS]


def found_by(words: list[str]) -> list[ColumnElement[bool]]:
    """The requests where each of these words, or one that starts with it, stands somewhere.

    Asked of one request after the other, in the order of the list and until its page is full: for those of one author.
    """
    return [_holds(Request.id, words)] if words else []


def found_by_anybody(db: Session, words: list[str], most: int) -> ColumnElement[bool]:
    """The same of everybody's requests, the latest ``most`` of them; at least one word.

    Words that stand in many requests stand in many of the latest ones: these are gone through first, and further where
    what they hold says that it is enough. So what is read depends on how often the words stand, not on how many
    requests there are. Otherwise the rarest word leads. PostgreSQL cannot know how rare the start of a word is: it is
    asked word by word.
    """
    # Nor may it keep one plan for rare and common words, as it would after some searches on one connection.
    db.execute(text("set local plan_cache_mode = force_custom_plan"))
    latest = _latest(db, words, most, NEWEST)
    if len(latest) < most and len(latest) * FURTHER >= most * NEWEST:
        latest = _latest(db, words, most, FURTHER)
    if len(latest) == most:
        return Request.id.in_(latest)
    for word in sorted(words, key=_seems_rare, reverse=True):
        holding = db.execute(_HOLDING, {"word": _start(word), "most": RARE + 1}).one()
        if holding.many <= RARE:
            led_by = Request.id == any_(cast(bindparam(None, holding.ids, Text), IDS))
            return and_(led_by, _holds(Request.id, words))
    return _holds(Request.id, words)


def _latest(db: Session, words: list[str], most: int, among: int) -> list[int]:
    order = (Request.activity_at.desc(), Request.id.desc())
    # The condition written out, as the partial index has it.
    newest = select(Request.id).where(text("request.state <> 'draft'")).order_by(*order).limit(among).subquery()
    return list(db.scalars(select(newest.c.id).where(_holds(newest.c.id, words)).limit(most)))


def _holds(request_id: ColumnElement[int] | InstrumentedAttribute[int], words: list[str]) -> ColumnElement[bool]:
    """A question to each row, never a join: the index of words would first list all the requests of a common word."""
    asked = cast(literal(" & ".join(_start(word) for word in words), Text), TSQUERY)
    held = select(RequestWords.words.op("@@", return_type=Boolean)(asked))
    return held.where(RequestWords.request_id == request_id).scalar_subquery()


def _start(word: str) -> str:
    """Itself or the start of a longer one, as a tsquery; letters and digits only, so that nothing is read as a sign."""
    return f"'{word}':*"


def _seems_rare(word: str) -> tuple[bool, int]:
    return any(character.isdigit() for character in word), len(word)


def index_request(db: Session, tools: Tools, request: Request) -> None:
    """Its number, its object in both languages, its amount, whose it is and about whom."""
    topic = catalogue_of(tools.settings).topics.get(request.topic or "")
    labels = [topic.label.fr, topic.label.en] if topic else []
    names = db.execute(
        select(Person.first_name, Person.last_name).where(Person.id.in_([request.author_person_id, request.person_id]))
    )
    member_number = db.scalar(select(Contract.member_number).where(Contract.id == request.contract_id))
    number = request.number or ""
    parts = [number, number.replace("-", ""), number.partition("-")[0].lstrip("0"), member_number or "", *labels]
    parts += [name for row in names for name in row]
    parts += [] if request.amount is None else _as_typed(request.amount)
    add_words(db, request, " ".join(parts))


def _as_typed(amount: Money) -> list[str]:
    """« 1234,50 » and « 1 234,50 », as people look for it."""
    return [to_decimal_text(amount, ","), format_money(amount)]


def index_files(db: Session, request: Request) -> None:
    """The names of the files that were sent with it."""
    query = (
        select(AttachmentFile.name)
        .join(Attachment, Attachment.id == AttachmentFile.attachment_id)
        .where(Attachment.request_id == request.id, Attachment.sent_at.is_not(None))
    )
    add_words(db, request, " ".join(db.scalars(query)))


def index_again(db: Session, tools: Tools, request: Request) -> None:
    """Everything of a request anew: something of it was erased."""
    db.execute(delete(RequestWords).where(RequestWords.request_id == request.id))
    index_request(db, tools, request)
    for body in db.scalars(select(Message.body).where(Message.request_id == request.id)):
        add_words(db, request, body)
    index_files(db, request)


def add_words(db: Session, request: Request, text: str) -> None:
    """Words that this request is to be found by, beside those that it has."""
    words = func.array_to_tsvector(searchable(text))
    row = insert(RequestWords).values(request_id=request.id, words=words)
    full = func.pg_column_size(RequestWords.words) > MOST_BYTES
    both = case((full, RequestWords.words), else_=RequestWords.words.op("||")(row.excluded.words))
    db.execute(row.on_conflict_do_update(index_elements=[RequestWords.request_id], set_={"words": both}))
