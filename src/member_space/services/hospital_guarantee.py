"""The answer to a request for a hospital guarantee as a tagged PDF, for the member and the establishment (C85).

Made as services.decision_paper says. In French whatever the member reads: the admissions desk reads it too. What is not
granted, and why, is told to the member alone, by the letter.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from member_space.domain.dates import date_short
from member_space.domain.decision import ESTIMATE_LASTS, Line
from member_space.domain.money import format_money
from member_space.domain.opening_hours import PARIS
from member_space.interfaces import IPdf
from member_space.models import Contract, Message, Person, Request
from member_space.services.decision_paper import make_paper
from member_space.services.letterhead import letterhead
from member_space.services.tools import Tools


def make_guarantee(db: Session, tools: Tools, message_id: int, version: int) -> None:
    """The job; done twice, it makes one. ``message_id``: of the letter; ``version``: of the request after it."""
    make_paper(db, tools, message_id, version, "prise-en-charge", to_pdf)


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
