"""The question of contact by SMS: asked once, a yes and a no of the same weight, its proof kept (S-HCR-18, C25)."""

import pytest

from member_space.models import Consent, Event
from member_space.services.consent import Purpose
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.helpers import sign_in

QUESTION = "vous contacte par SMS"


@pytest.fixture
def person(db):
    person = make_person(db, "Camille", mobile="06 12 34 56 78", landline="01 99 00 11 22", birth_name="Naissance")
    person.address_line1, person.postcode, person.city = "3 rue du Four", "75006", "Paris"
    make_contract(db, person)
    return person


@pytest.fixture
def browser(app, db, person):
    return sign_in(app, db, make_account(db, person))


PAGE = "/mes-informations/consentements"


def question_of(page, purpose="sms_contact"):
    """The form of one purpose: the home page asks the first, their own page asks them all."""
    forms = [form for form in page.forms.values() if form.action == PAGE]
    return next(form for form in forms if form["finalite"].value == purpose)


@pytest.mark.parametrize(("reply", "granted"), [("oui", True), ("non", False)])
def test_the_home_page_asks_once_whatever_the_reply(db, browser, person, reply, granted):
    page = browser.get("/")
    answered = question_of(page).submit("reponse", value=reply)
    assert answered.status_int == 303
    assert answered.location == "http://localhost/?fait=accord"
    page = answered.follow()
    assert QUESTION not in page
    assert "Réponse enregistrée." in page.html.select_one("[role=status]").get_text()
    kept = db.query(Consent).filter_by(person_id=person.id).one()
    assert (kept.purpose, kept.granted) == ("sms_contact", granted)


def test_yes_and_no_are_one_gesture_each_of_the_same_weight(browser):
    buttons = browser.get("/").html.select(".sms-question button")
    assert [button["value"] for button in buttons] == ["oui", "non"]
    assert len({tuple(button["class"]) for button in buttons}) == 1


def test_the_words_kept_are_the_words_shown(db, browser, person):
    page = browser.get("/")
    shown = page.html.find(id="question-sms").get_text()
    question_of(page).submit("reponse", value="non")
    assert db.query(Consent).filter_by(person_id=person.id).one().wording == shown


def test_a_change_of_mind_is_a_new_line_and_a_fact_in_the_journal(db, browser, person):
    question_of(browser.get("/")).submit("reponse", value="oui")
    page = browser.get(PAGE)
    assert "Accepté" in page.html.select_one("#carte-sms_contact .chip").get_text()
    form = question_of(page)
    assert form["reponse"].value == "oui"
    form["reponse"] = "non"
    page = form.submit().follow()
    assert "Refusé" in page.html.select_one("#carte-sms_contact .chip").get_text()
    proofs = [proof.get_text(" ", strip=True) for proof in page.html.select("#carte-sms_contact details li")]
    assert [proof.split()[0] for proof in proofs] == ["Refusé", "Accepté"]
    assert all(QUESTION in proof for proof in proofs)
    answers = [granted for (granted,) in db.query(Consent.granted).order_by(Consent.id)]
    assert answers == [True, False]
    events = db.query(Event).filter_by(kind="consent:answered").order_by(Event.id).all()
    assert [event.details["granted"] for event in events] == [True, False]
    assert {event.subject_person_id for event in events} == {person.id}


def test_the_same_reply_again_adds_nothing(db, browser):
    form = question_of(browser.get(PAGE))
    form["reponse"] = "oui"
    form.submit()
    form.submit()
    assert db.query(Consent).count() == 1


@pytest.mark.parametrize("reply", [None, "", "peut-être", "oui\x00"])
def test_nothing_else_is_understood(db, browser, reply):
    token = question_of(browser.get(PAGE))["csrf_token"].value
    fields = {"csrf_token": token, "finalite": "sms_contact"} | ({} if reply is None else {"reponse": reply})
    page = browser.post(PAGE, fields, expect_errors=True)
    assert page.status_int in (400, 422)
    assert db.query(Consent).count() == 0
    if page.status_int == 422:
        assert "Répondez par oui ou par non." in page.html.select_one(".error-summary").get_text()


def test_the_way_back_stays_on_this_site(browser):
    form = question_of(browser.get("/"))
    form["next"] = "https://elsewhere.example/"
    assert form.submit("reponse", value="oui").location == f"http://localhost{PAGE}?fait=accord"


@pytest.mark.parametrize("purpose", Purpose)
def test_each_purpose_is_asked_alone_and_withdrawn_by_the_same_gesture(db, browser, purpose):
    for reply, granted in (("oui", True), ("non", False)):
        form = question_of(browser.get(PAGE), purpose.value)
        if reply == "oui":
            assert form["reponse"].value is None, "nothing is ticked beforehand"
        form["reponse"] = reply
        form.submit()
        last = db.query(Consent).order_by(Consent.id.desc()).first()
        assert (last.purpose, last.granted) == (purpose.value, granted)
    assert {kept.purpose for kept in db.query(Consent)} == {purpose.value}
    words = {kept.wording for kept in db.query(Consent)}
    assert words == {browser.get(PAGE).html.select_one(f"#{purpose.value} legend").get_text()}


@pytest.mark.parametrize("purpose", [None, "", "everything", "sms_contact "])
def test_a_purpose_that_is_not_of_the_list_is_refused(db, browser, purpose):
    token = question_of(browser.get(PAGE))["csrf_token"].value
    fields = {"csrf_token": token, "reponse": "oui"} | ({} if purpose is None else {"finalite": purpose})
    page = browser.post(PAGE, fields, expect_errors=True)
    assert page.status_int == 422
    assert "Cette question n’existe pas." in page.html.select_one(".error-summary").get_text()
    assert db.query(Consent).count() == 0


def test_ones_own_data_are_shown_with_whom_to_call(browser, person):
    page = browser.get("/mes-informations")
    text = page.text.replace("\xa0", " ")
    for words in ("Camille", "Naissance", "06 12 34 56 78", "01 99 00 11 22", "3 rue du Four", "75006 Paris"):
        assert words in text
    assert "Un conseiller vous aide au 01" in text


def test_the_question_needs_its_token(db, browser):
    browser.post(PAGE, {"reponse": "oui"}, status=400)
    assert db.query(Consent).count() == 0


def test_nobody_signed_in_answers_nothing(app, db):
    page = app.get("/connexion")
    token = page.forms[0]["csrf_token"].value
    answer = app.post(PAGE, {"reponse": "oui", "csrf_token": token}, expect_errors=True)
    assert answer.status_int == 303
    assert "/connexion" in answer.location
    assert db.query(Consent).count() == 0
