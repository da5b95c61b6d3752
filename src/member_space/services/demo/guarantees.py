"""The demo's guarantee table, in force on every contract: what the habits of care are computed with."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from member_space.models import ContractTerms, Guarantee, GuaranteeTable
from member_space.models.base import days
from member_space.services.demo.families import CONTRACTS_START

# family, label, percent of the base (Sécu included), amount in cents, real cost, cap in cents, frequency
LINES: tuple[tuple[str, str, int | None, int | None, bool, int | None, str | None], ...] = (
    ("hospital", "Honoraires du chirurgien et de l’anesthésiste", 150, None, False, None, None),
    ("hospital", "Forfait journalier hospitalier", None, None, True, None, None),
    ("hospital", "Chambre particulière", None, 6000, False, None, "day"),
    ("dental_care", "Soins dentaires", 100, None, False, None, None),
    ("dental_prosthesis", "Prothèses 100 % Santé", None, None, True, None, None),
    ("dental_prosthesis", "Autres prothèses", 300, None, False, 150_000, "year"),
    ("orthodontics", "Orthodontie acceptée par la Sécu", 300, None, False, None, None),
    ("optics", "Lunettes 100 % Santé", None, None, True, None, "two_years"),
    ("optics", "Autres lunettes", None, 25_000, False, None, "two_years"),
    ("optics", "Lentilles", None, 10_000, False, None, "year"),
    ("hearing", "Aides auditives 100 % Santé", None, None, True, None, "four_years"),
    ("hearing", "Autres aides auditives, par oreille", None, 38_000, False, None, "four_years"),
    ("consultation", "Médecin généraliste", 100, None, False, None, None),
    ("specialist", "Médecin spécialiste", 150, None, False, None, None),
    ("biology", "Analyses de biologie", 100, None, False, None, None),
    ("auxiliary", "Kinésithérapeute, infirmier", 100, None, False, None, None),
    ("pharmacy", "Médicaments remboursés à 65 % et à 30 %", 100, None, False, None, None),
    ("alternative", "Ostéopathe, par séance", None, 3_000, False, 9_000, "year"),
)


def load_guarantees(db: Session) -> None:
    """Write the table and put it in force on all terms."""
    table = GuaranteeTable(code="DEMO", label="Tableau de la démonstration")
    db.add(table)
    db.flush()
    db.add_all(
        Guarantee(
            guarantee_table_id=table.id,
            line=line,
            family=family,
            label=label,
            period=days(CONTRACTS_START),
            percent=percent,
            amount=amount,
            real_cost=real_cost,
            cap=cap,
            frequency=frequency,
        )
        for line, (family, label, percent, amount, real_cost, cap, frequency) in enumerate(LINES, start=1)
    )
    db.execute(update(ContractTerms).values(guarantee_table_id=table.id))
