"""Reimbursements taken away in four formats: the same lines as on the page, and nobody else's care (C59)."""

import csv
import io
import json
import uuid
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.explanationofbenefit import ExplanationOfBenefit
from sqlalchemy import select

from member_space.domain.events import EventKind
from member_space.domain.money import to_decimal_text
from member_space.models import Account, DataExport, Event, Notification
from member_space.services.export import LIFE, expire_copies, make_copy
from member_space.services.household import load_household
from member_space.services.privacy import open_care
from member_space.services.reimbursement import LineFilter, totals_of
from member_space.services.reimbursement_export import AT_ONCE
from member_space.services.tools import Origin
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in, tools_of

PAGE = "/remboursements/exporter"
SECRET = {"label": "Psychiatrie", "practitioner": "Dr Secret", "family": "specialist", "act_code": "CNPSY"}
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 21) as clock:
        yield clock


@pytest.fixture
def couple(db):
    """Care of the holder, of the other adult who did not open it, and of a child, in several statements."""
    holder, spouse = make_person(db, "Hélène"), make_person(db, "Sami")
    child = make_person(db, "Zoé", date(2015, 5, 5))
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    lines = [
        line_values(holder, contract),
        line_values(spouse, contract, fee=12_345, our_share=10_245, **SECRET),
        line_values(child, contract, label="=HYPERLINK(1)", practitioner="@Dr", care_date=date(2026, 4, 2)),
    ]
    make_statement(db, contract, lines)
    make_statement(db, contract, [line_values(holder, contract, care_date=date(2025, 2, 1))], paid_on=None)
    return contract, holder, spouse, child


@pytest.fixture
def browser(app, db, couple):
    return sign_in(app, db, make_account(db, couple[1]))


def taken(browser, kind, du="01/01/2026", au="31/12/2026", status=200):
    page = browser.get(PAGE)
    form = next(one for one in page.forms.values() if one.action == PAGE)
    form["du"], form["au"], form["format"] = du, au, kind
    return form.submit(status=status)


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), delimiter=";"))


def sheet_of(answer):
    return openpyxl.load_workbook(io.BytesIO(answer.body)).active


def totals(db, couple):
    household = load_household(db, couple[1].id, TODAY)
    return totals_of(db, household, LineFilter(since=date(2026, 1, 1), until=date(2026, 12, 31)))


def test_the_four_files_hold_the_lines_of_the_page_to_the_cent(browser, db, couple):
    expected = to_decimal_text(totals(db, couple).our_share)
    shares = {
        "csv": sum(Decimal(row["Notre part (€)"].replace(",", ".")) for row in rows_of(taken(browser, "csv"))),
        "json": sum(Decimal(line["our_share"]) for line in taken(browser, "json").json["lines"]),
    }
    sheet = sheet_of(taken(browser, "xlsx"))
    place = [cell.value for cell in sheet[1]].index("Notre part (€)")
    shares["xlsx"] = sum(Decimal(str(row[place].value)) for row in sheet.iter_rows(min_row=2))
    bundle = json.loads(taken(browser, "fhir").body, parse_float=Decimal)
    shares["fhir"] = sum(
        total["amount"]["value"]
        for entry in bundle["entry"]
        for total in entry["resource"]["total"]
        if total["category"]["coding"][0]["code"] == "benefit"
    )
    assert {name: f"{share:.2f}" for name, share in shares.items()} == dict.fromkeys(shares, expected)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "fhir"])
