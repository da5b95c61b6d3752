"""« Sécurité et connexion »: what an account has to come in with, added and removed by its owner."""

import re

import pyotp
import pytest
from sqlalchemy import func, select

from member_space.models import Account, Event, Notification, OidcLink, RecoveryCode
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import last_secret, sign_in, tools_of

PAGE, TOTP, CODES = "/securite", "/securite/application", "/securite/codes-de-secours"
BEHIND_A_PROOF = [TOTP, f"{TOTP}/retirer", CODES, "/securite/cles"]


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def account(db):
    person = make_person(db, "Nadia", email="nadia@example.org")
    make_contract(db, person)
    return make_account(db, person)


@pytest.fixture
def colleague(db):
    account = Account(email="odile@example.org", office_name="Odile Conseil", role="handler", password_hash="none fits")
    db.add(account)
    db.flush()
    return account


def form_of(page, action):
    return next(form for form in page.forms.values() if form.action == action)


def told(db):
    rows = db.scalars(select(Notification).where(Notification.kind == "factor_changed").order_by(Notification.id))
    return [(row.channel, row.values["factor"], row.values["action"]) for row in rows]


def test_the_page_is_in_the_menu_and_says_what_there_is(app, db, account):
    page = sign_in(app, db, account).get("/").click("Sécurité et connexion")
    said = page.html.main.get_text()
    assert "Aucun numéro n’est confirmé" in said
    account.mobile = "+33612345601"
    db.commit()
    assert "06\xa0••\xa0••\xa0••\xa001" in app.get(PAGE).html.main.get_text()


def test_a_colleague_has_it_too_without_messages(app, db, colleague):
    said = sign_in(app, db, colleague).get(PAGE).html.main.get_text()
    assert "Application d’authentification" in said
    assert "Codes par SMS" not in said
    # A member's page leads a colleague back to his desk.
    assert app.get("/securite/numero", status=303).location == "http://localhost/bureau"


@pytest.mark.parametrize("path", BEHIND_A_PROOF)
def test_nothing_is_added_or_removed_without_a_fresh_proof(app, db, account, path):
    sign_in(app, db, account)
    token = app.get(PAGE).html.find("input", {"name": "csrf_token"})["value"]
    for answer in (app.get(path), app.post(path, {"csrf_token": token})):
        assert answer.location.startswith("http://localhost/confirmer-identite?next=")
    assert told(db) == []


def test_an_application_counts_once_its_first_code_is_right(app, db, account, clock):
    page = sign_in(app, db, account, proved=True).get(TOTP)
    assert page.html.select_one(".qr svg title").get_text()
    # Without it a browser cuts the drawing instead of scaling it: half a QR code, that no telephone reads.
    assert page.html.select_one(".qr svg")["viewbox"]
    secret = page.html.select_one(".code-groups").get_text().replace(" ", "")
    assert re.fullmatch("[A-Z2-7]{32}", secret)
    form = form_of(page, TOTP)
    form["code"] = "000000"
    refused = form.submit(status=422)
    assert "Ce n’est pas le code que nous attendons" in refused
    # The same secret, so that the application need not be set again.
    assert secret in refused.html.select_one(".code-groups").get_text().replace(" ", "")
    assert account.totp_secret is None
    form = form_of(refused, TOTP)
    form["code"] = pyotp.TOTP(secret).at(clock.now())
    page = form.submit(status=303).follow()
    assert "est ajoutée" in page
    db.refresh(account)
    assert tools_of(app).cipher.decrypt(account.totp_secret) == secret
    assert account.totp_last_step == int(clock.now().timestamp()) // 30
    assert told(db) == [("email", "totp", "added")]
    # It is there: nothing more to enrol, and it can be removed.
    assert app.get(TOTP).location.endswith(PAGE)
    page = form_of(app.get(f"{TOTP}/retirer"), f"{TOTP}/retirer").submit().follow()
    assert "est retirée" in page
    db.refresh(account)
    assert account.totp_secret is account.totp_last_step is None
    assert told(db)[1:] == [("email", "totp", "removed")]


def test_the_secret_of_another_account_is_not_taken(app, db, account, clock):
    other = make_account(db, make_person(db, "Paul", email="paul@example.org"))
    page = sign_in(app, db, other, proved=True).get(TOTP)
    theirs = form_of(page, TOTP)["scelle"].value
    secret = page.html.select_one(".code-groups").get_text().replace(" ", "")
    form = form_of(sign_in(app, db, account, proved=True).get(TOTP), TOTP)
    for sealed in (theirs, "", "é", "AAAA"):
        form["scelle"], form["code"] = sealed, pyotp.TOTP(secret).at(clock.now())
        assert form.submit(status=303).location.endswith(TOTP)
    assert told(db) == []


def test_ten_codes_are_shown_once_and_kill_the_former_ones(app, db, account):
    page = form_of(sign_in(app, db, account, proved=True).get(CODES), CODES).submit(status=200)
    codes = [code.get_text() for code in page.html.select(".code-sheet code")]
    assert len(set(codes)) == 10
    assert all(re.fullmatch("[A-Z2-9]{5}-[A-Z2-9]{5}", code) for code in codes)
    assert page.headers["Cache-Control"] == "no-store"
    first = set(db.scalars(select(RecoveryCode.code_index)))
    assert "10 restants" in page.click("J’ai noté mes codes").html.main.get_text()
    page = app.get(CODES)
    assert not any(code in page for code in codes)
    form_of(page, CODES).submit(status=200)
    second = set(db.scalars(select(RecoveryCode.code_index)))
    assert len(second) == 10
    assert not first & second
    assert told(db) == [("email", "recovery_codes", "added")] * 2
    assert db.scalar(select(func.count()).where(Event.kind == "recovery_codes:drawn")) == 2


def test_the_mail_of_a_change_ends_it_all(app, db, account):
    form_of(sign_in(app, db, account, proved=True).get(CODES), CODES).submit()
    row = db.scalars(select(Notification).where(Notification.kind == "factor_changed")).one()
    page = app.get(row.values["link"])
    form = next(form for form in page.forms.values() if "code" in form.fields)
    form["code"] = last_secret(app, db, "factor_changed")["code"]
    form.submit(status=303)
    assert app.get(PAGE).location.startswith("http://localhost/connexion")


def test_a_colleague_keeps_his_only_second_factor(app, db, colleague):
    colleague.totp_secret = tools_of(app).cipher.encrypt(pyotp.random_base32(32))
    db.commit()
    sign_in(app, db, colleague, proved=True)
    refused = form_of(app.get(f"{TOTP}/retirer"), f"{TOTP}/retirer").submit(status=422)
    assert "votre seul second moyen" in refused
    db.refresh(colleague)
    assert colleague.totp_secret is not None


def test_a_linked_identity_is_shown_and_removed(app, db, account):
    path = "/securite/identite/retirer"
    sign_in(app, db, account, proved=True).get(path, status=404)
    db.add(OidcLink(account_id=account.id, issuer="https://fc.example", subject_index=b"x" * 32))
    db.commit()
    assert "Identités liées" in app.get(PAGE)
    form_of(app.get(path), path).submit(status=303)
    assert db.scalar(select(func.count()).select_from(OidcLink)) == 0
    assert "Identités liées" not in app.get(PAGE)
