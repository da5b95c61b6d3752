"""« Mes notifications », the banner of an address that receives nothing, and what coming to a page means."""

import pytest

from member_space.domain.notices import Category, Channel, NoticeKind
from member_space.models import Consent, Event, Notification, NotificationPreference
from member_space.services.notification_announce import announce_to
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in

PAGE = "/mes-informations/notifications"


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
def browser(app, db, account):
    return sign_in(app, db, account)


def form_of(page):
    return next(form for form in page.forms.values() if form.action == PAGE)


def ticked(page) -> set[str]:
    return {box["value"] for box in page.html.select("input[name=choix][checked]")}


def test_what_holds_before_any_choice_is_by_mail(browser):
    page = browser.get(PAGE)
    assert ticked(page) == {"reimbursements-email", "teletransmission-email", "requests-email"}
    assert (form_of(page)["langue"].value, form_of(page)["rythme"].value) == ("fr", "nouveau")
    labels = [box["aria-label"] for box in page.html.select("input[name=choix]")]
    assert labels == [
        "Remboursements, par e-mail",
        "Remboursements, par SMS",
        "Télétransmission, par e-mail",
        "Télétransmission, par SMS",
        "Demandes et messages, par e-mail",
        "Demandes et messages, par SMS",
    ]


def test_what_cannot_be_turned_off_has_no_box_and_says_why(browser):
    page = browser.get(PAGE)
    said = {row.dt.get_text(): row.dd.get_text() for row in page.html.select("#toujours .facts > div")}
    assert list(said) == ["Sécurité de votre espace", "Vos demandes sur vos données"]
    assert "votre seule alerte" in said["Sécurité de votre espace"]
    assert "la loi" in said["Vos demandes sur vos données"]


def test_a_choice_is_kept_and_said(browser, db, account):
    form = form_of(browser.get(PAGE))
    form.set("choix", False, index=0)
    form.set("choix", True, index=3)
    form["langue"] = "en"
    form["rythme"] = "jour"
    page = form.submit(status=303).follow()
    assert form_of(page)["rythme"].value == "jour"
    assert "Vos choix sont enregistrés." in page.html.select_one("[role=status]").get_text()
    assert ticked(page) == {"teletransmission-email", "teletransmission-sms", "requests-email"}
    db.refresh(account)
    assert (account.language, account.daily_mail) == ("en", True)
    kept = {(row.category, row.channel): row.wanted for row in db.query(NotificationPreference)}
    assert kept[Category.REIMBURSEMENTS, Channel.EMAIL] is False
    event = db.query(Event).filter_by(kind="preferences:changed").one()
    assert event.details == {"wanted": sorted(ticked(page)), "language": "en", "daily": True}


def test_the_choice_counts_for_what_is_announced_next(browser, db, account, clock):
    form = form_of(browser.get(PAGE))
    form.set("choix", False, index=0)
    form.submit(status=303)
    announce_to(db, NoticeKind.NEW_REIMBURSEMENT, [account.id], {"link": "/remboursements"}, clock.now())
    announce_to(db, NoticeKind.TELETRANSMISSION_CHANGED, [account.id], {"link": "/beneficiaires"}, clock.now())
    rows = {(row.kind, row.state) for row in db.query(Notification)}
    assert rows == {("new_reimbursement", "unwanted"), ("teletransmission_changed", "waiting")}


def test_nothing_at_all_is_a_choice_and_the_same_choice_is_no_fact(browser, db):
    for _ in range(2):
        form = form_of(browser.get(PAGE))
        for index in range(6):
            form.set("choix", False, index=index)
        form.submit(status=303)
    assert ticked(browser.get(PAGE)) == set()
    assert db.query(Event).filter_by(kind="preferences:changed").count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([("choix", "security-email"), ("langue", "fr"), ("rythme", "jour")], "n’existe pas"),
        ([("choix", "reimbursements-pigeon"), ("langue", "fr"), ("rythme", "jour")], "n’existe pas"),
        ([("choix", "reimbursements-email"), ("rythme", "jour")], "Choisissez la langue de vos messages."),
        (
            [("choix", "reimbursements-sms"), ("langue", "xx"), ("rythme", "jour")],
            "Choisissez la langue de vos messages.",
        ),
        ([("choix", "reimbursements-sms"), ("langue", "fr")], "Choisissez quand nous vous écrivons."),
        ([("choix", "reimbursements-sms"), ("langue", "fr"), ("rythme", "an")], "Choisissez quand nous vous écrivons."),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_typed_is_lost(browser, db, values, words):
    token = form_of(browser.get(PAGE))["csrf_token"].value
    page = browser.post(PAGE, [("csrf_token", token), *values], status=422)
    assert words in page.html.select_one(".error-summary").get_text()
    assert ticked(page) == {value for name, value in values if name == "choix" and value.startswith("reimb")} - {
        "reimbursements-pigeon"
    }
    assert db.query(NotificationPreference).count() == 0


def test_the_page_says_what_keeps_the_sms_from_leaving(browser, db, account):
    assert "nous n’avons pas votre numéro de mobile" in browser.get(PAGE)
    account.mobile = "+33612345678"
    db.commit()
    assert "vous n’avez pas accepté le contact par SMS" in browser.get(PAGE)
    db.add(Consent(person_id=account.person_id, purpose="sms_contact", granted=True, wording="?"))
    db.commit()
    assert "Aucun SMS ne part encore" not in browser.get(PAGE)


def test_an_address_that_receives_nothing_is_told_on_each_page_without_one_more_query(
    browser, db, engine, account, clock
):
    with counted_statements(engine) as before:
        assert "ne reçoit plus" not in browser.get("/mes-informations")
    account.email_bounced_at = clock.now()
    db.commit()
    with counted_statements(engine) as run:
        page = browser.get("/mes-informations")
    assert len(run) == len(before)
    band = page.html.select_one(".band")
    assert "Votre e-mail ne reçoit plus nos messages depuis le 20 novembre 2026" in band.get_text()
    assert band.a["href"] == "/mes-informations/email"
    assert browser.get("/remboursements").html.select_one(".band a")["href"] == "/mes-informations/email"


@pytest.mark.parametrize(
    ("kind", "path"),
    [(NoticeKind.NEW_REIMBURSEMENT, "/remboursements"), (NoticeKind.TELETRANSMISSION_CHANGED, "/beneficiaires")],
)
def test_who_comes_to_the_page_has_read_its_news_and_only_his(browser, db, account, clock, kind, path):
    other = make_account(db, make_person(db))
    announce_to(db, kind, [account.id, other.id], {"link": path}, clock.now())
    db.commit()
    browser.get("/mes-informations")
    assert {row.read_at for row in db.query(Notification)} == {None}
    browser.get(path)
    db.expire_all()
    read = {row.account_id: row.read_at for row in db.query(Notification)}
    assert read == {account.id: clock.now(), other.id: None}
