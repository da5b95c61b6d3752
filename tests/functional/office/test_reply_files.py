"""Files of an answer of the office: they leave with its words, or nothing does."""

from sqlalchemy import select
from webtest import Upload

from member_space.models import Attachment, Message
from tests.factories import files
from tests.functional.helpers import sign_in
from tests.functional.journeys import words
from tests.functional.office.desk import form_of, fresh, page
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


def test_a_refused_file_is_named_and_nothing_leaves(desk, db, mine):
    answer = answered(desk, mine, ("attestation.pdf", files.pdf()), ("notes.txt", b"Bonjour"))
    assert answer.status_int == 422
    assert "« notes.txt » n’est ni une photo ni un PDF" in words(answer)
    assert "choisissez-les à nouveau" in words(answer)
    assert answer.html.select_one("#body").text.strip() == "Voici votre attestation."
    assert fresh(db, mine).state == "in_review"
    assert db.scalars(select(Attachment)).all() == []
    assert db.scalars(select(Message).where(Message.side == "office")).all() == []
    form = form_of(answer, "repondre")
    form["files"] = [Upload("attestation.pdf", files.pdf())]
    form.submit("then", value="reste", status=303)
    assert db.scalars(select(Attachment.name)).all() == ["attestation.pdf"]
