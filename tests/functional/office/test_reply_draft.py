"""What a colleague types and does not send is found again, with what happened to the request meanwhile (C17, R11)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from member_space.domain.request import Side
from member_space.models import Draft, WebSession
from member_space.services.request import Actor, say
from tests.functional.helpers import sign_in
from tests.functional.journeys import words
from tests.functional.office.desk import form_of, fresh, page, send

FOUND = "Nous avons retrouvé votre saisie"


def typed(desk, row, act="repondre", **values):
    """As the script saves it while he writes, from the page as it is now."""
    form = form_of(desk.get(page(row)), act)
    sent = {"draft": form["draft"].value, "draft_at": next(iter(values)), "version": form["version"].value, **values}
    assert send(desk, "/brouillons", **sent).json["kept"]


def body_of(answer):
    return answer.html.select_one("#body").text.strip()


def test_an_answer_begun_is_found_again_and_leaves_nothing_once_sent(desk, db, mine):
    typed(desk, mine, body="Ma longue réponse")
    answer = desk.get(page(mine))
    assert FOUND in words(answer)
    assert body_of(answer) == "Ma longue réponse"
    assert answer.html.select_one("#repondre").has_attr("open")
    assert "Depuis, cette demande a changé" not in words(answer)
    form_of(answer, "repondre").submit("then", value="reste", status=303)
    assert db.scalar(select(func.count()).select_from(Draft)) == 0
    assert body_of(desk.get(page(mine))) == ""


@pytest.mark.parametrize(("act", "name"), [("repondre", "body"), ("note", "note")])
def test_a_session_that_ended_loses_no_word(desk, app, db, claire, mine, act, name):
    form = form_of(desk.get(page(mine)), act)
    form[name] = "Écrit juste avant midi"
    db.query(WebSession).delete()
    db.commit()
    door = form.submit(status=303)
    assert door.location.split("?")[0].endswith("/connexion")
    answer = sign_in(app, db, claire).get(page(mine))
    assert FOUND in words(answer)
    assert answer.html.select_one(f"#{name}").text.strip() == "Écrit juste avant midi"


def test_the_answer_and_the_note_are_two_drafts(desk, mine):
    typed(desk, mine, body="À vous")
    typed(desk, mine, "note", note="Entre nous")
    answer = desk.get(page(mine))
    assert (body_of(answer), answer.html.select_one("#note").text.strip()) == ("À vous", "Entre nous")
    form_of(answer, "note").submit(status=303)
    answer = desk.get(page(mine))
    assert (body_of(answer), answer.html.select_one("#note").text.strip()) == ("À vous", "")


def test_a_wrong_form_beside_it_does_not_empty_it(desk, mine):
    typed(desk, mine, body="À vous")
    answer = form_of(desk.get(page(mine)), "pieces").submit(status=422)
    assert body_of(answer) == "À vous"


def test_a_text_that_was_emptied_is_not_found(desk, mine):
    typed(desk, mine, body="À vous")
    typed(desk, mine, body="")
    answer = desk.get(page(mine))
    assert FOUND not in words(answer)
    assert body_of(answer) == ""


def test_it_comes_back_with_what_happened_since(desk, other_desk, db, tools, member, mine, clock):
    typed(desk, mine, body="Ma longue réponse")
    say(db, tools, mine, Actor(Side.MEMBER, member[0].id), "Encore un mot.")
    db.commit()
    clock.at += timedelta(minutes=1)
    form_of(other_desk.get(page(mine)), "prendre").submit(status=303)
    clock.at += timedelta(minutes=1)
    form = form_of(other_desk.get(page(mine)), "repondre")
    form["body"] = "C’est répondu."
    form.submit("then", value="clot", status=303)
    answer = desk.get(page(mine))
    told = [line.text for line in answer.html.select(".notice li")]
    assert [line.split(",")[0].replace("\xa0", " ") for line in told] == [
        "L’adhérent : message écrit",
        "Hugo Roy : prise",
        "Hugo Roy : message écrit",
        "Hugo Roy : répondue et close",
    ]
    # His words are there although the request is not his any more; he sends them as the page now is.
    assert body_of(answer) == "Ma longue réponse"
    assert form_of(answer, "repondre")["version"].value == str(fresh(db, mine).version)
    refused = form_of(answer, "repondre").submit("then", value="reste", status=409)
    assert body_of(refused) == "Ma longue réponse"


def test_a_draft_with_a_strange_version_is_only_a_text(desk, mine):
    for version in ("", "-1", "9" * 30, "²"):
        form = form_of(desk.get(page(mine)), "repondre")
        send(desk, "/brouillons", draft=form["draft"].value, draft_at="body", version=version, body="À vous")
        assert body_of(desk.get(page(mine))) == "À vous"


def test_nobody_else_finds_it(desk, other_desk, db, mine):
    typed(desk, mine, body="Ma longue réponse")
    form_of(other_desk.get(page(mine)), "prendre").submit(status=303)
    assert body_of(other_desk.get(page(mine))) == ""


def test_whoever_was_slower_is_told_of_a_message_too(desk, other_desk, mine):
    """A message is a version without a line of the log."""
    form = form_of(desk.get(page(mine)), "repondre")
    form["body"] = "Ma longue réponse."
    form_of(other_desk.get(page(mine)), "prendre").submit(status=303)
    theirs = form_of(other_desk.get(page(mine)), "repondre")
    theirs["body"] = "Je regarde."
    theirs.submit("then", value="reste", status=303)
    answer = form.submit("then", value="reste", status=409)
    assert "Hugo Roy : message écrit" in words(answer)
