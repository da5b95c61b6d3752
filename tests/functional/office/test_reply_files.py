"""Files of an answer of the office: they leave with its words, or nothing does."""

from datetime import timedelta

from sqlalchemy import select
from webtest import Upload

from member_space.domain.attachment import Refusal
from member_space.models import Attachment, CannedAnswer, Message
from member_space.services.attachment_check import refuse
from member_space.services.attachment_sweep import sweep
from tests.factories import files
from tests.functional.helpers import sign_in
from tests.functional.journeys import words
from tests.functional.office.desk import form_of, fresh, page, send
from tests.log_guard import Browser


def answered(desk, row, *uploads):
    form = form_of(desk.get(page(row)), "repondre")
    form["body"] = "Voici votre attestation."
    form["files"] = [Upload(name, content) for name, content in uploads]
    return form.submit("then", value="clot", expect_errors=True)


def test_a_member_finds_the_file_with_the_words_and_in_his_documents(desk, wsgi_app, db, member, mine):
    assert answered(desk, mine, ("attestation.pdf", files.pdf())).status_int == 303
    message = db.scalars(select(Message).where(Message.side == "office")).one()
    row = db.scalars(select(Attachment)).one()
    assert (row.side, row.message_id, row.sent_at) == ("office", message.id, message.sent_at)
    assert "attestation.pdf" in words(desk.get(page(mine)))
    theirs = sign_in(Browser(wsgi_app), db, member[0])
    thread = theirs.get(f"/demandes/{mine.public_id}").html.select_one(f"#message-{message.public_id}")
    assert "attestation.pdf" in thread.text
    documents = words(theirs.get("/documents"))
    assert "attestation" in documents
    assert f"demande {mine.number}" in documents


def chosen(desk, row, *uploads, body="Voici votre attestation."):
    """The form of an answer, with files chosen and not sent yet."""
    form = form_of(desk.get(page(row)), "repondre")
    form["body"] = body
    form["files"] = [Upload(name, content) for name, content in uploads]
    return form


def begin(desk, row, *uploads):
    """An answer of which the files alone are there; its page."""
    return chosen(desk, row, *uploads, body="").submit("then", value="reste", status=422)


def kept(answer):
    """The names of the files that wait for the answer to leave."""
    return [one.text.split()[0] for one in answer.html.select("#repondre .file-name")]


def office_messages(db):
    return db.scalars(select(Message.body).where(Message.side == "office")).all()


def test_a_refused_file_is_named_and_nothing_leaves(desk, db, mine):
    answer = answered(desk, mine, ("attestation.pdf", files.pdf()), ("notes.txt", b"Bonjour"))
    assert answer.status_int == 422
    assert "« notes.txt » n’est ni une photo (JPEG, PNG," in words(answer)
    assert answer.html.select_one("#body").text.strip() == "Voici votre attestation."
    assert fresh(db, mine).state == "in_review"
    assert office_messages(db) == []
    # The other one is kept: nobody chooses it again.
    assert kept(answer) == ["attestation.pdf"]
    form_of(answer, "repondre").submit("then", value="reste", status=303)
    assert db.execute(select(Attachment.name, Attachment.message_id)).all() == [
        ("attestation.pdf", db.scalar(select(Message.id).where(Message.side == "office")))
    ]


def test_a_ready_answer_that_is_inserted_keeps_the_files(desk, db, mine):
    """Without a script the page comes back, and no browser gives a chosen file back to its field."""
    db.add(CannedAnswer(folder="Divers", title="Bonjour", body="Bonne journée."))
    db.commit()
    form = chosen(desk, mine, ("attestation.pdf", files.pdf()), body="Voici.")
    form["answer"] = form["answer"].options[1][0]
    answer = form.submit("insert", value="oui")
    assert answer.status_int == 200
    assert answer.html.select_one("#body").text.strip() == "Voici.\n\nBonne journée."
    assert kept(answer) == ["attestation.pdf"]
    form_of(answer, "repondre").submit("then", value="clot", status=303)
    assert office_messages(db) == ["Voici.\n\nBonne journée."]
    assert db.scalar(select(Attachment.message_id)) is not None
    assert kept(desk.get(page(mine))) == []


def test_an_answer_without_words_keeps_its_files(desk, db, mine):
    answer = chosen(desk, mine, ("attestation.pdf", files.pdf()), body="").submit("then", value="clot", status=422)
    assert "Écrivez votre réponse." in words(answer)
    assert kept(answer) == kept(desk.get(page(mine))) == ["attestation.pdf"]


