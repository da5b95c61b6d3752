"""A family whose holder is signed in, with a second factor just given, and an application that asks."""

from datetime import date

import pytest

from tests.factories.household import make_account, make_contract, make_person
from tests.factories.oauth import make_peer
from tests.functional.helpers import sign_in


@pytest.fixture
def holder(db):
    return make_person(db, "Nadia", last_name="Durand")


@pytest.fixture
def child(db, holder):
    child = make_person(db, "Tom", date(2017, 5, 4), last_name="Durand")
    make_contract(db, holder, (child, "child"))
    return child


@pytest.fixture
def account(db, holder, child):
    return make_account(db, holder)


@pytest.fixture
def member(app, db, account):
    return sign_in(app, db, account, proved=True)


@pytest.fixture
def peer(db, member):
    return make_peer(db, member, name="Hugo")
