"""A member at home with the directories brought in, on a day of November 2026."""

from datetime import date

import pytest

from member_space.models import PractitionerImport
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 30) as clock:
        yield clock


@pytest.fixture
def directories(db):
    """The days of the three extracts."""
    for source, day in (("rpps", 28), ("ameli", 25), ("network", 30)):
        db.add(
            PractitionerImport(
                source=source, file=source, sha256=b"1", day=date(2026, 11, day), state="merged", read_bytes=1
            )
        )
    db.flush()


@pytest.fixture
def browser(app, db, directories):
    holder = make_person(db, "Nadia", last_name="Benali")
    make_contract(db, holder)
    return sign_in(app, db, make_account(db, holder))


@pytest.fixture
def open_to_all(app):
    """The office opened the directory to anybody."""
    settings = app.app.registry.member_space
    before = settings.directory_public
    object.__setattr__(settings, "directory_public", True)
    yield
    object.__setattr__(settings, "directory_public", before)
