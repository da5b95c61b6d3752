"""Where one is paid: asked for, 48 hours, in use; told to the old channels; never by message (C154)."""

from datetime import date, timedelta

import pytest

from member_space.models import Account, BankAccount, Challenge, Event
from member_space.services.bank_account_use import put_in_use, release_payments
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in, tools_of
from tests.functional.messages import warnings
from tests.functional.test_contact_change import EMAIL, HOME, change, form_of, fresh, send

PAGE, NEW = f"{HOME}/iban", f"{HOME}/iban/nouveau"
FRENCH, GERMAN = "FR76 3000 6000 0112 3456 7890 189", "DE89 3704 0044 0532 0130 00"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def family(db):
    people = {
        "holder": make_person(db, "Hélène", last_name="Morel", email="helene@example.org", mobile="+33612345678"),
        "spouse": make_person(db, "Sami", last_name="O’Brien", birth_name="Haddad"),
        "child": make_person(db, "Zoé", date(2012, 5, 5), last_name="Morel"),
    }
    make_contract(db, people["holder"], (people["spouse"], "spouse"), (people["child"], "child"))
    return people


@pytest.fixture
def account(db, family):
    account = make_account(db, family["holder"], mobile="+33612345678")
    db.commit()
    return account


@pytest.fixture
def browser(app, db, account):
    return sign_in(app, db, account, proved=True)


def ask(browser, iban=FRENCH, holder="Mme Hélène Morel"):
    return send(browser, NEW, iban=iban, titulaire=holder)


def cancel(browser):
    form = next(form for form in browser.get(PAGE).forms.values() if "compte" in form.fields)
    return form, form.submit(expect_errors=True)


def words(page):
    return page.html.main.get_text(" ", strip=True).replace("\xa0", " ")


def states(db):
    db.expire_all()
    return [row.state for row in db.query(BankAccount).order_by(BankAccount.id)]


def test_an_account_waits_48_hours_then_is_in_use(app, db, browser, account, family, clock):
    answer = ask(browser)
    assert (answer.status_int, answer.location) == (303, f"http://localhost{PAGE}?fait=iban-demande")
    page = answer.follow()
    assert "il servira dans 48 heures" in page.html.select_one("[role=status]").get_text()
    said = words(page)
    assert "FR76 •••• … 0189" in said
    assert "à partir du 22 novembre 2026, 10 h 00" in said
    assert "30006000011234567890189" not in page.text.replace(" ", "").replace("\xa0", "")
    assert not page.html.select(f'a[href="{NEW}"]')
    assert [(one.kind, one.channel, one.to) for one in warnings(app, db)] == [
        ("bank_account_changed", "email", "helene@example.org"),
        ("bank_account_changed", "sms", "+33612345678"),
    ]
    tools = tools_of(app)
    clock.at += 48 * HOUR - timedelta(seconds=1)
    put_in_use(db, tools)
    assert states(db) == ["waiting"]
    clock.at += timedelta(seconds=1)
    put_in_use(db, tools)
    put_in_use(db, tools)
    assert states(db) == ["in_use"]
    row = db.query(BankAccount).one()
    assert (row.person_id, row.bank_name) == (family["holder"].id, "CREDIT AGRICOLE SA")
    assert tools.cipher.decrypt(row.iban) == FRENCH.replace(" ", "")
    assert FRENCH.replace(" ", "").encode() not in row.iban
    in_use = db.query(Event).filter_by(kind="bank_account:in_use").one()
    assert (in_use.subject_person_id, in_use.actor_account_id) == (family["holder"].id, None)
    sign_in(app, db, account, proved=True)
    said = words(browser.get(PAGE))
    assert "En service" in said
    assert "Changer de compte" in said
    assert "FR76 •••• … 0189" in words(browser.get(HOME))


def test_the_next_one_replaces_it(app, db, browser, account, clock):
    ask(browser)
    clock.at += 49 * HOUR
    put_in_use(db, tools_of(app))
    sign_in(app, db, account, proved=True)
    ask(browser, GERMAN)
    assert states(db) == ["in_use", "waiting"]
    said = words(browser.get(PAGE))
    assert "D’ici là, les virements vont au compte actuel" in said
    clock.at += 49 * HOUR
    put_in_use(db, tools_of(app))
    assert states(db) == ["replaced", "in_use"]
    sign_in(app, db, account, proved=True)
    assert "Remplacé" in words(browser.get(PAGE))


