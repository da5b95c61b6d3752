"""The list of reimbursements: filters, pages, privacy, and whatever people type."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from member_space.models import ActFamilyRow, Payment, Statement
from member_space.services.reimbursement import PAGE
from tests.factories.household import make_account, make_contract, make_person, period
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in

LIST = "/remboursements"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 21) as clock:
        yield clock


@pytest.fixture
def family(db):
    """Hélène holds; Sami is another adult; Zoé a child. A consultation each, and Zoé's glasses paid to a shop."""
    holder, spouse, child = make_person(db, "Hélène"), make_person(db, "Sami"), make_person(db, "Zoé", date(2015, 5, 5))
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    for position, (code, label) in enumerate([("consultation", "Médecin généraliste"), ("optics", "Optique")], start=1):
        db.add(ActFamilyRow(code=code, label=label, position=position, period=period()))
    make_statement(db, contract, [line_values(holder, contract, care_date=date(2026, 1, 10))])
    closed = {"label": "Psychiatrie", "practitioner": "Dr Secret", "search_text": "psychiatrie dr secret"}
    make_statement(
        db,
        contract,
        [line_values(spouse, contract, care_date=date(2026, 2, 10), **closed)],
        payee="professional",
        payee_name="Dr Secret",
    )
    glasses = {
        "label": "Lunettes, verres progressifs",
        "practitioner": "Optique Écume",
        "family": "optics",
        "fee": 35000,
        "our_share": 33000,
        "member_share": 100,
        "search_text": "lunettes, verres progressifs optique ecume",
    }
    make_statement(
        db,
        contract,
        [line_values(child, contract, care_date=date(2026, 3, 10), **glasses)],
        payee="professional",
        payee_name="Optique Écume",
    )
    db.commit()
    return holder, spouse, child


@pytest.fixture
def browser(app, db, family):
    return sign_in(app, db, make_account(db, family[0]))


def rows(page):
    return [row.th.get_text(" ", strip=True) for row in page.html.select("main table tbody tr")]


def chips(page):
    return [
        chip.get_text(" ", strip=True).removeprefix("Retirer le filtre").strip()
        for chip in page.html.select(".filter-chips a:not(.filter-clear)")
    ]


GLASSES, CONSULTATION, CLOSED = (
    "Lunettes, verres progressifs Optique Écume",
    "Consultation médecin généraliste Dr Anne Lemaire",
    "Soin d’un autre adulte",
)


def test_the_list_by_care_with_its_total(browser):
    page = browser.get(LIST)
    assert rows(page) == [GLASSES, CLOSED, CONSULTATION]
    assert page.html.select_one(".big-money-amount").get_text() == "348,00\u00a0€"
    assert "3 soins." in page
    assert page.html.title.get_text().startswith("Remboursements")


def test_another_adult_s_care_never_shows_its_nature(browser, app, db, family):
    for query in ("", "?mots=psychiatrie", "?mots=secret", "?famille=consultation", "?min=30&max=30"):
        page = browser.get(LIST + query)
        for word in ("Psychiatrie", "Dr Secret"):
            assert word not in page.html.select_one("main").get_text()
    assert "Psychiatrie" in sign_in(app, db, make_account(db, family[1])).get(LIST)


def test_a_beneficiary_sees_his_own_care_alone(app, db, family):
    page = sign_in(app, db, make_account(db, family[1])).get(LIST)
    assert rows(page) == ["Psychiatrie Dr Secret"]
    assert "Hélène" not in page.html.select_one("main").get_text()


@pytest.mark.parametrize(
    ("query", "found", "chip"),
    [
        ("mots=LUNETTES+%C3%A9cume", [GLASSES], "« LUNETTES écume »"),
        ("du=2026-02-01", [GLASSES, CLOSED], "depuis le 1er février 2026"),
        ("du=01/02/2026", [GLASSES, CLOSED], "depuis le 1er février 2026"),
        ("au=2026-01-31", [CONSULTATION], "jusqu’au 31 janvier 2026"),
        ("famille=optics", [GLASSES], "Optique"),
        ("paye_a=assure", [CONSULTATION], "payé à vous"),
        ("paye_a=tiers", [GLASSES, CLOSED], "payé à un tiers"),
        ("min=30,01", [GLASSES], "frais ou remboursement d’au moins 30,01\u00a0€"),
        ("max=30", [CLOSED, CONSULTATION], "frais ou remboursement d’au plus 30,00\u00a0€"),
        ("famille=dental_care", [], "dental_care"),
    ],
)
def test_each_filter_keeps_what_it_says_and_can_be_removed(browser, query, found, chip):
    page = browser.get(f"{LIST}?{query}")
    assert rows(page) == found
    assert chips(page) == [chip]
    assert f"{len(found)} soin" in page or "Aucun soin ne correspond" in page
    assert rows(browser.get(page.html.select_one(".filter-chips a")["href"])) == [GLASSES, CLOSED, CONSULTATION]


