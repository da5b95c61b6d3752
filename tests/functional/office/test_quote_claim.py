"""From an accepted quote to its claim in one click, and the difference with the invoice, on both sides (C86)."""

from datetime import date

import pytest
from sqlalchemy import delete, select, update

from member_space.domain.request import RequestKind
from member_space.models import DecisionLine, Person, Request
from tests.factories.household import make_person
from tests.factories.statement import line_values, make_statement, osteopath_line
from tests.functional.helpers import sign_in
from tests.functional.office.desk import form_of, page
from tests.functional.office.quotes import CARE, quote_at_desk
from tests.log_guard import Browser


@pytest.fixture
def answered(desk, db, tools, member, claire):
    """A crown and an implant, answered by the engine."""
    first = {"care-1": CARE, "asked-1": "650", "base-1": "107,50"}
    return answer(desk, db, tools, member, claire, first | {"care-2": "Implant dentaire", "asked-2": "1200"})


@pytest.fixture
def implants(desk, db, tools, member, claire):
    """Two implants, of which a year pays one."""
    both = {f"{field}-{n}": words for field, words in (("care", "Implant dentaire"), ("asked", "1200")) for n in (1, 2)}
    return answer(desk, db, tools, member, claire, both)


def answer(desk, db, tools, member, colleague, fields):
    quote = quote_at_desk(db, tools, member, colleague, person_id=member[0].person_id)
    form = form_of(desk.get(page(quote)), "decider")
    for name, words in fields.items():
        form[name] = words
    computed = form_of(form.submit("calculate", index=0, status=200), "decider")
    form_of(computed.submit(), "decider").submit("sent", status=303)
    db.expire_all()
    return quote


@pytest.fixture
def browser(wsgi_app, db, member):
    return sign_in(Browser(wsgi_app), db, member[0])


def begin(browser, quote):
    return form_of(browser.get(f"/demandes/{quote.public_id}"), "facture").submit(status=303).follow()


def claim_of(browser, db, quote, *amounts, day="16/06/2026"):
    """Sent with what was invoiced of each line."""
    first = begin(browser, quote)
    asked = first.forms["soin"]
    asked["soin_le"] = day
    second = asked.submit("send", status=303).follow()
    form = second.forms["soin"]
    for n, amount in enumerate(amounts):
        form[f"facture_{n}"] = amount
    form.submit("send", status=303)
    [claim] = db.scalars(select(Request).where(Request.kind == RequestKind.CLAIM.value)).all()
    return claim


def sent(browser, db, claim):
    review = browser.get(f"/demandes/{claim.public_id}/verifier")
    form = form_of(review, "envoyer")
    for name in form.fields:
        if name and name.startswith("sans-"):
            form[name] = "later"
    form.submit(status=303)
    db.expire_all()
    return claim


def gap_of(response):
    card = response.html.select_one("#ecart")
    rows = [[squeezed(cell.get_text(" ")) for cell in row.select("th, td")] for row in card.select("tbody tr")]
    return squeezed(card.select_one("p").text), rows


def squeezed(text):
    return " ".join(text.split())


def test_one_click_makes_the_draft_and_another_finds_it_again(browser, db, answered):
    first = begin(browser, answered)
    again = begin(browser, answered)
    assert first.request.path == again.request.path
    [claim] = db.scalars(select(Request).where(Request.kind == RequestKind.CLAIM.value)).all()
    assert (claim.topic, claim.linked_id, claim.person_id) == ("claim.dental", answered.id, answered.person_id)


def test_a_draft_follows_the_latest_answer(browser, db, tools, answered, claire):
    """Reopened and answered again by one line, before its claim is sent."""
    begin(browser, answered)
    db.execute(delete(DecisionLine).where(DecisionLine.rank == 2))
    db.execute(update(DecisionLine).values(round=DecisionLine.round + 3, asked=70_000))
    db.commit()
    asked = begin(browser, answered).forms["soin"]
    asked["soin_le"] = "16/06/2026"
    form = asked.submit("send", status=303).follow().forms["soin"]
    assert form["facture_0"].value == "700,00"
    assert "facture_1" not in form.fields


def test_the_lines_are_asked_with_their_price_and_typed_text_stays(browser, db, answered):
    asked = begin(browser, answered).forms["soin"]
    asked["soin_le"] = "16/06/2026"
    form = asked.submit("send", status=303).follow().forms["soin"]
    assert [form[f"facture_{n}"].value for n in (0, 1)] == ["650,00", "1200,00"]
    form["facture_0"], form["facture_1"] = "beaucoup", "-3"
    wrong = form.submit("send", status=422)
    assert "Écrivez le montant en euros" in wrong.text
    assert [wrong.forms["soin"][f"facture_{n}"].value for n in (0, 1)] == ["beaucoup", "-3"]
    form["facture_0"], form["facture_1"] = "", ""
    assert "d’une ligne au moins" in form.submit("send", status=422).text


