"""Reimbursements as the document says them: pages, filters, what is closed, one line explained, constant queries."""

from datetime import date, timedelta

import pytest

from member_space.services.reference import load_reference
from member_space.views.api.reimbursements import PAGE
from tests.factories.guarantee import give_product
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import clock_at, counted_statements

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


def pay(db, family, who: str, **values):
    return make_statement(db, family["contract"], [line_values(family[who], family["contract"], **values)])


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def test_a_line_to_the_cent(db, ask, family):
    statement = pay(db, family, "holder")
    db.commit()
    found = ask("/reimbursements")
    assert found["lines"] == [
        {
            "id": f"{statement.public_id}.1",
            "person": {"id": str(family["holder"].public_id), "name": f"Nadia {family['holder'].last_name}"},
            "care_date": "2026-03-12",
            "statement": {
                "id": str(statement.public_id),
                "reference": statement.reference,
                "issued_on": "2026-03-20",
            },
            "paid_on": "2026-03-20",
            "paid_to": "you",
            "fee": euros("30.00"),
            "health_fund": euros("19.00"),
            "other_insurer": euros("0.00"),
            "our_share": euros("9.00"),
            "left_to_pay": euros("2.00"),
            "care": {
                "act": "G",
                "family": "consultation",
                "label": "Consultation médecin généraliste",
                "practitioner": "Dr Anne Lemaire",
                "quantity": 1,
                "base": euros("30.00"),
                "rate": "70.00",
                "flat_deduction": euros("2.00"),
                "excess": euros("0.00"),
            },
        }
    ]
    assert found["totals"] == {
        "lines": 1,
        "fee": euros("30.00"),
        "health_fund": euros("19.00"),
        "other_insurer": euros("0.00"),
        "our_share": euros("9.00"),
        "left_to_pay": euros("2.00"),
    }
    assert found["page"] == {"next": None}
    assert found["as_of"] == "2026-11-20"


def test_pages_follow_each_other_and_filters_go_with_them(db, ask, family):
    for n in range(PAGE + 3):
        pay(db, family, "holder", care_date=date(2026, 1, 1) + timedelta(n))
    pay(db, family, "child")
    pay(db, family, "spouse")
    db.commit()
    query = {"beneficiary": str(family["holder"].public_id), "from": "2026-01-02", "to": "2026-12-31", "act": "G"}
    first = ask("/reimbursements", query)
    rest = ask("/reimbursements", query | {"cursor": first["page"]["next"]})
    days = [one["care_date"] for page in (first, rest) for one in page["lines"]]
    assert days == sorted(days, reverse=True)
    assert len(days) == len(set(days)) == PAGE + 2 == first["totals"]["lines"]
    assert rest["page"]["next"] is None


def test_a_person_who_was_not_ticked_is_nobody(db, app, ask, headers, family):
    pay(db, family, "spouse")
    db.commit()
    assert ask("/reimbursements")["lines"] == []
    query = {"beneficiary": str(family["spouse"].public_id)}
    response = app.get("/api/v1/reimbursements", query, headers=headers, status=422)
    assert [one["parameter"] for one in response.json["errors"]] == ["beneficiary"]


def test_another_adult_s_care_is_amounts_alone_and_is_not_explained(db, app, ask, headers, family, grant):
    statement = pay(db, family, "spouse", label="Psychiatrie")
    grant.person_ids = [family[who].id for who in ("holder", "spouse")]
    db.commit()
    [line] = ask("/reimbursements")["lines"]
    assert (line["our_share"], line["care"]) == (euros("9.00"), None)
    app.get(f"/api/v1/reimbursements/{statement.public_id}.1", headers=headers, status=404)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"from": "2026-02-01", "to": "2026-01-01"}, "to"),
        ({"from": "hier"}, "from"),
        ({"cursor": "2026-13-41_1"}, "cursor"),
        ({"cursor": "first"}, "cursor"),
        ({"beneficiary": "Tom"}, "beneficiary"),
    ],
)
def test_what_cannot_be_read_is_told_by_name(app, headers, query, parameter):
    response = app.get("/api/v1/reimbursements", query, headers=headers, status=422)
    assert [one["parameter"] for one in response.json["errors"]] == [parameter]


def test_a_line_is_explained_by_the_engine_that_paid_it(db, ask, family):
    load_reference(db)
    give_product(db, family["contract"], "confort", TODAY)
    statement = pay(db, family, "holder")
    db.commit()
    found = ask(f"/reimbursements/{statement.public_id}.1")
    assert found["notice"] is None
    assert {part["part"]: part["amount"]["amount"] for part in found["parts"]} == {
        "fee": "30.00",
        "fund": "19.00",
        "ours": "9.00",
        "rest": "2.00",
    }
    assert found["parts"][0]["steps"][0]["words"].startswith("Le professionnel a facturé 30,00")
    assert found["source"]["url"].endswith(f"/remboursements/decomptes/{statement.public_id}/lignes/1")


@pytest.mark.parametrize(
    "path", ["/reimbursements", "/reimbursements/{id}.1", "/contracts", "/me", "/me/beneficiaries"]
)
def test_a_long_history_asks_no_more_statements(db, engine, ask, family, path):
    load_reference(db)
    give_product(db, family["contract"], "confort", TODAY)
    statement = pay(db, family, "holder")
    db.commit()
    asked = path.format(id=statement.public_id)
    ask(asked)  # the reading is noted once a day
    with counted_statements(engine) as before:
        ask(asked)
    for n in range(12):
        pay(db, family, "child" if n % 2 else "holder", care_date=date(2026, 2, 1 + n))
    db.commit()
    ask(asked)
    with counted_statements(engine) as after:
        ask(asked)
    assert len(after) == len(before)
