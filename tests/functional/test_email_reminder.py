"""« J’ai oublié mon adresse »: recalled, masked, where the person is known already; the screen says the same to all."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from member_space.models import Coverage, Notification
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at, counted_statements

PAGE = "/identifiant-oublie"
DONE = "http://localhost/connexion?fait=adresse-rappelee"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def known(db):
    person = make_person(db, "Nadia", date(1985, 4, 12), email="nadia@example.org", mobile="+33612345678")
    contract = make_contract(db, person)
    contract.member_number = "00041234"
    account = make_account(db, person)
    db.commit()
    return account, contract


def remind(browser, number="00041234", born="12/04/1985"):
    form = next(form for form in browser.get(PAGE).forms.values() if form.action == PAGE)
    form["member_number"], form["birth_date"] = number, born
    return form.submit(expect_errors=True)


def sent(db):
    rows = db.scalars(select(Notification).where(Notification.kind == "email_reminder").order_by(Notification.id))
    return [(row.channel, row.state, row.values) for row in rows]


def test_the_address_is_recalled_by_mail_and_by_sms_and_never_shown(app, db, known):
    answer = remind(app, " 0004 1234 ")
    assert answer.location == DONE
    assert "nadia" not in answer.follow().text
    masked = {"masked": "n•••@e•••.org"}
    assert sent(db) == [("email", "waiting", masked), ("sms", "waiting", masked)]


@pytest.mark.parametrize(("number", "born"), [("00049999", "12/04/1985"), ("00041234", "13/04/1985")])
def test_anybody_else_gets_the_same_answer_and_nobody_a_message(app, db, known, engine, number, born):
    form = next(form for form in app.get(PAGE).forms.values() if form.action == PAGE)
    form["member_number"], form["birth_date"] = "00041234", "12/04/1985"
    with counted_statements(engine) as right:
        form.submit()
    before = len(sent(db))
    form["member_number"], form["birth_date"] = number, born
    with counted_statements(engine) as wrong:
        assert form.submit().location == DONE
    assert right == wrong
    assert [state for _channel, state, _values in sent(db)[before:]] == ["nobody", "nobody"]


def test_twins_are_each_told_their_own(app, db, known):
    _account, contract = known
    twin = make_person(db, "Yanis", date(1985, 4, 12), email="yanis@example.net")
    db.add(Coverage(contract_id=contract.id, person_id=twin.id, relation="child", period=contract.period, position=2))
    make_account(db, twin)
    db.commit()
    remind(app)
    rows = db.scalars(select(Notification).where(Notification.state == "waiting", Notification.channel == "email"))
    assert [row.values["masked"] for row in rows] == ["n•••@e•••.org", "y•••@e•••.net"]


def test_a_fourth_reminder_in_an_hour_waits_and_another_network_does_not(app, db, known, clock):
    for _ in range(3):
        assert remind(app).location == DONE
    answer = remind(app)
    assert answer.status_int == 429
    assert int(answer.headers["Retry-After"]) == 3600
    app.extra_environ["REMOTE_ADDR"] = "203.0.113.9"
    assert remind(app).location == DONE
    app.extra_environ.clear()
    clock.at += timedelta(hours=1)
    assert remind(app).location == DONE


def test_ten_a_day_from_all_networks_together(app, db, known, clock):
    """Somebody with many addresses makes no telephone ring all day, at our cost."""
    for network in range(10):
        app.extra_environ["REMOTE_ADDR"] = f"198.51.{network}.7"
        assert remind(app).location == DONE
    app.extra_environ["REMOTE_ADDR"] = "203.0.113.7"
    assert remind(app).status_int == 429
    assert remind(app, "00049999").location == DONE
    assert len(sent(db)) == 22
    clock.at += timedelta(days=1)
    assert remind(app).location == DONE


def test_a_premium_or_fixed_number_gets_no_sms(app, db, known):
    account, _contract = known
    account.mobile = "+33899123456"
    db.commit()
    remind(app)
    assert [(channel, state) for channel, state, _values in sent(db)] == [("email", "waiting"), ("sms", "nobody")]


@pytest.mark.parametrize(
    ("number", "born", "words"),
    [
        ("", "12/04/1985", "Écrivez votre numéro d’adhérent"),
        ("00041234", "", "Écrivez votre date de naissance"),
        ("00041234", "31/02/1985", "Cette date n’existe pas"),
        ("9" * 41, "12/04/1985", "Ce numéro est trop long"),
    ],
)
def test_bad_input_says_what_to_write_and_keeps_the_rest(app, db, number, born, words):
    answer = remind(app, number, born)
    assert answer.status_int == 422
    assert words in answer
    assert answer.html.find(id="member_number")["value"] == number
    assert answer.html.find(id="birth_date")["value"] == born
    assert sent(db) == []
