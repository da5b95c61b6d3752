"""The paper card and a loss: two clicks, then a request like any other (C51, S-HCR-26)."""

from datetime import date

import pytest
from sqlalchemy import select

from member_space.models import Message, Request
from tests.factories.card import make_model, print_by
from tests.factories.household import make_account, make_contract, make_person, period
from tests.functional.helpers import sign_in

ADDRESS = {"address_line1": "27 avenue du Peuple belge", "postcode": "59800", "city": "Lille"}


@pytest.fixture
def browser(app, db):
    holder = make_person(db, "Karim", **ADDRESS)
    make_model(db)
    print_by(db, make_contract(db, holder))
    return sign_in(app, db, make_account(db, holder))


@pytest.mark.parametrize(
    ("button", "topic", "words"),
    [
        ("Recevoir la carte par la poste", "message.card_paper", "par la poste"),
        ("Déclarer une perte ou un vol", "message.card_lost", "perdu"),
    ],
)
def test_two_clicks_make_a_request_that_is_followed(browser, db, button, topic, words):
    page = browser.get("/tiers-payant").click(button)
    assert "27 avenue du Peuple belge" in page
    sent = next(form for form in page.forms.values() if "cle" in form.fields)
    thread = sent.submit().follow()
    assert thread.request.path.startswith("/demandes/")
    row = db.scalars(select(Request)).one()
    assert (row.kind, row.topic, row.state) == ("message", topic, "to_do")
    assert words in db.scalars(select(Message.body)).one()
    # The same form again is the same request; the page then leads to it.
    sent.submit()
    again = browser.get("/tiers-payant").click(button)
    assert len(db.scalars(select(Request)).all()) == 1
    assert again.click("Suivre ma demande").request.path == thread.request.path
    assert row.number in browser.get("/messages")


def test_two_tabs_are_one_card(browser, db):
    """The page that says « already asked » has no button: one opened before must not send another card."""
    tabs = [browser.get("/tiers-payant/perte") for _ in range(2)]
    forms = [next(form for form in page.forms.values() if "cle" in form.fields) for page in tabs]
    first, second = (form.submit().location for form in forms)
    assert first == second
    assert len(db.scalars(select(Request)).all()) == 1


def test_without_an_address_it_is_asked_first(app, db):
    holder = make_person(db, "Aude")
    make_contract(db, holder)
    page = sign_in(app, db, make_account(db, holder)).get("/tiers-payant/commander")
    assert page.html.main.select_one(".btn-primary")["href"].endswith("/mes-informations/adresse")
    token = page.html.select_one("input[name=csrf_token]")["value"]
    refused = app.post("/tiers-payant/commander", {"csrf_token": token}, status=422)
    assert "votre adresse postale" in refused
    assert db.scalars(select(Request)).all() == []


def test_whose_rights_ended_is_sent_no_card(app, db):
    holder = make_person(db, "Aude", **ADDRESS)
    make_model(db)
    print_by(db, make_contract(db, holder, period=period(date(2020, 1, 1), date(2024, 1, 1))))
    browser = sign_in(app, db, make_account(db, holder))
    page = browser.get("/tiers-payant")
    assert "se sont terminés le 31 décembre 2023" in page
    assert page.html.select("#papier, #refus") == []
    for wish in ("commander", "perte"):
        assert browser.get(f"/tiers-payant/{wish}", status=303).location.endswith("/tiers-payant")
