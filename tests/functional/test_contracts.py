"""A household reads its contracts, today and on any other day (S-HCR-23, C29)."""

from dataclasses import replace
from datetime import date

import pytest

from member_space.domain.guarantee import BasePercent, Basket, FullCost, Heading, LumpSum, Per
from member_space.domain.period import Period
from member_space.models import Contract, ContractTerms, Coverage
from tests.factories.guarantee import make_line, make_table
from tests.factories.household import make_account, make_contract, make_person, make_teletransmission, period
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in

LONG_NAME = "de La Rochefoucauld-Montmorency-Laval d’Artagnan-Villeneuve"


@pytest.fixture
def family(db):
    """A holder, a spouse and a child who came later; a plan that changed once, with its table."""
    holder = make_person(db, "Hélène", last_name="Morel")
    spouse, child = make_person(db, "Sami", last_name="Morel"), make_person(db, "Zoé", date(2025, 5, 5))
    contract = make_contract(db, holder, (spouse, "spouse"))
    db.add(
        Coverage(
            contract_id=contract.id,
            person_id=child.id,
            relation="child",
            period=period(date(2025, 5, 5)),
            position=3,
        )
    )
    room = make_line(1, heading=Heading.HOSPITAL, label="Chambre particulière", article="1.5", acts=frozenset({"CHP"}))
    crown = make_line(2, period=Period(date(2020, 1, 1), date(2025, 6, 30)))
    better = make_line(2, period=Period(date(2025, 7, 1)), formulas=(BasePercent(25_000),))
    free = make_line(3, label="Prothèses sans reste", basket=Basket.NO_REST, formulas=(FullCost(),))
    table = make_table(db, [replace(room, formulas=(LumpSum(6_000, Per.DAY),)), crown, better, free])
    terms = db.query(ContractTerms).filter_by(contract_id=contract.id).one()
    terms.period, terms.guarantee_table_id = period(date(2024, 1, 1), date(2026, 1, 1)), table.id
    db.flush()
    db.add(
        ContractTerms(
            contract_id=contract.id,
            period=period(date(2026, 1, 1)),
            plan_label="Premium",
            guarantee_table_id=table.id,
            amc_number="0775999998",
            amc_name="Mutuelle Horizon Santé",
            csr="CSR01",
            convention_type="SP",
            responsible=True,
        )
    )
    return {"holder": holder, "spouse": spouse, "child": child, "contract": contract}


def url(contract: Contract) -> str:
    return f"/contrats/{contract.public_id}"


def test_the_holder_reads_every_fact_with_its_date_of_effect(app, db, family):
    page = sign_in(app, db, make_account(db, family["holder"])).get(url(family["contract"]))
    contract = family["contract"]
    for words in (contract.number, contract.member_number, "Complémentaire santé", "Premium", "0775999998", "CSR01"):
        assert words in page
    # The plan changed, the number of the insurer did not.
    facts = {row.dt.get_text(): row.dd.get_text() for row in page.html.select("#conditions .facts > div")}
    assert "depuis le 1er janvier 2026" in facts["Formule"]
    assert any("depuis le 1er janvier 2024" in value for label, value in facts.items() if "Numéro AMC" in label)


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def browser(app, db, family):
    return sign_in(app, db, make_account(db, family["holder"]))


def words_of(page, section):
    return page.html.find(id=section).get_text(" ", strip=True)


def test_the_list_leads_to_each_contract(browser, family):
    page = browser.get("/contrats")
    assert "Premium" in page
    assert family["contract"].member_number in page
    assert all(name in page for name in ("Hélène Morel", "Sami Morel", "Zoé"))
    page.click("Voir le contrat")


def test_a_past_day_shows_what_was_true_then(browser, family):
    page = browser.get(url(family["contract"]), {"au": "12/03/2025"})
    assert "tel qu’il était le 12 mars 2025" in page
    assert "Confort" in words_of(page, "conditions")
    assert "Premium" not in words_of(page, "conditions")
    assert "200\xa0% de la base" in words_of(page, "garanties")
    assert "Zoé" not in words_of(page, "personnes")
    # Nothing of what changed after that day.
    assert [one.time["datetime"] for one in page.html.select(".changes li")] == ["2024-01-01"]
    today = browser.get(url(family["contract"]))
    assert "250\xa0% de la base" in words_of(today, "garanties")
    assert "60,00 € par jour" in words_of(today, "garanties").replace("\xa0", " ")
    assert "Zoé" in words_of(today, "personnes")


def test_the_table_says_each_guarantee_in_plain_words_under_the_headings_of_all_insurers(browser, family):
    page = browser.get(url(family["contract"]))
    table = page.html.find(id="garanties")
    assert [one.get_text() for one in table.select("th.group")] == ["Hospitalisation", "Dentaire"]
    rows = {
        row.th.get_text(" ", strip=True): row.td.get_text(" ", strip=True) for row in table.select("tbody tr:has(td)")
    }
    assert rows["Prothèses sans reste 100\xa0% Santé"] == "Rien à payer"
    assert rows["Chambre particulière"].replace("\xa0", " ") == "60,00 € par jour Article 1.5"
    words = [one.get_text() for one in table.select("details#mots dt")]
    assert {"Ticket modérateur", "Frais réels", "OPTAM", "100\xa0% Santé"} <= set(words)


