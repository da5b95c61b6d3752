"""The first transfer to another bank account of a member is marked: for him, and for the office that checks (C154)."""

from contextlib import contextmanager
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from member_space.cli import member_space
from member_space.cli import payments as command
from member_space.models import Payment
from member_space.services.first_payment import first_payments
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in

LIST = "/remboursements/virements"
FLAG = "Premier virement sur ce compte"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 21) as clock:
        yield clock


@pytest.fixture
def holder(db):
    return make_person(db, "Hélène", external_ref="P77")


@pytest.fixture
def paid(db, holder):
    """Three transfers to the member, the last two to another account of his, and one to a pharmacy."""
    contract = make_contract(db, holder)
    other = make_contract(db, make_person(db, "Paul"))
    make_statement(db, other, [line_values(db.get(type(holder), other.holder_id), other)], paid_on=date(2026, 3, 1))
    found = []
    for day, last4, payee in (
        (date(2026, 3, 20), "0189", "insured"),
        (date(2026, 3, 25), "9999", "professional"),
        (date(2026, 4, 20), "4321", "insured"),
        (date(2026, 5, 20), "4321", "insured"),
    ):
        name = {} if payee == "insured" else {"payee": payee, "payee_name": "Pharmacie du Canal"}
        statement = make_statement(db, contract, [line_values(holder, contract)], paid_on=day, **name)
        payment = db.scalars(select(Payment).where(Payment.id == statement.payment_id)).one()
        payment.iban_last4 = last4
        found.append(payment)
    db.commit()
    return found


def test_the_member_reads_it_on_that_transfer_and_on_no_other(app, db, holder, paid):
    browser = sign_in(app, db, make_account(db, holder))
    marked = [row.get_text(" ", strip=True) for row in browser.get(LIST).html.select("main tbody tr")]
    marked = [row for row in marked if FLAG in row]
    assert len(marked) == 1
    assert paid[2].reference in marked[0]
    page = browser.get(f"{LIST}/{paid[2].public_id}")
    assert FLAG in page
    assert "Vous ne reconnaissez pas ce compte" in page
    for one in (paid[0], paid[1], paid[3]):
        assert FLAG not in browser.get(f"{LIST}/{one.public_id}")


def test_the_office_lists_those_of_some_days_to_check(db, holder, paid):
    rows = first_payments(db, date(2026, 4, 1))
    assert [(row.reference, row.person_ref, row.iban_last4, row.paid_on) for row in rows] == [
        (paid[2].reference, "P77", "4321", date(2026, 4, 20))
    ]
    assert first_payments(db, date(2026, 5, 1)) == []


@pytest.fixture
def asked(monkeypatch, session_factory):
    """The command, on the test's own transaction."""

    @contextmanager
    def ours(_ini):
        yield session_factory

    monkeypatch.setattr(command, "sessions_of", ours)
    return lambda *words: CliRunner().invoke(member_space, ["payments", "first", *words], catch_exceptions=False)


def test_the_command_prints_them_as_csv(asked, paid):
    amount = f"{paid[2].amount // 100}.{paid[2].amount % 100:02d}"
    answer = asked("--since", "2026-04-20")
    assert answer.exit_code == 0
    assert answer.output.splitlines() == [
        "paid_on,payment_ref,person_ref,iban_last4,amount",
        f"2026-04-20,{paid[2].reference},P77,4321,{amount}",
    ]
    assert asked("--since", "2026-04-21").output == "paid_on,payment_ref,person_ref,iban_last4,amount\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [((), "--since"), (("--since", "20/04/2026"), "%Y-%m-%d"), (("--since", "2026-02-30"), "%Y-%m-%d")],
)
def test_the_command_wants_a_day(asked, words, said):
    answer = asked(*words)
    assert answer.exit_code == 2
    assert said in answer.output