def test_another_price_is_told_to_the_cent_on_both_sides(browser, desk, db, answered):
    claim = sent(browser, db, claim_of(browser, db, answered, "700", ""))
    assert claim.amount == 70_000
    lead, rows = gap_of(browser.get(f"/demandes/{claim.public_id}"))
    assert lead == "D’après la facture, il resterait 377,50 €, soit 50,00 € de plus qu’au devis."
    assert rows == [
        ["Au devis", "650,00 €", "64,50 €", "258,00 €", "327,50 €"],
        ["Le prix facturé n’est pas celui du devis.", "+50,00 €", "–", "–", "+50,00 €"],
        ["D’après la facture", "700,00 €", "64,50 €", "258,00 €", "377,50 €"],
    ]
    assert gap_of(desk.get(page(claim))) == (lead, rows)


def test_what_was_used_meanwhile_is_a_cause(browser, db, tools, member, answered):
    """Another implant, paid since the answer: one a year."""
    pay_implant(db, member)
    claim = sent(browser, db, claim_of(browser, db, answered, "", "1200"))
    lead, rows = gap_of(browser.get(f"/demandes/{claim.public_id}"))
    assert "400,00 € de plus" in lead
    assert rows[1][0].startswith("Ce qu’il reste du plafond a changé")
    assert rows[1][1:] == ["–", "–", "−400,00 €", "+400,00 €"]


def pay_implant(db, member):
    implant = {"act_code": "IMP", "family": "dental_prosthesis", "label": "Implant", "fee": 120_000}
    nadia = db.get(Person, member[0].person_id)
    line = osteopath_line(nadia, member[1], **implant, our_share=40_000, care_date=date(2026, 6, 10))
    make_statement(db, member[1], [line])
    db.commit()


def test_lines_invoiced_one_after_the_other_are_no_difference(browser, db, member, implants):
    """The first implant is paid already: the second one leaves what the answer said, as it came after the first."""
    pay_implant(db, member)
    claim = sent(browser, db, claim_of(browser, db, implants, "", "1200"))
    lead, rows = gap_of(browser.get(f"/demandes/{claim.public_id}"))
    assert lead == "D’après la facture, il resterait exactement ce que disait le devis : 1 200,00 €."
    assert len(rows) == 2


def test_a_line_that_is_not_done_leaves_its_part_to_the_next(browser, db, implants):
    claim = sent(browser, db, claim_of(browser, db, implants, "", "1200"))
    lead, rows = gap_of(browser.get(f"/demandes/{claim.public_id}"))
    assert "400,00 € de moins" in lead
    assert [row[0].partition(",")[0] for row in rows[1:-1]] == ["Ce qu’il reste du plafond a changé"]


def test_a_claim_for_somebody_else_is_not_compared(browser, desk, db, answered):
    claim = sent(browser, db, claim_of(browser, db, answered, "650", ""))
    claim.person_id = make_person(db, "Zoé").id
    db.commit()
    assert browser.get(f"/demandes/{claim.public_id}").html.select_one("#ecart") is None
    assert desk.get(page(claim)).html.select_one("#ecart") is None


def test_what_is_decided_then_paid_is_compared_too(browser, desk, db, tools, member, answered):
    claim = sent(browser, db, claim_of(browser, db, answered, "650", ""))
    form_of(desk.get(page(claim)), "prendre").submit()
    form = form_of(desk.get(page(claim)), "decider")
    assert (form["label-1"].value, form["asked-1"].value) == (CARE, "650,00")
    form["granted-1"], form["reason-1"] = "250", "contract_rate"
    form_of(form.submit(), "decider").submit("sent", status=303)
    _lead, rows = gap_of(browser.get(f"/demandes/{claim.public_id}"))
    assert rows[1][0].startswith("Nous avons décidé un autre montant")
    assert rows[-1] == ["Selon notre décision", "650,00 €", "64,50 €", "250,00 €", "335,50 €"]
    crown = {"act_code": "PFC", "family": "dental_prosthesis", "label": "Couronne", "base": 10_750, "amo_rate": 6_000}
    shares = {"fee": 65_000, "amo_gross": 6_000, "participation": 0, "amo_net": 6_000, "our_share": 25_000}
    line = line_values(db.get(Person, member[0].person_id), member[1], care_date=date(2026, 6, 16), **crown, **shares)
    make_statement(db, member[1], [line | {"member_share": 34_000}], paid_on=date(2026, 6, 18))
    db.commit()
    lead, rows = gap_of(browser.get(f"/demandes/{claim.public_id}"))
    assert lead == "Il reste 340,00 €, soit 12,50 € de plus qu’au devis."
    assert [row[1:] for row in rows[1:]] == [
        ["–", "−4,50 €", "–", "+4,50 €"],
        ["–", "–", "−8,00 €", "+8,00 €"],
        ["650,00 €", "60,00 €", "250,00 €", "340,00 €"],
    ]
    assert gap_of(desk.get(page(claim))) == (lead, rows)


def test_a_refused_quote_has_no_claim(browser, desk, db, tools, member, claire):
    quote = quote_at_desk(db, tools, member, claire)
    form = form_of(desk.get(page(quote)), "decider")
    form["asked-1"], form["reason-1"] = "650", "not_covered"
    form_of(form.submit(), "decider").submit("sent", status=303)
    seen = browser.get(f"/demandes/{quote.public_id}")
    assert "facture" not in [form.action.rpartition("/")[2] for form in seen.forms.values()]
    fields = {"csrf_token": browser.cookies["csrf"]}
    browser.post(f"/demandes/{quote.public_id}/facture", fields, status=404)
