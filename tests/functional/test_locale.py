"""French unless the visitor chose, or his browser asks, otherwise (C178)."""

import re

import pytest

from member_space.models import ActFamilyRow
from tests.factories.household import make_account, make_contract, make_person, period
from tests.factories.statement import line_values, make_statement
from tests.functional.helpers import sign_in


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "fr"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9", "en"),
        ("de,en;q=0.5", "en"),
        ("de", "fr"),
        ("*", "fr"),
        ("en;q=0, *", "fr"),
        ("not a header at all ;;;", "fr"),
    ],
)
def test_the_browser_is_heard(app, asked, language):
    headers = {"Accept-Language": asked} if asked else {}
    assert app.get("/contact", headers=headers).html.html["lang"] == language


def test_a_choice_is_kept_and_leads_back_to_the_page(app):
    page = app.get("/contact?x=1")
    chosen = page.click("English")
    assert chosen.location == "http://localhost/contact?x=1"
    assert "HttpOnly" in chosen.headers["Set-Cookie"]
    page = chosen.follow(headers={"Accept-Language": "fr"})
    assert page.html.html["lang"] == "en"
    assert page.click("Français").follow().html.html["lang"] == "fr"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", ""])
def test_the_way_back_stays_on_this_site(app, elsewhere):
    assert app.get("/langue/en", {"next": elsewhere}, status=303).location == "http://localhost/"


def test_an_unknown_language_is_no_page(app):
    app.get("/langue/xx", status=404)
    app.set_cookie("language", "xx")
    assert app.get("/contact").html.html["lang"] == "fr"


def test_what_the_code_says_is_in_the_language_of_the_page(app):
    app.set_cookie("language", "en")
    form = app.get("/connexion").forms[0]
    form["email"], form["password"] = "nobody@example.org", "wrong"
    refused = form.submit(status=422).html.get_text(" ")
    assert "This address and this password do not go together." in refused
    assert "Monday to Friday, 08:30 to 18:00" in refused


def test_an_english_page_has_english_amounts_dates_and_families(app, db):
    person = make_person(db, "Jennifer")
    contract = make_contract(db, person)
    line = line_values(person, contract, fee=123450, member_share=120650)
    statement = make_statement(db, contract, [line])
    db.add(ActFamilyRow(code="consultation", label="Médecin généraliste", position=1, period=period()))
    sign_in(app, db, make_account(db, person))
    app.set_cookie("language", "en")
    page = app.get("/remboursements?du=2026-03-01&min=1000&famille=consultation&mots=lemaire")
    chips = [chip.contents[1] for chip in page.html.select(".filter-chips a[href]:not(.filter-clear)")]
    assert chips == [
        "since 1 March 2026",
        "cost or reimbursement of at least €1,000.00",
        "General practitioner",
        "“lemaire”",
    ]
    assert "€1,234.50" in page
    assert not re.search("[0-9]\u00a0€", page.html.get_text())
    sheet = app.get(f"/remboursements/decomptes/{statement.public_id}")
    assert sheet.html.h1.get_text() == "Statement of 20 March 2026"
    assert "70%" in sheet
