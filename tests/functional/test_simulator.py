"""« Simuler un remboursement »: what a care would cost under one's own contract (C33)."""

import io
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pypdf
import pytest
from sqlalchemy import select

from member_space.models import Contract, Coverage, Person, Tariff
from member_space.services.reference import load_reference
from tests.factories.guarantee import give_product
from tests.factories.household import make_account, make_contract, make_person, period
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in

TODAY = date(2026, 11, 20)
URL = "/remboursements/simuler"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def holder(db) -> Person:
    return make_person(db, "Hélène", date(1984, 2, 3), last_name="Morel")


@pytest.fixture
def spouse(db) -> Person:
    return make_person(db, "Karim", date(1986, 5, 7), last_name="Morel")


@pytest.fixture
def child(db) -> Person:
    return make_person(db, "Léa", date(2015, 8, 9), last_name="Morel")


@pytest.fixture
def contract(db, holder, spouse, child) -> Contract:
    """A contract with the product Confort since 2024."""
    load_reference(db)
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    give_product(db, contract, "confort", TODAY)
    return contract


@pytest.fixture
def browser(app, db, contract, holder):
    return sign_in(app, db, make_account(db, holder))


def ask(browser, care, price, status=200, **fields):
    return browser.get(URL, {"soin": care, "prix": price, **fields}, status=status)


def figures(page, where="#reponse") -> dict[str, str]:
    """The rows of a card, by their title."""
    box = page.html.select_one(where).find_parent("section")
    rows = {}
    for row in box.select(".money-rows > .money-row"):
        for because in row.dt.select(".because"):
            because.extract()
        rows[row.dt.get_text()] = row.dd.get_text().replace("\xa0", " ").replace("\u202f", " ")
    return rows


def told(page) -> str:
    return " ".join(page.html.select_one("main").get_text(" ").split()).replace("\xa0", " ").replace("\u202f", " ")


def problems(page) -> list[str]:
    return [one.get_text().replace("\xa0", " ") for one in page.html.select(".error-summary li")]


def test_a_member_finds_the_simulator_and_reads_who_would_pay_what(browser):
    page = browser.get("/remboursements").click("Simuler un remboursement")
    assert page.html.select(".error-summary") == []
    form = page.forms["simulateur"]
    form["soin"], form["prix"] = "consultation d’un généraliste", "30"
    page = form.submit()
    assert figures(page) == {
        "Le prix": "30,00 €",
        "La Sécu": "19,00 €",
        "Notre part": "9,00 €",
        "Ce qui reste à payer": "2,00 €",
    }
    assert "Consultation d’un généraliste" in told(page)
    assert "Code de la sécurité sociale, article R. 160-5" in told(page)
    assert "Article" in told(page)
    assert "Estimation, sous réserve de vos droits au jour du soin" in told(page)
    assert page.html.select_one("input[name=soin]")["value"] == "Consultation d’un généraliste"


def test_the_steps_of_each_part_add_up_to_it(browser):
    page = ask(browser, "Consultation d’un spécialiste", "70", secteur="2", parcours="hors")
    for card in page.html.select(".care-steps"):
        cents = [row.dd.get_text() for row in card.select(".money-row")]
        values = [
            int("".join(c for c in text if c.isdigit())) * (-1 if "\u2212" in text else 1) for text in cents if text
        ]
        assert sum(values[:-1]) == values[-1]


def test_the_picture_says_its_figures_in_words(browser):
    page = ask(browser, "Séance d’ostéopathie", "60")
    assert page.html.select_one(".shares desc").get_text().replace("\xa0", " ") == (
        "La Sécu : 0,00 €, Notre part : 30,00 €, Ce qui reste à payer : 30,00 €"
    )
    assert [one["class"][0] for one in page.html.select(".shares rect")] == ["share-ours", "share-rest"]


@pytest.mark.parametrize("price", ["1 234,50", "1234.5", "1.234,50 €", "1\u202f234,50", " 1234,50€ "])
def test_a_price_is_read_as_people_type_it(browser, price):
    assert figures(ask(browser, "Implant dentaire", price))["Le prix"] == "1 234,50 €"


