"""A claim that repeats another adult's: neither a day nor an amount that is guessed confirms his care."""

from datetime import date

import pytest

from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import make_request
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in, tools_of
from tests.functional.journeys import form_with, send, words
from tests.functional.test_claim import reviewed

CARE = {"care_date": date(2026, 3, 12), "amount": 2500}


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 16) as clock:
        yield clock


@pytest.fixture
def family(db):
    holder, spouse = make_person(db, "Hélène", last_name="Morel"), make_person(db, "Sami", last_name="Morel")
    contract = make_contract(db, holder, (spouse, "spouse"))
    return make_account(db, holder), spouse, contract


@pytest.fixture
def theirs(app, db, family):
    _account, spouse, contract = family
    facts = {"person_id": spouse.id, **CARE}
    row = make_request(db, tools_of(app), make_account(db, spouse), contract, "claim", "claim.routine", **facts)
    db.commit()
    return row


@pytest.fixture
def browser(app, db, family):
    return sign_in(app, db, family[0])


def test_of_another_adult_nothing_is_said(browser, family, theirs):
    page = reviewed(browser, family[1])
    assert "encore" not in form_with(page, "vu").fields
    assert "Déjà envoyée" not in words(page)
    assert send(page, **{"sans-paid_invoice": "later"}).status_int == 303


def test_of_one_who_opened_his_care_it_is(db, browser, family, theirs):
    family[1].care_open_to_holder = True
    db.commit()
    page = reviewed(browser, family[1])
    assert "Une demande d’un autre adulte de votre contrat" in words(page)
    assert theirs.number not in words(page)


def test_what_one_sent_for_him_oneself_is(browser, family, theirs):
    send(reviewed(browser, family[1]), **{"sans-paid_invoice": "later"})
    said = words(reviewed(browser, family[1]))
    assert "même personne, même date et même montant" in said
    assert "autre adulte" not in said
