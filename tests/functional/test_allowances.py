"""« Ce qu’il me reste de mes forfaits »: used, left and when it comes back, for whom the viewer may know (C32)."""

from datetime import date

import pytest

from member_space.models import Person
from member_space.services.reference import load_reference
from tests.factories.guarantee import give_product
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.statement import line_values, make_statement, osteopath_line
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in

TODAY = date(2026, 11, 20)
PAGE = "/forfaits"
ROOM = {"act_code": "CHP", "family": "hospital", "label": "Chambre particulière", "fee": 24_000, "our_share": 24_000}


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def family(db):
    """A holder, a spouse and a child of ten, under the product Confort."""
    load_reference(db)
    holder = make_person(db, "Hélène", date(1984, 5, 17), last_name="Morel")
    spouse = make_person(db, "Sami", date(1985, 3, 3), last_name="Morel")
    child = make_person(db, "Zoé", date(2016, 5, 5), last_name="Morel")
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    give_product(db, contract, "confort", TODAY)
    return {"holder": holder, "spouse": spouse, "child": child, "contract": contract}


def pay(db, people, who: str, **values) -> None:
    """A session of an osteopath, or what is given, that no fund refunded."""
    contract = people["contract"]
    make_statement(db, contract, [osteopath_line(people[who], contract, **values)])


@pytest.fixture
def browser(app, db, family):
    return sign_in(app, db, make_account(db, family["holder"]))


def card_of(page, name: str):
    return next(one for one in page.html.select("main section") if one.h2.get_text() == name)


def whole_of(page, name: str) -> list[str]:
    """What a person used nothing of."""
    return [one.get_text().replace("\xa0", " ") for one in card_of(page, name).select("details li")]


def rows_of(page, name: str) -> dict[str, list[str]]:
    """The rows of a person: left, used, when it comes back."""
    card = card_of(page, name)
    return {
        row.th.get_text(): [cell.span.get_text().replace("\xa0", " ") for cell in row.select("td")]
        for row in card.select("tbody tr")
    }


def test_what_was_used_is_told_with_what_is_left_and_when_it_comes_back(db, browser, family):
    pay(db, family, "holder", care_date=date(2026, 2, 2))
    pay(db, family, "holder", care_date=date(2026, 3, 2))
    pay(db, family, "holder", care_date=date(2025, 3, 2))
    pay(db, family, "holder", **ROOM, quantity=4)
    rows = rows_of(browser.get(PAGE), "Hélène Morel")
    assert rows["Ostéopathe, chiropracteur, acupuncteur"] == ["30,00 €", "60,00 €", "le 1er janvier 2027"]
    assert rows["Chambre particulière"] == ["56 jours", "4 jours", "le 1er janvier 2027"]
    assert set(rows) == {"Ostéopathe, chiropracteur, acupuncteur", "Chambre particulière"}
    assert "Implant : 1 fois par an" in whole_of(browser.get(PAGE), "Hélène Morel")
    assert "jusqu’à celui du 12 mars 2026" in browser.get(PAGE)


def test_glasses_come_back_by_the_age_of_who_wears_them(db, browser, family):
    glasses = {"act_code": "OPT", "family": "optics", "label": "Lunettes", "fee": 42_000, "base": 15, "amo_rate": 6_000}
    paid = {"amo_gross": 9, "amo_net": 9, "our_share": 24_991, "member_share": 17_000}
    for who in ("holder", "child"):
        line = line_values(family[who], family["contract"], participation=0, **glasses, **paid)
        make_statement(db, family["contract"], [line | {"member_share": 42_000 - 9 - 24_991}])
    page = browser.get(PAGE)
    label = "Autres lunettes, classe B"
    assert rows_of(page, "Hélène Morel")[label] == ["plus rien", "1 équipement", "le 12 mars 2028"]
    assert rows_of(page, "Zoé Morel")[label] == ["plus rien", "1 équipement", "le 12 mars 2027"]


def test_a_payment_that_the_engine_does_not_find_is_counted_by_its_amount(db, browser, family):
    pay(db, family, "holder", our_share=2_500)
    assert rows_of(browser.get(PAGE), "Hélène Morel")["Ostéopathe, chiropracteur, acupuncteur"][:2] == [
        "65,00 €",
        "25,00 €",
    ]


