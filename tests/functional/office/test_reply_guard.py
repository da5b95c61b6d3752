"""What may not be meant for the member is asked about once more, and nothing that was typed is lost (R27)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from webtest import Upload

from member_space.models import AskedPiece, Coverage, Message, Reading
from member_space.services import request as requests
from member_space.services.request import Actor
from tests.factories import files
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import MEMBER, make_request
from tests.functional.journeys import words
from tests.functional.office.desk import form_of, fresh, page

DOUBT = "est-ce bien pour l’adhérent"


def sent(db, kind):
    return db.scalars(select(Message.body).where(Message.kind == kind, Message.side == "office")).all()


def asked_once_more(answer, act):
    """The form of the question: the first of its buttons sends nothing, and has the focus."""
    assert answer.status_int == 422
    assert DOUBT in words(answer)
    buttons = answer.html.select_one(f"form[action$='/{act}']").select("button")
    assert [" ".join(one.text.split()) for one in buttons] == ["Ne pas envoyer", "Envoyer quand même"]
    assert [one.has_attr("autofocus") for one in answer.html.select("button, [data-focus]") if one in buttons] == [
        True,
        False,
    ]
    assert answer.html.select("[data-focus]") == []
    return form_of(answer, act)


def reply(desk, row, body, then="clot"):
    form = form_of(desk.get(page(row)), "repondre")
    form["body"] = body
    return form.submit("then", value=then, expect_errors=True)


def test_a_reply_with_a_doubt_is_asked_about_and_kept(desk, db, mine):
    form = form_of(desk.get(page(mine)), "repondre")
    form["files"] = [Upload("décompte.jpg", files.jpeg())]
    form["body"] = "\nBonjour [NOM],\n@Hugo tu confirmes ?"
    question = form.submit("then", value="reste", expect_errors=True)
    form = asked_once_more(question, "repondre")
    told = words(question)
    assert "« [NOM] » semble rester à remplir." in told
    assert "« @Hugo » s’adresse à un collègue." in told
    assert sent(db, "text") == []
    back = form.submit("again", status=200)
    assert form_of(back, "repondre")["body"].value.strip() == "Bonjour [NOM],\n@Hugo tu confirmes ?"
    assert "décompte.jpg" in back
    assert DOUBT not in words(back)


def test_a_reply_may_leave_all_the_same_and_does_what_was_chosen(desk, db, mine):
    form = asked_once_more(reply(desk, mine, "Il vous restera XXX €."), "repondre")
    form.submit("send", status=303)
    assert sent(db, "text") == ["Il vous restera XXX €."]
    assert fresh(db, mine).state == "closed"
    assert fresh(db, mine).outcome == "answered"


def test_a_reply_without_a_doubt_leaves_at_once(desk, db, mine):
    assert reply(desk, mine, "Le formulaire à compléter est joint.", then="reste").status_int == 303
    assert sent(db, "text") == ["Le formulaire à compléter est joint."]


def test_a_blank_of_a_ready_answer_stays_blocking(desk, db, mine):
    answer = reply(desk, mine, "Bonjour [NOM], il manque {{?la pièce}}.")
    assert answer.status_int == 422
    assert "Remplissez avant d’envoyer" in words(answer)
    assert DOUBT not in words(answer)
    assert sent(db, "text") == []


def test_a_file_that_is_refused_is_told_before_the_words(desk, db, mine):
    form = form_of(desk.get(page(mine)), "repondre")
    form["files"] = [Upload("notes.txt", b"just some text")]
    form["body"] = "Bonjour [NOM]"
    answer = form.submit("then", value="reste", expect_errors=True)
    assert "n’est ni une photo (JPEG, PNG," in words(answer)
    assert DOUBT not in words(answer)
    assert form_of(answer, "repondre")["body"].value.strip() == "Bonjour [NOM]"


def test_the_word_about_a_missing_piece_is_guarded_too(desk, db, mine):
    form = form_of(desk.get(page(mine)), "pieces")
    form.set("pieces", True, 0)
    form.set("pieces", True, 1)
    form["piece_note"] = "Note interne : la photo est floue"
    question = asked_once_more(form.submit(expect_errors=True), "pieces")
    assert db.scalars(select(AskedPiece)).all() == []
    back = form_of(question.submit("again", status=200), "pieces")
    assert back["piece_note"].value.strip() == "Note interne : la photo est floue"
    assert [one.checked for one in back.fields["pieces"]][:3] == [True, True, False]
    form_of(back.submit(expect_errors=True), "pieces").submit("send", status=303)
    assert len(db.scalars(select(AskedPiece)).all()) == 2
    assert "Note interne" in sent(db, "piece_asked")[0]


@pytest.mark.parametrize("field", ["word", "note-1", "label-1"])
def test_the_words_of_a_decision_are_guarded_too(desk, db, claim, field):
    form = form_of(desk.get(page(claim)), "decider")
    form["granted-1"] = "320"
    form[field] = "À voir avec @Hugo"
    letter = form.submit(status=200)
    assert DOUBT in words(letter)
    assert "« @Hugo » s’adresse à un collègue." in words(letter)
    # Whoever sends the lines without having been asked is asked.
    forged = form_of(letter, "decider")
    forged["anyway"] = ""
    question = asked_once_more(forged.submit("sent", expect_errors=True), "decider")
    assert fresh(db, claim).state == "in_review"
    back = form_of(question.submit("again", status=200), "decider")
    assert (back["granted-1"].value, back[field].value.strip()) == ("320", "À voir avec @Hugo")
    form_of(back.submit(), "decider").submit("sent", status=303)
    assert "À voir avec @Hugo" in sent(db, "decision")[0]


@pytest.fixture
def other(db, tools):
    """A member of another household, whose request waits too."""
    person = make_person(db, "Jean", last_name="Valadier", mobile="+33612345678")
    row = make_request(db, tools, make_account(db, person), make_contract(db, person, member_number="40000123"))
    db.commit()
    return row


MIXED_UP = "Le dossier de Jean Valadier (40000123) est clos, il est joint au 06 12 34 56 78."


def test_another_member_whose_file_was_just_seen_is_asked_about(desk, db, mine, other):
    desk.get(page(other))
    question = reply(desk, mine, MIXED_UP, then="reste")
    form = asked_once_more(question, "repondre")
    told = words(question)
    assert "« Jean Valadier » est le nom d’un autre adhérent, que vous avez consulté." in told
    assert "« 40000123 » est le numéro d’un autre adhérent" in told
    assert "Le téléphone d’un autre adhérent" in told
    assert sent(db, "text") == []
    back = form.submit("again", status=200)
    assert form_of(back, "repondre")["body"].value.strip() == MIXED_UP
    asked_once_more(form_of(back, "repondre").submit("then", value="reste", expect_errors=True), "repondre").submit(
        "send", status=303
    )
    assert sent(db, "text") == [MIXED_UP]


def test_whoever_was_not_seen_is_a_name_like_another(desk, db, mine, other):
    assert reply(desk, mine, MIXED_UP, then="reste").status_int == 303


def test_a_day_later_he_is_forgotten(app, desk, db, mine, other, clock, claire):
    desk.get(page(other))
    db.execute(update(Reading).values(at=clock.at - timedelta(days=1, minutes=1)))
    db.commit()
    assert reply(desk, mine, MIXED_UP, then="reste").status_int == 303


def test_whom_the_member_wrote_about_himself_is_no_doubt(desk, db, tools, mine, other, member):
    desk.get(page(other))
    requests.say(db, tools, mine, Actor(MEMBER, member[0].id), "C’est Jean Valadier, 06.12.34.56.78, qui m’a reçue.")
    db.commit()
    assert reply(desk, mine, "Jean Valadier, au 06 12 34 56 78, a raison.", then="reste").status_int == 303


def test_the_household_is_no_doubt(desk, db, tools, mine, member):
    """Another contract of theirs was seen, of somebody with the same name too."""
    twin = make_person(db, "Nadia", last_name="Benali")
    seen = make_request(db, tools, make_account(db, twin), make_contract(db, twin))
    child = make_person(db, "Zoé", last_name="Benali")
    contract = member[1]
    db.add(Coverage(contract_id=contract.id, person_id=child.id, relation="child", period=contract.period, position=2))
    db.commit()
    desk.get(page(seen))
    desk.get(page(mine))
    assert reply(desk, mine, "Nadia Benali et Zoé Benali sont couvertes.", then="reste").status_int == 303
