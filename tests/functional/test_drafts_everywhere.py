"""Each form of one's own data, of a request, of a colleague is found again once the session ended; no secret (C17)."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from member_space.domain.permissions import Role
from member_space.interfaces import ICipher
from member_space.models import Contract, Draft, Person, WebSession
from member_space.services.faq_file import load_faq
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.factories.request import make_draft
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in, tools_of

OWN = "/mes-informations"
IBAN = "FR76 3000 6000 0112 3456 7890 189"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def account(db):
    holder, spouse = make_person(db, "Paul"), make_person(db, "Hélène", last_name="Morel", mobile="+33612345678")
    make_contract(db, holder, (spouse, "spouse"))
    return make_account(db, spouse, mobile="+33612345678")


def form_with(page, name):
    return next(form for form in page.forms.values() if name in form.fields and "draft" in form.fields)


def kept(app, db):
    return [
        json.loads(app.app.registry.getUtility(ICipher).decrypt(one))["values"]
        for one in db.scalars(select(Draft.values))
    ]


def lose_and_find(app, db, account, path, name, values):
    """The form of this page is sent after the session ended; the page, once signed in again."""
    form = form_with(sign_in(app, db, account, proved=True).get(path), name)
    for field, value in values.items():
        if isinstance(value, set):
            for box in form.fields[field]:
                box.checked = box._value in value
        else:
            form[field] = value
    db.query(WebSession).delete()
    db.commit()
    door = form.submit()
    assert (door.status_int, door.location.split("?")[0]) == (303, "http://localhost/connexion")
    return sign_in(app, db, account, proved=True).get(path)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        (f"{OWN}/email", {"email": "nouvelle@example.org"}),
        (f"{OWN}/telephone", {"mobile": "07 11 22 33 44"}),
        ("/situation/confidentialite", {"soins": "ouverts"}),
        (f"{OWN}/notifications", {"langue": "en", "choix": {"reimbursements-sms", "requests-email"}}),
        ("/conseiller", {"question": "Où en est mon remboursement ?"}),
        ("/conseiller/parler-a-quelqu-un", {"texte": "Rappelez-moi, je vous prie.", "objet": "message.delay"}),
    ],
)
def test_what_was_chosen_is_found_again(app, db, account, path, values):
    page = lose_and_find(app, db, account, path, next(iter(values)), values)
    assert "Nous avons retrouvé votre saisie" in page
    form = form_with(page, next(iter(values)))
    for field, value in values.items():
        if isinstance(value, set):
            assert {box._value for box in form.fields[field] if box.checked} == value
        else:
            assert form[field].value == value
    # Nothing was done meanwhile.
    assert not db.get(Person, account.person_id).care_open_to_holder


def test_a_question_is_kept_until_it_is_answered_in_the_panel(app, db, account):
    load_faq(db)
    asked = {"question": "Jusqu’à quand ma carte est-elle valable ?"}
    form = form_with(lose_and_find(app, db, account, "/conseiller", "question", asked), "question")
    browser, sent = sign_in(app, db, account), {name: form[name].value for name in ("csrf_token", "draft", "question")}
    sent["csrf_token"] = form_with(browser.get("/conseiller"), "question")["csrf_token"].value
    answer = browser.post("/conseiller", sent, headers={"X-Requested-With": "XMLHttpRequest"})
    assert "adviser-answer" in answer
    assert kept(app, db) == []


def test_a_talk_is_erased_with_the_question_that_was_not_sent(app, db, account):
    load_faq(db)
    page = lose_and_find(app, db, account, "/conseiller", "question", {"question": "Et celle de ma fille ?"})
    next(form for form in page.forms.values() if "a" in form.fields).submit(status=303)
    page = page.goto("/conseiller")
    assert kept(app, db)
    next(form for form in page.forms.values() if form.action == "/conseiller/effacer").submit(status=303)
    assert kept(app, db) == []


def test_each_consent_has_its_own(app, db, account):
    path = f"{OWN}/consentements"
    browser = sign_in(app, db, account)
    forms = [form for form in browser.get(path).forms.values() if "reponse" in form.fields]
    assert len({form["draft"].value for form in forms}) == len(forms) == 3
    forms[1]["reponse"] = "oui"
    db.query(WebSession).delete()
    db.commit()
    forms[1].submit(status=303)
    page = sign_in(app, db, account).get(path)
    found = [form["reponse"].value for form in page.forms.values() if "reponse" in form.fields]
    assert found == [None, "oui", None]
    assert page.text.count("Nous avons retrouvé votre saisie") == 1


def test_of_a_bank_account_the_name_alone_is_kept(app, db, account):
    page = lose_and_find(
        app, db, account, f"{OWN}/iban/nouveau", "titulaire", {"titulaire": "Hélène Morel", "iban": IBAN}
    )
    form = form_with(page, "titulaire")
    assert (form["titulaire"].value, form["iban"].value) == ("Hélène Morel", "")
    assert kept(app, db) == [{"titulaire": "Hélène Morel"}]


def test_a_colleague_finds_what_he_had_ticked(app, db, account):
    colleague = make_colleague(db, Role.HANDLER)
    path = f"/bureau/adherents/{db.get(Person, account.person_id).public_id}"
    values = {"wish": "contacts", "checks": {"birth", "card"}}
    form = form_with(lose_and_find(app, db, colleague, path, "wish", values), "wish")
    assert form["wish"].value == "contacts"
    assert {box._value for box in form.fields["checks"] if box.checked} == values["checks"]
    assert kept(app, db) == [{"wish": "contacts", "checks": "birth\ncard"}]


HOSPITAL = {
    "etablissement": "Clinique du Parc, Lyon",
    "finess": "69078",
    "entree": "le 3 décembre",
    "jours": "4",
    "dmt": "13",
    "chambre": {"true"},
}
NEWBORN = {"prenom": "Zoé", "nom": "Morel", "naissance": "20/11/2026", "lien": "child", "effet": "20/11"}


@pytest.fixture
def care_page(app, db, account):
    """The page of the care of a new draft of the holder, by its object."""
    holder = make_account(db, db.query(Person).filter_by(first_name="Paul").one())
    contract = db.query(Contract).one()

    def page_of(kind, topic, **facts):
        row = make_draft(db, tools_of(app), holder, contract, kind, topic, body=None, **facts)
        return holder, f"/demandes/{row.public_id}/soin"

    return page_of


@pytest.mark.parametrize(
    ("kind", "topic", "values"),
    [
        ("claim", "claim.routine", {"soin_le": "12 mars"}),
        ("quote", "quote.hospital", HOSPITAL),
        ("change", "change.birth", NEWBORN),
        ("change", "change.remove", {"depart": "01/01", "motif": "own_cover"}),
    ],
)
def test_the_care_of_a_request_is_found_again_as_it_was_typed(app, db, care_page, kind, topic, values):
    account, path = care_page(kind, topic)
    page = lose_and_find(app, db, account, path, next(iter(values)), values)
    assert "Nous avons retrouvé votre saisie" in page
    form = form_with(page, next(iter(values)))
    for name, value in values.items():
        assert (form[name].value or "") == ("true" if isinstance(value, set) else value)


def test_how_much_was_paid_and_another_day_are_found_again(app, db, care_page):
    account, path = care_page("claim", "claim.routine", care_date=date(2026, 3, 12))
    page = lose_and_find(app, db, account, path, "montant", {"montant": "12,5O", "autre_mutuelle": {"true"}})
    form = form_with(page, "montant")
    assert (form["montant"].value, form["autre_mutuelle"].checked) == ("12,5O", True)
    back = lose_and_find(app, db, account, f"{path}?date=1", "soin_le", {"soin_le": "13 mars"})
    assert form_with(back, "soin_le")["soin_le"].value == "13 mars"


def test_a_new_persons_number_is_never_kept(app, db, care_page):
    account, path = care_page("change", "change.birth")
    values = {"prenom": "Zoé", "nir": "2 85 01 78 006 084 91"}
    form = form_with(lose_and_find(app, db, account, path, "prenom", values), "prenom")
    assert (form["prenom"].value, form["nir"].value) == ("Zoé", "")
    assert kept(app, db) == [{"prenom": "Zoé"}]
