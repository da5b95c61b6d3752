"""The register of complaints: its dates and delay, its file, what was changed, the mediator in each answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from member_space.domain.permissions import Role
from member_space.models import Event, Message
from member_space.services.complaint import note_acknowledged
from tests.factories.office import make_colleague
from tests.factories.request import make_request, take
from tests.functional.helpers import sign_in
from tests.functional.journeys import words
from tests.functional.office.desk import form_of, fresh, page, send
from tests.log_guard import Browser


@pytest.fixture
def complaint(db, tools, member, hugo):
    row = make_request(db, tools, *member, kind="complaint", topic="complaint.delay", body="Trop long")
    take(db, tools, row, hugo)
    db.commit()
    return row


def test_whoever_answered_the_request_is_told_that_another_reads_the_complaint(
    desk, other_desk, db, tools, mine, member, claire
):
    send(desk, page(mine) + "/repondre", version=mine.version, body="Voilà.", then="clot")
    row = make_request(db, tools, *member, kind="complaint", topic="complaint.decision", linked_id=mine.id)
    db.commit()
    shown = desk.get(page(row))
    assert "un collègue qui ne l’a pas traitée" in words(shown)
    assert not [form for form in shown.forms.values() if form.action.endswith("/prendre")]
    answer = send(desk, page(row) + "/prendre", version=row.version)
    assert (answer.status_int, fresh(db, row).handler_id) == (409, None)
    assert "un collègue qui ne l’a pas traitée" in words(answer)
    form = form_of(form_of(other_desk.get(page(row)), "prendre").submit().follow(), "donner")
    form["colleague"] = str(claire.public_id)
    answer = form.submit(status=409)
    assert "Ce collègue a traité la demande contestée" in words(answer)


@pytest.fixture
def auditor(wsgi_app, app, db):
    account = make_colleague(db, Role.AUDITOR)
    db.commit()
    return sign_in(Browser(wsgi_app), db, account)


def test_the_register_tells_the_dates_and_what_was_changed(other_desk, auditor, db, tools, complaint, clock):
    form = form_of(other_desk.get(page(complaint)), "mesure")
    form["measure"] = "=Relire chaque matin"
    form.submit().follow()
    clock.at += timedelta(minutes=5)
    form = form_of(other_desk.get(page(complaint)), "repondre")
    form["body"] = "Nous avons tardé, pardon."
    form_of(form.submit("then", value="reste").follow(), "repondre")
    note_acknowledged(db, tools)
    db.commit()
    form = form_of(other_desk.get(page(complaint)), "repondre")
    form["body"] = "Voici ce que nous changeons."
    form.submit("then", value="clot").follow()
    first, last = db.scalars(select(Message.body).where(Message.side == "office").order_by(Message.id))
    assert "Médiateur de la Mutualité" in last
    assert first == "Nous avons tardé, pardon."
    assert complaint.number in auditor.get("/bureau/reclamations").text
    text = auditor.get("/bureau/reclamations.csv").body.decode("utf-8-sig")
    head, line = text.strip().split("\r\n")
    assert head.startswith("Numéro;Reçue le;")
    cells = line.split(";")
    assert cells[0] == complaint.number
    assert cells[1:3] == ["16/06/2026", "16/06/2026"]
    assert cells[4:] == ["16/06/2026", "0", "'=Relire chaque matin", "oui"]
    assert "Benali" not in text
    assert db.scalars(select(Event.kind).where(Event.kind == "complaints:exported")).all() == ["complaints:exported"]


def test_only_a_supervisor_writes_what_was_changed(desk, auditor, db, complaint, sent, other_desk):
    auditor.get("/bureau/reclamations")
    for browser in (desk, auditor):
        answer = send(browser, page(complaint) + "/mesure", version=complaint.version, measure="Rien")
        assert answer.status_int == 403
    assert send(other_desk, page(sent) + "/mesure", version=sent.version, measure="Rien").status_int == 403


def test_a_handler_has_no_register(desk):
    desk.get("/bureau/reclamations", status=403)
    desk.get("/bureau/reclamations.csv", status=403)