def test_an_amount_is_a_fee_or_what_we_paid(browser):
    """33 000 cents were paid of 35 000; no line has one bound in its fee and the other one in our share."""
    for amount, found in (("330", [GLASSES]), ("350", [GLASSES]), ("9", [CLOSED, CONSULTATION]), ("10", [])):
        assert rows(browser.get(LIST, {"min": amount, "max": amount})) == found


def test_a_reference_of_a_statement_or_a_transfer_finds_its_lines(browser, db):
    """Closed care too, whose amounts and statement the viewer may open; its nature answers nothing."""
    for statement in db.scalars(select(Statement).order_by(Statement.id)):
        payment = db.get(Payment, statement.payment_id)
        found = {
            rows(browser.get(LIST, {"mots": reference}))[0] for reference in (statement.reference, payment.reference)
        }
        assert len(found) == 1
        assert len(rows(browser.get(LIST, {"mots": statement.reference.lower()}))) == 1
    assert found == {GLASSES}
    closed = db.scalars(select(Statement.reference).where(Statement.payee_name == "Dr Secret")).one()
    assert rows(browser.get(LIST, {"mots": closed})) == [CLOSED]
    for words in (f"{closed} psychiatrie", f"{closed} secret", closed[:2]):
        assert rows(browser.get(LIST, {"mots": words})) == []


def test_a_bank_label_is_found_as_it_is_written_on_the_bank_statement(browser, db):
    closed = db.scalars(select(Payment).where(Payment.payee_name == "Dr Secret")).one()
    closed.reference = "HORIZON SANTÉ 191126 00162"
    db.commit()
    assert rows(browser.get(LIST, {"mots": "horizon 191126 00162"})) == [CLOSED]
    for words in ("horizon", "psychiatrie 191126", "191126 secret", "horizon 191127"):
        assert rows(browser.get(LIST, {"mots": words})) == []


def test_a_reference_of_somebody_else_finds_nothing(browser, db):
    stranger = make_person(db, "Lou")
    contract = make_contract(db, stranger)
    theirs = make_statement(db, contract, [line_values(stranger, contract)])
    assert rows(browser.get(LIST, {"mots": theirs.reference})) == []
    assert rows(browser.get(LIST, {"mots": db.get(Payment, theirs.payment_id).reference})) == []


