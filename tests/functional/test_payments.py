"""Bank transfers: the list, what one of them pays, and who may know."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from member_space.models import Payment
from member_space.services.reimbursement import PAGE
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in

LIST = "/remboursements/virements"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 21) as clock:
        yield clock


@pytest.fixture
def couple(db):
    holder, spouse = make_person(db, "Hélène"), make_person(db, "Sami")
    return make_contract(db, holder, (spouse, "spouse")), holder, spouse


@pytest.fixture
def browser(app, db, couple):
    return sign_in(app, db, make_account(db, couple[1]))


def payment_of(db, statement):
    return db.scalars(select(Payment).where(Payment.id == statement.payment_id)).one()


def rows(page):
    return [" ".join(row.get_text(" ").split()) for row in page.html.select("main table tbody tr")]


def test_each_transfer_has_its_label_payee_and_amount(browser, db, couple):
    contract, holder, _ = couple
    mine = make_statement(db, contract, [line_values(holder, contract)] * 2)
    pharmacy = make_statement(
        db,
        contract,
        [line_values(holder, contract)],
        payee="professional",
        payee_name="Pharmacie du Marché",
        paid_on=date(2026, 3, 21),
    )
    page = browser.get(LIST)
    theirs, own = rows(page)
    assert theirs == (
        f"{payment_of(db, pharmacy).reference} 21/03/2026 à Pharmacie du Marché compte terminant par 0189 1 9,00 €"
    )
    assert own == f"{payment_of(db, mine).reference} 20/03/2026 à vous compte terminant par 0189 1 18,00 €"


def test_one_transfer_says_which_care_of_which_statements_it_pays(browser, db, couple):
    contract, holder, _ = couple
    first = make_statement(db, contract, [line_values(holder, contract, label="Premier soin")])
    second = make_statement(db, contract, [line_values(holder, contract, label="Second soin")], paid_on=None)
    second.issued_on = date(2026, 3, 19)
    first.issued_on = date(2026, 3, 18)
    second.payment_id = first.payment_id
    payment = payment_of(db, first)
    payment.amount = 1800
    db.flush()
    page = browser.get(LIST).click(payment.reference)
    assert page.html.h1.get_text() == "Virement du 20 mars 2026"
    assert page.html.select_one(".big-money-amount").get_text() == "18,00\u00a0€"
    assert [row.th.a.get_text() for row in page.html.select("tbody tr")] == ["Premier soin", "Second soin"]
    links = [row.th.a["href"] for row in page.html.select("tbody tr")]
    assert links == [f"/remboursements/decomptes/{s.public_id}" for s in (first, second)]
    assert page.html.select_one("a.back")["href"] == LIST
    statement = page.click("Second soin")
    assert statement.html.select_one("a.back")["href"] == "/remboursements"
    assert statement.click("Voir ce virement").html.h1.get_text() == page.html.h1.get_text()
    assert payment.reference in statement
    assert str(payment.public_id) in statement


def test_closed_care_hides_the_third_party_of_its_transfer(browser, app, db, couple):
    contract, _, spouse = couple
    secret = line_values(spouse, contract, label="Psychiatrie", practitioner="Dr Secret")
    statement = make_statement(db, contract, [secret], payee="hospital", payee_name="Clinique Secrète")
    page = browser.get(LIST)
    assert "à un tiers" in page
    detail = page.click(payment_of(db, statement).reference)
    for one in (page, detail):
        for word in ("Psychiatrie", "Secret", "Secrète", "0189"):
            assert word not in one.html.main.get_text()
    own = sign_in(app, db, make_account(db, spouse)).get(LIST)
    assert "Clinique Secrète" in own


def test_a_beneficiary_sees_his_part_of_a_transfer_and_no_account(app, db, couple):
    contract, holder, spouse = couple
    make_statement(db, contract, [line_values(holder, contract), line_values(spouse, contract)])
    make_statement(db, contract, [line_values(holder, contract)])
    (row,) = rows(sign_in(app, db, make_account(db, spouse)).get(LIST))
    assert row.endswith("au titulaire du contrat 1 9,00 €")


def test_a_transfer_of_somebody_else_does_not_exist(app, db, couple):
    contract, holder, spouse = couple
    payment = payment_of(db, make_statement(db, contract, [line_values(holder, contract)]))
    stranger = make_person(db, "Lou")
    make_contract(db, stranger)
    for person in (stranger, spouse):
        browser = sign_in(app, db, make_account(db, person))
        assert "Aucun virement" in browser.get(LIST)
        browser.get(f"{LIST}/{payment.public_id}", status=404)
    browser.get(f"{LIST}/{uuid.uuid4()}", status=404)
    browser.get(f"{LIST}/pas-un-identifiant", status=404)


def test_nobody_signed_in_learns_nothing(app, db, couple):
    contract, holder, _ = couple
    payment = payment_of(db, make_statement(db, contract, [line_values(holder, contract)]))
    for one in (LIST, f"{LIST}/{payment.public_id}", f"{LIST}/{uuid.uuid4()}"):
        assert "/connexion" in app.get(one, status=303).location


def test_filters_by_day_and_amount(browser, db, couple):
    contract, holder, _ = couple
    for day in (10, 20):
        make_statement(db, contract, [line_values(holder, contract)] * (day // 10), paid_on=date(2026, 3, day))
    for query, found, chip in (
        ("du=2026-03-11", ["18,00 €"], "depuis le 11 mars 2026"),
        ("au=19/03/2026", ["9,00 €"], "jusqu’au 19 mars 2026"),
        ("min=9,01", ["18,00 €"], "au moins 9,01\u00a0€"),
        ("max=9", ["9,00 €"], "au plus 9,00\u00a0€"),
    ):
        page = browser.get(f"{LIST}?{query}")
        assert [row.rsplit(" ", 2)[-2] + " €" for row in rows(page)] == found
        (removal,) = page.html.select(".filter-chips a:not(.filter-clear)")
        assert chip in removal.get_text()
        assert len(rows(browser.get(removal["href"]))) == 2
    assert "Aucun virement ne correspond" in browser.get(f"{LIST}?min=19")


def test_an_amount_finds_no_more_of_a_transfer_than_is_shown(app, db, couple):
    contract, holder, spouse = couple
    make_statement(db, contract, [line_values(holder, contract), line_values(spouse, contract)])
    browser = sign_in(app, db, make_account(db, spouse))
    assert rows(browser.get(f"{LIST}?min=18&max=18")) == []
    assert len(rows(browser.get(f"{LIST}?min=9&max=9"))) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [("du=hier", "du"), ("au=2026-02-30", "au"), ("min=dix", "min"), ("min=9&max=8", "max")],
)
def test_what_cannot_be_read_is_said_and_the_list_stays(browser, db, couple, query, field):
    contract, holder, _ = couple
    make_statement(db, contract, [line_values(holder, contract)])
    page = browser.get(f"{LIST}?{query}", status=422)
    assert page.html.select_one("[role=alert] a")["href"] == f"#{field}"
    assert len(rows(page)) == 1


def test_a_transfer_of_nothing_is_no_transfer(browser, db, couple):
    contract, holder, _ = couple
    zero = {"our_share": 0, "member_share": 1100, "zero_reason": "not_covered"}
    make_statement(db, contract, [line_values(holder, contract, **zero)])
    assert "Aucun virement" in browser.get(LIST)


def test_pages_keep_the_filters(browser, db, couple):
    contract, holder, _ = couple
    for n in range(PAGE + 5):
        make_statement(db, contract, [line_values(holder, contract)], paid_on=date(2026, 1, 1) + timedelta(n))
    second = browser.get(f"{LIST}?du=2026-01-03").click("Plus anciens")
    assert len(rows(second)) == 3


def test_pages_both_ways(browser, db, couple):
    contract, holder, _ = couple
    for n in range(30):
        make_statement(db, contract, [line_values(holder, contract)], paid_on=date(2026, 1, 1) + timedelta(n))
    first = browser.get(LIST)
    second = first.click("Plus anciens")
    assert (len(rows(first)), len(rows(second))) == (PAGE, 30 - PAGE)
    assert rows(second.click("Plus récents")) == rows(first)
    refused = browser.get(LIST, {"avant": "nulle part"}, status=422)
    assert rows(refused) == rows(first)
    assert "pas complet" in refused.html.select_one("[role=alert]").get_text()


@pytest.mark.parametrize("transfers", [1, 40])
def test_three_statements_for_the_list_and_four_for_one(browser, db, engine, couple, transfers):
    contract, holder, _ = couple
    for _n in range(transfers):
        statement = make_statement(db, contract, [line_values(holder, contract)] * 5)
    payment = payment_of(db, statement)
    for path, most in ((LIST, 3), (f"{LIST}/{payment.public_id}", 4)):
        with counted_statements(engine) as run:
            browser.get(path)
        assert len(run) == most, run
