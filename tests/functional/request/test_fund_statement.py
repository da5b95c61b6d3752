"""A claim for care that the fund told us nothing of asks for the fund's statement (domain: documents by object)."""

from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest
from sqlalchemy import select

from member_space.domain.teletransmission import StateKind, brings_nothing
from member_space.models import Coverage, Reading, Request
from member_space.services.catalogue import FILE
from tests.factories.household import make_teletransmission
from tests.factories.noemie import NIR
from tests.factories.request import make_draft
from tests.functional.helpers import tools_of
from tests.functional.journeys import send, words

SILENT = "La télétransmission ne marchait pas le 12 mars 2026"


@pytest.fixture
def claim(app, db, account, people, cipher):
    """The draft of a claim for the holder, whose link is as wished and never spoken of with the fund."""

    def begin(topic="claim.routine", *, desired, person=people["holder"]):
        coverage = db.scalars(select(Coverage).filter_by(contract_id=people["contract"].id, person_id=person.id)).one()
        if desired:
            make_teletransmission(db, cipher, coverage, person, NIR, desired=desired)
        facts = {"person_id": person.id, "care_date": date(2026, 3, 12), "amount": 2_500, "body": None}
        row = make_draft(db, tools_of(app), account, people["contract"], "claim", topic, **facts)
        db.commit()
        return f"/demandes/{row.public_id}"

    return begin


def test_without_the_link_it_is_expected_and_the_page_says_why(db, browser, claim):
    path = claim(desired="off")
    page = words(browser.get(f"{path}/pieces"))
    assert "Décompte de l’Assurance Maladie à joindre" in page
    assert SILENT in page
    review = browser.get(f"{path}/verifier")
    refused = send(review, **{"sans-paid_invoice": "later"})
    assert refused.status_int == 422
    assert "Joignez cette pièce, ou dites pourquoi elle manque" in words(refused)
    assert send(refused, **{"sans-paid_invoice": "later", "sans-fund_statement": "later"}).status_int == 303
    assert db.query(Request).one().details["without"]["fund_statement"] == "later"


def test_that_of_another_adult_is_told_to_him_as_read(db, browser, claim, people):
    path = claim(desired="off", person=people["spouse"])
    for page in ("pieces", "verifier"):
        assert browser.get(f"{path}/{page}").status_int == 200
    assert {row.subject_person_id for row in db.query(Reading)} == {people["spouse"].id}


@pytest.mark.parametrize(
    ("topic", "desired"), [("claim.routine", "on"), ("claim.routine", None), ("claim.alternative", "off")]
)
def test_otherwise_it_is_not(browser, claim, topic, desired):
    path = claim(topic, desired=desired)
    assert SILENT not in words(browser.get(f"{path}/pieces"))
    assert "sans-fund_statement" not in browser.get(f"{path}/verifier")


@pytest.mark.parametrize("care_date", [date(2026, 3, 12), None])
def test_where_the_office_wants_it_of_everybody_the_link_is_not_said_to_be_broken(
    app, db, browser, claim, tmp_path, monkeypatch, care_date
):
    ours = (files("member_space") / "reference" / FILE).read_text("utf-8")
    edited = ours.replace('required = ["paid_invoice"]', 'required = ["paid_invoice", "fund_statement"]', 1)
    edited = edited.replace('if_any = ["fund_statement", ', "if_any = [", 1)
    (tmp_path / FILE).write_text(edited, "utf-8")
    registry = app.app.registry
    monkeypatch.setattr(registry, "member_space", replace(registry.member_space, content_folder=tmp_path))
    path = claim(desired="on")
    db.query(Request).one().care_date = care_date
    db.commit()
    page = words(browser.get(f"{path}/pieces"))
    assert "Décompte de l’Assurance Maladie à joindre" in page
    assert "ne marchait pas" not in page


@pytest.mark.parametrize(
    ("kind", "since", "nothing"),
    [
        (StateKind.OFF, None, True),
        (StateKind.OFF, date(2026, 3, 12), True),
        (StateKind.REJECTED, date(2026, 3, 1), True),
        (StateKind.OVERLAP, date(2026, 3, 1), True),
        (StateKind.OFF, date(2026, 3, 13), False),
        (StateKind.ACTIVE, date(2026, 1, 1), False),
        (StateKind.SENT, date(2026, 1, 1), False),
    ],
)
def test_only_what_is_sure_of_the_day_counts(kind, since, nothing):
    assert brings_nothing(kind, since, date(2026, 3, 12)) is nothing