def test_the_member_cancels_and_may_ask_again(app, db, browser, account, clock):
    ask(browser)
    form, answer = cancel(browser)
    assert answer.location == f"http://localhost{PAGE}?fait=iban-annule"
    assert "Annulé" in words(answer.follow())
    again = form.submit(expect_errors=True)
    assert again.status_int == 422
    assert "Ce compte n’attend plus" in again
    assert ask(browser, GERMAN).status_int == 303
    assert states(db) == ["cancelled", "waiting"]
    clock.at += 49 * HOUR
    put_in_use(db, tools_of(app))
    assert states(db) == ["cancelled", "in_use"]
    assert fresh(db, account).payments_frozen_at is None


@pytest.mark.parametrize("typed", ["", "rien", "00000000-0000-4000-8000-000000000001"])
def test_nothing_else_is_cancelled(db, browser, typed):
    ask(browser)
    token = browser.cookies["csrf"]
    page = browser.post(f"{PAGE}/annuler", {"csrf_token": token, "compte": typed}, expect_errors=True)
    assert page.status_int == 422
    assert states(db) == ["waiting"]


def test_one_at_a_time_and_the_same_twice_is_once(app, db, browser):
    assert ask(browser).status_int == 303
    assert ask(browser, "fr7630006000011234567890189").status_int == 303
    assert states(db) == ["waiting"]
    assert len(warnings(app, db)) == 2
    page = ask(browser, GERMAN)
    assert page.status_int == 422
    assert "annulez-le d’abord" in words(page)
    assert form_of(page)["iban"].value == GERMAN


def test_the_one_in_use_is_not_asked_for_again(app, db, browser, account, clock):
    ask(browser)
    clock.at += 49 * HOUR
    put_in_use(db, tools_of(app))
    sign_in(app, db, account, proved=True)
    assert "C’est déjà le compte" in words(ask(browser))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Écrivez l’IBAN"),
        ("bonjour", "commence par deux lettres et deux chiffres"),
        ("FR76 3000 6000 0112 3456 7890 18", "a 27 caractères"),
        ("FR76 3000 6000 0112 3456 7890 188", "la clé de contrôle ne correspond pas"),
        ("TR33 0006 1005 1978 6457 8413 26", "zone SEPA"),
        ("ZZ76 3000 6000 0112 3456 7890 189", "ZZ"),
        ("<script>alert(1)</script>", "commence par deux lettres"),
    ],
)
def test_what_cannot_be_paid_says_why_and_nothing_typed_is_lost(db, browser, typed, told):
    page = ask(browser, typed)
    assert page.status_int == 422
    assert told in words(page)
    assert (form_of(page)["iban"].value, form_of(page)["titulaire"].value) == (typed, "Mme Hélène Morel")
    assert states(db) == []


@pytest.mark.parametrize("holder", ["Paul Inconnu", "Morel", "SARL Morel", "Zoé Morel"])
def test_a_name_of_nobody_adult_of_the_contract_is_explained_with_the_phone(db, browser, holder):
    page = ask(browser, holder=holder)
    assert page.status_int == 422
    assert "celui d’aucun adulte de votre contrat" in words(page)
    assert "Appelez-nous au 01 99 00 97 80" in words(page)
    assert states(db) == []


@pytest.mark.parametrize("holder", ["M ou Mme Morel", "MOREL HELENE", "Sami O'Brien", "M Haddad Sami"])
def test_a_joint_account_or_that_of_another_adult_of_the_contract_is_taken(db, browser, holder):
    assert ask(browser, holder=holder).status_int == 303
    assert db.query(BankAccount).one().holder_name == holder


def test_a_change_of_email_makes_it_wait_and_says_until_when(app, db, browser, account, clock):
    change(app, db, browser, EMAIL, email="apres@example.org")
    clock.at += HOUR
    sign_in(app, db, account, proved=True)
    page = browser.get(PAGE)
    assert "à partir du 22 novembre 2026, 10 h 00" in words(page)
    page = ask(browser)
    assert page.status_int == 422
    assert "Appelez-nous" in words(page)
    assert states(db) == []
    clock.at += 47 * HOUR
    sign_in(app, db, account, proved=True)
    assert ask(browser).status_int == 303


def test_an_access_given_back_by_the_office_makes_it_wait(app, db, browser, account, clock):
    now = clock.now()
    recovery = Challenge(purpose="recovery", account_id=account.id, expires_at=now, passed_at=now, used_at=now)
    db.add(recovery)
    db.commit()
    clock.at += timedelta(minutes=1)
    assert "à partir du 22 novembre 2026" in words(ask(browser))
    assert states(db) == []


