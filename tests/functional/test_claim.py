"""A claim from its object to its receipt: what is asked, what is refused, what is sent once (S-HCR-31 to 39)."""

from datetime import date

import pytest

from member_space.models import Coverage, Message, Notification, Request
from tests.factories.household import make_account, make_contract, make_person, period
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in
from tests.functional.journeys import carry_on, choose, fill, form_with, only_request, send, words

START = "/demarches/remboursement"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 16) as clock:
        yield clock


@pytest.fixture
def family(db):
    holder = make_person(db, "Hélène", last_name="Morel")
    child = make_person(db, "Zoé", date(2015, 5, 5), last_name="Morel")
    contract = make_contract(db, holder, (child, "child"))
    db.query(Coverage).filter_by(person_id=child.id).update({"period": period(date(2026, 1, 1))})
    db.commit()
    return holder, child, contract


@pytest.fixture
def browser(app, db, family):
    return sign_in(app, db, make_account(db, family[0]))


def care(browser, topic="claim.routine", day="12/03/2026"):
    """The second half of the page of the care."""
    return fill(choose(browser, START, topic), "soin_le", soin_le=day).follow()


def reviewed(browser, person, amount="25", topic="claim.routine", day="12/03/2026"):
    page = fill(care(browser, topic, day), "personne", personne=str(person.public_id), montant=amount).follow()
    page = carry_on(page)
    return fill(page, "message", message="").follow()


def test_from_the_object_to_the_receipt(app, db, browser, family):
    _holder, child, contract = family
    page = choose(browser, START, "claim.optics")
    assert "étape 2 sur 5" in words(page)
    page = fill(page, "soin_le", soin_le="12/03/2026").follow()
    assert "Soin du 12 mars 2026" in words(page)
    page = fill(page, "personne", personne=str(child.public_id), montant="1 234,5 €", autre_mutuelle=True).follow()
    assert "toutes les pièces du même soin en un seul envoi" in words(page)
    assert "Ordonnance à joindre" in words(page)
    page = fill(carry_on(page), "message", message="Deux paires 👓 : voir la facture.").follow()
    said = words(page)
    for part in ("Optique", "Zoé Morel", "12 mars 2026", "1 234,50 €", "a déjà payé une partie", "Deux paires 👓"):
        assert part in said
    answer = send(page, **{"sans-paid_invoice": "later", "sans-prescription": "none"})
    row = only_request(db)
    assert answer.location == f"http://localhost/demandes/{row.public_id}?fait=demande-transmise"
    assert (row.state, row.person_id, row.contract_id, row.amount) == ("to_do", child.id, contract.id, 123450)
    assert row.details == {"other_insurer": True, "without": {"paid_invoice": "later", "prescription": "none"}}
    assert db.query(Message).one().body == "Deux paires 👓 : voir la facture."
    assert db.query(Notification).one().kind == "request_received"
    said = words(answer.follow())
    assert row.number in said
    assert "Votre demande est bien arrivée" in said
    assert "Retirer la demande" in said


def test_who_was_not_covered_that_day_is_not_offered_and_it_is_said_before_any_paper(browser, family):
    holder, child, _contract = family
    page = care(browser, day="12/03/2025")
    offered = [radio["value"] for radio in page.html.select("input[name=personne]")]
    assert offered == [str(holder.public_id)]
    assert "Zoé Morel n’est pas dans la liste : couverture depuis le 1er janvier 2026, donc hors droits" in words(page)
    form = form_with(page, "montant")
    form["montant"] = "25"
    form["personne"].force_value(str(child.public_id))
    answer = form.submit(expect_errors=True)
    assert answer.status_int == 422
    assert "Choisissez une des réponses" in words(answer)


def test_before_any_cover_nothing_is_asked_for(browser):
    page = care(browser, day="12/03/2019")
    said = words(page)
    assert "Hors droits à cette date" in said
    assert not page.html.select("input[name=montant]")
    assert "Changer la date" in said


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Écrivez la date du soin"),
        ("12/03/2027", "Cette date est à venir"),
        ("demain", "Écrivez la date avec le jour"),
        ("31/02/2026", "n’existe pas dans le calendrier"),
        ("12/03/26", "l’année en quatre chiffres"),
        ("\u202e12/03/2026", "Écrivez la date avec le jour"),
    ],
)
def test_a_day_that_cannot_be_read_says_why_and_is_kept(browser, typed, told):
    page = fill(choose(browser, START, "claim.routine"), "soin_le", soin_le=typed)
    assert page.status_int == 422
    assert told in words(page)
    assert form_with(page, "soin_le")["soin_le"].value == typed


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Écrivez le montant que vous avez payé"),
        ("-3", "supérieur à zéro"),
        ("0", "supérieur à zéro"),
        ("abc", "Écrivez le montant en euros"),
        ("12,505", "deux chiffres au plus"),
        ("1" * 40, "trop grand"),
        ("😀", "Écrivez le montant en euros"),
    ],
)
def test_an_amount_that_cannot_be_read_says_why_and_nothing_is_lost(browser, family, typed, told):
    page = fill(care(browser), "personne", personne=str(family[1].public_id), montant=typed)
    assert page.status_int == 422
    assert told in words(page)
    form = form_with(page, "montant")
    assert (form["montant"].value, form["personne"].value) == (typed, str(family[1].public_id))


