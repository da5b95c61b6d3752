"""A safe with more than a page of documents, some in the bin."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.models import Account, Attachment, Contract
from member_space.services.attachment import Safe
from member_space.services.attachment_add import add_files
from member_space.services.attachment_check import check
from member_space.services.request import Actor
from member_space.services.tools import Tools
from tests.factories.files import jpeg, sent
from tests.factories.request import MEMBER

LONG = "Anticonstitutionnellement-" * 3


def fill_safe(db: Session, tools: Tools, account: Account, contract: Contract) -> Attachment:
    """Checked, waiting, refused and in the bin; the one that was checked."""
    files = [sent(f"{LONG if n == 0 else 'facture'} {n}.jpg", jpeg(200 + n, 100)) for n in range(24)]
    for file in files:
        refused = add_files(
            db,
            tools,
            None,
            [file],
            actor=Actor(MEMBER, account.id),
            safe=Safe(contract.id, account.person_id),
            person_id=account.person_id,
            piece="paid_invoice",
        )
        assert refused == []
    mine = Attachment.author_person_id == account.person_id, Attachment.request_id.is_(None)
    rows = list(db.scalars(select(Attachment).where(*mine).order_by(Attachment.id)))
    for row in rows[2:]:
        row.document_date = date(2026, 3, 12)
    rows[1].removed_at = tools.now()
    rows[2].state, rows[2].reason = "refused", "infected"
    for row in (rows[0], rows[-1]):
        check(db, tools, row.id)
    db.flush()
    return rows[-1]