def test_a_filter_by_person_and_its_combination(browser, family):
    zoe = family[2].public_id
    page = browser.get(LIST, {"personne": str(zoe), "min": "10"})
    assert rows(page) == [GLASSES]
    assert chips(page) == ["Zoé", "frais ou remboursement d’au moins 10,00\u00a0€"]
    form = next(form for form in page.forms.values() if form.action == LIST)
    assert form["personne"].value == str(zoe)
    assert form["min"].value == "10"


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"du": "31/02/2026"}, "du", "n’existe pas dans le calendrier"),
        ({"au": "hier"}, "au", "Écrivez la date"),
        ({"du": "2026-03-01", "au": "2026-02-01"}, "au", "inversez-les"),
        ({"min": "douze"}, "min", "Écrivez le montant en euros"),
        ({"min": "1e999999999"}, "min", "Écrivez le montant en euros"),
        ({"max": "9" * 300}, "max", "trop grand"),
        ({"min": "10,505"}, "min", "deux chiffres au plus"),
        ({"min": "50", "max": "10"}, "max", "inversez-les"),
        ({"personne": "1"}, "personne", "n’est pas sur vos contrats"),
        ({"famille": "sorcellerie"}, "famille", "n’existe pas"),
        ({"paye_a": "moi"}, "paye_a", "qui a été payé"),
        ({"mots": "a" * 101}, "mots", "100 caractères au plus"),
        ({"avant": "2026-02-30_1"}, None, "pas complet"),
        ({"avant": "1' or '1'='1"}, None, "pas complet"),
        ({"apres": "2026-01-01_" + "9" * 40}, None, "pas complet"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_rest_still_works(browser, query, field, words):
    page = browser.get(LIST, query, status=422)
    summary = page.html.select_one("[role=alert]")
    assert words in summary.get_text()
    assert rows(page) == [GLASSES, CLOSED, CONSULTATION]
    if field:
        assert summary.a["href"] == f"#{field}"
        invalid = page.html.find(id=field)
        assert invalid["aria-invalid"] == "true"
        assert page.html.find(id=invalid["aria-describedby"].split()[-1])
        assert page.html.select_one("details.filter").has_attr("open")
    for name, value in query.items():
        if page.html.find("input", id=name):
            assert page.html.find(id=name)["value"] == value


def test_one_wrong_filter_leaves_the_others_in_force(browser):
    page = browser.get(LIST, {"min": "douze", "mots": "lunettes"}, status=422)
    assert rows(page) == [GLASSES]
    assert chips(page) == ["« lunettes »"]


@pytest.mark.parametrize("words", ["%", "_", "\\", "<script>alert(1)</script>", "é" * 100, "💊", "' or 1=1"])
def test_odd_words_are_only_words(browser, words):
    page = browser.get(LIST, {"mots": words})
    assert rows(page) == []
    assert "<script>alert" not in page.text


def test_what_no_text_may_hold_is_refused_in_words(browser):
    assert "n’avons pas compris" in browser.get(f"{LIST}?mots=a%00b", status=400)
    assert "n’avons pas compris" in browser.get(f"{LIST}?mots=%ff", status=400)
    assert "n’avons pas compris" in browser.get(f"{LIST}?mots={'a' * 5000}", status=400)


def test_somebody_else_s_person_is_as_unknown_as_nobody(browser, db):
    stranger = make_person(db, "Lou")
    make_contract(db, stranger)
    assert "n’est pas sur vos contrats" in browser.get(LIST, {"personne": str(stranger.public_id)}, status=422)


def test_markup_in_names_is_text(app, db):
    person = make_person(db, "<b>Léa</b>", last_name="O’Neil & Cie")
    contract = make_contract(db, person)
    make_statement(db, contract, [line_values(person, contract, label="<i>Soin</i>", practitioner='"><script>')])
    page = sign_in(app, db, make_account(db, person)).get(LIST)
    assert "<i>Soin" not in page.text
    assert '"><script>' not in page.text


NOT_SEARCHED = "ne porte pas sur les soins d’un autre adulte"


def test_what_a_search_leaves_out_is_said_only_when_it_leaves_something_out(browser, app, db, family):
    for query, said in (("mots=introuvable", True), ("famille=hearing", True), ("min=9999", False)):
        page = browser.get(f"{LIST}?{query}")
        assert "Aucun soin ne correspond" in page
        assert (NOT_SEARCHED in page) is said
    assert NOT_SEARCHED not in sign_in(app, db, make_account(db, family[1])).get(f"{LIST}?mots=introuvable")


def test_nothing_was_paid_on_a_line_without_our_share(app, db):
    person = make_person(db)
    contract = make_contract(db, person)
    zero = {"our_share": 0, "member_share": 1100, "zero_reason": "not_covered"}
    make_statement(db, contract, [line_values(person, contract), line_values(person, contract, **zero)])
    make_statement(db, contract, [line_values(person, contract)], paid_on=None)
    page = sign_in(app, db, make_account(db, person)).get(LIST)
    paid = [cell.span.get_text() for cell in page.html.find_all("td", attrs={"data-label": "Versé"})]
    assert sorted(paid) == ["20/03/2026", "à venir", "–"]


def test_who_holds_no_contract_reads_that_its_holder_was_paid(app, db, family):
    page = sign_in(app, db, make_account(db, family[1])).get(LIST, {"paye_a": "assure"})
    assert chips(page) == ["payé au titulaire du contrat"]
    make_contract(db, family[1])
    db.commit()
    page = app.get(LIST, {"paye_a": "assure"})
    assert chips(page) == ["payé à vous ou au titulaire du contrat"]


def test_nothing_yet(app, db):
    person = make_person(db)
    make_contract(db, person)
    page = sign_in(app, db, make_account(db, person)).get(LIST)
    assert "Aucun remboursement pour l’instant" in page
    assert page.html.select(".pages") == []


def test_pages_both_ways_keep_the_filters(app, db):
    person = make_person(db)
    contract = make_contract(db, person)
    lines = [
        line_values(person, contract, care_date=date(2026, 1, 1) + timedelta(n % 40), label=f"Soin {n}")
        for n in range(60)
    ]
    make_statement(db, contract, lines)
    browser = sign_in(app, db, make_account(db, person))
    first = browser.get(LIST, {"mots": "consultation"})
    assert "Plus récents" not in first
    second = first.click("Plus anciens")
    third = second.click("Plus anciens")
    assert "Plus anciens" not in third
    assert [len(rows(page)) for page in (first, second, third)] == [PAGE, PAGE, 60 - 2 * PAGE]
    assert len({row for page in (first, second, third) for row in rows(page)}) == 60
    assert rows(third.click("Plus récents")) == rows(second)
    assert rows(third.click("Plus récents").click("Plus récents")) == rows(first)
    assert chips(third) == ["« consultation »"]
    assert "60 soins." in third
    beyond = browser.get(LIST, {"avant": "1999-01-01_1"})
    assert rows(beyond.click("Revenir aux soins les plus récents")) == rows(browser.get(LIST))


@pytest.mark.parametrize("lines", [10, 1000])
def test_seven_statements_whatever_the_history(app, db, engine, lines):
    person, spouse = make_person(db), make_person(db)
    contract = make_contract(db, person, (spouse, "spouse"))
    make_statement(db, contract, [line_values((person, spouse)[n % 2], contract) for n in range(lines)])
    browser = sign_in(app, db, make_account(db, person))
    browser.get(LIST)
    narrow = {"mots": "consultation D0000001", "paye_a": "assure", "avant": "2026-03-12_999999999999"}
    # Session, household, news read, families, lines, totals, and readings where something is found.
    for query, statements in (({}, 7), (narrow, 6)):
        with counted_statements(engine) as run:
            browser.get(LIST, query)
        assert len(run) == statements, run


def test_nobody_signed_in_is_shown_the_door(app, family):
    assert "/connexion" in app.get(LIST, status=303).location
