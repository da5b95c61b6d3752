"""One statement: the page, the PDF read again, the CSV read again, and who may open them."""

import csv
import io
import re
import uuid
from datetime import date

import pypdf
import pytest
from sqlalchemy import select

from member_space.domain.events import EventKind
from member_space.domain.money import parse_money
from member_space.models import Event
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in

CLOSED = {"label": "Psychiatrie", "practitioner": "Dr Secret", "family": "specialist", "act_code": "CNP"}
ZERO = {"our_share": 0, "member_share": 1100, "zero_reason": "thermal_cure", "label": "Cure"}
ACCOUNT = re.compile(r"\b0189\b")
"""The end of the account paid, and not of a number that happens to hold it."""


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 21) as clock:
        yield clock


@pytest.fixture
def couple(db):
    holder, spouse = make_person(db, "Hélène"), make_person(db, "Sami")
    return make_contract(db, holder, (spouse, "spouse")), holder, spouse


@pytest.fixture
def statement(db, couple):
    """Two lines of the holder: a consultation, and a cure that we do not pay."""
    contract, holder, _ = couple
    return make_statement(db, contract, [line_values(holder, contract), line_values(holder, contract, **ZERO)])


@pytest.fixture
def mixed(db, couple):
    """A line of the holder and one of the other adult, paid to a third party."""
    contract, holder, spouse = couple
    lines = [line_values(holder, contract), line_values(spouse, contract, **CLOSED)]
    return make_statement(db, contract, lines, payee="professional", payee_name="Maison de santé")


@pytest.fixture
def browser(app, db, couple):
    return sign_in(app, db, make_account(db, couple[1]))


def path(statement, extension=""):
    return f"/remboursements/decomptes/{statement.public_id}{extension}"


def text_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_the_page_shows_every_column_and_its_totals(browser, statement):
    page = browser.get(path(statement))
    assert page.html.h1.get_text() == "Décompte du 20 mars 2026"
    heads = [th.get_text(" ", strip=True) for th in page.html.select("#lignes thead th")]
    for title in ("Frais réels", "Base", "Taux", "Participation", "Franchise", "Sécu", "Notre part", "Reste à charge"):
        assert any(head.startswith(title) for head in heads)
    first, second = page.html.select("#lignes tbody tr")
    assert [td.get_text(strip=True) for td in first.select("td")] == [
        *("30,00\u00a0€", "30,00\u00a0€", "70\u00a0%", "21,00\u00a0€", "2,00\u00a0€", "–", "–", "19,00\u00a0€", "–"),
        *("9,00\u00a0€", "2,00\u00a0€"),
    ]
    asks = first.th.select_one(".care-asks").extract()
    assert [link.get_text().partition("\u00a0")[0] for link in asks.find_all("a")] == [
        "Expliquer cette ligne",
        "Une question",
        "Je ne reconnais pas ce soin",
    ]
    head = " ".join(first.th.get_text(" ").split())
    assert head == "Consultation médecin généraliste Dr Anne Lemaire Hélène, 12/03/2026, acte G, quantité 1"
    assert "Notre part 0 € : Votre contrat ne prévoit pas les cures thermales." in second.th.get_text()
    total = [td.get_text(strip=True) for td in page.html.select("#lignes tfoot td")]
    assert total[0] == "60,00\u00a0€"
    assert total[-2:] == ["9,00\u00a0€", "13,00\u00a0€"]
    for title in ("Participation", "Franchise", "Base"):
        assert any(dt.get_text() == title for dt in page.html.select("details dt"))


def words_without_reference(page):
    """The words of a page of error; the reference of the request is another one each time."""
    return re.sub(r"repère\W+[0-9a-f]{4}-[0-9a-f]{4}\b", "", page.html.main.get_text(" ")).split()


def test_a_statement_of_somebody_else_does_not_exist(app, db, statement):
    stranger = make_person(db, "Lou")
    make_contract(db, stranger)
    browser = sign_in(app, db, make_account(db, stranger))
    for extension in ("", ".pdf", ".csv"):
        theirs = browser.get(path(statement, extension), status=404)
        nobodys = browser.get(f"/remboursements/decomptes/{uuid.uuid4()}{extension}", status=404)
        assert words_without_reference(theirs) == words_without_reference(nobodys)
    assert db.scalars(select(Event).where(Event.kind == EventKind.STATEMENT_EXPORTED)).all() == []


