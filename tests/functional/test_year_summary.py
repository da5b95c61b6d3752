"""A year of care: its sums are those of the list of reimbursements, whoever looks and whatever happened (C62)."""

import csv
import io
from datetime import date
from decimal import Decimal

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from member_space.domain.acts import ActFamily
from member_space.domain.care_heading import heading_of
from member_space.domain.events import EventKind
from member_space.domain.guarantee import Heading
from member_space.models import Event, StatementLine
from member_space.services.household import load_household
from member_space.services.reimbursement import LineFilter, totals_of
from member_space.services.year_summary import year_summary
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import at_paris, clock_at, counted_statements
from tests.functional.helpers import sign_in

PAGE = "/remboursements/annee"
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 21) as clock:
        yield clock


@pytest.fixture
def family(db):
    holder, spouse = make_person(db, "Hélène", last_name="Morel"), make_person(db, "Sami", last_name="Morel")
    child = make_person(db, "Zoé", date(2015, 5, 5), last_name="Morel")
    return make_contract(db, holder, (spouse, "spouse"), (child, "child")), holder, spouse, child


@pytest.fixture
def browser(app, db, family):
    contract, holder, spouse, child = family
    make_statement(
        db,
        contract,
        [
            line_values(holder, contract),
            line_values(holder, contract, family="optics", fee=40_000, our_share=30_000, member_share=8_100),
            line_values(spouse, contract, family="psychology"),
            line_values(child, contract, family="dental_care", care_date=date(2025, 12, 31)),
        ],
    )
    return sign_in(app, db, make_account(db, holder))


amounts = st.fixed_dictionaries(
    {
        name: st.integers(-5_000, 200_000)
        for name in (
            "amo_gross",
            "participation",
            "franchise",
            "deferred",
            "other_insurer",
            "our_share",
            "member_share",
        )
    }
)
care = st.tuples(
    st.integers(0, 2),
    st.sampled_from([*(one.value for one in ActFamily), "unheard_of"]),
    st.dates(date(2024, 12, 1), date(2026, 2, 28)),
    amounts,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(care, min_size=1, max_size=12), st.booleans(), st.integers(0, 1))
def test_the_sums_are_those_of_the_list_to_the_cent(db, cares, opened, viewer):
    """Any care, any viewer, open or closed: each person's headings add up to what the list totals for him."""
    with db.begin_nested() as point:
        holder, spouse = make_person(db, "Hélène"), make_person(db, "Sami", care_open_to_holder=opened)
        child = make_person(db, "Zoé", date(2015, 5, 5))
        people = (holder, spouse, child)
        contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
        lines = []
        for who, kind, day, cents in cares:
            net = cents["amo_gross"] - cents["participation"] - cents["franchise"] + cents["deferred"]
            fee = net + cents["other_insurer"] + cents["our_share"] + cents["member_share"]
            values = cents | {"amo_net": net, "fee": fee, "family": kind, "care_date": day}
            lines.append(line_values(people[who], contract, **values))
        make_statement(db, contract, lines)
        household = load_household(db, people[viewer].id, TODAY)
        for year in (2024, 2025, 2026):
            found = year_summary(db, household, year)
            kept = LineFilter(since=date(year, 1, 1), until=date(year, 12, 31))
            for name in ("lines", "fee", "amo_net", "other_insurer", "our_share", "member_share"):
                assert getattr(found.total, name) == getattr(totals_of(db, household, kept), name)
            assert sum((one.total.fee for one in found.persons), 0) == found.total.fee
            for person in found.persons:
                assert sum(one.paid.fee for one in person.headings) == person.total.fee
        point.rollback()


def test_every_family_has_a_heading():
    assert {heading_of(family) for family in ActFamily} == set(Heading)
    assert heading_of("unheard_of") is Heading.OTHER


def test_the_page_says_what_was_left_by_person_and_heading(browser):
    page = browser.get(PAGE)
    assert page.html.h1.get_text() == "Récapitulatif 2026"
    first, second = page.html.select("section.card-box[id]")
    assert [th.get_text() for th in first.select("tbody th")] == ["Soins courants", "Optique"]
    assert first.select("tfoot td")[-1].get_text(strip=True) == "83,00\u00a0€"
    assert [th.get_text() for th in second.select("tbody th")] == ["Soins dont le détail lui appartient"]
    assert not second.select("tfoot"), "one heading is its own total"
    assert "Autre mutuelle" not in page, "no other insurer paid anything"
    assert "Zoé" not in page.html.main.get_text()


def test_another_year_is_chosen_in_the_list(browser):
    form = next(one for one in browser.get(PAGE).forms.values() if "annee" in one.fields)
    assert [value for value, *_rest in form["annee"].options] == ["2026", "2025"]
    form["annee"] = "2025"
    page = form.submit()
    assert page.html.h1.get_text() == "Récapitulatif 2025"
    assert [th.get_text() for th in page.html.select("tbody th")] == ["Dentaire"]


@pytest.mark.parametrize("year", ["jamais", "20260", "1800", "2027", "-001", "²⁰²⁶", "٢٠٢٦"])
def test_a_year_that_is_none_is_told_beside_the_one_under_way(browser, year):
    page = browser.get(PAGE, {"annee": year}, status=422)
    assert page.html.select_one("#annee")["aria-invalid"] == "true"
    assert page.html.h1.get_text() == "Récapitulatif 2026"


def test_a_year_without_care_says_so(browser):
    assert "Aucun soin en 2019" in browser.get(PAGE, {"annee": "2019"})
    assert "Aucun soin cette année-là" in text_of(browser.get(f"{PAGE}/2019.pdf"))
    browser.get(f"{PAGE}/1800.pdf", status=404)
    browser.get(f"{PAGE}/2027.csv", status=404)


def text_of(answer):
    return " ".join(" ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(answer.body)).pages).split())


def test_the_pdf_and_the_csv_say_the_same(browser, db):
    pdf, table = browser.get(f"{PAGE}/2026.pdf"), browser.get(f"{PAGE}/2026.csv")
    words = text_of(pdf)
    for said in ("Récapitulatif 2026", "Hélène Morel", "Optique", "du 01/01/2026 au 21/11/2026", "83,00 €"):
        assert said in words
    assert "psycho" not in words.lower()
    rows = list(csv.DictReader(io.StringIO(table.body.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [row["Type de soins"] for row in rows] == [
        "Soins courants",
        "Optique",
        "Soins dont le détail lui appartient",
    ]
    left = sum(Decimal(row["Reste à charge (€)"].replace(",", ".")) for row in rows)
    assert (
        left == Decimal(db.scalar(select(StatementLine.member_share).where(StatementLine.family == "optics"))) / 100 + 4
    )
    facts = db.scalars(select(Event).where(Event.kind == EventKind.REIMBURSEMENTS_EXPORTED).order_by(Event.id)).all()
    assert [fact.details for fact in facts] == [{"year": 2026, "format": "pdf"}, {"year": 2026, "format": "csv"}]


def test_asked_twice_in_a_day_the_pdf_has_the_same_bytes(browser, clock):
    first = browser.get(f"{PAGE}/2026.pdf").body
    clock.at = at_paris(2026, 11, 21, 10, 5)
    assert browser.get(f"{PAGE}/2026.pdf").body == first


@pytest.mark.parametrize("lines", [1, 500])
def test_as_many_statements_whatever_the_history(browser, db, engine, family, lines):
    contract, holder = family[:2]
    make_statement(db, contract, [line_values(holder, contract) for _ in range(lines)])
    browser.get(PAGE)
    with counted_statements(engine) as run:
        browser.get(PAGE)
    assert len(run) == 5, run