def test_a_cancelled_line_gives_back_what_it_took(db, browser, family):
    pay(db, family, "holder")
    pay(db, family, "holder", fee=-6_000, our_share=-3_000)
    page = browser.get(PAGE)
    assert rows_of(page, "Hélène Morel") == {}
    assert "Rien n’est encore utilisé" in page
    assert "Ostéopathe, chiropracteur, acupuncteur : 90,00 € par an" in whole_of(page, "Hélène Morel")


def test_the_caps_of_an_adult_who_keeps_his_care_to_himself_are_his_alone(app, db, family):
    pay(db, family, "spouse")
    browser = sign_in(app, db, make_account(db, family["holder"]))
    page = browser.get(PAGE)
    assert [one.get_text() for one in page.html.select("main section h2")] == ["Hélène Morel", "Zoé Morel"]
    assert "Les forfaits de Sami Morel ne sont montrés qu’à cette personne" in page
    assert "Sami" not in browser.get(PAGE + ".ics")
    db.get_one(Person, family["spouse"].id).care_open_to_holder = True
    db.flush()
    assert rows_of(browser.get(PAGE), "Sami Morel")["Ostéopathe, chiropracteur, acupuncteur"][1] == "30,00 €"


def test_a_beneficiary_reads_his_own_only(app, db, family):
    browser = sign_in(app, db, make_account(db, family["spouse"]))
    page = browser.get(PAGE)
    assert [one.get_text() for one in page.html.select("main section h2")] == ["Sami Morel"]
    assert "Hélène" not in page.html.main.get_text()


def test_who_is_under_two_contracts_has_the_allowances_of_each(db, browser, family):
    other = make_contract(db, family["holder"], product="PLUS")
    give_product(db, other, "premium", TODAY)
    pay(db, family, "holder")
    page = browser.get(PAGE)
    first, second = (f"Hélène Morel · {contract.number}" for contract in (family["contract"], other))
    assert rows_of(page, first)["Ostéopathe, chiropracteur, acupuncteur"][0] == "60,00 €"
    assert rows_of(page, second) == {}
    assert "Ostéopathe, chiropracteur, acupuncteur : 300,00 € par an" in whole_of(page, second)


def test_the_days_go_into_a_calendar(db, browser, family):
    eye = {"act_code": "CRE", "family": "optics", "label": "Chirurgie", "fee": 90_000, "our_share": 25_000}
    pay(db, family, "holder", **eye)
    pay(db, family, "holder", **eye)
    response = browser.get(PAGE).click("Mettre ces dates dans mon agenda")
    assert response.content_type == "text/calendar"
    assert "attachment" in response.headers["Content-Disposition"]
    events = response.body.replace(b"\r\n ", b"").decode().split("BEGIN:VEVENT")[1:]
    days = {event.split("SUMMARY:")[1].split("\r\n")[0]: event.split("VALUE=DATE:")[1][:8] for event in events}
    assert days == {
        "Chirurgie de la vue\\, par œil\xa0: de nouveau possible\\, Hélène": "20280312",
        "Dernier jour des forfaits de l’année\\, Hélène": "20261231",
        "Dernier jour des forfaits de l’année\\, Zoé": "20261231",
    }
    assert browser.get(PAGE + ".ics").body.count(b"UID:") == 3


def test_the_page_costs_the_same_statements_whatever_the_lines(engine, db, browser, family):
    db.commit()
    browser.get(PAGE)
    runs = []
    for _ in range(2):
        with counted_statements(engine) as run:
            browser.get(PAGE)
        runs.append(len(run))
        for month in range(1, 10):
            pay(db, family, "holder", care_date=date(2026, month, 2))
        db.commit()
    assert runs[0] == runs[1] <= 13


def test_without_a_table_nothing_is_told_of_caps_and_the_help_line_is_a_touch_away(app, db):
    """« No cap » would be false: nobody knows yet what this contract promises."""
    alone = make_person(db, "Ada", last_name="Roux")
    make_contract(db, alone)
    page = sign_in(app, db, make_account(db, alone)).get(PAGE)
    said = card_of(page, "Ada Roux")
    assert "n’est pas encore en ligne" in said.p.get_text()
    assert said.p.a["href"].startswith("tel:")
    assert "agenda" not in page.html.main.get_text()
    assert "tout vous reste" not in page
