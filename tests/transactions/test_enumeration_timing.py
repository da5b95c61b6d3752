"""The time of the public pages does not tell who is known: activation, what was forgotten, a dictated code.

Each try is of somebody else: a code or a reminder leaves a few times an hour for one person.
"""

import re

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from member_space.config import make_app
from member_space.services.challenge import Purpose, open_with_code
from member_space.services.tools import Tools
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_contract, make_person
from tests.transactions.timing import TRIES, browser_of, seconds, tells

BIRTH = {"birth_date": "12/04/1985"}


def site(own_database, tries=2):
    """Members who have an account, and others who have none, one for each try."""
    app = make_app(TEST_INI, own_database)
    tools = Tools(app.registry.member_space, app.registry.getUtility)
    with Session(own_database) as db:
        for n in range(tries):
            person = make_person(db, "Nadia", email=f"n{n}@example.org", mobile=f"+3361234{n:04d}")
            make_contract(db, person, member_number=f"0044{n:04d}")
            account = make_account(db, person)
            open_with_code(db, tools, Purpose.RECOVERY, account_id=account.id, details={"wish": "contacts"})
            person = make_person(db, "Ali", email=f"a{n}@example.org", mobile=f"+3361235{n:04d}")
            make_contract(db, person, member_number=f"0055{n:04d}")
        db.commit()
    return app


def activation(app, known, number):
    browser, email = browser_of(app, number), f"{'a' if known else 'x'}{number}@example.org"
    door = seconds(browser, "/activation", 303, door="email", email=email)
    return door + seconds(browser, "/activation/canal", 303, channel="email")


def activation_with_an_account(app, known, number):
    browser, email = browser_of(app, number), f"{'n' if known else 'x'}{number}@example.org"
    door = seconds(browser, "/activation", 303, door="email", email=email)
    return door + seconds(browser, "/activation/canal", 303, channel="sms")


def activation_by_number(app, known, number):
    browser, member_number = browser_of(app, number), f"{'0055' if known else '9999'}{number:04d}"
    door = seconds(browser, "/activation", 303, door="number", member_number=member_number, **BIRTH)
    return door + seconds(browser, "/activation/canal", 303, channel="sms")


def password_reset(app, known, number):
    email = f"{'n' if known else 'x'}{number}@example.org"
    return seconds(browser_of(app, number), "/mot-de-passe-oublie", 303, email=email, channel="email")


def email_reminder(app, known, number):
    member_number = f"{'0044' if known else '9999'}{number:04d}"
    return seconds(browser_of(app, number), "/identifiant-oublie", 303, member_number=member_number, **BIRTH)


def recovery_entry(app, known, number):
    email = f"{'n' if known else 'x'}{number}@example.org"
    return seconds(browser_of(app, number), "/connexion/aide", 422, email=email, code="a wrong one")


PAGES = [
    activation,
    activation_with_an_account,
    activation_by_number,
    password_reset,
    email_reminder,
    recovery_entry,
]
by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)


@by_page
def test_the_time_does_not_tell_who_is_known(own_database, page):
    app = site(own_database, 2 * TRIES + 2)

    def ask(known, number):
        return page(app, known, number)

    assert not (tells(ask, 1) and tells(ask, 2))


@by_page
def test_nor_do_the_statements(own_database, page):
    app = site(own_database)
    run: list[str] = []
    event.listen(own_database, "before_cursor_execute", lambda *args: run.append(args[2]))
    seen = []
    for known in (True, False):
        run.clear()
        page(app, known, int(known))
        seen.append([re.sub(r"%\(\w+\)s", "?", statement) for statement in run])
    assert seen[0] == seen[1]
    assert len(seen[0]) > 5


@pytest.mark.parametrize("tries", [1, 5])
def test_a_dictated_code_that_is_spent_is_like_none(own_database, tries):
    """After its five tries it costs what an unknown address costs."""
    app = site(own_database)
    run: list[str] = []
    for _ in range(tries):
        recovery_entry(app, True, 0)
    event.listen(own_database, "before_cursor_execute", lambda *args: run.append(args[2]))
    recovery_entry(app, True, 0)
    known = list(run)
    run.clear()
    recovery_entry(app, False, 0)
    assert len(known) == len(run)
