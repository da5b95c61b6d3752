"""A decision line by line: checked, read again as a letter, sent once."""

import pytest
from sqlalchemy import select

from member_space.models import DecisionLine, Message, Notification
from tests.factories.request import make_request, take
from tests.functional.office.desk import form_of, fresh, page, send


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