def test_the_sector_and_the_pathway_of_a_doctor_count_and_those_of_others_do_not(browser):
    free = figures(ask(browser, "Consultation d’un spécialiste", "70", secteur="2"))
    signed = figures(ask(browser, "Consultation d’un spécialiste", "70", secteur="optam"))
    alone = figures(ask(browser, "Consultation d’un spécialiste", "70", secteur="optam", parcours="hors"))
    assert free["La Sécu"] == "14,10 €"
    assert signed["La Sécu"] == "20,05 €"
    assert alone["La Sécu"] == "7,45 €"
    page = ask(browser, "Détartrage", "43,38", secteur="2", parcours="hors")
    assert figures(page)["La Sécu"] == "26,03 €"
    assert "ni le secteur ni le parcours de soins ne changent" in told(page)


def test_a_base_that_the_tables_only_have_for_other_doctors_is_told(browser):
    doubt, opinion = "Nos tables n’ont pas, pour ce soin, la base des médecins sans OPTAM", "Avis ponctuel d’un médecin"
    assert doubt in told(ask(browser, f"{opinion} consultant", "60", secteur="2"))
    assert doubt not in told(ask(browser, f"{opinion} consultant", "60", secteur="2", base="55"))
    assert doubt not in told(ask(browser, f"{opinion} consultant", "60", secteur="optam"))
    known = ask(browser, "Consultation d’un généraliste", "60", secteur="2")
    assert doubt not in told(known)
    assert figures(known)["La Sécu"] == "14,10 €"


def test_the_local_scheme_of_alsace_moselle_has_its_rates(browser, db, contract):
    for coverage in db.scalars(select(Coverage).where(Coverage.contract_id == contract.id)):
        coverage.local_scheme = True
    db.flush()
    page = ask(browser, "Consultation d’un généraliste", "30")
    assert figures(page)["La Sécu"] == "25,00 €"
    assert "Au régime local d’Alsace-Moselle, elle rembourse 90 % de cette base." in told(page)
    alone = ask(browser, "Consultation d’un généraliste", "30", parcours="hors")
    assert figures(alone)["La Sécu"] == "13,00 €"


def test_before_sixteen_nobody_is_out_of_the_pathway(browser, child):
    page = ask(browser, "Consultation d’un généraliste", "30", parcours="hors", personne=str(child.public_id))
    assert figures(page)["La Sécu"] == "21,00 €"
    assert "Avant 16 ans" in told(page)


def test_the_100_percent_sante_option_stands_beside_with_its_own_figures(browser):
    page = ask(browser, "Couronne céramique à tarif libre", "650")
    assert figures(page, "#cent-pour-cent-titre") == {
        "Le prix, au plus": "500,00 €",
        "La Sécu": "72,00 €",
        "Notre part": "428,00 €",
        "Ce qui reste à payer": "0,00 €",
    }
    assert "de moins à payer" in told(page)
    page = ask(browser, "Lunettes à verres progressifs, classe B", "650", monture="120")
    assert figures(page, "#cent-pour-cent-titre")["Ce qui reste à payer"] == "0,00 €"
    assert page.html.select("#cent-pour-cent") != ask(browser, "Détartrage", "50").html.select("#cent-pour-cent")


def osteopathy(db, contract, person, day, price=6_000):
    line = line_values(
        person, contract, care_date=day, act_code="OST", label="Ostéopathe", family="alternative", fee=price, base=0,
        amo_rate=0, amo_gross=0, participation=0, amo_net=0, our_share=3_000, member_share=price - 3_000,
    )  # fmt: skip
    make_statement(db, contract, [line])


def test_what_was_already_used_is_counted_and_what_remains_after_is_told(db, browser, contract, holder):
    page = ask(browser, "Séance d’ostéopathie", "60")
    assert "90,00 € avant ce soin, 60,00 € après" in told(page)
    for month in (2, 5, 9):
        osteopathy(db, contract, holder, date(2026, month, 3))
    page = ask(browser, "Séance d’ostéopathie", "60")
    assert figures(page)["Notre part"] == "0,00 €"
    assert "0,00 € avant ce soin, 0,00 € après" in told(page)
    assert "1er janvier 2027" in told(page)
    earlier = ask(browser, "Séance d’ostéopathie", "60", le="04/03/2026")
    assert "60,00 € avant ce soin, 30,00 € après" in told(earlier)


