"""The quotes of the desk's journeys: acts whose figures the tables of « Confort » give."""

from datetime import date

from sqlalchemy.orm import Session

from member_space.domain.quote import QuoteLine
from member_space.models import Account, Contract, Request
from member_space.services.reference import load_reference
from member_space.services.tools import Tools
from tests.factories.guarantee import give_product
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import make_request, take

TODAY = date(2026, 6, 16)
CARE = "Couronne céramique à tarif libre"
CROWN = QuoteLine("crown", CARE, 65_000, base=10_750)
IMPLANT = QuoteLine("implant", "Implant dentaire", 120_000)


def quote_at_desk(
    db: Session, tools: Tools, member: tuple[Account, Contract], colleague: Account, **facts: int
) -> Request:
    """A dental quote under « Confort », that a colleague has."""
    load_reference(db)
    give_product(db, member[1], "confort", TODAY)
    row = make_request(db, tools, *member, kind="quote", topic="quote.dental", body="Ma couronne", **facts)
    take(db, tools, row, colleague)
    db.commit()
    return row


def quote_for_spouse(db: Session, tools: Tools, colleague: Account) -> tuple[Account, Request]:
    """Nadia's account and the quote that she sent for Karim, who keeps his care to himself."""
    nadia, karim = make_person(db, "Nadia", last_name="Benali"), make_person(db, "Karim", last_name="Benali")
    contract, account = make_contract(db, nadia, (karim, "spouse")), make_account(db, nadia)
    return account, quote_at_desk(db, tools, (account, contract), colleague, person_id=karim.id)
