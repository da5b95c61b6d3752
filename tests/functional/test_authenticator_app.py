"""The codes of an authenticator application, between a password and the door: each once, and a clock that is off."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select

from member_space.interfaces import IPasswordHasher
from member_space.models import Account, Notification, WebSession
from tests.factories.household import PASSWORD, make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import tools_of


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def account(db, wsgi_app):
    person = make_person(db, "Nadia", email="nadia@example.org", mobile="+33612345601")
    make_contract(db, person)
    account = make_account(db, person, wsgi_app.registry.getUtility(IPasswordHasher).hash(PASSWORD))
    db.commit()
    return account


def give_password(app, **values):
    form = app.get("/connexion", values).forms[0]
    form["email"], form["password"] = "nadia@example.org", PASSWORD
    return form.submit(status=303)


def give(page, code, *, status=303):
    form = page.forms[0]
    form["code"] = code
    return form.submit(status=status)


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def enrol_totp(app, db, account):
    secret = pyotp.random_base32(32)
    account.totp_secret = tools_of(app).cipher.encrypt(secret)
    db.commit()
    return pyotp.TOTP(secret)


def test_an_application_is_the_first_thing_asked_and_its_code_serves_once(app, db, account, clock):
    totp = enrol_totp(app, db, account)
    page = give_password(app).follow()
    assert "Code de votre application" in page
    assert count(db, Notification) == 0
    code = totp.at(clock.now())
    assert give(page, f"{code[:3]} {code[3:]}").location == "http://localhost/"
    # The same code, thirty seconds later, from another browser.
    app.reset()
    clock.at += timedelta(seconds=25)
    refused = give(give_password(app).follow(), code, status=422)
    assert "Ce n’est pas le bon code" in refused
    assert refused.forms[0]["code"].value == ""
    assert give(refused, totp.at(clock.now() + timedelta(seconds=30))).location == "http://localhost/"


@pytest.mark.parametrize("late", [-30, 30])
def test_a_clock_half_a_minute_off_is_accepted(app, db, account, clock, late):
    totp = enrol_totp(app, db, account)
    assert give(give_password(app).follow(), totp.at(clock.now() + timedelta(seconds=late))).status_int == 303


@pytest.mark.parametrize("late", [-300, -90, 90, 300])
def test_a_clock_minutes_off_is_told_so(app, db, account, clock, late):
    totp = enrol_totp(app, db, account)
    refused = give(give_password(app).follow(), totp.at(clock.now() + timedelta(seconds=late)), status=422)
    assert "l’heure de votre téléphone n’est pas juste" in refused
    assert count(db, WebSession) == 0


def test_a_colleague_enrols_an_application_at_his_first_sign_in_and_gets_no_sms(app, db, wsgi_app, clock):
    hashed = wsgi_app.registry.getUtility(IPasswordHasher).hash(PASSWORD)
    colleague = Account(email="nadia@example.org", office_name="Nadia Conseil", role="handler", password_hash=hashed)
    db.add(colleague)
    db.commit()
    page = give_password(app).follow()
    assert "Ajoutez votre application" in page
    assert "<svg" in page
    assert "confiance" not in page.forms[0].fields
    for par in ("sms", "email", "handler"):
        app.post("/connexion/code/envoi", {"csrf_token": app.cookies["csrf"], "par": par})
    assert count(db, Notification) == 0
    totp = pyotp.TOTP(page.html.select_one(".code-groups").get_text().replace(" ", ""))
    give(page, "000000", status=422)
    give(page, totp.at(clock.now()), status=303)
    assert count(db, WebSession) == 1
    assert "device" not in app.cookies
    # From now on the application is asked, on this browser too.
    app.reset()
    page = give_password(app).follow()
    assert "Code de votre application" in page
    give(page, totp.at(clock.now()), status=422)
