"""What the desk is told without asking: closures proposed, legal delays of complaints, files already sent."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from member_space.models import Message, Notification
from member_space.services import request_reminders as reminders
from member_space.services.attachment_add import add_files
from member_space.services.complaint import note_acknowledged
from member_space.services.request import Actor
from member_space.services.request import send as send_request
from tests.factories import files
from tests.factories.request import MEMBER, make_draft, make_request
from tests.functional.clock import counted_statements
from tests.functional.helpers import sign_in
from tests.functional.journeys import words
from tests.functional.office.desk import LIST, form_of, fresh, page, send
from tests.log_guard import Browser

WAITING = LIST + "?etat=waiting_member"


def pass_days(db, tools, clock, days):
    for _day in range(days):
        clock.at += timedelta(days=1)
        reminders.remind_pieces(db, tools)
    db.commit()


@pytest.fixture
def asked(desk, db, mine):
    send(desk, page(mine) + "/pieces", version=mine.version, pieces="paid_invoice")
    return fresh(db, mine)


@pytest.fixture
def complaint(db, tools, member):
    row = make_request(db, tools, *member, kind="complaint", topic="complaint.delay", body="Trop long")
    db.commit()
    return row


def test_on_the_fifteenth_day_a_closure_is_proposed_and_a_colleague_decides(
    app, wsgi_app, db, tools, clock, claire, hugo, member, asked
):
    pass_days(db, tools, clock, 14)
    desk = sign_in(app, db, claire)
    assert "Clôture proposée" not in desk.get(WAITING).text
    assert "Clore, faute de réponse" not in desk.get(page(asked)).text
    assert send(desk, page(asked) + "/clore", version=asked.version).status_int == 409
    pass_days(db, tools, clock, 1)
    # Not only who asked: he may be away for weeks.
    desk = sign_in(app, db, hugo)
    assert "Clôture proposée" in desk.get(WAITING).text
    answer = form_of(desk.get(page(asked)), "clore").submit().follow()
    assert "Demande close, faute de réponse" in words(answer)
    assert (fresh(db, asked).state, asked.outcome) == ("closed", None)
    told = db.scalars(select(Notification.kind).where(Notification.account_id == member[0].id)).all()
    assert told.count("request_closed") == 1
    assert "malgré deux rappels" in db.scalar(select(Message.body).where(Message.kind == "closing"))
    theirs = sign_in(Browser(wsgi_app), db, member[0])
    seen = theirs.get(f"/demandes/{asked.public_id}")
    assert "Close, faute de réponse" in words(seen)
    form = form_of(seen, "repondre")
    form["texte"] = "La voici."
    form.submit()
    assert fresh(db, asked).state == "to_do"


def test_an_answer_that_came_meanwhile_is_not_closed(app, wsgi_app, db, tools, clock, claire, member, asked):
    pass_days(db, tools, clock, 15)
    desk = sign_in(app, db, claire)
    form = form_of(desk.get(page(asked)), "clore")
    theirs = sign_in(Browser(wsgi_app), db, member[0])
    path = f"/demandes/{asked.public_id}"
    theirs.get(path)
    send(theirs, path + "/repondre", texte="Elle arrive.")
    answer = form.submit(status=409)
    assert "pièce ou réponse reçue" in words(answer)
    assert fresh(db, asked).state == "to_do"


def test_the_legal_dates_of_a_complaint_and_their_alarms(app, db, tools, clock, claire, complaint):
    desk = sign_in(app, db, claire)
    seen = words(desk.get(page(complaint)))
    assert "Accusé de réception dû avant la fin du 27 juin 2026" in seen
    assert "Réponse due avant la fin du 16 août 2026" in seen
    assert "Accusé de réception à envoyer" not in seen + desk.get(LIST).text
    clock.at += timedelta(days=8)
    desk = sign_in(app, db, claire)
    assert "Accusé de réception à envoyer" in desk.get(LIST).text
    assert "Accusé de réception à envoyer : au plus tard le 27 juin 2026." in words(desk.get(page(complaint)))
    clock.at += timedelta(days=5)
    desk = sign_in(app, db, claire)
    assert "Accusé de réception en retard" in desk.get(LIST).text
    make_message_left(db, tools, complaint)
    desk = sign_in(app, db, claire)
    assert "Accusé de réception en retard" not in desk.get(LIST).text
    assert "accusé de réception parti le 29 juin 2026" in words(desk.get(page(complaint)))
    clock.at += timedelta(days=60)
    assert "Réponse en retard" in sign_in(app, db, claire).get(LIST).text


def make_message_left(db, tools, complaint):
    """The office wrote."""
    db.add(
        Message(
            request_id=complaint.id,
            contract_id=complaint.contract_id,
            author_person_id=complaint.author_person_id,
            side="office",
            body="Bien reçue.",
            sent_at=tools.now(),
        )
    )
    db.flush()
    note_acknowledged(db, tools)
    db.commit()


def test_the_list_costs_the_same_whatever_its_alarms(desk, db, tools, engine, member, complaint):
    def statements():
        with counted_statements(engine) as run:
            desk.get(LIST)
        return len(run)

    statements()
    before = statements()
    for _n in range(5):
        make_request(db, tools, *member, kind="complaint", topic="complaint.delay")
    db.commit()
    assert statements() == before


def test_a_file_that_another_request_holds_is_told(desk, db, tools, member):
    account, contract = member
    rows = []
    for _n in range(2):
        row = make_draft(db, tools, account, contract, "claim", "claim.optics")
        assert add_files(db, tools, row, [files.sent("a.jpg", files.jpeg())], actor=Actor(MEMBER, account.id)) == []
        send_request(db, tools, row, Actor(MEMBER, account.id))
        rows.append(row)
    db.commit()
    assert f"Déjà envoyée avec la demande {rows[0].number}" in words(desk.get(page(rows[1])))
