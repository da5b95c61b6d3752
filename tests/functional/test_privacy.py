"""Each adult opens or closes his care to the holder, and it counts at once (C44)."""

from datetime import date

import pytest

from member_space.models import Coverage, Event
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in

PAGE = "/situation/confidentialite"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def couple(db):
    holder, spouse = make_person(db, "Hélène", last_name="Morel"), make_person(db, "Sami", last_name="Morel")
    contract = make_contract(db, holder, (spouse, "spouse"))
    make_statement(db, contract, [line_values(spouse, contract)])
    return {"holder": holder, "spouse": spouse, "contract": contract}


def choose(browser, choice):
    form = next(form for form in browser.get(PAGE).forms.values() if form.action == PAGE)
    form["soins"] = choice
    return form.submit()


def test_opening_and_closing_count_at_once_for_the_holder(app, db, couple):
    ours, theirs = make_account(db, couple["holder"]), make_account(db, couple["spouse"])
    assert "Consultation" not in sign_in(app, db, ours).get("/remboursements")
    spouse = sign_in(app, db, theirs)
    assert "Hélène Morel lit la date et le montant" in spouse.get(PAGE)
    answer = choose(spouse, "ouverts")
    assert (answer.status_int, answer.location) == (303, f"http://localhost{PAGE}?fait=soins-ouverts")
    page = answer.follow()
    assert "Hélène Morel lit vos remboursements en entier" in page
    assert "Hélène Morel lit maintenant vos soins" in page.html.select_one("[role=status]").get_text()
    holder = sign_in(app, db, ours)
    assert "Consultation" in holder.get("/remboursements")
    assert "Soins ouverts" in holder.get(PAGE)
    choose(sign_in(app, db, theirs), "fermes")
    holder = sign_in(app, db, ours)
    assert "Consultation" not in holder.get("/remboursements")
    assert "Soins fermés" in holder.get(PAGE)


def test_each_change_is_in_the_journal_and_no_change_is_not(app, db, couple):
    browser = sign_in(app, db, make_account(db, couple["spouse"]))
    for choice in ("ouverts", "ouverts", "fermes"):
        choose(browser, choice)
    events = db.query(Event).filter_by(kind="privacy:changed").order_by(Event.id).all()
    assert [event.details["opened"] for event in events] == [True, False]
    assert {(event.subject_person_id, event.contract_id) for event in events} == {
        (couple["spouse"].id, couple["contract"].id)
    }


def test_the_holder_cannot_open_another_one(app, db, couple):
    """The choice is one's own: the form of the holder, forged, changes nothing of the spouse."""
    browser = sign_in(app, db, make_account(db, couple["holder"]))
    page = browser.get(PAGE)
    assert not [form for form in page.forms.values() if form.action == PAGE]
    token = page.html.find("input", {"name": "csrf_token"})["value"]
    browser.post(PAGE, {"csrf_token": token, "soins": "ouverts", "person_id": str(couple["spouse"].public_id)})
    db.refresh(couple["spouse"])
    assert couple["spouse"].care_open_to_holder is False


def test_the_holder_reads_what_he_sees_of_each(app, db, couple):
    child = make_person(db, "Zoé", date(2015, 5, 5), last_name="Morel")
    contract = couple["contract"]
    db.add(Coverage(contract_id=contract.id, person_id=child.id, relation="child", period=contract.period, position=3))
    page = sign_in(app, db, make_account(db, couple["holder"])).get(PAGE)
    rows = {row.dt.get_text(): row.dd.get_text() for row in page.html.select("#autres .facts > div")}
    assert "Soins fermés" in rows["Sami Morel"]
    assert "elle peut vous l’ouvrir" in rows["Sami Morel"]
    assert "Moins de 18 ans" in rows["Zoé Morel"]


def test_a_holder_alone_is_told_there_is_nothing_to_choose(app, db):
    alone = make_person(db, "Aude")
    make_contract(db, alone)
    page = sign_in(app, db, make_account(db, alone)).get(PAGE)
    assert "vous êtes la seule personne à lire vos soins" in page
    assert "Confidentialité" not in page.goto("/mes-informations").html.main.get_text()
    assert not [form for form in page.forms.values() if form.action == PAGE]


def test_mes_informations_says_to_each_what_is_his_to_know(app, db, couple):
    ours, theirs = make_account(db, couple["holder"]), make_account(db, couple["spouse"])
    said = sign_in(app, db, ours).get("/mes-informations").html.main.get_text()
    assert "Ce que vous lisez des soins des autres adultes" in said
    assert "le titulaire du contrat lit" not in said
    said = sign_in(app, db, theirs).get("/mes-informations").html.main.get_text()
    assert "Ce que le titulaire du contrat lit de vos soins" in said


def test_a_minor_with_an_account_does_not_choose_yet(app, db):
    holder, minor = make_person(db, "Hélène"), make_person(db, "Lou", date(2009, 5, 5))
    make_contract(db, holder, (minor, "child"))
    browser = sign_in(app, db, make_account(db, minor))
    page = browser.get(PAGE)
    assert "moins de 18 ans" in page
    token = page.html.find("input", {"name": "csrf_token"})["value"]
    refused = browser.post(PAGE, {"csrf_token": token, "soins": "ouverts"}, status=422)
    assert "à vos 18 ans" in refused
    assert db.query(Event).filter_by(kind="privacy:changed").count() == 0


@pytest.mark.parametrize("choice", [None, "", "tout"])
def test_an_unknown_choice_is_refused_in_words(app, db, couple, choice):
    browser = sign_in(app, db, make_account(db, couple["spouse"]))
    token = browser.get(PAGE).html.find("input", {"name": "csrf_token"})["value"]
    fields = {"csrf_token": token} | ({} if choice is None else {"soins": choice})
    page = browser.post(PAGE, fields, status=422)
    assert "Choisissez qui peut lire vos soins." in page.html.select_one(".error-summary").get_text()
    assert page.html.title.get_text().startswith("Erreur : ")


def test_nobody_signed_in_is_shown_the_door(app):
    assert "/connexion" in app.get(PAGE, status=303).location


@pytest.mark.parametrize("code", ["", "inconnu", "sms", "deconnexion", "<b>", "soins-fermes&fait="])
def test_a_code_of_another_act_says_nothing(app, db, couple, code):
    page = sign_in(app, db, make_account(db, couple["spouse"])).get(f"{PAGE}?fait={code}")
    assert page.html.select("main [role=status]") == []


def test_the_code_of_a_choice_that_nobody_could_make_says_nothing(app, db, couple):
    page = sign_in(app, db, make_account(db, couple["holder"])).get(f"{PAGE}?fait=soins-fermes")
    assert page.html.select("main [role=status]") == []
