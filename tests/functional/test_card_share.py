"""A card sent to a professional: 72 hours, seen opened, taken back (C52)."""

import re
from datetime import date, timedelta
from io import BytesIO

import pypdf
import pytest
from sqlalchemy import select

from member_space.models import CardShare, CardVersion, Coverage, Event, Notification
from member_space.services.shut_out import shut_everybody_out
from tests.factories.card import make_model, make_share, print_by
from tests.factories.household import make_account, make_contract, make_person, period
from tests.functional.clock import clock_at
from tests.functional.helpers import last_secret, sign_in, tools_of
from tests.log_guard import note


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 16) as clock:
        yield clock


@pytest.fixture
def karim(db):
    """Holds a contract, with a daughter."""
    holder = make_person(db, "Karim", date(1983, 4, 11), last_name="Benali")
    contract = make_contract(db, holder, (make_person(db, "Inès", date(2014, 9, 23)), "child"))
    make_model(db)
    print_by(db, contract)
    return make_account(db, holder)


@pytest.fixture
def page(app, db, karim):
    return sign_in(app, db, karim).get("/tiers-payant").click("L’envoyer à un professionnel")


def send(page, recipient="Pharmacie du Four", email="", **options):
    form = page.forms[next(number for number, form in page.forms.items() if "recipient" in form.fields)]
    form["recipient"], form["email"] = recipient, email
    answer = form.submit(**options)
    link = answer.html.select_one("#adresse")
    if link is not None:
        note(link.get_text().partition("#")[2])
    return answer


def open_link(app, answer_or_path, code=None, **options):
    """As the professional does, in a browser of his own."""
    if code is None:
        path, _, code = answer_or_path.html.select_one("#adresse").get_text().partition("#")
        path = path.removeprefix("http://localhost:6543")
    else:
        path = answer_or_path
    app.reset()
    form = app.get(path).forms[0]
    form["code"] = code
    return form.submit(**options)


def test_a_professional_opens_the_card_and_the_member_sees_when(app, db, karim, page, clock):
    sent = send(page)
    opened = open_link(app, sent)
    assert opened.content_type == "application/pdf"
    assert "BENALI Karim" in pypdf.PdfReader(BytesIO(opened.body)).pages[0].extract_text()
    page = sign_in(app, db, karim).get("/tiers-payant").click("L’envoyer à un professionnel")
    row = re.sub(r"\s+", " ", page.html.select_one("#liens tbody").get_text(" "))
    assert "Pharmacie du Four" in row
    assert "16 juin 2026" in row
    kinds = db.scalars(select(Event.kind).where(Event.kind.like("card:%")).order_by(Event.id)).all()
    assert kinds == ["card:sent", "card:opened"]


def test_looking_at_the_page_of_the_link_counts_for_nothing_and_tells_nothing(app, db, page):
    path = send(page).html.select_one("#adresse").get_text().partition("#")[0].removeprefix("http://localhost:6543")
    app.reset()
    said = app.get(path).text
    app.head(path)
    assert "Benali" not in said
    assert "Karim" not in said
    assert db.scalars(select(CardShare.opened)).one() == 0


def test_after_72_hours_taken_back_or_with_another_code_it_opens_nothing(app, db, karim, page, clock):
    sent = send(page)
    address = sent.html.select_one("#adresse").get_text().removeprefix("http://localhost:6543")
    path, _, code = address.partition("#")
    wrong = open_link(app, path, "AAAA-AAAA-AAAA-AAAA", status=422)
    nobodys = open_link(app, "/carte-envoyee/00000000-0000-4000-8000-000000000009", code, status=422)
    assert _words(nobodys) == _words(wrong)
    clock.at += timedelta(hours=72, minutes=-1)
    assert open_link(app, path, code).content_type == "application/pdf"
    clock.at += timedelta(minutes=1)
    assert _words(open_link(app, path, code, status=422)) == _words(wrong)
    again = send(sign_in(app, db, karim).get("/tiers-payant").click("L’envoyer à un professionnel"))
    form = next(one for one in again.forms.values() if "reprendre" in one.action)
    done = form.submit().follow()
    assert "n’ouvre plus votre carte" in done
    assert _words(open_link(app, again, status=422)) == _words(wrong)


def _words(page) -> str:
    return page.html.select_one(".error-summary").get_text(" ", strip=True)


