"""Each adult of a contract has a space of his own, and who pays for it may propose it (C20, C44, S-MSC-02)."""

from datetime import date, timedelta

import pytest

from member_space.models import Account, Event
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in
from tests.functional.test_activation import (
    DONE,
    ask_code,
    by_email,
    by_number,
    choose_password,
    form_at,
    give_code,
    last_code,
    messages,
)

SHARED = "famille@example.org"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def couple(db):
    """Two adults who gave the same mailbox, and a child of seventeen who gave it too."""
    holder = make_person(db, "Hélène", date(1980, 1, 1), email=SHARED, mobile="+33612345601")
    spouse = make_person(db, "Sami", date(1981, 2, 2), email=SHARED, mobile="+33612345602")
    child = make_person(db, "Zoé", date(2009, 3, 3), email=SHARED)
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"), member_number="00771122")
    db.commit()
    return {"holder": holder, "spouse": spouse, "child": child, "contract": contract}


def give_address(app, email):
    form = form_at(app.get("/activation/adresse"), "/activation/adresse")
    form["email"] = email
    return form.submit(expect_errors=True)


def prove_spouse(app, db):
    by_number(app, "00771122", "02/02/1981")
    ask_code(app, "sms")
    return give_code(app, last_code(app, db))


def test_a_shared_mailbox_proves_the_holder_only(app, db, couple):
    """Else whoever reads it opens the other one's space, and with it the other one's care."""
    by_email(app, SHARED)
    ask_code(app, "email")
    give_code(app, last_code(app, db))
    assert "Bonjour Hélène" in app.get("/activation/mot-de-passe")
    by_number(app, "00771122", "02/02/1981")
    assert ask_code(app, "email").location.endswith("/activation/code")
    assert messages(app, db)[-1][1] is None


def test_the_other_one_gives_an_address_of_his_own(app, db, couple):
    prove_spouse(app, db)
    assert app.get("/activation/mot-de-passe").location.endswith("/activation/adresse")
    assert give_address(app, "sami").status_int == 422
    assert give_address(app, "Sami@Example.org").location.endswith("/activation/code")
    page = app.get("/activation/code")
    assert "s•••@e•••.org" in page
    assert messages(app, db)[-1][1] == "sami@example.org"
    give_code(app, last_code(app, db))
    page = app.get("/activation/mot-de-passe")
    assert "Bonjour Sami" in page
    assert choose_password(app, soins="fermes").location == DONE
    account = db.query(Account).one()
    assert (account.person_id, account.email, account.mobile) == (
        couple["spouse"].id,
        "sami@example.org",
        "+33612345602",
    )
    # Told at the address of affiliation too: whoever opens it with another one does not stay unseen.
    assert [to for _channel, to, _values, _secret in messages(app, db, "account_activated")] == [None, SHARED]


def test_an_address_of_another_account_gets_no_code_and_says_nothing(app, db, couple):
    make_account(db, make_person(db, "Ali", email="ali@example.org"))
    db.commit()
    prove_spouse(app, db)
    free, taken = [], []
    for email, seen in (("sami@example.org", free), ("ali@example.org", taken)):
        seen.append(give_address(app, email).location)
        seen.append(app.get("/activation/code").html.main.get_text().replace(f"{email[0]}•••@", "x•••@"))
    assert free == taken
    assert messages(app, db)[-1][1] is None
    exists = messages(app, db, "account_exists")
    assert exists[-1][2] == {"link": "/connexion"}


def test_the_address_may_be_changed_before_the_end(app, db, couple):
    by_email(app, SHARED)
    ask_code(app, "email")
    give_code(app, last_code(app, db))
    app.get("/activation/mot-de-passe").click("Utiliser une autre adresse")
    give_address(app, "faute@example.org")
    give_address(app, "helene@example.org")
    give_code(app, last_code(app, db))
    assert choose_password(app).location == DONE
    assert db.query(Account).one().email == "helene@example.org"


