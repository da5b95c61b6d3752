"""A decision line by line: checked, read again as a letter, sent once."""

import pytest
from sqlalchemy import select

from member_space.models import DecisionLine, Message, Notification
from tests.factories.request import make_request, take
from tests.functional.helpers import sign_in
from tests.functional.office.desk import form_of, fresh, page, send
from tests.log_guard import Browser


def decide(desk, claim, **fields):
    form = form_of(desk.get(page(claim)), "decider")
    for name, value in fields.items():
        form[name.replace("_", "-")] = value
    return form.submit(expect_errors=True)


def test_a_decision_is_read_again_as_a_letter_then_sent_once(desk, db, claim, member):
    answer = decide(desk, claim, granted_1="220", reason_1="cap_reached", word="Bien à vous.")
    letter = answer.html.select_one(".letter .message-text").text
    assert fresh(db, claim).state == "in_review"
    form_of(answer, "decider").submit("sent").follow()
    assert (fresh(db, claim).state, claim.outcome) == ("decided", "partial")
    sent = db.scalar(select(Message.body).where(Message.kind == "decision"))
    assert sent == letter
    for words in ("acceptée en partie", "320,00\xa0€", "220,00\xa0€", "Le plafond", "Bien à vous.", "médiateur"):
        assert words in sent
    [line] = db.scalars(select(DecisionLine)).all()
    assert (line.label, line.asked, line.granted, line.reason) == ("Optique", 32_000, 22_000, "cap_reached")
    told = db.scalars(select(Notification.kind).where(Notification.account_id == member[0].id)).all()
    assert told.count("request_decided") == 1


def test_a_decision_may_be_corrected_before_it_is_sent(desk, db, claim):
    answer = decide(desk, claim, granted_1="220", reason_1="cap_reached")
    again = form_of(answer, "decider").submit("again")
    form = form_of(again, "decider")
    assert (form["granted-1"].value, form["reason-1"].value) == ("220", "cap_reached")
    form["granted-1"], form["reason-1"] = "320", ""
    form_of(form.submit(), "decider").submit("sent")
    assert fresh(db, claim).outcome == "accepted"


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({"granted_1": "220"}, "reason-1", "Choisissez le motif"),
        ({"granted_1": "330"}, "granted-1", "plus que le montant demandé"),
        ({"granted_1": "320", "reason_1": "cap_reached"}, "reason-1", "retirez le motif"),
        ({"granted_1": "beaucoup"}, "granted-1", "Écrivez le montant en euros"),
        ({"asked_1": "-5", "granted_1": "-5"}, "asked-1", "sans signe moins"),
        ({"granted_1": "-5", "reason_1": "cap_reached"}, "granted-1", "sans signe moins"),
        ({"label_1": "", "asked_1": ""}, "label-1", "au moins une ligne"),
    ],
)
def test_a_line_that_cannot_be_decided_is_told_beside_its_field(desk, db, claim, fields, error, words):
    answer = decide(desk, claim, **fields)
    assert answer.status_int == 422
    assert words in answer.html.select_one(f"#{error}-erreur").text
    assert fresh(db, claim).state == "in_review"


def test_the_letter_is_in_the_language_of_its_member(desk, db, claim, member):
    member[0].language = "en"
    db.commit()
    answer = decide(desk, claim, granted_1="320")
    assert "Your request is accepted." in answer.html.select_one(".letter").text


def test_a_change_is_decided_without_an_amount(desk, db, tools, member, claire):
    change = make_request(db, tools, *member, kind="change", topic="change.birth")
    take(db, tools, change, claire)
    db.commit()
    answer = decide(desk, change, label_1="Ajout de Zoé", reason_1="conditions_not_met")
    form_of(answer, "decider").submit("sent")
    assert fresh(db, change).outcome == "refused"
    assert "Ajout de Zoé\xa0: pas accepté." in db.scalar(select(Message.body).where(Message.kind == "decision"))


@pytest.fixture
def quote(db, tools, member, claire):
    row = make_request(db, tools, *member, kind="quote", topic="quote.dental", body="Ma couronne")
    take(db, tools, row, claire)
    db.commit()
    return row


COUNTED = {
    "label_1": "Couronne",
    "asked_1": "538,70",
    "amo_1": "75,25",
    "granted_1": "363,45",
    "reason_1": "contract_rate",
}
INLAY = {"label_2": "Inlay-core", "asked_2": "175", "amo_2": "63", "granted_2": "112"}