def test_deductions_that_the_fund_has_yet_to_recover_are_told(db, browser, contract, holder):
    box = line_values(
        holder, contract, act_code="PH2", label="Boîte à 15 %", family="pharmacy", fee=500, base=500, amo_rate=1_500,
        amo_gross=75, participation=0, franchise=100, deferred=25, amo_net=0, our_share=0, member_share=500,
    )  # fmt: skip
    make_statement(db, contract, [box])
    page = ask(browser, "Consultation d’un généraliste", "30")
    assert figures(page)["La Sécu"] == "18,75 €"
    assert "Elle reprend ici 0,25 €" in told(page)


def test_what_another_adult_used_is_neither_counted_nor_shown_while_he_keeps_it_to_himself(
    db, browser, contract, spouse
):
    for month in (2, 5, 9):
        osteopathy(db, contract, spouse, date(2026, month, 3))
    page = ask(browser, "Séance d’ostéopathie", "60", personne=str(spouse.public_id))
    assert figures(page)["Notre part"] == "30,00 €"
    assert "Karim Morel garde le détail de ses soins" in told(page)
    assert page.html.select("#forfait") == []
    spouse.care_open_to_holder = True
    db.flush()
    page = ask(browser, "Séance d’ostéopathie", "60", personne=str(spouse.public_id))
    assert figures(page)["Notre part"] == "0,00 €"
    assert "garde le détail" not in told(page)


def test_a_beneficiary_simulates_for_himself_alone(app, db, contract, spouse, holder):
    browser = sign_in(app, db, make_account(db, spouse))
    page = ask(browser, "Consultation d’un généraliste", "30")
    assert "Karim Morel" in told(page)
    assert page.html.select("select[name=personne]") == []
    page = ask(browser, "Consultation d’un généraliste", "30", status=422, personne=str(holder.public_id))
    assert problems(page) == ["Cette personne n’est pas sur vos contrats : choisissez-la dans la liste."]


def test_several_cares_are_proposed_each_with_all_that_was_typed(browser):
    page = ask(browser, "couronne", "650", status=422, secteur="2")
    assert problems(page) == ["Plusieurs soins répondent à « couronne » : choisissez le vôtre ci-dessous."]
    links = page.html.select(".simulator-proposed a")
    assert "Couronne céramique à tarif libre" in [one.get_text() for one in links]
    query = parse_qs(urlsplit(links[0]["href"]).query)
    assert (query["prix"], query["secteur"]) == (["650"], ["2"])
    assert browser.get(links[0]["href"]).html.select("#reponse")


