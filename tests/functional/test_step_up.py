"""A second factor again, before a sensitive act."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from member_space.models import SignInFailure, WebSession
from member_space.services.device import trust_device
from tests.factories.household import PASSWORD, make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import HERE, last_secret, sign_in, tools_of

STEP_UP = "/confirmer-identite"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def account(db):
    person = make_person(db, "Nadia", email="nadia@example.org", mobile="+33612345601")
    make_contract(db, person)
    account = make_account(db, person)
    db.commit()
    return account


@pytest.fixture
def totp(app, db, account):
    secret = pyotp.random_base32(32)
    account.totp_secret = tools_of(app).cipher.encrypt(secret)
    db.commit()
    return pyotp.TOTP(secret)


def give(page, code, status=303):
    page.forms[0]["code"] = code
    return page.forms[0].submit(status=status)


def test_a_step_up_sends_a_code_and_leads_back(app, db, account, clock):
    sign_in(app, db, account)
    page = app.get("/securite/codes-de-secours").follow()
    assert "Avant cet acte sensible" in page
    page = page.forms[0].submit().follow()
    answer = give(page, last_secret(app, db)["code"])
    assert answer.location == "http://localhost/securite/codes-de-secours"
    assert answer.follow().status_int == 200
    # Five minutes later it is asked again.
    clock.at += timedelta(minutes=5)
    assert STEP_UP in app.get("/securite/codes-de-secours").location


@pytest.mark.usefixtures("totp")
def test_a_step_up_takes_no_password_and_leads_nowhere_else(app, db, account):
    sign_in(app, db, account)
    page = app.get(STEP_UP, {"next": "//evil.example/"})
    assert page.forms[0]["next"].value == page.html.select_one("a.back")["href"] == "/"
    assert not page.html.find("input", {"type": "password"})
    give(page, PASSWORD, status=422)
    assert db.scalars(select(WebSession.proved_at)).one() is None


def test_the_request_of_who_was_signed_in_before_proves_nothing(app, db, account, totp, clock):
    """A shared browser: the cookie of one's request is not worth anything to the next one."""
    sign_in(app, db, account)
    app.get(STEP_UP)
    other = make_account(db, make_person(db, "Paul", email="paul@example.org", mobile="+33612345699"))
    sign_in(app, db, other)
    fields = {"csrf_token": app.cookies["csrf"], "par": "totp", "code": totp.at(clock.now())}
    app.post(STEP_UP, fields, status=422)
    assert set(db.scalars(select(WebSession.proved_at))) == {None}


def test_a_fresh_proof_is_not_asked_twice(app, db, account):
    sign_in(app, db, account, proved=True)
    assert app.get(STEP_UP, {"next": "/securite"}).location == "http://localhost/securite"


def test_a_known_device_keeps_its_own_quota_of_second_factors(app, db, account, totp, clock):
    """Whoever knows the password and guesses codes from the same network does not lock the member out (C13)."""
    tools = tools_of(app)
    index = tools.cipher.blind_index(f"second factor:{account.id}")
    db.add_all(SignInFailure(email_index=index, network="unknown", failed_at=tools.now()) for _ in range(10))
    device, _token = trust_device(db, tools, account, HERE)
    sign_in(app, db, account)
    give(app.get(STEP_UP), totp.at(clock.at), status=429)
    sign_in(app, db, account, device_id=device.id)
    give(app.get(STEP_UP), totp.at(clock.at))
    db.expire_all()
    assert db.scalar(select(WebSession.proved_at).where(WebSession.device_id == device.id)) == clock.at
