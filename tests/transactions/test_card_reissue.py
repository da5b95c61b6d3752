"""An import that changes what a card says: the next version at once where one was given, and who holds it is told."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.models import CardVersion, Contract, Notification, Person
from member_space.services.card import issue
from member_space.services.card_source import live_cards
from member_space.services.household_import import import_households
from tests.factories.card import make_model
from tests.factories.feeds import write_households
from tests.factories.household import make_account

TODAY = date(2026, 4, 1)
SPOUSE = {
    "person_ref": "P102",
    "first_name": "Alex",
    "birth_date": "1986-02-03",
    "relation": "spouse",
    "nir": "",
    "email": "alex@example.org",
    "mobile": "",
    "attachment1_desired": "",
}
PRINTED = {"card_model": "CONFORT"}
CHANGED = {"csr": "CSR09", "terms_start": "2026-04-01"}


@pytest.fixture
def bring(db: Session, cipher, tmp_path):
    """Import a household that a card is printed for; how many cards it changed."""

    def run(*changes: dict) -> int:
        path = write_households(tmp_path / "foyers.csv", [PRINTED | one for one in changes])
        return import_households(db, path, cipher=cipher, today=TODAY, contract_type="01").counts["cards"]

    return run


@pytest.fixture
def household(db: Session, bring) -> dict[str, int]:
    """A holder and a spouse who each have a space; the account of each, by first name."""
    make_model(db)
    assert bring({}, SPOUSE) == 0
    return {one.first_name: make_account(db, one).id for one in db.scalars(select(Person))}


def ask(db: Session, cipher) -> None:
    """The holder opens his card."""
    ids = list(db.scalars(select(Contract.id)))
    issue(db, cipher, live_cards(db, cipher, ids, [TODAY.year], TODAY), TODAY)


def versions(db: Session) -> list[int]:
    return list(db.scalars(select(CardVersion.version).order_by(CardVersion.version)))


def told(db: Session) -> list[int]:
    kinds = select(Notification.account_id).where(Notification.kind == "card_changed")
    return sorted(db.scalars(kinds))


def test_a_card_that_was_given_has_its_next_version_and_each_is_told_once(db, cipher, bring, household):
    ask(db, cipher)
    assert bring({}, SPOUSE) == 0
    assert bring(CHANGED, SPOUSE | CHANGED) == 1
    assert versions(db) == [1, 2]
    assert told(db) == sorted(household.values())
    assert bring(CHANGED, SPOUSE | CHANGED) == 0


def test_who_sees_his_own_rights_alone_is_not_told_of_another_person(db, cipher, bring, household):
    ask(db, cipher)
    assert bring({"birth_rank": "2"}, SPOUSE) == 1
    assert told(db) == [household["Camille"]]


def test_a_card_that_nobody_asked_for_is_not_made(db, bring, household):
    assert bring(CHANGED, SPOUSE | CHANGED) == 0
    assert versions(db) == []
    assert told(db) == []


def test_rights_that_end_within_the_year_make_a_last_version_that_ends_with_them(db, cipher, bring, household):
    ask(db, cipher)
    ended = {"contract_end": "2026-06-30", "coverage_end": "2026-06-30"}
    assert bring(ended, SPOUSE | ended) == 1
    last = db.scalars(select(CardVersion.period).order_by(CardVersion.version.desc()).limit(1)).one()
    assert last.upper == date(2026, 7, 1)
