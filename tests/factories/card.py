"""Card models, and contracts that are printed by one."""

from dataclasses import asdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.card import Domain, Lines
from member_space.models import CardModelRow, Contract, ContractTerms
from member_space.models.base import days

DOMAINS = (
    Domain("PHAR", "Pharmacie remboursable", 1, 100),
    Domain("SPEC", "Médecins spécialistes", 2, 150),
    Domain("OPTI", "Optique", 3, None),
)

TWELVE_DOMAINS = tuple(
    Domain(code, label, rank, rate)
    for rank, (code, label, rate) in enumerate(
        (
            ("PHAR", "Pharmacie remboursable", 100),
            ("MEDG", "Médecins généralistes", 100),
            ("SPEC", "Médecins spécialistes", 150),
            ("LABO", "Laboratoires d’analyses", 100),
            ("RADL", "Radiologie", 100),
            ("AUXM", "Auxiliaires médicaux", 100),
            ("TRAN", "Transport sanitaire", 100),
            ("DENT", "Soins dentaires", 100),
            ("APDE", "Prothèses dentaires", None),
            ("OPTI", "Optique", None),
            ("AUDI", "Aides auditives", None),
            ("HOSP", "Hospitalisation", None),
        ),
        start=1,
    )
)
"""As many as a card holds."""


def make_model(db: Session, code: str = "CONFORT", start: date = date(2020, 1, 1), **values) -> CardModelRow:
    """Three domains, one of them by prior agreement."""
    domains = values.pop("domains", DOMAINS)
    kept = [{name: getattr(one, name) for name in ("code", "label", "rank", "rate")} for one in domains]
    row = CardModelRow(
        code=code,
        label=code.capitalize(),
        period=days(start, values.pop("before", None)),
        lines=asdict(Lines("01 99 00 97 80", "01 99 00 97 81", "01 99 00 97 82")),
        domains=kept,
    )
    db.add(row)
    db.flush()
    return row


def print_by(db: Session, contract: Contract, code: str = "CONFORT", **values) -> None:
    """All the terms of this contract are printed by this model."""
    for terms in db.scalars(select(ContractTerms).where(ContractTerms.contract_id == contract.id)):
        terms.card_model = code
        for name, value in values.items():
            setattr(terms, name, value)
    db.flush()
