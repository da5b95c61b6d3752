"""The office's search: a number, a member, words of messages, names of files (C113, R26).

Every request that was sent answers, whatever its state. Nothing that was searched is logged or stands in an address.
"""

from sqlalchemy import or_
from sqlalchemy.orm import Session

from member_space.domain.request import State
from member_space.models import Request
from member_space.services.nir_end import found_by_end
from member_space.services.office_request import RequestRow, note_members, read_row, rows_query
from member_space.services.readings import Shown
from member_space.services.request_search import found_by_anybody, words_of
from member_space.services.tools import Tools

MOST = 50


def search_requests(db: Session, tools: Tools, asked: str, shown: Shown) -> list[RequestRow]:
    """The latest requests where every word stands, none where nothing can be looked for."""
    words = words_of(asked)
    if not words:
        return []
    end = found_by_end(tools.cipher, asked)
    said = found_by_anybody(db, words, MOST)
    query = rows_query().where(Request.state != State.DRAFT.value, said if end is None else or_(said, end))
    found = db.execute(query.order_by(Request.activity_at.desc(), Request.id.desc()).limit(MOST))
    rows = [read_row(tools, row) for row in found]
    note_members(shown, rows)
    return rows
