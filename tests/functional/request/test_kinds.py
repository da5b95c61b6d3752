"""Quotes, complaints, questions about a line, who joins and leaves: each journey to its end, and what it refuses."""

from base64 import b64decode
from datetime import date

import pytest

from member_space.domain.nir import key_of
from member_space.models import Message, Request, StatementLine
from tests.factories.household import make_account
from tests.factories.journeys import decide
from tests.factories.request import take
from tests.factories.statement import line_values, make_statement
from tests.functional.helpers import sign_in, tools_of
from tests.functional.journeys import (
    carry_on,
    choose,
    fill,
    form_with,
    made,
    only_request,
    past_the_lines,
    quote_for,
    send,
    words,
)

NIR = "2150575056123"


# Quotes


def test_a_quote_needs_its_message(db, browser, people):
    page = carry_on(past_the_lines(quote_for(browser, people["child"])))
    refused = fill(page, "message", message="   ")
    assert refused.status_int == 422
    assert "Écrivez votre message" in words(refused)
    page = fill(refused, "message", message="Que restera-t-il à payer ?").follow()
    assert send(page, **{"sans-quote": "later"}).status_int == 303
    row = only_request(db)
    assert (row.kind, row.topic, row.person_id) == ("quote", "quote.dental", people["child"].id)
    assert db.query(Message).one().body == "Que restera-t-il à payer ?"


def test_a_guarantee_of_payment_says_where_when_and_how(db, browser, people):
    typed = {
        "personne": str(people["holder"].public_id),
        "etablissement": "Hôpital Lariboisière, Paris",
        "finess": "75 071 218 4",
        "entree": "01/07/2026",
        "jours": "4",
        "dmt": "137",
        "chambre": True,
    }
    page = fill(choose(browser, "/demarches/devis", "quote.hospital"), "finess", **typed)
    page = fill(carry_on(page.follow()), "message", message="Opération du genou.").follow()
    for part in ("Lariboisière", "750712184", "1er juillet 2026", "Nombre de jours prévus 4", "137", "Chambre"):
        assert part in words(page)
    assert send(page).status_int == 303
    assert only_request(db).details == {
        "establishment": "Hôpital Lariboisière, Paris",
        "finess": "750712184",
        "entry_date": "2026-07-01",
        "days": 4,
        "dmt": "137",
        "room": True,
    }


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("finess", "750712185", "n’est pas le bon"),
        ("finess", "12", "n’est pas le bon"),
        ("jours", "beaucoup", "en chiffres, de 1 à 365"),
        ("jours", "0", "de 1 à 365"),
        ("jours", "9" * 400, "de 1 à 365"),
        ("dmt", "1370", "trois chiffres"),
        ("entree", "", "Écrivez la date d’entrée"),
        ("etablissement", "x" * 300, "200 caractères au plus"),
    ],
)
def test_what_a_hospital_form_refuses(browser, people, field, typed, told):
    values = {"personne": str(people["holder"].public_id), "etablissement": "Paris", "entree": "01/07/2026"}
    page = fill(choose(browser, "/demarches/devis", "quote.hospital"), "finess", **values | {field: typed})
    assert page.status_int == 422
    assert told in words(page)
    assert form_with(page, "finess")[field].value == typed


# A line already paid


@pytest.fixture
def line(db, people):
    own = line_values(people["child"], people["contract"])
    other = line_values(people["spouse"], people["contract"], label="Soin secret")
    statement = make_statement(db, people["contract"], [own, other])
    db.commit()
    return statement


def test_a_question_starts_from_the_line_of_a_statement(db, browser, line):
    page = browser.get(f"/remboursements/decomptes/{line.public_id}")
    asks = page.html.select('a[href*="claim.question"]')
    assert len(asks) == 1, "the line of another adult, whose care is closed, is asked nothing about"
    start = browser.get(asks[0]["href"])
    assert "Consultation médecin généraliste" in words(start)
    assert [tile["value"] for tile in start.html.select("button.tile")] == ["claim.question"]
    page = form_with(start, "objet").submit("objet", value="claim.question").follow()
    page = carry_on(fill(page, "message", message="Pourquoi 9 € ?").follow())
    assert "Consultation médecin généraliste" in words(page)
    assert send(page).status_int == 303
    row = only_request(db)
    assert row.statement_line_id is not None
    assert (row.topic, row.care_date) == ("claim.question", date(2026, 3, 12))


def test_care_not_recognised_needs_no_words(db, browser, line):
    page = browser.get(f"/remboursements/decomptes/{line.public_id}")
    start = browser.get(page.html.select_one('a[href*="unknown_care"]')["href"])
    page = form_with(start, "objet").submit("objet", value="claim.unknown_care").follow()
    page = carry_on(fill(page, "message", message="").follow())
    assert send(page).status_int == 303
    assert only_request(db).target_minutes == 5 * 570


def test_the_line_is_chosen_among_the_latest(db, browser, line):
    page = choose(browser, "/demarches/remboursement", "claim.question")
    assert "Soin secret" not in page
    [radio] = page.html.select("input[name=ligne]")
    page = fill(page, "ligne", ligne=radio["value"]).follow()
    assert "Que voulez-vous nous dire" in words(page)


