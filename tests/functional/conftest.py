"""What the services of a journey are given, and somebody at home with a claim begun."""

from contextlib import contextmanager

import pytest

from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import make_draft
from tests.functional.helpers import sign_in, tools_of


@pytest.fixture
def tools(app):
    return tools_of(app)


@pytest.fixture
def work_of(session_factory, tools):
    """`cli.console.work_of` on the test's own transaction."""

    @contextmanager
    def work_of(_ini):
        with session_factory.begin() as session:
            yield session, tools

    return work_of


@pytest.fixture
def home(db):
    """Nadia's account and contract."""
    holder = make_person(db, "Nadia", last_name="Benali")
    return make_account(db, holder), make_contract(db, holder)


@pytest.fixture
def draft(app, db, tools, home):
    """A claim that she has begun; she is signed in."""
    account, contract = home
    row = make_draft(db, tools, account, contract, "claim", "claim.optics")
    db.commit()
    sign_in(app, db, account)
    return row
