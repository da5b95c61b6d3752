"""« Une de vos coordonnées a changé »: the link of the warning takes it back, for seven days (C16)."""

import json
from datetime import timedelta

import pytest
from webtest import TestApp

from member_space.models import Account, BankAccount, Challenge, Device, Event, Person, WebSession
from member_space.services.bank_account_use import put_in_use, release_payments
from member_space.services.challenge import Purpose, open_challenge
from member_space.services.device import trust_device
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import HERE, sign_in, tools_of
from tests.functional.messages import warnings
from tests.functional.test_contact_change import ADDRESS, EMAIL, HOME, LANDLINE, MOBILE, change, fresh, send

DAYS = timedelta(days=1)
IBANS = ("FR76 3000 6000 0112 3456 7890 189", "DE89 3704 0044 0532 0130 00")


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def person(db):
    person = make_person(db, "Camille", last_name="Durand", email="vraie@example.org", mobile="+33612345678")
    person.address_line1, person.postcode, person.city = "1 rue Neuve", "69001", "Lyon"
    make_contract(db, person)
    return person


@pytest.fixture
def account(db, person):
    account = make_account(db, person, mobile="+33612345678")
    db.commit()
    return account


@pytest.fixture
def browser(app, db, account):
    return sign_in(app, db, account, proved=True)


@pytest.fixture
def reader(app):
    """Another browser, of nobody, on the same application."""
    return TestApp(app.app)


def give_back(reader, warning, code=None):
    form = next(form for form in reader.get(warning.link).forms.values() if "code" in form.fields)
    form["code"] = code or warning.code
    return form.submit(expect_errors=True)


def ask_iban(browser, iban=IBANS[0]):
    assert send(browser, f"{HOME}/iban/nouveau", iban=iban, titulaire="Mme Camille Durand").status_int == 303


def test_opening_the_link_uses_nothing_and_its_code_puts_the_email_back(app, db, browser, reader, account, person):
    trust_device(db, tools_of(app), account, HERE)
    change(app, db, browser, EMAIL, email="voleur@example.net")
    warning = warnings(app, db)[0]
    for _ in range(3):
        page = reader.get(warning.link)
        assert not any(word in page for word in ("vraie", "voleur", "Camille", "Durand"))
    assert fresh(db, account).email == "voleur@example.net"
    answer = give_back(reader, warning)
    assert (answer.status_int, answer.location) == (303, f"http://localhost{warning.link}?fait=retabli-suspendu")
    page = answer.follow()
    assert "vos virements sont suspendus" in page.html.select_one("[role=status]").get_text()
    account, person = fresh(db, account), fresh(db, person)
    assert (account.email, person.email) == ("vraie@example.org", "vraie@example.org")
    assert account.must_change_password
    assert person.contacts_edited_at is None
    assert db.query(WebSession).filter_by(account_id=account.id).count() == 0
    assert all(one.trusted_until < tools_of(app).now() for one in db.query(Device))
    assert account.payments_frozen_at is not None
    assert db.query(Event).filter_by(kind="payments:frozen").one().subject_person_id == person.id
    restored = db.query(Event).filter_by(kind="personal_data:restored").one()
    assert restored.details == {"what": "email"}


@pytest.mark.parametrize(
    ("path", "values", "column", "before"),
    [
        (LANDLINE, {"fixe": "01 42 34 56 78"}, "landline", None),
        (ADDRESS, {"ligne1": "9 rue Fausse", "code_postal": "13001", "ville": "Marseille"}, "city", "Lyon"),
    ],
)
def test_a_landline_or_an_address_comes_back(app, db, browser, reader, person, path, values, column, before):
    send(browser, path, **values)
    assert getattr(fresh(db, person), column) not in (None, before)
    page = give_back(reader, warnings(app, db)[0]).follow()
    assert "ce qui était là avant est rétabli" in page.html.select_one("[role=status]").get_text()
    assert getattr(fresh(db, person), column) == before
    # Neither leads to money.
    assert db.query(Event).filter_by(kind="payments:frozen").count() == 0


def test_the_sms_of_a_mobile_has_the_same_way_back(app, db, browser, reader, account, person):
    change(app, db, browser, MOBILE, mobile="07 99 88 77 66")
    warning = next(one for one in warnings(app, db) if one.channel == "sms")
    assert warning.to == "+33612345678"
    give_back(reader, warning)
    assert (fresh(db, account).mobile, fresh(db, person).mobile) == ("+33612345678", "+33612345678")
    assert fresh(db, account).payments_frozen_at is not None