def test_a_day_may_be_typed_as_people_write_it(browser, family):
    for typed in ("12/03/2025", "12-3-2025", "12.03.2025", "12 3 2025", "2025-03-12", " 12/03/2025 "):
        assert "le 12 mars 2025" in browser.get(url(family["contract"]), {"au": typed}), typed


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("demain", "comme 12/03/2025"),
        ("31/02/2025", "Cette date n’existe pas"),
        ("12/03/25", "quatre chiffres"),
        ("12/03/0025", "entre 1900 et 2100"),
        ("99/99/9999", "entre 1900 et 2100"),
        ("12/03/2025' or 1=1", "comme 12/03/2025"),
        ("<script>", "comme 12/03/2025"),
        ("٣/٣/٢٠٢٥", "comme 12/03/2025"),
    ],
)
def test_a_day_that_cannot_be_read_is_refused_with_its_reason_and_kept(browser, family, typed, reason):
    page = browser.get(url(family["contract"]), {"au": typed}, status=422)
    assert page.html.title.get_text().startswith("Erreur : ")
    assert reason in page.html.select_one(".error-summary").get_text()
    field = page.html.find(id="au")
    assert field["value"] == typed
    assert reason in page.html.find(id=field["aria-describedby"].split()[-1]).get_text()
    # The contract of today stays readable beside the refusal.
    assert "Premium" in words_of(page, "conditions")


def test_days_outside_the_contract_are_explained(browser, family):
    before = browser.get(url(family["contract"]), {"au": "31/12/2023"})
    assert "avant le premier jour de votre couverture, le 1er janvier 2024" in before
    assert before.html.find(id="conditions") is None
    assert before.html.find(id="personnes") is None
    after = browser.get(url(family["contract"]), {"au": "01/01/2030"})
    assert "Cela peut encore changer" in after


def test_a_contract_that_ended_shows_its_last_day(app, db):
    holder = make_person(db, "Aude")
    contract = make_contract(db, holder, period=period(date(2020, 1, 1), date(2023, 1, 1)))
    browser = sign_in(app, db, make_account(db, holder))
    page = browser.get(url(contract))
    assert "Terminé" in words_of(page, "contrat")
    assert "au 31 décembre 2022" in words_of(page, "conditions")
    assert "terminée le 31 décembre 2022" in browser.get(url(contract), {"au": "01/01/2023"})


def test_changes_are_listed_latest_first_with_their_day(browser, family):
    page = browser.get(url(family["contract"]))
    changes = [one.get_text(" ", strip=True) for one in page.html.select(".changes li")]
    assert changes == [
        "1er janvier 2026 Formule : « Confort » devient « Premium »",
        "1er juillet 2025 Couronne : « 200\xa0% de la base » devient « 250\xa0% de la base »",
        f"5 mai 2025 Zoé {family['child'].last_name} : début de la couverture",
        "1er janvier 2024 Début de la couverture",
    ]


def test_a_beneficiary_reads_the_contract_and_himself_only(app, db, family):
    browser = sign_in(app, db, make_account(db, family["spouse"]))
    page = browser.get(url(family["contract"]))
    assert family["contract"].number in page
    assert "Premium" in page
    assert "Sami Morel" in words_of(page, "personnes")
    for other in ("Zoé", "Hélène"):
        assert other not in words_of(page, "personnes")
        assert other not in words_of(page, "changements")


def test_who_left_reads_the_contract_of_his_time_only(app, db, family):
    gone = make_person(db, "Noé", date(2001, 1, 1))
    db.add(
        Coverage(
            contract_id=family["contract"].id,
            person_id=gone.id,
            relation="child",
            period=period(date(2024, 1, 1), date(2025, 4, 1)),
            position=4,
        )
    )
    db.flush()
    browser = sign_in(app, db, make_account(db, gone))
    page = browser.get(url(family["contract"]))
    assert "Confort" in words_of(page, "conditions")
    assert "Premium" not in page
    assert "Zoé" not in page
    today = browser.get(url(family["contract"]), {"au": "20/11/2026"})
    assert "Votre couverture s’est terminée le 31 mars 2025" in today
    assert "Premium" not in today


def test_the_contract_of_somebody_else_is_as_unknown_as_none(db, browser):
    stranger = make_person(db, "Inconnue")
    theirs = make_contract(db, stranger)
    db.commit()
    for contract_id in (theirs.public_id, "00000000-0000-0000-0000-000000000000", theirs.id, "%2e%2e"):
        browser.get(f"/contrats/{contract_id}", status=404)


def test_nobody_signed_in_is_shown_the_door(app, db, family):
    db.commit()
    for path in ("/contrats", url(family["contract"])):
        assert app.get(path, status=303).location.startswith("http://localhost/connexion")


def test_a_very_long_name_and_one_with_markup_are_words(app, db):
    holder = make_person(db, "Anne-Charlotte <i>", last_name=LONG_NAME)
    contract = make_contract(db, holder)
    page = sign_in(app, db, make_account(db, holder)).get(url(contract))
    assert LONG_NAME in page
    assert "<i>" not in page.text


def test_the_pages_cost_at_most_eight_statements(engine, db, browser, family):
    db.commit()
    for path in ("/contrats", url(family["contract"]), url(family["contract"]) + "?au=12/03/2025"):
        with counted_statements(engine) as run:
            browser.get(path)
        assert len(run) <= 8, run


def test_somebody_without_a_contract_is_told_what_comes(app, db):
    page = sign_in(app, db, make_account(db, make_person(db, "Seule"))).get("/contrats")
    assert "Aucun contrat à votre nom" in page


def test_the_list_tells_the_state_of_each_link(db, cipher, browser, family):
    coverage = db.query(Coverage).filter_by(person_id=family["holder"].id).one()
    make_teletransmission(db, cipher, coverage, family["holder"], "2840588321025")
    page = browser.get("/contrats")
    rows = {row.dt.get_text(): row.dd.get_text(" ", strip=True) for row in page.html.select(".facts > div")}
    assert rows["Hélène Morel"] == "En préparation"
    assert rows["Sami Morel"] == "Pas en place"
