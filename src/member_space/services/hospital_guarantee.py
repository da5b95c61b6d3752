"""The answer to a request for a hospital guarantee as a tagged PDF, for the member and the establishment (C85).

Made by a job once its decision is there, and kept as a file of the decision's own message: whoever takes it in the
thread, in the safe or at the desk has the same bytes. In French whatever the member reads: the admissions desk reads it
too. What is not granted, and why, is told to the member alone, by the letter.
"""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.attachment import Found, Kind, SentFile
from member_space.domain.dates import date_short
from member_space.domain.decision import ESTIMATE_LASTS, Line
from member_space.domain.money import format_money
from member_space.domain.opening_hours import PARIS
from member_space.domain.request import Side
from member_space.interfaces import IPdf
from member_space.models import Attachment, Contract, Message, Person, Request
from member_space.services.attachment_add import keep_file, write_piece
from member_space.services.letterhead import letterhead
from member_space.services.request import Actor
from member_space.services.request_decision import decision_of
from member_space.services.request_search import index_files
from member_space.services.tools import Tools


def make_guarantee(db: Session, tools: Tools, message_id: int, version: int) -> None:
    """The job; done twice, it makes one. ``message_id``: of the letter; ``version``: of the request after it."""
    message = db.get(Message, message_id, with_for_update=True)
    if message is None or db.scalar(select(Attachment.id).where(Attachment.message_id == message_id)):
        return
    request = db.get_one(Request, message.request_id)
    lines = decision_of(db, request, version)
    body = to_pdf(db, tools, request, lines, message)
    name = f"prise-en-charge-{request.number}.pdf"
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


def to_pdf(db: Session, tools: Tools, request: Request, lines: Sequence[Line], message: Message) -> bytes:
    """The document, dated by its decision: the same decision has the same bytes."""
    brand, decided = tools.settings.brand, message.sent_at.astimezone(PARIS).date()
    facts = [
        ("Référence de l’accord", request.number),
        ("Décision du", date_short(decided)),
        *_stay(request.details),
        *_patient(db, request),
        ("Organisme complémentaire", f"{brand.name}, n° {tools.settings.noemie.oc_number}"),
    ]
    data: dict[str, Any] = {
        **letterhead(brand),
        "title": f"Accord de prise en charge hospitalière {request.number}",
        "facts": [[label, value] for label, value in facts if value],
        "granted_title": "Ce que nous prenons en charge",
        "columns": ["Frais", "Pris en charge"],
        "granted": [[line.label, words] for line in lines if (words := _granted(line))],
        "notes": [
            "Nous réglons ces frais après la part de l’Assurance Maladie, dans les limites du contrat. Ce qui n’est "
            "pas dans ce tableau reste à la charge du patient.",
            f"Cet accord vaut pour l’entrée ci-dessus, ou reportée jusqu’au {date_short(decided + ESTIMATE_LASTS)}, si "
            "le contrat couvre encore le patient ce jour-là. Pour un séjour plus long, demandez-nous de le prolonger "
            "avant la sortie.",
            f"Établissement\N{NO-BREAK SPACE}: rappelez la référence {request.number} sur votre facture.",
        ],
    }
    pdf: bytes = tools.find(IPdf).render("hospital_guarantee.typ", data, int(message.sent_at.timestamp()))
    return pdf


def _stay(details: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [
        ("Établissement", details.get("establishment")),
        ("Numéro FINESS", details.get("finess")),
        ("Date d’entrée", date_short(date.fromisoformat(details["entry_date"])) if "entry_date" in details else None),
        ("Nombre de jours prévus", str(details["days"]) if "days" in details else None),
        ("Code DMT", details.get("dmt")),
        ("Chambre particulière", "demandée" if details.get("room") else "non demandée"),
    ]


def _patient(db: Session, request: Request) -> list[tuple[str, str]]:
    person = db.get_one(Person, request.person_id or request.author_person_id)
    contract = db.get_one(Contract, request.contract_id)
    return [
        ("Patient", f"{person.first_name} {person.last_name}"),
        ("Date de naissance", date_short(person.birth_date)),
        ("Numéro d’adhérent", contract.member_number),
        ("Contrat", contract.number),
    ]


def _granted(line: Line) -> str | None:
    """Up to what amount; a line without one is granted as it is; None: nothing of it is ours to pay."""
    if line.granted:
        return f"jusqu’à {format_money(line.granted, 'fr')}"
    return None if line.asked or line.reason else "accordé"
