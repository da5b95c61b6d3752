"""Answers ready to send: written by version, filled from the request, never sent with a blank."""

from sqlalchemy import select

from member_space.models import CannedAnswer, Message
from member_space.services.canned_answer import answers_of, blanks_left, fill
from member_space.services.demo.answers import load_answers
from tests.functional.office.desk import form_of, fresh, page, send

HERE = "/bureau/reponses"
WORDS = {"folder": "Pièces", "title": "Photo", "words": "Bonjour {{prenom}}, il manque {{?la pièce}}. {{conseiller}}"}


def inserted(desk, row, title, body=""):
    form = form_of(desk.get(page(row)), "repondre")
    form["answer"] = next(value for value, _chosen, words in form["answer"].options if title in words)
    form["body"] = body
    return form.submit("insert")


def test_an_answer_is_filled_and_its_blank_blocks_the_sending(desk, db, mine):
    send(desk, HERE, **WORDS)
    answer = inserted(desk, mine, "Photo", "Merci.")
    body = answer.html.select_one("#body").text.strip()
    assert body == "Merci.\n\nBonjour Nadia, il manque {{?la pièce}}. Claire Martin"
    refused = form_of(answer, "repondre").submit("then", value="clot", status=422)
    assert "«\xa0la pièce\xa0»" in refused.html.select_one("#body-erreur").text
    form = form_of(refused, "repondre")
    form["body"] = form["body"].value.replace("{{?la pièce}}", "la facture")
    form.submit("then", value="clot").follow()
    assert fresh(db, mine).state == "closed"
    assert "il manque la facture" in db.scalar(select(Message.body).where(Message.side == "office"))


def test_each_change_is_a_version(desk, db, claire):
    send(desk, HERE, **WORDS)
    [one] = answers_of(db, claire.id)
    send(desk, f"{HERE}/{one.answer_id}", **WORDS | {"words": "Bonjour {{prenom}} {{nom}}."})
    assert [(a.version, a.body) for a in answers_of(db, claire.id)] == [(2, "Bonjour {{prenom}} {{nom}}.")]
    assert len(db.scalars(select(CannedAnswer)).all()) == 2
    send(desk, f"{HERE}/{one.answer_id}", **WORDS, retire="oui")
    assert answers_of(db, claire.id) == []


def test_an_unknown_variable_is_refused_and_nothing_typed_is_lost(desk, db):
    answer = send(desk, HERE, **WORDS | {"words": "Bonjour {{prenoms}}"})
    assert answer.status_int == 422
    assert "{{prenoms}}" in answer.html.select_one("#words-erreur").text
    assert answer.html.select_one("#words").text.strip() == "Bonjour {{prenoms}}"


def test_the_team_s_are_for_who_manages_them_and_one_s_own_for_oneself(desk, other_desk, db, claire, hugo):
    assert send(desk, f"{HERE}/equipe", **WORDS).status_int == 403
    send(other_desk, f"{HERE}/equipe", **WORDS)
    send(other_desk, HERE, **WORDS | {"title": "À moi"})
    [team] = answers_of(db, claire.id)
    assert team.of_team
    assert send(desk, f"{HERE}/{team.answer_id}", **WORDS).status_int == 403
    own = next(one for one in answers_of(db, hugo.id) if not one.of_team)
    assert send(desk, f"{HERE}/{own.answer_id}", **WORDS).status_int == 404


def test_what_has_no_value_is_a_blank(db, tools, claire):
    assert fill("Le {{date_soin}}", {"date_soin": None}) == "Le {{?date_soin}}"
    assert blanks_left("Le {{?date_soin}}, {{ ?date_soin }}, {{x}}") == ["date_soin", "x"]
    assert load_answers(db, tools) == 12
    assert load_answers(db, tools) == 0
    assert len(answers_of(db, claire.id)) == 12


def test_they_are_found_by_words_of_the_folder_the_title_or_the_text(desk):
    send(desk, HERE, **WORDS)
    send(desk, HERE, folder="Délais", title="Télétransmission", words="Votre caisse nous répond.")

    def titles(typed):
        shown = desk.get(HERE, {"mots": typed}).html.select("main tbody tr")
        return [one.select_one("a").get_text() for one in shown]

    assert titles("") == titles("🙂") == ["Télétransmission", "Photo"]
    assert titles("teletrans") == titles("delais caisse") == ["Télétransmission"]
    assert titles("PIÈCES manque") == ["Photo"]
    nothing = desk.get(HERE, {"mots": "devis" + "x" * 3000})
    assert "Rien ne correspond" in nothing
    assert nothing.html.select_one("#mots")["value"].startswith("devis")