def test_the_slower_of_two_keeps_his_files(desk, other_desk, mine):
    form = chosen(desk, mine, ("attestation.pdf", files.pdf()))
    form_of(other_desk.get(page(mine)), "prendre").submit(status=303)
    answer = form.submit("then", value="clot", status=409)
    assert kept(answer) == ["attestation.pdf"]
    form_of(desk.get(page(mine)), "prendre").submit(status=303)
    assert kept(desk.get(page(mine))) == ["attestation.pdf"]


def test_the_files_of_an_answer_begun_are_its_author_s_alone(desk, other_desk, wsgi_app, db, member, mine):
    begin(desk, mine, ("confidentiel.pdf", files.pdf()))
    form_of(other_desk.get(page(mine)), "prendre").submit(status=303)
    theirs = other_desk.get(page(mine))
    assert "confidentiel" not in theirs.text
    # He may even choose the same file: that it is there already is nothing that he knows.
    form = chosen(other_desk, mine, ("autre.pdf", files.pdf()), body="C’est répondu.")
    form.submit("then", value="reste", status=303)
    assert db.scalars(select(Attachment.name).where(Attachment.sent_at.is_not(None))).all() == ["autre.pdf"]
    begun = db.scalars(select(Attachment).where(Attachment.sent_at.is_(None))).one()
    hers = sign_in(Browser(wsgi_app), db, member[0])
    assert "confidentiel" not in hers.get(f"/demandes/{mine.public_id}").text
    assert mine.number not in hers.get("/messages?mots=confidentiel").text
    hers.get(f"/fichiers/{begun.public_id}/apercu", status=404)
    other_desk.get(f"/bureau/fichiers/{begun.public_id}", status=404)
    send(other_desk, page(mine) + "/repondre", version=fresh(db, mine).version, remove=str(begun.public_id))
    assert db.scalars(select(Attachment.name).where(Attachment.sent_at.is_(None))).all() == ["confidentiel.pdf"]


def test_a_file_is_taken_back_and_the_words_stay(desk, db, mine):
    begin(desk, mine, ("un.pdf", files.pdf()), ("deux.pdf", files.pdf(pages=2)))
    form = form_of(desk.get(page(mine)), "repondre")
    form["body"] = "Voici."
    answer = form.submit("remove", value=str(of_name(db, "un.pdf").public_id), status=200)
    assert kept(answer) == ["deux.pdf"]
    assert answer.html.select_one("#body").text.strip() == "Voici."
    assert kept(send(desk, page(mine) + "/repondre", version=mine.version, remove="nothing")) == ["deux.pdf"]


def of_name(db, name):
    return db.scalars(select(Attachment).where(Attachment.name == name)).one()


def test_a_file_that_the_antivirus_refused_meanwhile_holds_the_answer_back(desk, db, tools, mine):
    begin(desk, mine, ("attestation.pdf", files.pdf()))
    row = of_name(db, "attestation.pdf")
    refuse(db, tools, row, Refusal.INFECTED)
    db.commit()
    form = form_of(desk.get(page(mine)), "repondre")
    form["body"] = "Voici."
    answer = form.submit("then", value="clot", status=422)
    assert "programme dangereux dans « attestation.pdf »" in words(answer)
    assert office_messages(db) == []
    answer = form_of(answer, "repondre").submit("remove", value=str(row.public_id))
    form_of(answer, "repondre").submit("then", value="clot", status=303)
    assert office_messages(db) == ["Voici."]


def test_an_answer_that_never_leaves_is_forgotten_with_its_files(desk, db, tools, mine, clock):
    begin(desk, mine, ("attestation.pdf", files.pdf()))
    for days, left in ((29, 1), (2, 0)):
        clock.at += timedelta(days=days)
        sweep(db, tools)
        db.commit()
        assert len(db.scalars(select(Attachment)).all()) == left


def test_a_second_click_sends_nothing_twice(desk, db, mine):
    form = chosen(desk, mine, ("attestation.pdf", files.pdf()))
    form.submit("then", value="reste", status=303)
    answer = form.submit("then", value="reste", status=409)
    assert "Cette demande a changé" in words(answer)
    assert len(office_messages(db)) == 1
    assert db.scalars(select(Attachment.name)).all() == ["attestation.pdf"]
