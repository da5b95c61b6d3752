"""A member's messaging: written, listed, searched, answered, read, thanked for and rated."""

import io

import pypdf
import pytest
from sqlalchemy import select
from webtest import Upload

from member_space.domain.request import Act
from member_space.models import Attachment, Message, Request
from member_space.services import request as requests
from member_space.services.request import Actor
from member_space.services.unread import unread_count
from tests.factories.files import jpeg, pdf
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.factories.request import MEMBER, OFFICE, answer, make_request, take
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import at_paris, clock_at, counted_statements
from tests.functional.helpers import sign_in
from tests.log_guard import Browser

LIST, WRITE = "/messages", "/messages/ecrire"
QUESTION = "Pourquoi 4012,50 € pour l’été ? 🙂"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 16, 11) as clock:
        yield clock


@pytest.fixture
def family(db):
    holder, child = make_person(db, "Hélène"), make_person(db, "Zoé")
    contract = make_contract(db, holder, (child, "child"))
    return contract, holder, child, make_account(db, holder)


@pytest.fixture
def browser(app, db, family):
    return sign_in(app, db, family[3])


def form_of(page, action):
    """The form that is sent to this address."""
    return next(form for form in page.forms.values() if form.action == action)


def rows(page):
    return [" ".join(row.get_text(" ").split()) for row in page.html.select("main table tbody tr")]


def write(browser, body=QUESTION, topic="message.amount", person="tous"):
    page = browser.get(WRITE, {"objet": topic, "pour": person})
    form = form_of(page, WRITE)
    form["texte"] = body
    return form.submit()


def answered(db, tools, row):
    """A colleague takes it, answers and closes it."""
    answer(db, tools, row, make_colleague(db, "handler"))
    db.commit()
    return row


def the_request(db, account):
    return db.scalars(select(Request).where(Request.author_account_id == account.id)).one()


def test_a_message_is_written_sent_and_read_again(browser, db, family):
    _contract, _holder, child, account = family
    page = browser.get(LIST)
    assert "Vous ne nous avez encore rien envoyé" in page
    first = page.click("Écrire un message", index=0)
    assert [one.text for one in first.html.select("#pour option")] == [
        "Tout le foyer",
        f"Hélène {family[1].last_name}",
        f"Zoé {child.last_name}",
    ]
    assert "Mes remboursements" in [one["label"] for one in first.html.select("#objet optgroup")]
    choice = form_of(first, WRITE)
    choice["pour"], choice["objet"] = str(child.public_id), "message.amount"
    second = choice.submit()
    suggested = [one.get_text().replace("\N{NO-BREAK SPACE}", " ") for one in second.html.select("#reponses summary")]
    assert suggested == ["Pourquoi ce montant ?", "Participation et franchise", "Ma question porte sur un seul soin"]
    form = form_of(second, WRITE)
    assert form["pour"].value == str(child.public_id)
    form["texte"] = QUESTION
    sent = form.submit(status=303).follow()
    row = the_request(db, account)
    assert (row.kind, row.topic, row.person_id, row.state) == ("message", "message.amount", child.id, "to_do")
    assert sent.html.select_one(".message-text").get_text() == QUESTION
    assert "Votre message est envoyé" in sent
    assert "Reçu le 16 juin 2026" in sent
    assert rows(browser.get(LIST)) == [
        f"Message : Un montant que je ne comprends pas N° {row.number}, pour Zoé Reçue, à traiter 16 juin 2026, 11 h 00"
    ]