@pytest.mark.parametrize(("typed", "cents"), [("12,50", 1250), ("1 234,5 €", 123450), ("25", 2500)])
def test_amounts_as_people_type_them(db, browser, family, typed, cents):
    fill(care(browser), "personne", personne=str(family[0].public_id), montant=typed)
    assert only_request(db).amount == cents


def test_a_message_too_long_says_how_much_and_keeps_it_all(browser, family):
    page = fill(care(browser), "personne", personne=str(family[0].public_id), montant="25").follow()
    page = carry_on(page)
    assert "10 000 caractères au plus" in words(page)
    page = fill(page, "message", message="a" * 20_000)
    assert page.status_int == 422
    assert "Votre message fait 20 000 caractères : gardez-en 10 000" in words(page)
    assert len(form_with(page, "message")["message"].value.strip()) == 20_000


def test_a_missing_paper_is_said_and_needs_a_reason_not_a_dead_end(db, browser, family):
    page = reviewed(browser, family[0])
    assert "Facture acquittée : rien n’est joint" in words(page)
    answer = send(page)
    assert answer.status_int == 422
    assert "dites pourquoi elle manque" in words(answer)
    assert only_request(db).state == "draft"
    assert send(answer, **{"sans-paid_invoice": "later"}).status_int == 303


def test_clicked_twice_it_is_sent_once(db, browser, family):
    page = reviewed(browser, family[0])
    first = send(page, **{"sans-paid_invoice": "later"})
    again = send(page, **{"sans-paid_invoice": "later"})
    row = only_request(db)
    assert first.location.startswith(f"http://localhost/demandes/{row.public_id}")
    assert again.location == f"http://localhost/demandes/{row.public_id}"
    assert db.query(Message).count() == 0
    assert db.query(Notification).count() == 1


def test_back_to_the_first_page_after_sending_leads_to_the_receipt(db, browser, family):
    start = browser.get(START)
    form = form_with(start, "objet")
    page = fill(form.submit("objet", value="claim.routine").follow(), "soin_le", soin_le="12/03/2026").follow()
    page = fill(page, "personne", personne=str(family[0].public_id), montant="25").follow()
    send(fill(carry_on(page), "message", message="").follow(), **{"sans-paid_invoice": "later"})
    row = only_request(db)
    again = form_with(start, "objet").submit("objet", value="claim.optics")
    assert again.location == f"http://localhost/demandes/{row.public_id}"
    for page in ("soin", "pieces", "message", "verifier"):
        assert browser.get(f"/demandes/{row.public_id}/{page}").location == again.location


def test_back_to_the_first_page_before_sending_changes_the_object_of_the_same_draft(db, browser):
    form = form_with(browser.get(START), "objet")
    form.submit("objet", value="claim.optics")
    form.submit("objet", value="claim.dental")
    assert only_request(db).topic == "claim.dental"


def test_what_another_tab_changed_is_read_again_before_it_leaves(db, browser, family, clock):
    page = reviewed(browser, family[0])
    row = only_request(db)
    clock.at = clock.at.replace(minute=7)
    other = browser.get(f"/demandes/{row.public_id}/soin")
    fill(other, "personne", personne=str(family[0].public_id), montant="99")
    answer = send(page, **{"sans-paid_invoice": "later"})
    assert answer.status_int == 422
    assert "Cette demande a changé depuis" in words(answer)
    assert "99,00 €" in words(answer)
    assert send(answer).status_int == 303


def test_the_same_care_again_is_shown_and_the_member_decides(db, browser, family):
    send(reviewed(browser, family[0]), **{"sans-paid_invoice": "later"})
    first = only_request(db)
    page = reviewed(browser, family[0])
    assert first.number in words(page)
    assert "même personne, même date et même montant" in words(page)
    refused = send(page, **{"sans-paid_invoice": "later"})
    assert refused.status_int == 422
    assert "cochez la case" in words(refused)
    assert send(refused, encore=True).status_int == 303
    second = db.query(Request).order_by(Request.id.desc()).first()
    assert second.details["repeats"] == [{"number": first.number, "same_file": False}]


def test_an_unknown_object_is_refused_in_words(browser):
    form = form_with(browser.get(START), "objet")
    answer = form.submit("objet", value="quote.optics", expect_errors=True)
    assert answer.status_int == 422
    assert "Choisissez de quoi il s’agit" in words(answer)


def test_a_draft_waits_at_the_hub_and_is_erased(db, browser, family):
    choose(browser, START, "claim.optics")
    hub = browser.get("/demarches")
    assert "Il manque le soin" in words(hub)
    assert "Gardé jusqu’au 16 juillet 2026" in words(hub)
    row = only_request(db)
    assert browser.get(f"/demandes/{row.public_id}").location.endswith("/soin")
    page = browser.get(f"/demandes/{row.public_id}/verifier")
    form = next(form for form in page.forms.values() if form.action.endswith("/effacer"))
    answer = form.submit()
    assert "Le brouillon est effacé" in words(answer.follow())
    assert db.query(Request).count() == 0