def test_what_is_left_of_a_quote_is_without_the_share_of_the_fund(desk, db, quote, member, wsgi_app, app):
    answer = decide(desk, quote, **COUNTED, **INLAY)
    form_of(answer, "decider").submit("sent").follow()
    sent = db.scalar(select(Message.body).where(Message.kind == "decision")).replace("\xa0", " ")
    told = "{} : devis de {} €, part de l’Assurance Maladie {} €, notre part {} €, il vous restera {} €."
    for words in (
        told.format("Couronne", "538,70", "75,25", "363,45", "100,00"),
        told.format("Inlay-core", "175,00", "63,00", "112,00", "0,00"),
        told.format("Au total", "713,70", "138,25", "475,45", "100,00"),
        "une estimation, valable jusqu’au 14 septembre 2026",
    ):
        assert words in sent
    assert [line.amo for line in db.scalars(select(DecisionLine).order_by(DecisionLine.rank))] == [7525, 6300]
    browser = sign_in(Browser(wsgi_app), db, member[0])
    card = browser.get(f"/demandes/{quote.public_id}").html.select_one("#decision")
    rows = [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("td")] for row in card.select("tbody tr, tfoot tr")
    ]
    assert rows == [
        ["538,70 €", "75,25 €", "363,45 €", "100,00 €"],
        ["175,00 €", "63,00 €", "112,00 €", "0,00 €"],
        ["713,70 €", "138,25 €", "475,45 €", "100,00 €"],
    ]
    assert "estimation, valable jusqu’au 14 septembre 2026" in card.text


def test_where_the_fund_is_not_known_what_is_left_is_an_upper_bound(desk, db, quote, member, wsgi_app):
    answer = decide(desk, quote, label_1="Couronne", asked_1="650", granted_1="120", reason_1="contract_rate")
    form_of(answer, "decider").submit("sent").follow()
    sent = db.scalar(select(Message.body).where(Message.kind == "decision")).replace("\xa0", " ")
    assert "il vous restera au plus 530,00 €" in sent
    card = sign_in(Browser(wsgi_app), db, member[0]).get(f"/demandes/{quote.public_id}").html.select_one("#decision")
    assert [" ".join(cell.get_text(" ").split()) for cell in card.select("tbody td")] == [
        "650,00 €",
        "– non comptée",
        "120,00 €",
        "530,00 € au plus",
    ]


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        (COUNTED | {"amo_1": "200"}, "granted-1", "plus que le montant demandé"),
        (COUNTED | {"amo_1": "-1"}, "amo-1", "sans signe moins"),
        (COUNTED | {"amo_1": "175,25"}, "reason-1", "retirez le motif"),
        (COUNTED | INLAY | {"amo_2": "", "granted_2": "175"}, "amo-2", "sur chaque ligne"),
    ],
)
def test_the_share_of_the_fund_is_checked_with_the_rest_of_its_line(desk, db, quote, fields, error, words):
    answer = decide(desk, quote, **fields)
    assert answer.status_int == 422
    assert words in answer.html.select_one(f"#{error}-erreur").text
    assert form_of(answer, "decider")["amo-1"].value == fields["amo_1"]
    assert fresh(db, quote).state == "in_review"


def test_only_a_quote_asks_for_the_share_of_the_fund(desk, claim):
    assert "amo-1" not in form_of(desk.get(page(claim)), "decider").fields


def test_nothing_is_decided_while_a_paper_is_awaited(desk, db, claim):
    send(desk, page(claim) + "/pieces", version=claim.version, pieces="paid_invoice")
    version = fresh(db, claim).version
    fields = {"version": version, "label-1": "Lunettes", "asked-1": "10", "granted-1": "10", "sent": "oui"}
    answer = send(desk, page(claim) + "/decider", **fields)
    assert answer.status_int == 409
    assert fresh(db, claim).state == "waiting_member"
    assert not answer.html.select("#repondre")


def test_the_slower_decision_is_not_sent_and_is_kept(desk, other_desk, db, tools, claim, hugo):
    answer = decide(desk, claim, granted_1="220", reason_1="cap_reached")
    theirs = form_of(other_desk.get(page(claim)), "prendre").submit().follow()
    form = form_of(theirs, "decider")
    form["granted-1"] = "320"
    form_of(form.submit(), "decider").submit("sent")
    refused = form_of(answer, "decider").submit("sent", status=409)
    alert = refused.html.select_one("[role=alert]").text
    assert "Hugo Roy" in alert
    assert "décidée" in alert
    kept = form_of(refused, "decider")
    assert (kept["granted-1"].value, kept["reason-1"].value) == ("220", "cap_reached")
    assert fresh(db, claim).outcome == "accepted"
    assert len(db.scalars(select(Message).where(Message.kind == "decision")).all()) == 1
