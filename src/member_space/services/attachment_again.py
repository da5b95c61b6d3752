"""A document of one's own safe joined to a request: its files are taken again, the document stays (C76)."""

from tempfile import TemporaryFile
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.attachment import FileState, Refusal, SentFile
from member_space.domain.request import Side
from member_space.interfaces import IStorage
from member_space.models import Attachment, AttachmentFile
from member_space.services.attachment_read import find_attachment
from member_space.services.household import Household
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)


def find_own_document(db: Session, household: Household, public_id: UUID) -> Attachment | None:
    """A checked document of the viewer's safe; None for any other."""
    found = find_attachment(db, household, public_id)
    own = found and found.request_id is None and found.side == Side.MEMBER and found.state == FileState.CHECKED
    return found if own else None


def files_again(db: Session, tools: Tools, document: Attachment) -> list[SentFile]:
    """The files of a document, as a form would send them: on the disk, and closed by the caller."""
    query = select(AttachmentFile).where(AttachmentFile.attachment_id == document.id).order_by(AttachmentFile.position)
    return [_sent_again(tools, row) for row in db.scalars(query)]


def _sent_again(tools: Tools, row: AttachmentFile) -> SentFile:
    file = TemporaryFile()  # noqa: SIM115 - closed by the caller, as the files of a form
    refused = None
    try:
        for chunk in tools.find(IStorage).chunks(row.storage_key):
            file.write(chunk)
        file.seek(0)
    except (OSError, KeyError):
        log.exception("a document could not be read")
        refused = Refusal.NOT_KEPT
    return SentFile(row.name, file, row.size, row.sha256, refused)
