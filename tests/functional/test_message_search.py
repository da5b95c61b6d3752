"""What a member searches among what he sent, and how its list is kept."""

import pytest

from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import make_request
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in
from tests.functional.test_messages import LIST, answered, rows, write


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 16, 11) as clock:
        yield clock


@pytest.fixture
def family(db):
    holder, child = make_person(db, "Hélène"), make_person(db, "Zoé")
    contract = make_contract(db, holder, (child, "child"))
    return contract, child, make_account(db, holder)


@pytest.fixture
def browser(app, db, family):
    return sign_in(app, db, family[2])


SEARCHES = {
    "ete": 1,
    "ÉTÉ": 1,
    "été 🙂": 1,
    "4012": 1,
    "012": 0,
    "50": 1,
    "pourq": 1,
    "montant comprends": 1,
    "introuvable": 0,
    "été introuvable": 0,
    "' OR 1=1 -- %": 0,
    "été & !pourquoi | <-> :*": 1,
    "\\": 1,
    "🙂": 1,
    "%": 1,
}
"""What is typed, and whether QUESTION is found; by its own number too, whatever this is."""


def test_a_search_finds_words_and_their_starts(browser):
    write(browser)
    pages = {typed: browser.get(LIST, {"mots": typed}) for typed in SEARCHES}
    assert {typed: len(rows(page)) for typed, page in pages.items()} == SEARCHES
    assert [typed for typed, page in pages.items() if "ni lettre ni chiffre" in page] == ["\\", "🙂", "%"]


def test_a_number_is_found_by_its_start_and_never_by_its_end(browser):
    write(browser, "Facture 9740974 du 3")
    assert rows(browser.get(LIST, {"mots": "740974"})) == []
    assert len(rows(browser.get(LIST, {"mots": "9740974"}))) == 1


def test_what_somebody_else_wrote_is_not_found(app, db, family, tools):
    contract, child, account = family
    make_request(db, tools, account, contract, body="Secretissime")
    browser = sign_in(app, db, make_account(db, child))
    assert rows(browser.get(LIST, {"mots": "secretissime"})) == []


def test_the_list_is_kept_by_kind_and_state_and_pages_are_even(browser, db, family, tools):
    contract, _child, account = family
    for n in range(23):
        make_request(db, tools, account, contract, body=f"Message {n}")
    answered(db, tools, make_request(db, tools, account, contract, "claim", "claim.optics"))
    assert len(rows(browser.get(LIST, {"type": "remboursement"}))) == 1
    assert len(rows(browser.get(LIST, {"etat": "terminees"}))) == 1
    first = browser.get(LIST, {"etat": "en-cours"})
    second = first.click("Plus anciens")
    assert (len(rows(first)), len(rows(second))) == (20, 3)
    assert rows(second.click("Plus récents")) == rows(first)
    page = browser.get(LIST, {"type": "rien", "avant": "demain"}, status=422)
    assert len(rows(page)) == 20
    assert "pas complet" in page.html.select_one(".error-summary").get_text()