WRONG = [
    ({"soin": "téléportation"}, "Aucun soin ne répond à « téléportation »"),
    ({"soin": ""}, "Écrivez le soin avec vos mots"),
    ({"prix": ""}, "Écrivez le prix du soin ou du devis"),
    ({"prix": "-12"}, "plus grand que zéro"),
    ({"prix": "0"}, "plus grand que zéro"),
    ({"prix": "900000"}, "trop grand"),
    ({"prix": "99999999999"}, "trop grand"),
    ({"prix": "trente"}, "Écrivez le prix en euros, comme 25"),
    ({"prix": "12,505"}, "deux chiffres au plus"),
    ({"le": "hier"}, "comme 12/03/2025"),
    ({"le": "12/03/2015"}, "La couverture de Hélène Morel commence le"),
    ({"secteur": "9"}, "Choisissez le secteur"),
    ({"parcours": "x"}, "médecin traitant"),
    ({"nombre": "0"}, "nombre entier de séances, de boîtes ou de jours, de 1 à 366"),
    ({"nombre": "deux"}, "nombre entier de séances, de boîtes ou de jours, de 1 à 366"),
    ({"monture": "40"}, "La monture coûte plus que la paire"),
    ({"base": "-1"}, "Écrivez la base de remboursement en euros"),
    ({"base": "12,3,4"}, "Écrivez la base de remboursement en euros"),
    ({"base": "900000"}, "base est trop grande"),
    ({"monture": "abc"}, "Écrivez le prix de la monture en euros"),
    ({"personne": "00000000-0000-4000-8000-000000000007"}, "n’est pas sur vos contrats"),
    ({"soin": "Analyses de sang"}, "écrivez celle que le devis indique"),
    ({"soin": "Lunettes à verres simples, classe B"}, "le prix de la monture seule"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG, ids=lambda one: str(one)[:40])
def test_what_cannot_be_answered_says_what_and_where_and_keeps_all_that_was_typed(browser, wrong, words):
    typed = {"soin": "Consultation d’un généraliste", "prix": "30", "le": "20/11/2026", "nombre": "1"} | wrong
    page = browser.get(URL, typed, status=422)
    [problem] = problems(page)
    assert words in problem
    field = page.html.select_one(".error-summary a")["href"].removeprefix("#")
    assert field in wrong or field in ("base", "monture")
    assert page.html.select_one(f"#{field}-erreur").get_text().strip().replace("\xa0", " ") == problem
    for name, value in typed.items():
        shown = page.html.select_one(f"input[name={name}][type=text]")
        assert shown is None or shown["value"] == value
    assert page.html.select("#reponse") == []


def test_the_base_of_the_quote_answers_where_no_table_has_one(browser):
    page = ask(browser, "Analyses de sang", "28", base="28")
    assert figures(page)["La Sécu"] == "14,80 €"


def test_an_act_without_a_tariff_on_that_day_says_what_and_where(db, browser):
    db.query(Tariff).filter(Tariff.act_code == "G").delete()
    db.flush()
    page = ask(browser, "Consultation d’un généraliste", "30", status=422, le="12/03/2026")
    [problem] = problems(page)
    assert "« Consultation d’un généraliste » au 12 mars 2026" in problem


def test_a_day_after_the_end_and_a_day_without_cover_are_told(db, app, holder):
    load_reference(db)
    make_contract(db, holder, period=period(date(2025, 1, 1), date(2026, 1, 1)))
    browser = sign_in(app, db, make_account(db, holder))
    page = ask(browser, "Consultation d’un généraliste", "30", status=422)
    assert "s’est terminée le 31 décembre 2025" in problems(page)[0]


def test_a_contract_without_a_table_says_so(app, db, holder):
    load_reference(db)
    make_contract(db, holder)
    browser = sign_in(app, db, make_account(db, holder))
    assert "n’est pas dans votre espace" in problems(ask(browser, "Détartrage", "50", status=422))[0]


def test_the_page_costs_the_same_statements_whatever_was_used(engine, db, browser, contract, holder):
    counts = []
    for month in (2, 5):
        osteopathy(db, contract, holder, date(2026, month, 3))
        db.commit()
        with counted_statements(engine) as run:
            ask(browser, "Séance d’ostéopathie", "60")
        counts.append(len(run))
    assert counts[0] == counts[1] <= 12, run


def words_of(answer) -> str:
    pages = pypdf.PdfReader(io.BytesIO(answer.body)).pages
    return " ".join(" ".join(one.extract_text() for one in pages).replace("\xa0", " ").replace("\u202f", " ").split())


def test_the_pdf_says_what_the_page_says_and_asked_twice_has_the_same_bytes(browser):
    page = ask(browser, "Couronne céramique à tarif libre", "1 650,50")
    answer = page.click("Télécharger en PDF")
    words = words_of(answer)
    for row, amount in figures(page).items():
        assert f"{row} {amount}" in words
    assert "Couronne céramo-métallique, panier 100 % Santé" in words
    assert "Article 3.3 de votre contrat" in words
    assert "Estimation, sous réserve de vos droits" in words
    assert "Avant ce soin 1 500,00 € Après ce soin 1 260,00 €" in words
    assert answer.headers["Content-Disposition"] == 'attachment; filename="simulation.pdf"'
    assert pypdf.PdfReader(io.BytesIO(answer.body)).trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert browser.get(answer.request.url).body == answer.body


def test_the_pdf_of_a_doctor_tells_his_sector_and_the_pathway(browser):
    answer = ask(browser, "Consultation d’un spécialiste", "70", secteur="2", parcours="hors").click("Télécharger")
    assert "Secteur 2, sans OPTAM" in words_of(answer)
    assert "Non respecté" in words_of(answer)


def test_a_pdf_of_what_cannot_be_answered_goes_back_to_the_page_that_says_why(browser):
    answer = browser.get(f"{URL}.pdf", {"soin": "généraliste", "prix": "trente"}, status=303)
    assert problems(answer.follow(status=422))