def test_an_adult_chooses_who_reads_his_care_on_the_way(app, db, couple):
    prove_spouse(app, db)
    give_address(app, "sami@example.org")
    give_code(app, last_code(app, db))
    page = app.get("/activation/mot-de-passe")
    choice = page.html.find("fieldset", id="soins")
    assert "Hélène" in choice.legend.get_text()
    assert choice.find("input", checked=True)["value"] == "fermes"
    assert choose_password(app, soins="ouverts").location == DONE
    db.refresh(couple["spouse"])
    assert couple["spouse"].care_open_to_holder is True
    event = db.query(Event).filter_by(kind="privacy:changed").one()
    assert (event.contract_id, event.details) == (couple["contract"].id, {"opened": True})


def test_a_holder_and_a_minor_have_nothing_to_choose(app, db, couple):
    by_email(app, SHARED)
    ask_code(app, "email")
    give_code(app, last_code(app, db))
    assert not app.get("/activation/mot-de-passe").html.find("fieldset", id="soins")


def test_twins_are_told_apart_by_the_letter_only(app, db):
    twins = [make_person(db, name, date(2000, 1, 1), mobile="+33612345603") for name in ("Ana", "Eva")]
    make_contract(db, make_person(db), *((one, "child") for one in twins), member_number="00771133")
    db.commit()
    by_number(app, "00771133", "01/01/2000")
    ask_code(app, "sms")
    assert messages(app, db)[-1][1] is None


def test_a_request_made_before_the_account_was_opened_elsewhere(app, db, couple):
    by_email(app, SHARED)
    ask_code(app, "email")
    give_code(app, last_code(app, db))
    make_account(db, couple["holder"])
    db.commit()
    answer = app.get("/activation/mot-de-passe")
    assert answer.location.endswith("/connexion?fait=espace-deja-ouvert")
    assert "Vous avez déjà un espace" in answer.follow()


def invite(browser, person):
    page = browser.get(f"/beneficiaires/{person.public_id}")
    return form_at(page, "/invitation").submit(expect_errors=True)


def test_the_holder_proposes_a_space_to_each_adult_without_one(app, db, couple, clock):
    spouse = couple["spouse"]
    spouse.email = "sami@example.org"
    account = make_account(db, couple["holder"])
    browser = sign_in(app, db, account)
    answer = invite(browser, spouse)
    assert "une invitation vient d’y partir" in answer.follow()
    channel, to, values, secret = messages(app, db, "invitation")[-1]
    assert (channel, to, values, secret) == ("email", "sami@example.org", {"link": "/activation"}, {})
    event = db.query(Event).filter_by(kind="invitation:sent").one()
    assert (event.actor_account_id, event.subject_person_id) == (account.id, spouse.id)
    assert invite(browser, spouse).status_int == 429
    clock.at += timedelta(days=1)
    browser = sign_in(app, db, account)
    assert invite(browser, spouse).status_int == 303


def test_without_address_the_answer_is_the_same(app, db, couple):
    couple["spouse"].email = None
    browser = sign_in(app, db, make_account(db, couple["holder"]))
    assert invite(browser, couple["spouse"]).location.endswith("?fait=invitation")
    assert messages(app, db, "invitation")[-1][1] is None


def test_who_has_a_space_is_too_young_or_is_oneself_is_not_invited(app, db, couple):
    couple["child"].birth_date = date(2011, 1, 1)
    couple["spouse"].email = "sami@example.org"
    make_account(db, couple["spouse"])
    browser = sign_in(app, db, make_account(db, couple["holder"]))
    token = None
    for person in (couple["holder"], couple["spouse"], couple["child"]):
        page = browser.get(f"/beneficiaires/{person.public_id}")
        assert "Envoyer l’invitation" not in page
        token = page.html.find("input", {"name": "csrf_token"})["value"]
        browser.post(f"/beneficiaires/{person.public_id}/invitation", {"csrf_token": token}, status=404)
    assert messages(app, db, "invitation") == []
