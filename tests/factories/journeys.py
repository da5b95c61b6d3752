"""Drafts at each page of a journey, and requests at each of their ends, for the pages in the browser."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.request import Act
from member_space.models import (
    Account,
    AskedPiece,
    Attachment,
    Contract,
    DecisionLine,
    Person,
    Request,
    Teletransmission,
)
from member_space.services import request as requests
from member_space.services.attachment_add import add_files
from member_space.services.attachment_check import check
from member_space.services.request import Actor
from member_space.services.tools import Tools
from tests.factories.document import LONG
from tests.factories.files import jpeg, sent
from tests.factories.request import MEMBER, OFFICE, make_draft, make_request, take

CARE = date(2026, 3, 12)


def fill_journeys(
    db: Session, tools: Tools, account: Account, contract: Contract, person: Person, colleague: Account
) -> dict[str, str]:
    """The id of each, by the name of its sample; `person`: another adult, whose name is long."""
    own = {"person_id": account.person_id}
    known = own | {"care_date": CARE, "amount": 123_456, "body": None}
    link = db.query(Teletransmission).filter_by(person_id=account.person_id).one()
    rows = {
        "waiting_id": _waiting(db, tools, account, contract, colleague, known),
        "decided_id": _decided(db, tools, account, contract, colleague, known),
        "draft_id": make_draft(db, tools, account, contract, "claim", "claim.optics", **known),
        "rightless_id": make_draft(
            db, tools, account, contract, "claim", "claim.optics", body=None, care_date=date(2019, 1, 1)
        ),
        "line_draft_id": make_draft(db, tools, account, contract, "claim", "claim.question", body=None),
        "hospital_id": make_draft(db, tools, account, contract, "quote", "quote.hospital", body=None),
        "joining_id": make_draft(db, tools, account, contract, "change", "change.birth", body=None),
        "leaving_id": make_draft(
            db, tools, account, contract, "change", "change.remove", body=None, person_id=person.id
        ),
        "link_draft_id": make_draft(
            db,
            tools,
            account,
            contract,
            "change",
            "change.link_off",
            body=None,
            details={"link_id": link.id, "wanted": "off"},
            **own,
        ),
    }
    found = {name: str(row.public_id) for name, row in rows.items()}
    return found | {"piece_id": str(three_pages(db, tools, account, rows["hospital_id"]).public_id)}


def three_pages(db: Session, tools: Tools, account: Account, draft: Request) -> Attachment:
    """A piece of three photographs in a draft, looked at."""
    photographs = [
        sent(name, jpeg(300 + n, 420)) for n, name in enumerate(("devis.jpg", "IMG_2043.jpg", f"{LONG}.jpg"))
    ]
    actor = Actor(MEMBER, account.id)
    assert add_files(db, tools, draft, photographs, actor=actor, piece="other", as_one=True) == []
    piece = db.scalars(select(Attachment).where(Attachment.request_id == draft.id)).one()
    check(db, tools, piece.id)
    return piece


def ask(db, tools, row, colleague, *pieces):
    """A colleague who has it asks for these papers, each with what is wrong with the one that came, or None."""
    requests.move(db, tools, row, Act.ASK_PIECE, Actor(OFFICE, colleague.id))
    for piece, note in pieces:
        db.add(
            AskedPiece(
                request_id=row.id,
                contract_id=row.contract_id,
                piece=piece,
                note=note,
                asked_at=tools.now(),
                asked_by=colleague.id,
                due_on=tools.today() + timedelta(days=15),
            )
        )
    db.flush()


def decide(db, tools, row, colleague, outcome="partial", lines=(("Monture", 10_000, 3_000, "cap_reached"),)):
    """A colleague who has it decides: (label, asked, granted, reason) a line."""
    requests.move(db, tools, row, Act.DECIDE, Actor(OFFICE, colleague.id), outcome=outcome)
    for rank, (label, asked, granted, reason) in enumerate(lines, start=1):
        db.add(
            DecisionLine(
                request_id=row.id,
                contract_id=row.contract_id,
                round=row.version,
                rank=rank,
                label=label,
                asked=asked,
                granted=granted,
                reason=reason,
            )
        )
    db.flush()


def _waiting(db, tools, account, contract, colleague, known):
    row = take(db, tools, make_request(db, tools, account, contract, "claim", "claim.optics", **known), colleague)
    blurred = ("prescription", "La photo est floue : on ne lit pas la date.")
    ask(db, tools, row, colleague, blurred, ("paid_invoice", None))
    return row


def _decided(db, tools, account, contract, colleague, known):
    row = take(db, tools, make_request(db, tools, account, contract, "claim", "claim.dental", **known), colleague)
    decide(db, tools, row, colleague)
    return row