def test_care_that_another_adult_keeps_to_himself_has_its_amounts_only(browser, kind):
    answer = taken(browser, kind)
    words = " ".join(str(cell.value) for row in sheet_of(answer) for cell in row) if kind == "xlsx" else answer.text
    assert "123" in words
    for secret in SECRET.values():
        if secret != "specialist":
            assert secret not in words


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_runs(browser, kind):
    answer = taken(browser, kind)
    if kind == "xlsx":
        cells = [cell for row in sheet_of(answer) for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        texts = [cell.value for cell in cells if cell.data_type == "s"]
    else:
        texts = [text for row in rows_of(answer) for text in row.values()]
    assert "'=HYPERLINK(1)" in texts
    assert "'@Dr" in texts


def test_the_spreadsheet_has_dates_and_figures_that_count(browser):
    sheet = sheet_of(taken(browser, "xlsx"))
    titles = [cell.value for cell in sheet[1]]
    first = dict(zip(titles, [cell.value for cell in sheet[2]], strict=True))
    assert first["Date des soins"].date() == date(2026, 3, 12)
    assert first["Frais réels (€)"] == 30
    assert first["Quantité"] == 1
    assert sheet.freeze_panes == "A2"


def test_each_resource_is_valid_by_the_base_profile(browser):
    answer = taken(browser, "fhir")
    assert answer.headers["Content-Type"].startswith("application/fhir+json")
    bundle = Bundle.model_validate_json(answer.body)
    resources = [entry.resource for entry in bundle.entry]
    assert [type(one) for one in resources] == [ExplanationOfBenefit] * 3
    for one in resources:
        sums = {total.category.coding[0].code: total.amount.value for total in one.total}
        assert sums["submitted"] == sums["amo-net"] + sums["other-insurer"] + sums["benefit"] + sums["member-share"]
    assert len({one.id for one in resources}) == 3


def test_the_period_bounds_the_days_of_care(browser):
    assert len(taken(browser, "json", "12/03/2026", "12/03/2026").json["lines"]) == 2
    assert len(taken(browser, "json", "01/01/2025", "31/12/2026").json["lines"]) == 4


@pytest.mark.parametrize(
    ("du", "au", "field"),
    [
        ("", "31/12/2026", "du"),
        ("31/02/2026", "31/12/2026", "du"),
        ("01/01/2026", "hier", "au"),
        ("31/12/2026", "01/01/2026", "au"),
        ("01/01/2020", "02/01/2020", "du"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field_and_kept(browser, du, au, field):
    answer = taken(browser, "csv", du, au, status=422)
    assert answer.html.select_one(f"#{field}")["aria-invalid"] == "true"
    assert (answer.html.select_one("#du")["value"], answer.html.select_one("#au")["value"]) == (du, au)
    assert answer.html.select_one("input[value=csv]").has_attr("checked")


def test_a_format_that_is_none_is_refused(browser):
    form = next(one for one in browser.get(PAGE).forms.values() if one.action == PAGE)
    values = {"csrf_token": form["csrf_token"].value, "du": "01/01/2026", "au": "31/12/2026"}
    for kind in ("", "exe"):
        assert "Choisissez le format" in browser.post(PAGE, values | {"format": kind}, status=422)


def test_that_it_left_is_in_the_journal_and_caches_are_closed(browser, db):
    answer = taken(browser, "csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="remboursements-20260101-20261231.csv"'
    assert "no-store" in answer.headers["Cache-Control"]
    (fact,) = db.scalars(select(Event).where(Event.kind == EventKind.REIMBURSEMENTS_EXPORTED)).all()
    assert fact.details == {"format": "csv", "since": "2026-01-01", "until": "2026-12-31"}


def test_a_constant_number_of_statements_whatever_the_lines(browser, db, couple, engine):
    def cost():
        with counted_statements(engine) as run:
            taken(browser, "fhir")
        return len(run)

    taken(browser, "fhir")
    first = cost()
    contract, holder = couple[:2]
    make_statement(db, contract, [line_values(holder, contract) for _ in range(300)])
    assert cost() == first


@pytest.fixture
def long_history(db, couple):
    contract, holder = couple[:2]
    for _ in range(AT_ONCE // 500):
        make_statement(db, contract, [line_values(holder, contract) for _ in range(500)])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_period_is_made_by_the_job_and_taken_within_a_day(app, browser, db, clock, long_history, kind):
    assert taken(browser, kind, status=303).location.endswith("?fait=fichier-demande")
    taken(browser, kind, status=303)
    (row,) = db.scalars(select(DataExport)).all()
    assert "En préparation" in browser.get(PAGE)
    make_copy(db, tools_of(app), row.id)
    db.commit()
    assert db.scalars(select(Notification.kind)).all() == ["export_ready"]
    page = browser.get(PAGE)
    answer = page.click("^Télécharger$")
    assert len(answer.body) == int(answer.headers["Content-Length"]) == row.size
    lines = rows_of(answer) if kind == "csv" else list(sheet_of(answer).iter_rows(min_row=2))
    assert len(lines) == AT_ONCE + 3
    clock.at += LIFE + timedelta(minutes=1)
    sign_in(app, db, db.get_one(Account, row.account_id))
    browser.get(answer.request.path, status=404)


def test_care_that_is_closed_again_is_in_no_file_that_is_still_to_be_taken(app, browser, db, couple, long_history):
    """An adult who closes his care is told that it counts at once: neither a ready file nor one under way holds it."""
    spouse = couple[2]
    spouse.care_open_to_holder = True
    taken(browser, "csv", status=303)
    ready = db.scalars(select(DataExport)).one()
    make_copy(db, tools_of(app), ready.id)
    assert b"Dr Secret" in browser.get(f"{PAGE}/{ready.public_id}").body
    taken(browser, "json", status=303)
    waiting = db.scalars(select(DataExport).where(DataExport.state == "waiting")).one()
    account = make_account(db, spouse)
    household = load_household(db, spouse.id, TODAY)
    open_care(db, account.id, spouse.id, household, opened=False, origin=Origin(None))
    db.expire_all()  # the job has a session of its own
    make_copy(db, tools_of(app), waiting.id)
    db.commit()
    for row in (ready, waiting):
        browser.get(f"{PAGE}/{row.public_id}", status=404)
    assert f"{PAGE}/" not in browser.get(PAGE)
    expire_copies(db, tools_of(app))
    db.expire_all()
    assert (ready.state, ready.storage_key) == ("expired", None)
    taken(browser, "csv", status=303)


def test_a_copy_of_everything_is_not_taken_by_the_door_of_the_files(app, browser, db, long_history):
    """It asks for a second factor; this door does not."""
    taken(browser, "csv", status=303)
    row = db.scalars(select(DataExport)).one()
    make_copy(db, tools_of(app), row.id)
    browser.get(f"{PAGE}/{row.public_id}")
    row.format = row.since = row.until = None
    db.commit()
    browser.get(f"{PAGE}/{row.public_id}", status=404)
    browser.get(f"{PAGE}/{uuid.uuid4()}", status=404)


def test_somebody_else_s_file_does_not_exist(app, browser, db, couple, long_history):
    taken(browser, "csv", status=303)
    row = db.scalars(select(DataExport)).one()
    make_copy(db, tools_of(app), row.id)
    sign_in(app, db, make_account(db, couple[2]))
    app.get(f"{PAGE}/{row.public_id}", status=404)
