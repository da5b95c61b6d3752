"""« Expliquer cette ligne »: each amount by its steps, what was paid standing above what the engine finds."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import BasePercent, LumpSum, Per
from member_space.models import Account, ContractTerms
from member_space.services.reference import load_reference
from tests.factories.guarantee import make_line, make_table
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.journeys import decide
from tests.factories.office import make_colleague
from tests.factories.request import make_request, take
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in, tools_of

CARE_DAY = date(2026, 6, 9)
OSTEOPATH = {"act_code": "OST", "family": "alternative", "label": "Ostéopathe", "base": 0, "amo_rate": 0}
OSTEOPATH |= {"amo_gross": 0, "participation": 0, "amo_net": 0, "fee": 6000, "our_share": 3000, "member_share": 3000}


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 21) as clock:
        yield clock


@pytest.fixture
def couple(db):
    """A couple under a table at 100 % of the base and 30 € an osteopath's session, with the product's tariffs."""
    load_reference(db)
    holder, spouse = make_person(db, "Hélène"), make_person(db, "Sami")
    contract = make_contract(db, holder, (spouse, "spouse"))
    lines = [
        make_line(1, label="Médecins", article="2.1", families=frozenset(ActFamily), formulas=(BasePercent(10_000),)),
        make_line(2, label="Ostéopathe", acts=frozenset({"OST"}), formulas=(LumpSum(3000, Per.SESSION),)),
    ]
    table = make_table(db, lines)
    for terms in db.query(ContractTerms).filter_by(contract_id=contract.id):
        terms.guarantee_table_id = table.id
    db.flush()
    return contract, holder, spouse


@pytest.fixture
def browser(app, db, couple):
    return sign_in(app, db, make_account(db, couple[1]))


def path(statement, rank=1):
    return f"/remboursements/decomptes/{statement.public_id}/lignes/{rank}"


def words(page):
    return re.sub(r"[\s\u00a0\u202f]+", " ", page.html.select_one("main").get_text(" "))


def statement_of(db, couple, **values):
    contract, holder, _ = couple
    return make_statement(db, contract, [line_values(holder, contract, **values)])


def test_the_statement_leads_to_the_explanation_of_each_line(browser, db, couple):
    statement = statement_of(db, couple)
    page = browser.get(f"/remboursements/decomptes/{statement.public_id}").click("Expliquer cette ligne")
    assert page.request.path == path(statement)


def test_each_step_has_its_sentence_its_amount_and_where_it_is_written(browser, db, couple):
    told = words(browser.get(path(statement_of(db, couple))))
    for sentence in (
        "Le professionnel a facturé 30,00 €.",
        "La Sécu calcule sa part sur une base de 30,00 €, celle du jour du soin.",
        "Pour ce soin, elle rembourse 70 % de cette base. Code de la sécurité sociale, article R. 160-5",
        "Elle retient 2,00 € de participation forfaitaire.",
        "« Médecins » : 100 % de la base, part de la Sécu comprise. 100 % de 30,00 € moins 21,00 €, cela fait 9,00 €.",
        "Article 2.1 de votre contrat",
        "Les retenues de la Sécu, qu’aucun contrat responsable ne rembourse.",
    ):
        assert sentence in told


def test_the_figures_of_each_part_add_up(browser, db, couple):
    page = browser.get(path(statement_of(db, couple)))
    for part in page.html.select("main section[id]"):
        *steps, total = [
            int(re.sub(r"[^0-9−-]", "", cell.get_text()).replace("−", "-") or 0) for cell in part.select("dd.money")
        ]
        assert sum(steps) == total, part["id"]


def test_zero_has_its_because(browser, db, couple):
    nothing = {"our_share": 0, "member_share": 6000, "zero_reason": "not_covered"}
    told = words(browser.get(path(statement_of(db, couple, **OSTEOPATH | nothing))))
    assert "0 € parce que la Sécu ne rembourse pas ce soin." in told
    assert "0 € parce que : votre contrat ne prévoit rien pour ce soin." in told


def test_what_was_paid_stands_where_the_engine_finds_otherwise(browser, db, couple):
    told = words(browser.get(path(statement_of(db, couple, our_share=800, member_share=300))))
    assert "Notre calcul ne retrouve pas ce montant." in told
    assert "Nous avons payé 8,00 €." in told
    assert " 9,00 €" not in told


GRANTED = {"kind": "claim", "day": CARE_DAY, "whose": 1, "outcome": "partial", "granted": 4200}


@pytest.mark.parametrize(
    ("otherwise", "is_told"),
    [({}, True)]
    + [
        ({name: value}, False)
        for name, value in {
            "kind": "quote",
            "day": CARE_DAY - timedelta(days=1),
            "whose": 2,
            "outcome": "refused",
            "granted": 4201,
        }.items()
    ],
    ids=str,
)
def test_what_a_colleague_granted_is_told_as_his_decision(app, browser, db, couple, otherwise, is_told):
    """On a claim, to this person, for care of that day, to the cent."""
    claim, tools = GRANTED | otherwise, tools_of(app)
    account = db.scalars(select(Account).where(Account.person_id == couple[1].id)).one()
    facts = {"person_id": couple[claim["whose"]].id, "care_date": claim["day"]}
    row = make_request(db, tools, account, couple[0], claim["kind"], f"{claim['kind']}.dental", **facts)
    colleague = make_colleague(db, "handler")
    take(db, tools, row, colleague)
    lines = [("Séance", 6000, claim["granted"], "cap_reached")]
    decide(db, tools, row, colleague, outcome=claim["outcome"], lines=lines)
    paid = OSTEOPATH | {"our_share": 4200, "member_share": 1800, "care_date": CARE_DAY}
    page = browser.get(path(statement_of(db, couple, **paid)))
    assert ("le montant est celui de sa décision" in words(page)) is is_told


def test_a_cancellation_is_told_by_its_opposites(browser, db, couple):
    names = ("fee", "base", "amo_gross", "participation", "amo_net", "our_share", "member_share")
    ordinary = line_values(couple[1], couple[0])
    told = words(browser.get(path(statement_of(db, couple, **{name: -ordinary[name] for name in names}))))
    assert "Cette ligne annule un remboursement" in told
    assert "−9,00 €" in told


def test_care_before_the_contract_says_so(browser, db, couple):
    refused = {"our_share": 0, "member_share": 1100, "zero_reason": "out_of_rights"}
    statement = statement_of(db, couple, care_date="2019-05-06", **refused)
    assert "Votre contrat ne couvrait pas le jour des soins." in words(browser.get(path(statement)))


@pytest.mark.parametrize("rank", [0, 2, "x", "1%C2%B2", "9" * 30])
def test_a_line_that_is_not_there(browser, db, couple, rank):
    browser.get(path(statement_of(db, couple), rank), status=404)


def test_the_care_of_another_adult_stays_closed(browser, db, couple):
    contract, _, spouse = couple
    statement = make_statement(db, contract, [line_values(spouse, contract)])
    page = browser.get(f"/remboursements/decomptes/{statement.public_id}")
    assert "Expliquer cette ligne" not in page
    browser.get(path(statement), status=404)


def test_as_many_statements_whatever_came_before(engine, browser, db, couple):
    contract, holder, _ = couple
    statement = statement_of(db, couple)
    browser.get(path(statement))
    with counted_statements(engine) as one:
        browser.get(path(statement))
    for day in range(1, 20):
        make_statement(db, contract, [line_values(holder, contract, care_date=f"2026-02-{day:02d}")])
    with counted_statements(engine) as many:
        browser.get(path(statement))
    assert len(many) == len(one)
