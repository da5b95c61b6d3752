"""A PDF that a decision brings: made by a job, and kept as a file of the decision's own message.

Whoever takes it in the thread, in the safe or at the desk has the same bytes.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.attachment import Found, Kind, SentFile
from member_space.domain.decision import Line
from member_space.domain.request import Side
from member_space.models import Attachment, Message, Request
from member_space.services.attachment_add import keep_file, write_piece
from member_space.services.request import Actor
from member_space.services.request_decision import decision_of
from member_space.services.request_search import index_files
from member_space.services.tools import Tools

Render = Callable[[Session, Tools, Request, Sequence[Line], Message], bytes]


def make_paper(db: Session, tools: Tools, message_id: int, version: int, prefix: str, render: Render) -> None:
    """The paper of a decision, named by its prefix and the number of the request; done twice, it makes one.

    ``message_id``: of the letter; ``version``: of the request after it.
    """
    message = db.get(Message, message_id, with_for_update=True)
    if message is None or db.scalar(select(Attachment.id).where(Attachment.message_id == message_id)):
        return
    request = db.get_one(Request, message.request_id)
    body = render(db, tools, request, decision_of(db, request, version), message)
    name = f"{prefix}-{request.number}.pdf"
    sent = SentFile(name, BytesIO(body), len(body), sha256(body).digest())
    row = Attachment(
        contract_id=request.contract_id,
        author_person_id=request.author_person_id,
        side=Side.OFFICE.value,
        account_id=message.account_id,
        request_id=request.id,
        message_id=message.id,
        person_id=request.person_id,
        name=name,
        created_at=tools.now(),
        waits_since=tools.now(),
        sent_at=message.sent_at,
    )
    actor = Actor(Side.OFFICE, message.account_id)
    write_piece(db, tools, request, row, [(sent, Found(Kind.PDF, 1))], [keep_file(tools, sent)], actor)
    index_files(db, request)