def test_each_adult_has_his_own(app, db, browser, family):
    ask(browser)
    theirs = make_account(db, family["spouse"])
    db.commit()
    other = sign_in(app, db, theirs, proved=True)
    page = other.get(PAGE)
    assert "0189" not in page
    assert ask(other, GERMAN, "Sami O’Brien").status_int == 303
    cipher = tools_of(app).cipher
    rows = {row.person_id: cipher.decrypt(row.iban)[-4:] for row in db.query(BankAccount)}
    assert rows == {family["holder"].id: "0189", family["spouse"].id: "3000"}


def test_somebody_elses_cannot_be_cancelled(app, db, browser, family):
    ask(browser)
    form = next(form for form in browser.get(PAGE).forms.values() if "compte" in form.fields)
    asked = form["compte"].value
    theirs = make_account(db, family["spouse"])
    db.commit()
    other = sign_in(app, db, theirs, proved=True)
    other.get(PAGE)
    page = other.post(f"{PAGE}/annuler", {"csrf_token": other.cookies["csrf"], "compte": asked}, expect_errors=True)
    assert page.status_int == 422
    assert states(db) == ["waiting"]


def test_a_minor_is_told_and_has_no_form(app, db, family):
    teenager = make_account(db, family["child"])
    db.commit()
    browser = sign_in(app, db, teenager, proved=True)
    assert "avant 18 ans" in words(browser.get(PAGE))
    browser.get(NEW, status=404)
    browser.get(HOME, status=200)


def test_an_account_given_by_strangers_is_an_alert_without_its_number(app, db, browser, family):
    ask(browser)
    stranger = make_person(db, "Paul", last_name="Morel")
    make_contract(db, stranger)
    spouse = make_account(db, family["spouse"])
    other = make_account(db, stranger)
    db.commit()
    ask(sign_in(app, db, spouse, proved=True), holder="M et Mme Morel")
    ask(sign_in(app, db, other, proved=True), holder="Paul Morel")
    events = db.query(Event).filter_by(kind="bank_account:asked").order_by(Event.id).all()
    assert [event.details["shared_with"] for event in events] == [0, 0, 2]
    assert all("0189" not in str(event.details) and "Morel" not in str(event.details) for event in events)
    assert events[0].details == {"country": "FR", "shared_with": 0, "after_new_password": False}


def test_payments_frozen_keep_what_waits_waiting(app, db, browser, account, clock):
    ask(browser)
    fresh(db, account).payments_frozen_at = clock.now()
    db.commit()
    clock.at += 49 * HOUR
    put_in_use(db, tools_of(app))
    assert states(db) == ["waiting"]


def closed_account(db, account, now, **values):
    """A former account of the same person."""
    db.add(
        Account(person_id=account.person_id, email="closed-1@account.invalid", closed_at=now, created_at=now, **values)
    )
    db.commit()


def test_a_former_account_of_the_person_changes_nothing_of_the_use(app, db, browser, account, clock):
    ask(browser)
    closed_account(db, account, clock.now())
    clock.at += 49 * HOUR
    put_in_use(db, tools_of(app))
    assert states(db) == ["in_use"]


@pytest.mark.parametrize("frozen", ["open", "closed"])
def test_payments_stay_frozen_when_the_person_has_a_closed_account_too(app, db, browser, account, clock, frozen):
    """One whose account was closed opened another: whichever of the two is frozen, nothing is paid elsewhere."""
    ask(browser)
    now = clock.now()
    if frozen == "open":
        fresh(db, account).payments_frozen_at = now
    closed_account(db, account, now, payments_frozen_at=now if frozen == "closed" else None)
    clock.at += 49 * HOUR
    put_in_use(db, tools_of(app))
    assert states(db) == ["waiting"]


def test_a_freeze_of_a_former_account_holds_until_it_is_released(db, browser, account, family, clock):
    closed_account(db, account, clock.now(), payments_frozen_at=clock.now())
    assert ask(browser).status_int == 422
    assert states(db) == []
    assert release_payments(db, family["holder"].external_ref)
    db.commit()
    assert ask(browser).status_int == 303


def test_no_message_and_no_address_holds_the_number(app, db, browser):
    answer = ask(browser)
    assert "0189" not in answer.location
    assert all("0189" not in str(one.values) for one in warnings(app, db))


def test_the_office_resumes_the_payments_once_it_spoke_with_the_member(app, db, browser, account, family, clock):
    ref = family["holder"].external_ref
    assert not release_payments(db, ref)
    ask(browser)
    fresh(db, account).payments_frozen_at = clock.now()
    db.commit()
    assert release_payments(db, ref)
    assert not release_payments(db, ref)
    assert not release_payments(db, "nobody")
    db.commit()
    assert fresh(db, account).payments_frozen_at is None
    assert db.query(Event).filter_by(kind="payments:released").one().subject_person_id == family["holder"].id
