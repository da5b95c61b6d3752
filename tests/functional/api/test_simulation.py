"""What a care would cost, asked by an assistant: the page's own answer, with all that it supposes."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select

from member_space.models import Reading
from member_space.services.reference import load_reference
from tests.factories.guarantee import give_product
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in

PRICE = {"amount": "30.00", "currency": "EUR"}


@pytest.fixture
def simulate(app, headers):
    def ask(*, status=200, **body):
        given = {"care": "Consultation d’un généraliste", "price": PRICE} | body
        return app.post_json("/api/v1/simulations", given, headers=headers, status=status).json

    return ask


@pytest.fixture(autouse=True)
def product(app, db, family):
    """The product Confort, and a day when the tables are known."""
    load_reference(db)
    give_product(db, family["contract"], "confort", date(2026, 11, 20))
    db.commit()
    with clock_at(app, 2026, 11, 20):
        yield


def test_the_answer_is_the_page_s_own(app, db, family, simulate):
    found = simulate(person=str(family["child"].public_id))
    assert (found["care"], found["day"]) == ("Consultation d’un généraliste", "2026-11-20")
    assert found["person"]["id"] == str(family["child"].public_id)
    assert found["price"] == PRICE
    paid = {part["name"]: part["amount"]["amount"] for part in found["parts"]}
    assert list(paid) == ["fund", "ours", "rest"]
    assert sum(Decimal(one) for one in paid.values()) == 30
    assert found["left_to_pay"]["amount"] == paid["rest"]
    assert found["hypotheses"][0] == "Tableau de garanties : Confort"
    assert "Estimation" in found["hypotheses"][-1]
    sign_in(app, db, family["account"])
    page = app.get(found["next_actions"][0]["url"] + "&prix=30")
    assert paid["ours"].replace(".", ",") in page.text


def test_a_reading_of_reimbursements_is_told(db, family, simulate):
    simulate()
    rows = db.scalars(select(Reading).where(Reading.what == "reimbursements")).all()
    assert [row.subject_person_id for row in rows] == [family["holder"].id]


def test_the_option_without_anything_left_is_told_beside(simulate):
    found = simulate(care="Couronne céramique à tarif libre", price={"amount": "700.00", "currency": "EUR"})
    assert found["hundred_percent_sante"]["left_to_pay"]["amount"] == "0.00"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"care": "zzz"}, "#/care"),
        ({"care": "lunettes"}, "#/care"),
        ({"day": "2190-01-01"}, "#/day"),
        ({"person": "7f2a4b1e-51c3-4a5b-9a54-0b6c8d2f4e10"}, "#/person"),
        ({"price": {"amount": "9999999.00", "currency": "EUR"}}, "#/price"),
        ({"frame_price": {"amount": "90.00", "currency": "EUR"}}, "#/frame_price"),
        ({"sector": "3"}, "#/sector"),
        ({"quantity": 10**30}, "#/quantity"),
    ],
)
def test_what_cannot_be_answered_says_where(simulate, body, where):
    assert {one["pointer"] for one in simulate(status=422, **body)["errors"]} == {where}


def test_several_cares_are_told(simulate):
    detail = simulate(status=422, care="lunettes")["errors"][0]["detail"]
    assert "Par exemple : " in detail


def test_somebody_who_is_not_ticked_is_as_unknown_as_nobody(family, simulate):
    told = [simulate(status=422, person=one)["errors"] for one in (str(family["spouse"].public_id), str(uuid4()))]
    assert told[0] == told[1]


def test_a_key_is_good_for_a_simulation_too(app, headers, simulate):
    own = headers | {"Idempotency-Key": str(uuid4())}
    body = {"care": "Consultation d’un généraliste", "price": PRICE}
    first, again = (app.post_json("/api/v1/simulations", body, headers=own) for _n in range(2))
    assert (first.body, again.headers["Idempotent-Replayed"]) == (again.body, "true")
