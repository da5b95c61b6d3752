"""The time of a refusal does not tell whether an address has an account, with the real hash."""

import pytest
from sqlalchemy.orm import Session
from zope.interface import implementer

from member_space.adapters.passwords import Argon2Passwords
from member_space.config import make_app
from member_space.interfaces import IPasswordHasher
from tests.conftest import TEST_INI
from tests.factories.household import PASSWORD, make_account, make_person
from tests.transactions.timing import apart, browser_of, seconds, tells

KNOWN, UNKNOWN = "nadia@example.org", "nobody@example.org"


@implementer(IPasswordHasher)
class HashesOnlyTheKnown(Argon2Passwords):
    """The fault that is looked for."""

    def verify(self, encoded, password):
        return encoded is not None and super().verify(encoded, password)


def refusals(own_database, hasher):
    """A refused try at the sign-in."""
    app = make_app(TEST_INI, own_database)
    app.registry.registerUtility(hasher, IPasswordHasher)
    with Session(own_database) as db:
        make_account(db, make_person(db, email=KNOWN), hasher.hash(PASSWORD))
        db.commit()

    def ask(known, number):
        email = KNOWN if known else UNKNOWN
        return seconds(browser_of(app, number), "/connexion", 422, email=email, password="not the password")

    return ask


def test_an_unknown_address_takes_as_long_as_a_wrong_password(own_database):
    ask = refusals(own_database, Argon2Passwords())
    assert not (tells(ask, 1) and tells(ask, 2))


def test_an_address_that_is_not_hashed_for_would_be_seen(own_database):
    ask = refusals(own_database, HashesOnlyTheKnown())
    assert tells(ask, 1)
    assert tells(ask, 2)


def test_the_measure_of_two_samples():
    """Alike, it is under a deviation; apart, all of one before all of the other, it is the greatest there is."""
    assert apart([1.0, 3.0, 5.0, 7.0], [2.0, 4.0, 6.0, 8.0]) == pytest.approx(0.577, abs=0.001)
    assert apart([1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]) == pytest.approx(2.309, abs=0.001)