@pytest.mark.parametrize("odd", ["1", "x" * 36, "-" * 36, "..%2F..%2Fetc", "%00"])
def test_what_is_not_an_id_is_not_found(browser, statement, odd):
    for extension in ("", ".pdf", ".csv"):
        assert browser.get(f"/remboursements/decomptes/{odd}{extension}", expect_errors=True).status_int in (400, 404)


def test_nobody_signed_in_learns_nothing(app, statement):
    for extension in ("", ".pdf", ".csv"):
        here = app.get(path(statement, extension), status=303)
        nowhere = app.get(f"/remboursements/decomptes/{uuid.uuid4()}{extension}", status=303)
        assert "/connexion" in here.location
        assert "/connexion" in nowhere.location


def test_a_beneficiary_sees_his_own_line_and_its_part_of_the_total(app, db, couple, mixed):
    page = sign_in(app, db, make_account(db, couple[2])).get(path(mixed))
    assert len(page.html.select("#lignes tbody tr")) == 1
    assert page.html.select_one(".big-money-amount").get_text() == "9,00\u00a0€"
    assert not ACCOUNT.search(page.html.main.get_text())
    assert "Hélène" not in page.html.main.get_text()


def test_closed_care_stays_closed_on_the_page_in_the_pdf_and_in_the_csv(browser, mixed):
    page = browser.get(path(mixed))
    assert "Soin d’un autre adulte" in page
    assert "lui seul le détail" in page
    csv_text = browser.get(path(mixed, ".csv")).body.decode("utf-8-sig")
    pdf_text = text_of(browser.get(path(mixed, ".pdf")).body)
    for secret in ("Psychiatrie", "Dr Secret", "CNP", "specialist", "Maison de santé"):
        assert secret not in page.html.main.get_text()
        assert secret not in csv_text
        assert secret not in pdf_text
    assert not any(ACCOUNT.search(text) for text in (page.html.main.get_text(), csv_text, pdf_text))
    closed = rows_of(browser.get(path(mixed, ".csv")))[1]
    shown = {title: value for title, value in closed.items() if value}
    assert shown == {
        "Décompte": mixed.reference,
        "Soin": "Soin d’un autre adulte",
        "Date des soins": "12/03/2026",
        "Personne": "Sami",
        "Frais réels (€)": "30,00",
        "Sécu (€)": "19,00",
        "Autre mutuelle (€)": "0,00",
        "Notre part (€)": "9,00",
        "Reste à charge (€)": "2,00",
    }


def test_the_csv_read_again_closes_to_the_cent(browser, statement):
    answer = browser.get(path(statement, ".csv"))
    assert answer.content_type == "text/csv"
    assert answer.body.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in answer.body
    rows = rows_of(answer)
    assert len(rows) == 2
    for row in rows:
        fee, fund, other, ours, rest = (
            parse_money(row[title])
            for title in (
                *("Frais réels (€)", "Sécu (€)", "Autre mutuelle (€)", "Notre part (€)", "Reste à charge (€)"),
            )
        )
        assert fee == fund + other + ours + rest
    assert rows[1]["Pourquoi notre part est de 0 €"] == "Votre contrat ne prévoit pas les cures thermales."
    assert rows[0]["Taux (%)"] == "70,00"


@pytest.mark.parametrize("label", ["=HYPERLINK(1)", "+33", "-cmd|' /C calc'!A0", "@SUM(1)", "\tx", "\rx", "a;b", 'a"b'])
def test_no_cell_of_the_csv_runs_and_negative_amounts_stay_numbers(browser, db, couple, label):
    contract, holder, _ = couple
    amounts = ("fee", "base", "amo_gross", "participation", "amo_net", "our_share", "member_share")
    line = line_values(holder, contract, label=label, practitioner=label)
    statement = make_statement(db, contract, [line | {name: -line[name] for name in amounts}])
    (row,) = rows_of(browser.get(path(statement, ".csv")))
    marked = label if label[0] == "a" else f"'{label}"
    assert (row["Soin"], row["Professionnel de santé"]) == (marked, marked)
    assert row["Frais réels (€)"] == "-30,00"