def test_the_older_link_wins_and_takes_what_came_after_with_it(app, db, browser, reader, account):
    change(app, db, browser, EMAIL, email="un@example.net")
    change(app, db, browser, EMAIL, email="deux@example.net")
    first, second = [one for one in warnings(app, db) if one.channel == "email"]
    assert (first.to, second.to) == ("vraie@example.org", "un@example.net")
    give_back(reader, first)
    assert fresh(db, account).email == "vraie@example.org"
    page = reader.get(second.link)
    assert "Ce changement est annulé" in page
    assert not [form for form in page.forms.values() if "code" in form.fields]
    assert fresh(db, account).email == "vraie@example.org"


def test_a_later_link_never_closes_an_older_one(app, db, browser, reader, account):
    change(app, db, browser, EMAIL, email="un@example.net")
    change(app, db, browser, EMAIL, email="deux@example.net")
    first, second = [one for one in warnings(app, db) if one.channel == "email"]
    give_back(reader, second)
    assert fresh(db, account).email == "un@example.net"
    give_back(reader, first)
    assert fresh(db, account).email == "vraie@example.org"


def test_who_disowns_the_email_disowns_the_mobile_changed_after_it_not_the_address(
    app, db, browser, reader, account, person
):
    change(app, db, browser, EMAIL, email="voleur@example.net")
    send(browser, ADDRESS, ligne1="2 rue Neuve", code_postal="69001", ville="Lyon")
    change(app, db, browser, MOBILE, mobile="07 99 88 77 66")
    give_back(reader, warnings(app, db)[0])
    account, person = fresh(db, account), fresh(db, person)
    assert (account.email, account.mobile) == ("vraie@example.org", "+33612345678")
    assert person.address_line1 == "2 rue Neuve"
    assert person.contacts_edited_at is not None


def test_an_older_change_is_left_to_its_own_link(app, db, browser, reader, account):
    change(app, db, browser, MOBILE, mobile="07 99 88 77 66")
    change(app, db, browser, EMAIL, email="voleur@example.net")
    of_mobile = warnings(app, db)[0]
    of_email = next(one for one in warnings(app, db) if one.values["what"] == "email")
    give_back(reader, of_email)
    assert fresh(db, account).mobile == "+33799887766"
    give_back(reader, of_mobile)
    assert fresh(db, account).mobile == "+33612345678"


def test_disowning_a_bank_account_cancels_it_and_freezes_the_payments(app, db, browser, reader, account):
    ask_iban(browser)
    told = warnings(app, db)
    assert [(one.kind, one.channel) for one in told] == [
        ("bank_account_changed", "email"),
        ("bank_account_changed", "sms"),
    ]
    page = give_back(reader, told[1]).follow()
    assert "vos virements sont suspendus" in page.html.select_one("[role=status]").get_text()
    assert db.query(BankAccount).one().state == "cancelled"
    assert fresh(db, account).payments_frozen_at is not None
    kinds = [kind for (kind,) in db.query(Event.kind).order_by(Event.id)]
    assert {"bank_account:asked", "bank_account:cancelled", "payments:frozen"} <= set(kinds)
    browser = sign_in(app, db, account, proved=True)
    account.must_change_password = False
    db.commit()
    assert "Vos virements sont suspendus" in browser.get(f"{HOME}/iban")
    assert "Appelez-nous" in send(browser, f"{HOME}/iban/nouveau", iban=IBANS[1], titulaire="Camille Durand")
    assert db.query(BankAccount).count() == 1


def test_an_account_in_use_by_then_leaves_its_place_to_the_former(app, db, browser, reader, account, clock):
    tools = tools_of(app)
    ask_iban(browser)
    clock.at += 3 * DAYS
    put_in_use(db, tools)
    sign_in(app, db, account, proved=True)
    ask_iban(browser, IBANS[1])
    clock.at += 3 * DAYS
    put_in_use(db, tools)
    assert [row.state for row in db.query(BankAccount).order_by(BankAccount.id)] == ["replaced", "in_use"]
    give_back(reader, warnings(app, db)[-1])
    db.expire_all()
    assert [row.state for row in db.query(BankAccount).order_by(BankAccount.id)] == ["in_use", "cancelled"]


def test_a_cancelled_bank_account_may_still_be_disowned(app, db, browser, reader, account):
    ask_iban(browser)
    next(form for form in browser.get(f"{HOME}/iban").forms.values() if "compte" in form.fields).submit()
    give_back(reader, warnings(app, db)[0])
    assert fresh(db, account).payments_frozen_at is not None