def test_the_code_is_kept_nowhere_and_the_address_of_the_mail_neither(app, db, page):
    answer = send(page, email="pharmacie@example.org")
    code = answer.html.select_one("#adresse").get_text().partition("#")[2]
    row = db.scalars(select(CardShare)).one()
    assert code.encode() not in row.code_hash
    assert row.by_mail
    assert last_secret(app, db, "card_sent") == {"code": code}
    mail = db.scalars(select(Notification).where(Notification.kind == "card_sent")).one()
    assert mail.values == {"link": f"/carte-envoyee/{row.public_id}"}
    assert b"pharmacie" not in mail.target


def test_who_left_the_contract_is_on_no_card_that_opens_later(app, db, page):
    sent = send(page)
    for coverage in db.scalars(select(Coverage)):
        coverage.period = period(date(2024, 1, 1), date(2025, 1, 1))
        db.delete(coverage)
    db.commit()
    assert "n’ouvre rien" in _words(open_link(app, sent, status=422))


def test_a_card_that_changed_since_opens_as_it_is_now(app, db, page):
    """Its older version would tell a validity beyond the rights, and name who left."""
    sent = send(page)
    for coverage in db.scalars(select(Coverage)):
        left = coverage.relation == "child"
        coverage.period = period(date(2024, 1, 1), date(2026, 6, 1) if left else date(2026, 7, 1))
    db.commit()
    said = pypdf.PdfReader(BytesIO(open_link(app, sent).body)).pages[0].extract_text()
    assert "30/06/2026" in said
    assert "31/12/2026" not in said
    assert "Inès" not in said


def test_a_link_made_by_somebody_else_in_the_account_opens_nothing_once_he_is_shut_out(app, db, karim, page):
    sent = send(page)
    shut_everybody_out(db, tools_of(app), karim)
    db.commit()
    assert "n’ouvre rien" in _words(open_link(app, sent, status=422))


def test_a_link_that_was_opened_very_often_still_opens(app, db, page):
    sent = send(page)
    row = db.scalars(select(CardShare)).one()
    row.opened = 32_767
    db.commit()
    assert open_link(app, sent).content_type == "application/pdf"


@pytest.mark.parametrize(("recipient", "email"), [("x", "pas une adresse"), ("x" * 61, "")])
def test_what_cannot_be_sent_is_told_and_kept(page, db, recipient, email):
    answer = send(page, recipient, email, status=422)
    assert answer.html.select_one(".error-summary")
    assert answer.html.find(id="recipient")["value"] == recipient
    assert answer.html.find(id="email")["value"] == email
    assert db.scalars(select(CardShare)).all() == []


def test_ten_links_a_day_are_enough(app, db, karim, page):
    for _ in range(10):
        page = send(page)
    assert "dix liens" in send(page, status=422)
    assert len(db.scalars(select(CardShare)).all()) == 10


def test_a_link_that_still_opens_is_always_there_to_be_taken_back(app, db, karim, page, clock):
    """Ten a day for three days: all of them open."""
    send(page)
    card = db.scalars(select(CardVersion).join(CardShare, CardShare.card_id == CardVersion.id)).one()
    for hours in range(1, 30):
        sent_at = clock.at + timedelta(hours=2 * hours)
        make_share(db, card, karim, sent_at=sent_at, expires_at=sent_at + timedelta(hours=72))
    clock.at += timedelta(hours=60)
    page = sign_in(app, db, karim).get("/tiers-payant").click("L’envoyer à un professionnel")
    assert len(page.html.select("#liens form")) == 30


def test_guessing_a_code_is_slowed_down(app, page):
    path = send(page).html.select_one("#adresse").get_text().partition("#")[0].removeprefix("http://localhost:6543")
    for _ in range(10):
        open_link(app, path, "AAAA-AAAA-AAAA-AAAA", status=422)
    open_link(app, path, "AAAA-AAAA-AAAA-AAAA", status=429)


def test_somebody_elses_card_is_not_sent_nor_his_link_taken_back(app, db, karim, page):
    send(page)
    share = db.scalars(select(CardShare)).one()
    other = make_person(db, "Aude")
    make_contract(db, other)
    browser = sign_in(app, db, make_account(db, other))
    browser.get(page.request.path, status=404)
    token = browser.get("/tiers-payant").html.select_one("input[name=csrf_token]")["value"]
    browser.post(f"/tiers-payant/liens/{share.public_id}/reprendre", {"csrf_token": token}, status=404)
    assert share.revoked_at is None
