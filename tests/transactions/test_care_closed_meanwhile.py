"""An adult closes his care while a holder's file that tells it is being made, with real commits (C44, C59)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy.orm import Session

from member_space.models import DataExport
from member_space.services.export import find_copy, make_copy
from member_space.services.household import load_household
from member_space.services.privacy import open_care
from member_space.services.tools import Origin
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.statement import line_values, make_statement
from tests.transactions.together import PATIENCE, wait_for_a_waiter


def test_a_file_that_was_being_made_is_withdrawn_too(own_database, settings):
    tools = worker_tools(settings, own_database)[0]
    with Session(own_database, expire_on_commit=False) as db:
        holder, spouse = make_person(db, "Hélène"), make_person(db, "Sami", care_open_to_holder=True)
        contract = make_contract(db, holder, (spouse, "spouse"))
        make_statement(db, contract, [line_values(spouse, contract)])
        theirs, own = make_account(db, holder), make_account(db, spouse)
        days = {"since": date(2026, 1, 1), "until": date(2026, 12, 31)}
        file = DataExport(account_id=theirs.id, format="csv", asked_at=tools.now(), **days)
        db.add(file)
        db.commit()
        db.refresh(file)

    def close() -> None:
        with Session(own_database) as other, other.begin():
            household = load_household(other, spouse.id, tools.today())
            open_care(other, own.id, spouse.id, household, opened=False, origin=Origin(None))

    with Session(own_database) as job, ThreadPoolExecutor(1) as pool:
        make_copy(job, tools, file.id)
        closing = pool.submit(close)
        wait_for_a_waiter(job)
        job.commit()
        closing.result(PATIENCE)
    with Session(own_database) as db:
        assert find_copy(db, tools, theirs.id, file.public_id, reimbursements=True) is None
