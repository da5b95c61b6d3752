"""What common cares would cost under a contract, by the engine that pays (C31)."""

from datetime import date

import pytest

from member_space.domain.reimbursement_figures import Figures
from member_space.models import Guarantee, GuaranteeTable, Person, Tariff
from member_space.services.figures import figures_of
from member_space.services.guarantee import tables_by_id
from member_space.services.guarantee_examples import SHOWN, examples_of
from member_space.services.guarantee_import import import_guarantees
from member_space.services.reference import load_reference
from tests.factories.guarantee import PRODUCTS, give_product, product
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def tables(db):
    """The products of the demonstration, by name."""
    load_reference(db)
    for name in PRODUCTS:
        import_guarantees(db, product(name), TODAY)
    found = tables_by_id(db, {table.id for table in db.query(GuaranteeTable)})
    return {table.code.lower(): table for table in found.values()}


@pytest.fixture
def figures(db, tables) -> Figures:
    return figures_of(db)


@pytest.fixture
def contract(db, tables):
    """A contract with the product Confort since 2024."""
    contract = make_contract(db, make_person(db, "Hélène", last_name="Morel"))
    give_product(db, contract, "confort", TODAY)
    return contract


@pytest.fixture
def browser(app, db, contract):
    return sign_in(app, db, make_account(db, db.get_one(Person, contract.holder_id)))


def shares(table, figures, day=TODAY):
    return {one.label: one.shares for _, lines in examples_of(table, figures, day) for one in lines}


@pytest.mark.parametrize("name", PRODUCTS)
def test_each_example_adds_up_and_the_100_percent_sante_leaves_nothing(tables, figures, name):
    for heading, lines in examples_of(tables[name], figures, TODAY):
        assert len(lines) == len(SHOWN[heading])
        for one in lines:
            assert sum(one.shares) == one.fee
            if "100 % Santé" in one.label or "classe A" in one.label or "classe I," in one.label:
                assert one.shares.member_share == 0


def test_a_better_product_never_leaves_more(tables, figures):
    basic, comfort, premium = (shares(tables[name], figures) for name in PRODUCTS)
    for label, found in premium.items():
        assert found.member_share <= comfort[label].member_share <= basic[label].member_share
    assert premium["Spécialiste, secteur 2 sans OPTAM"].our_share == 2_300 * 2 - 1_610
    assert comfort["Chambre particulière, une nuit"].our_share == 6_000


def rows_of(page):
    rows = page.html.select("tbody tr")
    return {
        row.th.get_text(): [cell.span.get_text().replace("\xa0", " ") for cell in row.select("td:has(span)")]
        for row in rows
    }


def url(contract) -> str:
    return f"/contrats/{contract.public_id}/exemples"


def test_the_page_shows_who_pays_what_under_the_headings_of_all_insurers(browser, contract):
    page = browser.get(f"/contrats/{contract.public_id}").click("Voir des exemples en euros")
    assert [one.get_text() for one in page.html.select("main h2")][:6] == [
        "Hospitalisation", "Soins courants", "Dentaire", "Optique", "Aides auditives", "Autres garanties",
    ]  # fmt: skip
    assert rows_of(page)["Généraliste, secteur 1"] == ["30,00 €", "19,00 €", "9,00 €", "2,00 €"]
    assert rows_of(page)["Couronne, panier 100 % Santé"] == ["500,00 €", "72,00 €", "428,00 €", "0,00 €"]
    assert "Prothèses du panier sans reste à payer" in page


def test_the_examples_follow_a_change_of_rate_and_of_guarantee(db, browser, contract):
    db.query(Guarantee).filter_by(label="Chambre particulière").update({"lump_sum": 4_000})
    db.query(Tariff).filter_by(act_code="rate:doctor", condition="").update({"value": 6_000})
    db.flush()
    found = rows_of(browser.get(url(contract)))
    assert found["Chambre particulière, une nuit"][2:] == ["40,00 €", "20,00 €"]
    assert found["Généraliste, secteur 1"] == ["30,00 €", "16,00 €", "12,00 €", "2,00 €"]


def test_a_past_day_has_its_guarantees_and_its_tariffs(browser, contract):
    page = browser.get(url(contract), {"au": "12/03/2025"})
    assert "tel qu’il était le 12 mars 2025" in page
    assert rows_of(page)["Chambre particulière, une nuit"][2] == "50,00 €"
    assert "comme 12/03/2025" in browser.get(url(contract), {"au": "hier"}, status=422)
    assert "il n’y a rien à montrer" in browser.get(url(contract), {"au": "12/03/2020"})


def test_a_care_without_a_tariff_on_that_day_is_said_so(db, browser, contract):
    db.query(Tariff).filter(Tariff.act_code == "G").delete()
    db.flush()
    page = browser.get(url(contract))
    assert "Ne se calcule pas à cette date" in page


def test_what_is_not_covered_is_said_so(db, browser, contract):
    db.query(Guarantee).filter_by(label="Chambre particulière").update({"lump_sum": None, "lump_sum_per": None})
    db.flush()
    page = browser.get(url(contract))
    assert rows_of(page)["Chambre particulière, une nuit"][2:] == ["0,00 €", "60,00 €"]
    assert "non couvert" in page.html.find(id="exemples-hospital").get_text()


def test_a_contract_without_a_table_says_whom_to_call(app, db):
    holder = make_person(db, "Seul")
    contract = make_contract(db, holder)
    page = sign_in(app, db, make_account(db, holder)).get(url(contract))
    assert "n’est pas encore en ligne" in page
    assert page.html.select("table") == []


def test_the_page_costs_at_most_ten_statements(engine, db, browser, contract):
    db.commit()
    with counted_statements(engine) as run:
        browser.get(url(contract))
    assert len(run) <= 10, run