def test_the_line_of_a_closed_adult_is_not_one_to_ask_about(db, browser, line, people):
    closed = db.query(StatementLine).filter_by(person_id=people["spouse"].id).one()
    start = browser.get(f"/demarches/remboursement?ligne={closed.id}")
    assert "Soin secret" not in start
    page = form_with(start, "objet").submit("objet", value="claim.question").follow()
    assert "De quel soin s’agit-il" in words(page)
    assert only_request(db).statement_line_id is None


# Complaints


def test_a_complaint_has_its_own_number_and_names_its_delays(db, browser):
    start = browser.get("/demarches/reclamation")
    assert "10 jours ouvrables" in words(start)
    assert "médiateur" in words(start)
    page = form_with(start, "objet").submit("objet", value="complaint.delay").follow()
    assert fill(page, "message", message="").status_int == 422
    page = carry_on(fill(page, "message", message="Rien depuis un mois.").follow())
    answer = send(page)
    row = only_request(db)
    assert row.number.startswith("REC-")
    said = words(answer.follow())
    assert "2 mois" in said
    assert "médiateur" in said


def test_a_decision_is_contested_by_a_linked_complaint(app, db, browser, account, people, colleague):
    claim = made(app, db, account, people, "claim", "claim.dental", body=None)
    take(db, tools_of(app), claim, colleague)
    decide(db, tools_of(app), claim, colleague)
    db.commit()
    page = browser.get(f"/demandes/{claim.public_id}")
    assert "Acceptée en partie" in words(page)
    assert "30,00 €" in words(page)
    start = page.click("Contester")
    assert claim.number in words(start)
    form_with(start, "objet").submit("objet", value="complaint.decision")
    complaint = db.query(Request).filter_by(kind="complaint").one()
    assert complaint.linked_id == claim.id


# Who joins and who leaves


def person(**values):
    typed = {"prenom": "Lou", "nom": "Morel", "naissance": "02/06/2026", "lien": "child", "effet": "02/06/2026"}
    return typed | values


def test_a_birth_asks_for_its_paper_and_the_number_stays_sealed(app, db, browser):
    number = NIR + key_of(NIR)
    page = fill(choose(browser, "/demarches/beneficiaire", "change.birth"), "prenom", **person(nir=number))
    page = fill(carry_on(page.follow()), "message", message="").follow()
    said = words(page)
    assert "Lou Morel" in said
    assert "donné, gardé chiffré" in said
    assert NIR not in page.text.replace(" ", "")
    assert send(page, **{"sans-birth_certificate": "later"}).status_int == 303
    details = only_request(db).details
    assert NIR not in str(details)
    assert tools_of(app).cipher.decrypt(b64decode(details["nir"])) == number


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"nir": "215057505612399"}, "La clé"),
        ({"nir": "12"}, "13 chiffres"),
        ({"naissance": "02/06/2027", "effet": "02/06/2027"}, "Cette date est à venir"),
        ({"effet": "01/06/2026"}, "avant la naissance"),
        ({"lien": None}, "Dites qui est cette personne"),
        ({"nom": "\u200f"}, None),
        ({"prenom": ""}, "Écrivez le prénom"),
    ],
)
def test_what_the_form_of_a_person_refuses(browser, values, told):
    typed = {name: value for name, value in person(**values).items() if value is not None}
    page = fill(choose(browser, "/demarches/beneficiaire", "change.birth"), "prenom", **typed)
    if told is None:
        assert page.status_int == 303
    else:
        assert page.status_int == 422
        assert told in words(page)
        assert form_with(page, "prenom")["nom"].value == typed["nom"]


def test_somebody_leaves_and_it_can_be_taken_back(db, browser, people):
    page = browser.get(f"/beneficiaires/{people['spouse'].public_id}").click("Supprimer le bénéficiaire")
    page = form_with(page, "objet").submit("objet", value="change.remove").follow()
    offered = {radio["value"] for radio in page.html.select("input[name=personne]")}
    assert offered == {str(people["spouse"].public_id), str(people["child"].public_id)}
    assert form_with(page, "personne")["personne"].value == str(people["spouse"].public_id)
    page = fill(page, "depart", depart="01/07/2026", motif="own_cover")
    page = fill(carry_on(page.follow()), "message", message="").follow()
    page = send(page).follow()
    row = only_request(db)
    assert row.details == {"leaves_on": "2026-07-01", "reason": "own_cover"}
    form = next(form for form in page.forms.values() if form.action.endswith("/retirer"))
    page = form.submit().follow()
    assert "est retirée" in words(page)
    db.expire_all()
    assert row.state == "withdrawn"


def test_only_the_holder_changes_who_is_covered(app, db, people):
    browser = sign_in(app, db, make_account(db, people["spouse"]))
    page = browser.get("/demarches/beneficiaire")
    assert "Seul le titulaire" in words(page)
    assert not page.html.select("button.tile")
