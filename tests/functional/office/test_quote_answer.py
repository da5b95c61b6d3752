"""A quote answered by the engine: « Calculer » fills the lines and decides nothing, a correction is told and kept."""

import pytest
from sqlalchemy import select

from member_space.domain.quote import from_json
from member_space.models import Contract, DecisionLine, Event, Person
from member_space.services import request as requests
from member_space.services.household import load_household
from member_space.services.quote import keep_lines
from member_space.services.quote_estimate import estimate
from member_space.services.request import Actor
from tests.factories.request import MEMBER, make_draft, take
from tests.factories.statement import make_statement, osteopath_line
from tests.functional.office.desk import form_of, fresh, page
from tests.functional.office.quotes import CARE, CROWN, IMPLANT, TODAY, quote_at_desk, quote_for_spouse


@pytest.fixture
def quote(db, tools, member, claire):
    return quote_at_desk(db, tools, member, claire)


def calculate(desk, row, status=200, **fields):
    form = form_of(desk.get(page(row)), "decider")
    return again(form, status, **fields)


def again(form, status=200, **fields):
    for name, value in fields.items():
        form[name.replace("_", "-")] = value
    return form.submit("calculate", index=0, status=status)


def test_the_engine_fills_the_amounts_and_decides_nothing(desk, db, quote):
    answer = calculate(desk, quote, care_1=CARE, label_1="", asked_1="650", base_1="107,50")
    form = form_of(answer, "decider")
    filled = [form[f"{name}-1"].value for name in ("label", "amo", "granted", "reason")]
    assert filled == [CARE, "64,50", "258,00", "contract_rate"]
    told = answer.html.select_one(".figures").text
    assert "107,50" in told
    assert "Option 100 % Santé" in told
    assert "327,50" in answer.html.select_one(".figures-total").text
    assert not answer.html.select(".figures-other")
    assert fresh(db, quote).state == "in_review"
    assert not db.scalars(select(DecisionLine)).all()
    form_of(form.submit(), "decider").submit("sent")
    [line] = db.scalars(select(DecisionLine)).all()
    assert (line.care, line.care_facts["base"]) == ("crown", 10_750)
    kept = from_json(line.estimate)
    assert (kept.price, kept.base, kept.amo, kept.ours, kept.rest) == (65_000, 10_750, 6_450, 25_800, 32_750)
    assert kept.computed_on == TODAY


def test_an_amount_that_is_corrected_stays_and_is_told(desk, db, quote):
    answer = calculate(desk, quote, care_1=CARE, asked_1="650", base_1="107,50")
    answer = again(form_of(answer, "decider"), granted_1="300")
    form = form_of(answer, "decider")
    assert form["granted-1"].value == "300"
    assert "le calcul donne 258,00" in answer.html.select_one(".figures-other").text.replace("\xa0", " ")
    letter = form.submit()
    assert "258,00" in letter.html.select_one(".figures-other-list").text
    form_of(letter, "decider").submit("sent")
    [line] = db.scalars(select(DecisionLine)).all()
    assert (line.granted, from_json(line.estimate).ours) == (30_000, 25_800)


def test_an_emptied_amount_is_filled_again_and_another_price_computed_again(desk, quote):
    answer = calculate(desk, quote, care_1=CARE, asked_1="650", base_1="107,50", granted_1="1")
    assert form_of(answer, "decider")["granted-1"].value == "1"
    form = form_of(again(form_of(answer, "decider"), granted_1=""), "decider")
    assert form["granted-1"].value == "258,00"
    form = form_of(again(form, asked_1="300"), "decider")
    assert (form["amo-1"].value, form["granted-1"].value, form["reason-1"].value) == ("64,50", "235,50", "")


def test_the_lines_of_the_member_are_there_already(desk, db, tools, quote, member, claire):
    draft = make_draft(db, tools, *member, kind="quote", topic="quote.dental", body="Mes dents")
    household = load_household(db, draft.author_person_id, TODAY)
    lines = (CROWN, IMPLANT)
    keep_lines(db, tools, draft, estimate(db, household, household.members[0], TODAY, lines))
    requests.send(db, tools, draft, Actor(MEMBER, member[0].id))
    take(db, tools, draft, claire)
    db.commit()
    answer = calculate(desk, draft)
    form = form_of(answer, "decider")
    assert [form[f"asked-{n}"].value for n in (1, 2)] == ["650,00", "1200,00"]
    assert "Implant dentaire" in form["care-2"].value
    assert form["amo-2"].value == "0,00"
    assert "Plafond" in answer.html.select(".figures")[1].text


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({"care_1": "zzz"}, "care-1", "Aucun soin ne répond"),
        ({"care_1": "couronne"}, "care-1", "Plusieurs soins répondent"),
        ({"care_1": CARE, "asked_1": ""}, "asked-1", "Écrivez le prix"),
        ({"care_1": CARE, "asked_1": "beaucoup"}, "asked-1", "en euros"),
        ({"care_1": CARE, "quantity_1": "0"}, "quantity-1", "nombre entier"),
        ({"care_1": CARE, "base_1": "-4"}, "base-1", "sans signe moins"),
        ({"care_1": "Analyses de sang"}, "base-1", "écrivez celle que le devis indique"),
        ({"care_1": "Lunettes à verres progressifs, classe B", "frame_1": ""}, "frame-1", "monture"),
        ({"care_1": "Lunettes à verres progressifs, classe B", "frame_1": "900"}, "frame-1", "La monture coûte plus"),
    ],
)
def test_what_cannot_be_computed_is_told_beside_its_field_and_kept(desk, quote, fields, error, words):
    given = {"asked_1": "650", "granted_1": "12"} | fields
    answer = calculate(desk, quote, status=422, **given)
    assert words in answer.html.select_one(f"#{error}-erreur").text
    form = form_of(answer, "decider")
    for name, value in given.items():
        assert form[name.replace("_", "-")].value == value


def test_what_an_adult_used_is_counted_and_never_told(desk, db, tools, claire):
    """One implant a year, and his is paid: who sends his quote sees neither that nor why."""
    _account, row = quote_for_spouse(db, tools, claire)
    karim, contract = db.get(Person, row.person_id), db.get(Contract, row.contract_id)
    implant = {"act_code": "IMP", "family": "dental_prosthesis", "label": "Implant", "fee": 100_000}
    make_statement(db, contract, [osteopath_line(karim, contract, **implant, our_share=40_000)])
    db.commit()
    answer = calculate(desk, row, care_1="Implant dentaire", asked_1="1200")
    assert "Plafond" not in answer.html.select_one(".figures").text
    assert "garde le détail de ses soins" in answer.html.select_one("#decider").text
    form = form_of(answer, "decider")
    assert (form["granted-1"].value, form["reason-1"].value) == ("0,00", "contract_rate")
    read = db.scalars(select(Event).where(Event.kind == "data:read", Event.subject_person_id == karim.id)).all()
    assert read


def test_a_quote_may_still_be_decided_by_hand(desk, db, quote):
    form = form_of(desk.get(page(quote)), "decider")
    form["asked-1"], form["granted-1"], form["reason-1"] = "650", "120", "contract_rate"
    form_of(form.submit(), "decider").submit("sent")
    [line] = db.scalars(select(DecisionLine)).all()
    assert (line.care, line.care_facts, line.estimate) == (None, None, None)