def test_the_same_form_sent_twice_is_one_message(browser, db, family):
    page = browser.get(WRITE, {"objet": "message.amount", "pour": "tous"})
    form = form_of(page, WRITE)
    form["texte"] = "Une seule fois"
    first, second = form.submit(status=303), form.submit(status=303)
    assert first.location == second.location
    assert db.scalars(select(Message.body)).all() == ["Une seule fois"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("texte", "  ", "Écrivez votre message."),
        ("texte", "a" * 10_001, "fait 10\N{NO-BREAK SPACE}001 caractères"),
        ("objet", "claim.optics", "Choisissez l’objet"),
        ("pour", "somebody", "la personne que le message concerne"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(browser, db, field, value, words):
    page = browser.get(WRITE, {"objet": "message.amount", "pour": "tous"})
    form = form_of(page, WRITE)
    form["texte"] = "Mon texte"
    form[field].force_value(value) if field != "texte" else form.set("texte", value)
    again = form.submit(status=422)
    assert words in again.html.select_one(".error-summary").get_text()
    assert words in again.html.select_one(f"#{field}-erreur").get_text()
    if field != "texte":
        assert form_of(again, WRITE)["texte"].value == "Mon texte"
    assert db.scalars(select(Request)).all() == []


def test_how_long_a_message_may_be_is_told_before_it_is_written(browser, db):
    page = browser.get(WRITE, {"objet": "message.amount", "pour": "tous"})
    most = "10\N{NO-BREAK SPACE}000 caractères au plus."
    assert page.html.select_one("#texte-aide").get_text() == most
    form = form_of(page, WRITE)
    form["texte"] = "a" * 10_000
    thread = form.submit(status=303).follow()
    assert thread.html.select_one("#texte-aide").get_text() == most
    assert len(db.scalars(select(Message.body)).one()) == 10_000


def test_what_was_typed_is_found_again(browser):
    page = browser.get(WRITE, {"objet": "message.amount", "pour": "tous"})
    form = form_of(page, WRITE)
    form["texte"] = "À moitié écrit"
    browser.post("/brouillons", [one for one in form.submit_fields() if one[0] != "files"])
    again = browser.get(WRITE)
    assert "Nous avons retrouvé votre saisie" in again
    assert form_of(again, WRITE)["texte"].value == "À moitié écrit"
    assert form_of(again, WRITE)["objet"].value == "message.amount"
    form_of(again, WRITE).submit(status=303)
    assert "Nous avons retrouvé" not in browser.get(WRITE)


def test_who_has_no_contract_is_told_whom_to_call_and_keeps_his_words(app, db):
    browser = sign_in(app, db, make_account(db, make_person(db, "Solène")))
    form = form_of(browser.get(WRITE, {"objet": "message.amount", "pour": "tous"}), WRITE)
    form["texte"] = QUESTION
    answer = form.submit(status=422)
    assert "Aucun contrat n’est encore enregistré à votre nom" in answer.text
    assert form_of(answer, WRITE)["texte"].value == QUESTION
    form = form_of(browser.get("/documents/ajouter"), "/documents/ajouter")
    form["files"] = [Upload("ordonnance.jpg", jpeg(), "image/jpeg")]
    assert "Aucun contrat n’est encore enregistré à votre nom" in form.submit(status=422).text


def test_an_answer_is_counted_until_it_is_read(browser, db, family, tools):
    contract, _holder, _child, account = family
    row = answered(db, tools, make_request(db, tools, account, contract))
    page = browser.get("/contrats")
    assert page.html.select_one(".count").get_text() == "1"
    page = browser.get(LIST)
    assert "1 nouveau message" in rows(page)[0]
    thread = page.click("Message", href="/demandes/")
    assert thread.html.select_one(".count") is None
    assert [one.get_text() for one in thread.html.select(".message-mark")] == ["Nouveau"]
    assert browser.get("/contrats").html.select_one(".count") is None
    assert [one.get_text() for one in browser.get(f"/demandes/{row.public_id}").html.select(".message-mark")] == []
    assert "Répondu le" in thread.html.select_one(".message-mine .message-fate").get_text()


def test_what_one_device_read_the_other_does_not_count(app, browser, db, family, tools):
    contract, _holder, _child, account = family
    row = answered(db, tools, make_request(db, tools, account, contract))
    telephone = sign_in(Browser(app.app), db, account)
    assert browser.get("/contrats").html.select_one(".count").get_text() == "1"
    telephone.get(f"/demandes/{row.public_id}")
    assert browser.get("/contrats").html.select_one(".count") is None
    assert unread_count(db, account.person_id) == 0


def test_an_answer_opens_the_request_again_and_a_thank_you_does_not(browser, db, family, tools, clock):
    contract, _holder, _child, account = family
    row = answered(db, tools, make_request(db, tools, account, contract))
    page = browser.get(f"/demandes/{row.public_id}")
    action = f"/demandes/{row.public_id}/repondre"
    form_of(page, action).submit("merci", status=303)
    db.refresh(row)
    assert row.state == "closed"
    page = browser.get(f"/demandes/{row.public_id}")
    assert "Dire simplement merci" not in page
    form = form_of(page, action)
    form["texte"] = "Encore une question"
    form.submit(status=303)
    form.submit(status=303)
    db.refresh(row)
    assert (row.state, row.closed_at) == ("to_do", None)
    query = select(Message.kind).where(Message.request_id == row.id).order_by(Message.id)
    assert db.scalars(query).all() == ["text", "text", "thanks", "text"]


def test_after_thirty_days_an_answer_starts_a_linked_request(browser, db, family, tools, clock):
    contract, _holder, _child, account = family
    row = answered(db, tools, make_request(db, tools, account, contract))
    clock.at = at_paris(2026, 7, 17)
    sign_in(browser, db, account)
    form = form_of(browser.get(f"/demandes/{row.public_id}"), f"/demandes/{row.public_id}/repondre")
    form["texte"] = "Cela recommence"
    first, second = form.submit(status=303), form.submit(status=303)
    assert first.location == second.location
    follow = db.scalars(select(Request).where(Request.linked_id == row.id)).one()
    assert (follow.kind, follow.topic, follow.state) == ("message", row.topic, "to_do")
    assert f"Continuée dans la demande {follow.number}" in browser.get(f"/demandes/{row.public_id}")
    assert f"Suite de la demande {row.number}" in browser.get(f"/demandes/{follow.public_id}")
    db.refresh(row)
    assert row.state == "closed"


def test_an_empty_answer_is_told(browser, db, family, tools):
    contract, _holder, _child, account = family
    row = make_request(db, tools, account, contract)
    db.commit()
    form = form_of(browser.get(f"/demandes/{row.public_id}"), f"/demandes/{row.public_id}/repondre")
    page = form.submit(status=422)
    assert "Écrivez votre message." in page.html.select_one("#texte-erreur").get_text()


def test_an_awaited_answer_gives_the_hand_back(browser, db, family, tools):
    contract, _holder, _child, account = family
    row = make_request(db, tools, account, contract)
    colleague = make_colleague(db, "handler")
    take(db, tools, row, colleague)
    requests.move(db, tools, row, Act.ASK_PIECE, Actor(OFFICE, colleague.id))
    db.commit()
    form = form_of(browser.get(f"/demandes/{row.public_id}"), f"/demandes/{row.public_id}/repondre")
    form["texte"] = "Je ne l’ai pas"
    form.submit(status=303)
    db.refresh(row)
    assert row.state == "to_do"


def test_the_answer_is_rated_once(browser, db, family, tools):
    contract, _holder, _child, account = family
    row = answered(db, tools, make_request(db, tools, account, contract))
    page = browser.get(f"/demandes/{row.public_id}")
    form = form_of(page, f"/demandes/{row.public_id}/noter")
    form["avis"] = "Clair"
    again = form.submit(status=422)
    assert "Choisissez" in again.html.select_one("#note-erreur").get_text()
    assert form_of(again, f"/demandes/{row.public_id}/noter")["avis"].value == "Clair"
    form["note"] = "4"
    page = form.submit(status=303).follow()
    assert "votre avis nous aide" in page
    assert "Donner mon avis" not in page
    form["note"] = "1"
    form.submit(status=303)
    db.refresh(row)
    assert (row.rating, row.rating_text) == (4, "Clair")


def test_somebody_elses_thread_is_not_there(app, db, family, tools):
    contract, _holder, _child, account = family
    row = make_request(db, tools, account, contract)
    sign_in(app, db, make_account(db, make_person(db)))
    for path in ("", "/repondre", "/noter"):
        ask = app.get if not path else app.post
        ask(f"/demandes/{row.public_id}{path}", expect_errors=True, status=404 if not path else (400, 404))


def test_what_a_message_quotes_is_told_apart(browser, db, family, tools):
    contract, _holder, _child, account = family
    row = make_request(db, tools, account, contract)
    requests.say(db, tools, row, Actor(MEMBER, account.id), "Voici :\n\n> Hugo : <b>12 €</b>\n> par lunette")
    db.commit()
    page = browser.get(f"/demandes/{row.public_id}")
    assert [one.get_text() for one in page.html.select(".message p.message-text")][-1] == "Voici :"
    assert [one.get_text() for one in page.html.select("blockquote")] == ["Hugo : <b>12 €</b>\npar lunette"]


def test_a_long_thread_comes_by_fifty(browser, db, family, tools, engine):
    contract, _holder, _child, account = family
    row = make_request(db, tools, account, contract)
    for n in range(299):
        requests.say(db, tools, row, Actor(MEMBER, account.id), f"Message {n}")
    db.commit()
    page = browser.get(f"/demandes/{row.public_id}")
    shown = [one.get_text() for one in page.html.select(".message-text")]
    assert (len(shown), shown[0], shown[-1]) == (50, "Message 249", "Message 298")
    seen = list(shown)
    while page.html.select("a[rel=prev]"):
        page = browser.get(page.html.select_one("a[rel=prev]")["href"])
        seen = [one.get_text() for one in page.html.select(".message-text")] + seen
    assert seen == ["Pourquoi ce montant ?", *(f"Message {n}" for n in range(299))]
    back = browser.get(page.html.select_one("a[rel=next]")["href"])
    assert back.html.select_one(".message-text").get_text() == seen[50]


@pytest.mark.parametrize("count", [1, 19])
def test_the_list_has_a_constant_number_of_statements(browser, db, family, tools, engine, count):
    contract, _holder, _child, account = family
    for _n in range(count):
        make_request(db, tools, account, contract)
    db.commit()
    with counted_statements(engine) as run:
        browser.get(LIST)
    assert len(run) == 4


def test_files_leave_with_the_words_and_one_that_is_refused_holds_back_nothing(browser, db, family):
    _contract, _holder, _child, account = family
    page = browser.get(WRITE, {"objet": "message.amount", "pour": "tous"})
    form = form_of(page, WRITE)
    form["texte"] = "Avec deux fichiers"
    form["files"] = [Upload("facture.pdf", pdf()), Upload("virus.exe", b"MZ nothing")]
    page = form.submit()
    assert "Votre message est envoyé, sans tous ses fichiers" in page
    assert "virus.exe" in page.html.select_one("[role=alert] .notice-bad").get_text()
    row = the_request(db, account)
    [message] = db.scalars(select(Message).where(Message.request_id == row.id))
    [file] = db.scalars(select(Attachment).where(Attachment.request_id == row.id))
    assert (file.name, file.message_id, file.sent_at is None) == ("facture.pdf", message.id, False)
    # The files put right leave without a word.
    form = form_of(page, f"/demandes/{row.public_id}/repondre")
    form["files"] = [Upload("photo.jpg", jpeg())]
    thread = form.submit(status=303).follow()
    names = [one.get_text() for one in thread.html.select(".thread .file-name")]
    assert [name.split()[0] for name in names] == ["facture.pdf", "photo.jpg"]
    assert "Voici les documents." in thread
    # Its name is found, as words; a part of a number is not.
    assert len(rows(browser.get(LIST, {"mots": "FACTURE pdf"}))) == 1
    assert rows(browser.get(LIST, {"mots": "acture"})) == []


def test_the_thread_is_kept_on_paper_with_hours_that_cannot_be_mistaken(browser, db, family, tools, clock):
    contract, _holder, _child, account = family
    clock.at = at_paris(2026, 10, 25, 2, 30).replace(fold=1)
    row = make_request(db, tools, account, contract)
    clock.at = at_paris(2026, 10, 25, 11)
    sign_in(browser, db, account)
    answer = browser.get(f"/demandes/{row.public_id}/echanges.pdf")
    assert answer.content_type == "application/pdf"
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.body)).pages)
    words = " ".join(text.split())
    assert "25/10/2026 02:30:00 (UTC+01:00)" in words
    assert "Pourquoi ce montant ?" in words
    assert row.number in words


