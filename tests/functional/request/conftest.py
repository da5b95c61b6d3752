"""A couple with a child, the holder's browser, and a colleague."""

from datetime import date

import pytest

from tests.factories.household import make_account, make_contract, make_person
from tests.factories.journeys import ask
from tests.factories.office import make_colleague
from tests.factories.request import take
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in, tools_of
from tests.functional.journeys import made


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 16) as clock:
        yield clock


@pytest.fixture
def people(db):
    holder = make_person(db, "Hélène", last_name="Morel")
    spouse = make_person(db, "Sami", last_name="Morel")
    child = make_person(db, "Zoé", date(2015, 5, 5), last_name="Morel")
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    db.commit()
    return {"holder": holder, "spouse": spouse, "child": child, "contract": contract}


@pytest.fixture
def account(db, people):
    return make_account(db, people["holder"])


@pytest.fixture
def browser(app, db, account):
    return sign_in(app, db, account)


@pytest.fixture
def colleague(db):
    return make_colleague(db, "handler")


@pytest.fixture
def waiting(app, db, account, people, colleague):
    row = made(app, db, account, people, "claim", "claim.optics", body=None)
    take(db, tools_of(app), row, colleague)
    ask(db, tools_of(app), row, colleague, ("prescription", "La photo est floue."), ("paid_invoice", None))
    db.commit()
    return row
