"""The claims handlers' desk as the journeys enter it: two colleagues, a member and his requests."""

import pytest

from member_space.domain.permissions import Role
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.factories.request import make_request, take
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in
from tests.functional.office.desk import entered
from tests.log_guard import Browser


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 16) as clock:
        yield clock


@pytest.fixture
def member(db):
    person = make_person(db, "Nadia", last_name="Benali")
    account, contract = make_account(db, person), make_contract(db, person)
    db.commit()
    return account, contract


@pytest.fixture
def claire(db):
    account = make_colleague(db, Role.HANDLER, "Claire Martin")
    db.commit()
    return account


@pytest.fixture
def hugo(db):
    account = make_colleague(db, Role.SUPERVISOR, "Hugo Roy")
    db.commit()
    return account


@pytest.fixture
def desk(wsgi_app, app, db, claire):
    return entered(sign_in(app, db, claire))


@pytest.fixture
def other_desk(wsgi_app, app, db, hugo):
    return entered(sign_in(Browser(wsgi_app), db, hugo))


@pytest.fixture
def sent(db, tools, member):
    row = make_request(db, tools, *member)
    db.commit()
    return row


@pytest.fixture
def mine(db, tools, sent, claire):
    take(db, tools, sent, claire)
    db.commit()
    return sent


@pytest.fixture
def claim(db, tools, member, claire):
    row = make_request(db, tools, *member, kind="claim", topic="claim.optics", amount=32_000, body="Mes lunettes")
    take(db, tools, row, claire)
    db.commit()
    return row
