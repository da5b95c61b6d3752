"""Beneficiaries, contracts, guarantees, cards and links, as the document says them, of the persons shown alone."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from member_space.models import Coverage, Event
from member_space.services.reference import load_reference
from tests.factories.card import make_model, print_by
from tests.factories.guarantee import give_product
from tests.factories.household import make_teletransmission
from tests.factories.statement import make_statement, osteopath_line
from tests.functional.clock import clock_at

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def product(db, family):
    """The product Confort, and a session of an osteopath for Tom."""
    load_reference(db)
    give_product(db, family["contract"], "confort", TODAY)
    make_statement(db, family["contract"], [osteopath_line(family["child"], family["contract"])])
    db.commit()


@pytest.fixture
def printed(db, family):
    """The contract has a card."""
    make_model(db)
    print_by(db, family["contract"])
    db.commit()


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def test_only_the_persons_ticked_are_beneficiaries(ask, family):
    found = ask("/me/beneficiaries")["beneficiaries"]
    assert [(one["id"], one["is_member"], one["is_adult"]) for one in found] == [
        (str(family["holder"].public_id), True, True),
        (str(family["child"].public_id), False, False),
    ]


def test_a_contract_names_who_is_covered_of_the_persons_ticked(ask, family):
    contract = family["contract"]
    [found] = ask("/contracts")["contracts"]
    names = [f"{family[who].first_name} {family[who].last_name}" for who in ("holder", "child")]
    assert [one.pop("name") for one in found["covered"]] == names
    assert found == {
        "id": str(contract.public_id),
        "number": contract.number,
        "member_number": contract.member_number,
        "product": "Complémentaire santé",
        "plan": found["plan"],
        "from": "2024-01-01",
        "until": None,
        "is_over": False,
        "covered": [{"relation": one, "from": "2024-01-01", "until": None} for one in ("holder", "child")],
    }


@pytest.mark.usefixtures("product")
def test_what_is_promised_for_an_act_and_what_is_left_of_it(ask, family):
    found = ask(f"/contracts/{family['contract'].public_id}/guarantees", {"act": "OST"})
    [heading] = found["guarantees"]
    [line] = heading["lines"]
    assert heading["heading"] == "other"
    assert line["formulas"] == [{"kind": "lump_sum", "amount": euros("30.00"), "per": "session"}]
    assert line["ceilings"] == [{"period": "civil_year", "amount": euros("90.00"), "count": None}]
    left = {one["person"]["name"].split()[0]: one["left"] for one in found["allowances"]}
    assert set(left) == {"Nadia", "Tom"}
    assert [(one["measure"], one["limit"], one["used"], one["left"]) for one in left["Tom"]] == [
        ("amount", euros("90.00"), euros("30.00"), euros("60.00"))
    ]


@pytest.mark.usefixtures("product")
def test_the_whole_table_and_that_of_a_day_before_the_contract(ask, family):
    path = f"/contracts/{family['contract'].public_id}/guarantees"
    assert len({one["heading"] for one in ask(path)["guarantees"]}) == 6
    before = ask(path, {"date": "2020-01-01"})
    assert (before["day"], before["table"], before["guarantees"]) == ("2020-01-01", None, [])


@pytest.mark.usefixtures("product")
def test_glasses_depend_on_their_basket(ask, family):
    found = ask(f"/contracts/{family['contract'].public_id}/guarantees", {"act": "OPT"})
    baskets = [line["basket"] for heading in found["guarantees"] for line in heading["lines"]]
    assert len(baskets) == len(set(baskets)) > 1


@pytest.mark.usefixtures("product")
def test_an_act_that_is_none_is_told(app, headers, family):
    path = f"/api/v1/contracts/{family['contract'].public_id}/guarantees"
    response = app.get(path, {"act": "XYZ"}, headers=headers, status=422)
    assert response.json["errors"] == [{"detail": "Aucun acte n’a ce code.", "parameter": "act"}]
    response = app.get(path, {"date": "demain"}, headers=headers, status=422)
    assert [one["parameter"] for one in response.json["errors"]] == ["date"]


@pytest.mark.usefixtures("printed")
def test_a_card_names_the_persons_ticked_and_no_nir(ask, app, headers, family):
    found, _past = ask("/cards")["cards"]
    assert (found["moment"], found["year"], found["until"]) == ("current", 2026, "2026-12-31")
    assert [one["name"].split()[0] for one in found["persons"]] == ["Nadia", "Tom"]
    assert "nir" not in app.get("/api/v1/cards", headers=headers).text.lower()


def path_of(app, headers, card_id: str) -> str:
    url = app.post(f"/api/v1/cards/{card_id}/link", headers=headers).json["url"]
    return urlsplit(url).path


@pytest.mark.usefixtures("printed")
def test_the_link_gives_the_file_for_five_minutes_and_the_journal_knows(app, db, ask, headers, clock):
    card, _past = ask("/cards")["cards"]
    path = path_of(app, headers, card["id"])
    response = app.get(path)
    assert response.content_type == "application/pdf"
    assert response.body.startswith(b"%PDF")
    assert db.scalars(select(Event.kind).where(Event.kind == "card:downloaded")).all() == ["card:downloaded"]
    clock.at += timedelta(minutes=6)
    assert "Ce lien n’ouvre plus rien" in app.get(path, status=404)


@pytest.mark.usefixtures("printed")
def test_the_link_opens_nothing_once_the_grant_is_taken_back(app, db, ask, headers, grant, clock):
    card, _past = ask("/cards")["cards"]
    path = path_of(app, headers, card["id"])
    grant.revoked_at = clock.now()
    db.commit()
    app.get(path, status=404)
    app.get("/tiers-payant/lien/forged.pdf", status=404)


def test_a_link_with_a_fund_says_its_state_and_no_number(db, cipher, ask, family):
    coverage = db.scalars(select(Coverage).where(Coverage.person_id == family["holder"].id)).one()
    make_teletransmission(db, cipher, coverage, family["holder"], "1840275116001", fund_name="CPAM de Paris")
    db.commit()
    [link] = ask("/teletransmission")["links"]
    assert link["person"]["id"] == str(family["holder"].public_id)
    assert (link["fund"], link["cause"], link["to_repair"]) == ("CPAM de Paris", None, False)