def test_the_pdf_is_tagged_in_french_with_its_title(browser, statement):
    answer = browser.get(path(statement, ".pdf"))
    assert answer.content_type == "application/pdf"
    reader = pypdf.PdfReader(io.BytesIO(answer.body))
    catalog = reader.trailer["/Root"]
    assert catalog["/Lang"] == "fr"
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == f"Décompte {statement.reference}"
    assert b"pdfuaid" in catalog["/Metadata"].get_object().get_data()
    tags = str(list(tags_of(catalog["/StructTreeRoot"])))
    for tag in ("/H1", "/H2", "/Table", "/THead", "/TH", "/TD"):
        assert f"'{tag}'" in tags
    text = text_of(answer.body)
    for words in (
        "Consultation médecin généraliste",
        "Hélène",
        "12/03/2026",
        "70 %",
        "Participation",
        "cures thermales",
    ):
        assert words in text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_pdf_says_whose_it_is_and_who_made_it(app, db, couple, statement, mixed):
    """Who reads it elsewhere does not know who « vous » is; another adult's care stays closed in it all the same."""
    contract, holder, spouse = couple
    contract.member_number = "00471193"
    holder.last_name, spouse.last_name = "Gaillard-Lenoir", "Benali"
    db.commit()
    browser = sign_in(app, db, make_account(db, holder))
    brand = app.app.registry.brand
    text = text_of(browser.get(path(statement, ".pdf")).body).replace("\u00a0", " ")
    for words in (
        *(brand.name, brand.postal_address, brand.phone),
        *("Titulaire Hélène Gaillard-Lenoir", "Numéro d’adhérent 00471193", f"Contrat {contract.number}"),
        "Payé à Hélène Gaillard-Lenoir",
    ):
        assert words.replace(" ", "") in text.replace(":", "").replace(" ", "")
    assert "Vous" not in text.split("Lignes")[0]
    both = text_of(browser.get(path(mixed, ".pdf")).body)
    assert "Benali" in both
    assert "Payé à Un tiers" in both
    own = text_of(sign_in(app, db, make_account(db, spouse)).get(path(mixed, ".pdf")).body)
    assert own.count("Hélène") == 1  # as the holder of the contract, not as a person who had care


def tags_of(node):
    node = node.get_object()
    if isinstance(node, pypdf.generic.ArrayObject):
        for kid in node:
            yield from tags_of(kid)
    elif isinstance(node, pypdf.generic.DictionaryObject):
        if "/S" in node:
            yield str(node["/S"])
        if "/K" in node:
            yield from tags_of(node["/K"])


def test_the_same_statement_gives_the_same_bytes(browser, clock, statement):
    for extension in (".pdf", ".csv"):
        first = browser.get(path(statement, extension)).body
        clock.at = clock.at.replace(minute=5)
        assert browser.get(path(statement, extension)).body == first


def test_an_export_is_closed_to_caches_named_and_in_the_journal(browser, db, couple, statement):
    for extension in ("pdf", "csv"):
        answer = browser.get(path(statement, f".{extension}"))
        name = f'attachment; filename="decompte-{statement.reference}.{extension}"'
        assert answer.headers["Content-Disposition"] == name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]
    events = db.scalars(select(Event).where(Event.kind == EventKind.STATEMENT_EXPORTED).order_by(Event.id)).all()
    assert [event.details for event in events] == [
        {"statement": statement.reference, "format": "pdf"},
        {"statement": statement.reference, "format": "csv"},
    ]
    assert {event.contract_id for event in events} == {couple[0].id}


def test_a_reference_cannot_shape_the_header(browser, db, statement):
    statement.reference = 'D"1\r\nX-Evil: é/../'
    db.flush()
    answer = browser.get(path(statement, ".csv"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="decompte-D-1--X-Evil-------.csv"'
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("lines", [10, 1000])
def test_four_statements_and_that_of_the_readings_whatever_the_number_of_lines(browser, db, engine, couple, lines):
    contract, holder, spouse = couple
    statement = make_statement(
        db, contract, [line_values((holder, spouse)[n % 2], contract, care_date=date(2026, 1, 1)) for n in range(lines)]
    )
    browser.get(path(statement))
    with counted_statements(engine) as run:
        page = browser.get(path(statement))
    assert len(run) == 5, run
    assert len(page.html.select("#lignes tbody tr")) == lines
