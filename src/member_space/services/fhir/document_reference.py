"""Documents that a member gave or was sent: https://hl7.org/fhir/R4/documentreference.html.

What the document is and where its member opens it; the file itself stays in the space, behind its sign-in.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from member_space.models import Attachment
from member_space.services.document import title_of
from member_space.services.fhir.asked import about, page_of, seen
from member_space.services.fhir.parts import Page, Resource, Search, coded, instant, patient
from member_space.services.household import Household

PIECE = "urn:member-space:piece"


def document_references(db: Session, household: Household, search: Search, site: str) -> Page:
    """The latest first, without those in the bin; one statement. ``site``: the address of the space."""
    return page_of(
        db, _given(household, search), Attachment, search, lambda row: _reference(household, row.Attachment, site)
    )


def find_document_reference(db: Session, household: Household, public_id: UUID, site: str) -> Resource | None:
    """The document of this id of the viewer's, unless it is in the bin."""
    row = db.scalar(_given(household, Search()).where(Attachment.public_id == public_id))
    return _reference(household, row, site) if row else None


def _given(household: Household, search: Search) -> Select[Any]:
    return select(Attachment).where(Attachment.removed_at.is_(None), *seen(household, Attachment, search))


def _reference(household: Household, row: Attachment, site: str) -> Resource:
    person_id = about(household, row)
    shown: Resource = {"title": title_of(row), "url": f"{site}/fichiers/{row.public_id}"}
    if row.shown_type:
        shown["contentType"] = row.shown_type
    if row.shown_size is not None:
        shown["size"] = row.shown_size
    if row.document_date:
        shown["creation"] = row.document_date.isoformat()
    made: Resource = {
        "resourceType": "DocumentReference",
        "id": str(row.public_id),
        "status": "current",
        "subject": patient(household, person_id),
        "date": instant(row.sent_at or row.created_at),
        "content": [{"attachment": shown}],
    }
    if row.piece:
        made["type"] = coded(PIECE, row.piece)
    return made