def test_after_seven_days_the_link_serves_no_more(app, db, browser, reader, account, clock):
    change(app, db, browser, EMAIL, email="apres@example.net")
    warning = warnings(app, db)[0]
    token = reader.get(warning.link).forms[0]["csrf_token"].value
    clock.at += 7 * DAYS
    page = reader.post(warning.link, {"csrf_token": token, "code": warning.code}, expect_errors=True)
    assert page.status_int == 410
    assert "plus de sept jours" in page
    assert fresh(db, account).email == "apres@example.net"
    assert reader.get(warning.link, expect_errors=True).status_int == 410


def test_a_wrong_code_is_counted_and_a_used_one_serves_once(app, db, browser, reader, account):
    change(app, db, browser, EMAIL, email="apres@example.net")
    warning = warnings(app, db)[0]
    assert give_back(reader, warning, " ").status_int == 422
    for left in (4, 3):
        page = give_back(reader, warning, "AAAAAAAAAA")
        assert page.status_int == 422
        assert f": {left}." in page.text.replace("\xa0", " ")
    typed = f" {warning.code[:5].lower()}-{warning.code[5:]} "
    assert give_back(reader, warning, typed).status_int == 303
    token = reader.cookies["csrf"]
    again = reader.post(warning.link, {"csrf_token": token, "code": warning.code})
    assert "Ce changement est annulé" in again
    assert db.query(Event).filter_by(kind="personal_data:restored").count() == 1


@pytest.mark.parametrize("end", ["00000000-0000-4000-8000-000000000001", "rien"])
def test_a_link_of_nobody_says_so(reader, end):
    page = reader.get(f"/annuler-un-changement/{end}", expect_errors=True)
    assert page.status_int in (404, 410)


def test_a_link_of_another_purpose_takes_nothing_back(app, db, reader, account):
    request, _token = open_challenge(db, tools_of(app), Purpose.DISOWN, account_id=account.id)
    db.commit()
    assert reader.get(f"/annuler-un-changement/{request.public_id}", expect_errors=True).status_int == 410


def test_what_is_under_way_ends_with_it(app, db, browser, reader, account):
    change(app, db, browser, EMAIL, email="voleur@example.net")
    send(browser, MOBILE, mobile="07 99 88 77 66")
    give_back(reader, warnings(app, db)[0])
    now = tools_of(app).now()
    waiting = db.query(Challenge).filter(Challenge.used_at.is_(None), Challenge.expires_at > now)
    assert waiting.filter_by(purpose="mobile_change").count() == 0


def test_who_undoes_from_his_own_session_is_signed_out(app, db, browser, account):
    send(browser, LANDLINE, fixe="01 42 34 56 78")
    give_back(browser, warnings(app, db)[0])
    assert "/connexion" in browser.get(HOME).location


def test_the_former_address_taken_since_stays_with_who_took_it(app, db, browser, reader, account):
    change(app, db, browser, EMAIL, email="apres@example.net")
    make_account(db, make_person(db, email="vraie@example.org"))
    db.commit()
    page = give_back(reader, warnings(app, db)[0]).follow()
    assert "sauf l’adresse e-mail" in page
    assert fresh(db, account).email == "apres@example.net"
    assert fresh(db, account).must_change_password
    assert db.query(Account).filter_by(email="vraie@example.org").count() == 1


def test_after_an_undo_the_bank_account_waits_48_hours(app, db, browser, reader, account, clock):
    change(app, db, browser, EMAIL, email="apres@example.net")
    clock.at += 3 * DAYS
    give_back(reader, warnings(app, db)[0])
    fresh(db, account).must_change_password = False
    db.commit()
    browser = sign_in(app, db, account, proved=True)
    page = send(browser, f"{HOME}/iban/nouveau", iban=IBANS[0], titulaire="Camille Durand")
    assert "Vos virements sont suspendus" in page
    release_payments(db, db.get(Person, account.person_id).external_ref)
    db.commit()
    page = send(browser, f"{HOME}/iban/nouveau", iban=IBANS[0], titulaire="Camille Durand")
    assert page.status_int == 422
    assert "25 novembre 2026" in page.text.replace("\xa0", " ")


def test_the_secret_is_only_in_the_message(app, db, browser, account):
    change(app, db, browser, EMAIL, email="apres@example.net")
    warning = warnings(app, db)[0]
    assert warning.code not in json.dumps(warning.values)
    assert warning.code.isalnum()
    assert len(warning.code) == 10
