"""The PDF of a statement of ten lines: from its lines in memory to its bytes, tagged PDF/UA."""

from datetime import date
from uuid import UUID

from benchmarks.measure import best_of, under
from member_space.adapters.pdf import TypstPdf
from member_space.domain.reimbursement import derive
from member_space.services.care_line import CareLine, Payee
from member_space.services.statement import StatementHead, StatementSheet, sheet_of
from member_space.services.statement_pdf import to_pdf
from member_space.settings import Brand

LINES = 10
RUNS = 30
GOAL_MS = 40
ID = UUID(int=1)
BRAND = Brand(
    name="Mutuelle Horizon Santé",
    logo=None,
    color=None,
    color_strong=None,
    accent=None,
    phone="01 99 00 97 80",
    opening_hours="Mon-Fri 08:30-18:00",
    postal_address="12 rue des Peupliers, 75000 Paris",
    complaints_address="12 rue des Peupliers, 75000 Paris",
    mediator="Médiateur de la Mutualité Française",
    site_url="https://www.mutuelle-horizon.example",
)


def run() -> list[dict[str, object]]:
    """One result: the best of so many documents, each with another reference so that nothing is remembered."""
    pdf = TypstPdf()
    sheets = iter([sheet(n) for n in range(RUNS + 1)])

    def make() -> bytes:
        return to_pdf(next(sheets), pdf, BRAND, "fr", str)

    make()
    return [under(f"PDF of a statement of {LINES} lines", best_of(RUNS, make) * 1000, "ms", GOAL_MS)]


def sheet(number: int) -> StatementSheet:
    """A statement of consultations."""
    head = StatementHead(
        id=number,
        public_id=ID,
        contract_id=1,
        contract_number="C0000001",
        member_number="00000001",
        holder_name="Camille Exemple",
        reference=f"D{number:08d}",
        issued_on=date(2026, 3, 20),
        payee=Payee.YOU,
        payee_name="L'assuré",
        paid_on=date(2026, 3, 20),
        payment_id=ID,
        payment_reference="VIR00000001",
        iban_last4="0189",
    )
    return sheet_of(head, [line(rank) for rank in range(1, LINES + 1)])


def line(rank: int) -> CareLine:
    """A consultation of 30 €, refunded 70 % less the participation of 2 €."""
    amounts = derive(fee=3000, base=3000, amo_rate=7000, participation=200, our_share=900)
    return CareLine(
        id=rank,
        rank=rank,
        contract_id=1,
        person_id=1,
        care_date=date(2026, 3, rank),
        statement_id=ID,
        statement_reference="D00000001",
        issued_on=date(2026, 3, 18),
        paid_on=date(2026, 3, 20),
        payee_name="L'assuré",
        act_code="G",
        family="consultation",
        label="Consultation d'un médecin généraliste",
        practitioner="Dr Anne Lemaire",
        quantity=1,
        zero_reason=None,
        person_name="Camille",
        person_full_name="Camille Exemple",
        is_open=True,
        payee=Payee.YOU,
        **{name: getattr(amounts, name) for name in amounts.__slots__},
    )