@pytest.mark.parametrize("odd", ["\x01", "\u0378"], ids=ascii)
def test_an_odd_character_pasted_in_a_message_never_costs_its_papers(browser, db, family, tools, odd):
    contract, _holder, _child, account = family
    row = make_request(db, tools, account, contract, body=f"salut {odd}")
    sign_in(browser, db, account)
    for name in ("accuse", "echanges"):
        assert browser.get(f"/demandes/{row.public_id}/{name}.pdf").content_type == "application/pdf"


def test_a_message_about_a_line_is_tied_to_it(browser, db, family):
    contract, holder, _child, account = family
    statement = make_statement(db, contract, [line_values(holder, contract, label="Consultation")])
    db.commit()
    page = browser.get(WRITE, {"decompte": str(statement.public_id), "ligne": "1"})
    assert "À propos de" in page
    assert "Consultation" in page
    choice = form_of(page, WRITE)
    choice["objet"] = "message.amount"
    form = form_of(choice.submit(), WRITE)
    form["texte"] = "Pourquoi ?"
    sent = form.submit(status=303).follow()
    assert f"À propos du décompte {statement.reference}" in sent
    row = the_request(db, account)
    assert (row.statement_id, row.statement_line_id is None) == (statement.id, False)


def test_a_message_cannot_be_tied_to_what_is_not_seen(app, db, family):
    contract, holder, _child, _account = family
    statement = make_statement(db, contract, [line_values(holder, contract, label="Soin secret")])
    other = make_person(db, "Marc")
    make_contract(db, other)
    browser = sign_in(app, db, make_account(db, other))
    page = browser.get(WRITE, {"decompte": str(statement.public_id), "ligne": "1"})
    assert "À propos" not in page
