"""Closing one's account: thirty days of grace, then nothing opens it; the contract is not touched (C21)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from member_space import models as m
from member_space.domain.notices import Channel, NoticeKind
from member_space.services.account import create_account
from member_space.services.closing import close_accounts
from member_space.services.notification import notify
from member_space.services.notification_send import send
from tests.factories.household import PASSWORD, make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in, tools_of

PAGE = "/mes-donnees/fermer"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 21) as clock:
        yield clock


@pytest.fixture
def person(db):
    return make_person(db, "Hélène", last_name="Morel", email="helene@example.org")


@pytest.fixture
def account(app, db, person):
    make_contract(db, person)
    hashed = tools_of(app).hasher.hash(PASSWORD)
    return make_account(db, person, hashed, mobile="+33600000001")


def ask(browser, read=True):
    form = next(form for form in browser.get(PAGE).forms.values() if form.action == PAGE)
    form["compris"] = read
    return form.submit(status="*")


def night(app, db):
    close_accounts(db, tools_of(app))
    db.commit()


def test_the_page_offers_a_copy_first_and_says_what_stays(app, db, account):
    page = sign_in(app, db, account, proved=True).get(PAGE)
    assert page.html.select_one("main section a[href='/mes-donnees/copie']")
    stays = page.html.select_one("#suite tbody").get_text()
    assert "Remboursements et soins" in stays
    assert "L221-11" in stays


def test_what_was_not_read_is_not_agreed_to(app, db, account):
    answer = ask(sign_in(app, db, account, proved=True), read=False)
    assert answer.status_int == 422
    assert "Cochez la case" in answer
    assert account.closing_asked_at is None


def test_asking_gives_thirty_days_and_says_so_on_every_page(app, db, account, clock):
    browser = sign_in(app, db, account, proved=True)
    answer = ask(browser)
    assert (answer.status_int, answer.location) == (303, "http://localhost/mes-donnees?fait=fermeture-demandee")
    for path in ("/", "/remboursements", "/mes-donnees"):
        assert "Votre compte se ferme le 21 décembre 2026" in browser.get(path).html.select_one(".band").get_text()
    message = db.scalars(select(m.Notification)).one()
    assert (message.kind, message.values) == ("account_closing", {"until": "2026-12-21", "link": "/mes-donnees"})
    clock.at += timedelta(days=29, hours=23)
    night(app, db)
    assert account.closed_at is None


def test_it_is_cancelled_from_any_page(app, db, account, clock):
    browser = sign_in(app, db, account, proved=True)
    ask(browser)
    clock.at += timedelta(days=20)
    browser = sign_in(app, db, account)
    form = next(form for form in browser.get("/").forms.values() if form.action == f"{PAGE}/annuler")
    answer = form.submit()
    assert answer.location == "http://localhost/mes-donnees?fait=fermeture-annulee"
    assert "La fermeture est annulée" in answer.follow()
    assert not browser.get("/").html.select_one(".band")
    clock.at += timedelta(days=20)
    night(app, db)
    assert account.closed_at is None
    kinds = db.scalars(select(m.Event.kind).where(m.Event.kind.like("account:clos%")).order_by(m.Event.id)).all()
    assert kinds == ["account:closing_asked", "account:closing_cancelled"]


def test_after_thirty_days_nothing_opens_it(app, db, account, person, clock):
    browser = sign_in(app, db, account, proved=True)
    ask(browser)
    tools = tools_of(app)
    db.add_all(
        [
            m.Device(token_hash=b"d", account_id=account.id, last_seen_at=tools.now(), trusted_until=tools.now()),
            m.RecoveryCode(account_id=account.id, code_index=b"c"),
            m.Draft(account_id=account.id, form="/x", values=b"v", updated_at=tools.now()),
            m.NotificationPreference(account_id=account.id, category="news", channel="email", wanted=True),
        ]
    )
    account.totp_secret = b"secret"
    db.commit()
    clock.at += timedelta(days=30)
    night(app, db)
    db.refresh(account)
    assert account.closed_at == tools.now()
    assert account.email == f"closed-{account.public_id}@account.invalid"
    assert (account.password_hash, account.mobile, account.totp_secret) == (None, None, None)
    for model in (m.WebSession, m.Device, m.RecoveryCode, m.Draft, m.NotificationPreference, m.Challenge):
        assert db.scalar(select(func.count()).select_from(model)) == 0, model
    assert "/connexion" in browser.get("/", status=303).location
    # The contract, its person, and the fact, untouched.
    assert db.scalar(select(func.count()).select_from(m.Coverage)) == 1
    assert person.email == "helene@example.org"
    message = db.scalars(select(m.Notification).where(m.Notification.kind == "account_closed")).one()
    assert tools.cipher.decrypt(message.target) == "helene@example.org"
    assert db.scalars(select(m.Event.kind).order_by(m.Event.id.desc())).first() == "account:closed"


def test_another_account_may_be_opened_with_the_same_address(app, db, account, person, clock):
    ask(sign_in(app, db, account, proved=True))
    clock.at += timedelta(days=30)
    night(app, db)
    again = create_account(db, tools_of(app).hasher, person.external_ref, "helene@example.org", PASSWORD)
    db.flush()
    assert again.id != account.id
    facts = db.scalars(select(m.Event.actor_account_id).where(m.Event.kind == "account:closing_asked")).all()
    assert facts == [account.id]
    assert "Hélène Morel" in sign_in(app, db, again).get("/")


def test_asking_twice_does_not_begin_again(app, db, account, clock):
    browser = sign_in(app, db, account, proved=True)
    form = next(form for form in browser.get(PAGE).forms.values() if form.action == PAGE)
    form["compris"] = True
    form.submit()
    db.refresh(account)
    first = account.closing_asked_at
    assert first is not None
    clock.at += timedelta(minutes=2)
    form.submit()
    db.refresh(account)
    assert account.closing_asked_at == first
    assert len(db.scalars(select(m.Notification.id)).all()) == 1


@pytest.mark.parametrize("page", ["/mes-donnees", "/mes-donnees/copie", "/mes-donnees/fermer"])
def test_a_closing_that_was_read_is_not_repeated_and_one_just_asked_leaves(app, db, account, clock, page):
    browser = sign_in(app, db, account, proved=True)
    ask(browser).follow()
    told = db.scalars(select(m.Notification).filter_by(kind="account_closing")).one()
    assert (told.state, told.read_at) == ("waiting", None)  # the page that follows the act holds no mail back
    told.state, told.sent_at = "sent", clock.now()
    db.commit()
    browser.get(page)
    db.expire_all()
    assert told.read_at == clock.now()


def test_a_message_that_waits_for_a_closed_account_goes_nowhere(app, db, account):
    tools = tools_of(app)
    told = notify(db, tools, NoticeKind.RECOVERY_GRANTED, Channel.SMS, account_id=account.id)
    account.closed_at = tools.now()
    db.commit()
    send(db, tools, told.id)
    assert (told.state, told.last_error) == ("failed", "no address")
