"""A request once it was sent: what is asked, given, taken back, received on paper."""

from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select
from webtest import Upload

from member_space.domain.request import Act, Side
from member_space.models import AskedPiece, Attachment, Message
from member_space.services import request as requests
from member_space.services.request import Actor
from tests.factories.files import jpeg
from tests.factories.journeys import ask, decide
from tests.factories.request import answer, make_draft, take
from tests.factories.statement import line_values, make_statement
from tests.functional.helpers import tools_of
from tests.functional.journeys import (
    carry_on,
    choose,
    fill,
    form_with,
    made,
    only_request,
    past_the_lines,
    quote_for,
    send,
    words,
)


def test_taken_up_it_is_not_withdrawn_any_more_and_that_is_said(app, db, browser, account, people, colleague):
    row = made(app, db, account, people, "quote", "quote.other")
    page = browser.get(f"/demandes/{row.public_id}")
    form = next(form for form in page.forms.values() if form.action.endswith("/retirer"))
    take(db, tools_of(app), row, colleague)
    db.commit()
    answer = form.submit(expect_errors=True)
    assert answer.status_int == 422
    assert "déjà à l’étude" in words(answer)
    assert "À l’étude" in words(answer)


@pytest.mark.parametrize("act", ["retirer", "completer"])
def test_what_is_asked_of_a_draft_leads_to_its_pages(app, db, browser, account, people, act):
    row = make_draft(db, tools_of(app), account, people["contract"], "quote", "quote.other")
    db.commit()
    page = f"/demandes/{row.public_id}"
    token = form_with(browser.get("/demarches/devis"), "objet")["csrf_token"].value
    answer = browser.post(f"{page}/{act}", {"csrf_token": token}, status=303)
    assert answer.location.startswith(f"http://localhost{page}/")


@pytest.mark.parametrize("since", ["release", "provide", "reopen"])
def test_once_studied_it_is_never_withdrawn_even_back_in_the_list(app, db, browser, account, people, colleague, since):
    row = made(app, db, account, people, "quote", "quote.other")
    page = browser.get(f"/demandes/{row.public_id}")
    form = next(form for form in page.forms.values() if form.action.endswith("/retirer"))
    take(db, tools_of(app), row, colleague)
    if since == "provide":
        ask(db, tools_of(app), row, colleague, ("quote", None))
    elif since == "reopen":
        decide(db, tools_of(app), row, colleague)
    side = Side.OFFICE if since == "release" else Side.MEMBER
    requests.move(db, tools_of(app), row, Act(since), Actor(side, colleague.id))
    db.commit()
    assert row.state == "to_do"
    page = browser.get(f"/demandes/{row.public_id}")
    assert not [form for form in page.forms.values() if form.action.endswith("/retirer")]
    assert "Pour corriger ou retirer cette demande, écrivez-nous" in words(page)
    answer = form.submit(expect_errors=True)
    assert answer.status_int == 422
    assert "déjà à l’étude" in words(answer)
    db.expire_all()
    assert row.state == "to_do"


def test_opened_again_it_does_not_show_how_it_had_ended(app, db, browser, account, people, colleague):
    row = made(app, db, account, people, "message", "message.amount")
    answer(db, tools_of(app), row, colleague)
    db.commit()
    path = f"/demandes/{row.public_id}"

    def chip():
        return browser.get(path).html.select_one(".page-lead .chip").get_text(strip=True)

    assert chip() == "Répondue"
    fill(browser.get(path), "texte", texte="Et pour la suite ?")
    assert chip() == "Reçue, à traiter"
    db.expire_all()
    assert (row.state, row.outcome) == ("to_do", None)


def test_an_answer_wakes_what_was_put_aside_for_the_colleague_who_did(
    app, db, browser, account, people, colleague, clock
):
    row = take(db, tools_of(app), made(app, db, account, people, "message", "message.amount"), colleague)
    until = clock.at + timedelta(days=60)
    requests.move(db, tools_of(app), row, Act.HOLD, Actor(Side.OFFICE, colleague.id), wake_at=until)
    db.commit()
    assert fill(browser.get(f"/demandes/{row.public_id}"), "texte", texte="Le dentiste m’a répondu.").status_int == 303
    db.expire_all()
    assert (row.state, row.wake_at, row.handler_id) == ("to_do", None, colleague.id)


def test_asked_for_papers_one_is_given_and_the_other_said_to_be_missing(db, browser, waiting):
    assert "Ordonnance" not in words(browser.get("/demarches")).split("Que voulez-vous")[1]
    home = words(browser.get("/"))
    assert "Nous avons besoin d’une pièce" in home
    page = browser.get(f"/demandes/{waiting.public_id}")
    assert "La photo est floue." in words(page)
    refused = fill(page, "sans")
    assert refused.status_int == 422
    assert "Je ne l’ai pas" in words(refused)
    form = next(form for form in page.forms.values() if "asked" in form.fields)
    form["files"] = [Upload("ordonnance.jpg", jpeg())]
    page = form.submit().follow()
    assert "ordonnance.jpg" in words(page)
    form = form_with(page, "sans")
    assert len(form.fields["sans"]) == 1
    form["sans"] = True
    form["message"] = "La pharmacie a gardé la facture."
    page = form.submit().follow()
    assert "Votre réponse est arrivée" in words(page)
    db.expire_all()
    assert waiting.state == "to_do"
    assert all(one.answered_at for one in db.query(AskedPiece))
    assert "La pharmacie a gardé la facture." in words(page)


def test_a_word_too_long_beside_the_papers_is_told_and_kept(db, browser, waiting):
    page = browser.get(f"/demandes/{waiting.public_id}")
    assert "10 000 caractères au plus" in words(page)
    form = form_with(page, "sans")
    for box in form.fields["sans"]:
        box.checked = True
    form["message"] = "a" * 10_001
    page = form.submit(expect_errors=True)
    assert page.status_int == 422
    assert "fait 10 001 caractères" in words(page)
    form = form_with(page, "sans")
    assert (form["message"].value, [box.checked for box in form.fields["sans"]]) == ("a" * 10_001, [True, True])
    db.expire_all()
    assert waiting.state == "waiting_member"


def test_a_message_answers_what_was_asked_and_takes_the_paper_that_was_given(db, browser, waiting, colleague, app):
    """Asked again, only what is asked then is awaited; a file that waited for its form leaves with the words."""
    page = browser.get(f"/demandes/{waiting.public_id}")
    form = next(form for form in page.forms.values() if "asked" in form.fields)
    form["files"] = [Upload("ordonnance.jpg", jpeg())]
    form.submit(status=303)
    written = {"csrf_token": form["csrf_token"].value, "texte": "La pharmacie a gardé la facture."}
    browser.post(f"/demandes/{waiting.public_id}/repondre", written, status=303)  # a page opened before the asking
    db.expire_all()
    assert waiting.state == "to_do"
    assert all(one.answered_at for one in db.query(AskedPiece))
    [given] = db.query(Attachment)
    assert given.message_id == db.scalar(select(func.max(Message.id)))
    take(db, tools_of(app), waiting, colleague)
    ask(db, tools_of(app), waiting, colleague, ("other", "La page 2 manque."))
    db.commit()
    page = browser.get(f"/demandes/{waiting.public_id}")
    assert "La page 2 manque." in words(page)
    assert len([form for form in page.forms.values() if "asked" in form.fields]) == 1


def test_answered_in_another_tab_the_page_says_where_it_stands(app, db, browser, account, waiting):
    page = browser.get(f"/demandes/{waiting.public_id}")
    requests.move(db, tools_of(app), waiting, Act.PROVIDE, Actor(Side.MEMBER, account.id))
    db.commit()
    answer = fill(page, "sans")
    assert answer.status_int == 422
    assert "n’attend plus de pièce" in words(answer)


def test_the_receipt_is_a_pdf_with_the_fingerprint_of_each_file(db, browser, people):
    photo = jpeg()
    page = past_the_lines(quote_for(browser, people["child"]))
    form = next(form for form in page.forms.values() if "piece" in form.fields and form["piece"].value == "quote")
    form["files"] = [Upload("devis.jpg", photo)]
    page = form.submit().follow()
    assert "devis.jpg" in words(page)
    page = fill(carry_on(page), "message", message="Ligne une\nLigne deux 😀 مرحبا").follow()
    page = send(page).follow()
    row = only_request(db)
    assert row.details == {}
    pdf = browser.get(f"/demandes/{row.public_id}/accuse.pdf")
    said = " ".join(one.extract_text() for one in PdfReader(BytesIO(pdf.body)).pages)
    assert row.number in said
    assert "Ligne deux" in said
    print_ = sha256(photo).hexdigest()
    assert print_[:32] in said
    assert "devis.jpg" in words(page)
    assert pdf.content_disposition == f'attachment; filename="accuse-{row.number}.pdf"'


def test_the_same_file_sent_before_is_shown_before_it_leaves(db, browser, people):
    def quote(topic):
        page = past_the_lines(quote_for(browser, people["child"], topic))
        form = next(form for form in page.forms.values() if "piece" in form.fields and form["piece"].value == "quote")
        form["files"] = [Upload("devis.jpg", jpeg())]
        return fill(carry_on(form.submit().follow()), "message", message="Combien ?").follow()

    assert send(quote("quote.dental")).status_int == 303
    page = quote("quote.other")
    assert "un des mêmes fichiers" in words(page)
    assert send(page).status_int == 422


def test_the_home_has_what_is_begun_and_what_is_under_way(app, db, browser, account, people):
    made(app, db, account, people, "claim", "claim.dental", body=None)
    choose(browser, "/demarches/devis", "quote.audio")
    said = words(browser.get("/"))
    assert "Reprendre" in said
    assert "Vos demandes en cours" in said
    assert "Dentaire" in said


@pytest.mark.parametrize(("paid_on", "state"), [(16, "parcel-done"), (18, "parcel-now")])
def test_the_transfer_of_a_claim_leads_to_the_statement_that_paid_it(
    app, db, browser, account, people, colleague, paid_on, state
):
    about = {"person_id": people["child"].id, "care_date": date(2026, 6, 2)}
    row = made(app, db, account, people, "claim", "claim.optics", **about)
    take(db, tools_of(app), row, colleague)
    decide(db, tools_of(app), row, colleague)
    db.commit()
    step = browser.get(f"/demandes/{row.public_id}").html.select("#suivi .parcel li")[-1]
    assert "Virement" in step.get_text()
    assert step.a is None
    care = {"care_date": row.care_date, "our_share": 3_000, "member_share": -1_900}
    lines = [line_values(people["child"], people["contract"], **care)]
    statement = make_statement(db, people["contract"], lines, paid_on=date(2026, 6, paid_on))
    db.commit()
    step = browser.get(f"/demandes/{row.public_id}").html.select("#suivi .parcel li")[-1]
    assert step["class"] == [state]
    assert f"Virement {paid_on} juin 2026" in " ".join(step.get_text(" ").split())
    assert statement.reference in browser.get(step.a["href"])


def test_the_papers_of_a_request_are_in_the_safe_under_its_person(app, db, browser, people, colleague):
    page = past_the_lines(quote_for(browser, people["child"]))
    form = next(form for form in page.forms.values() if "piece" in form.fields and form["piece"].value == "quote")
    form["files"] = [Upload("devis.jpg", jpeg())]
    page = fill(carry_on(form.submit().follow()), "message", message="Que restera-t-il ?").follow()
    send(page)
    row = only_request(db)
    ask(db, tools_of(app), take(db, tools_of(app), row, colleague), colleague, ("prescription", None))
    db.commit()
    page = browser.get(f"/demandes/{row.public_id}")
    form = next(form for form in page.forms.values() if "asked" in form.fields)
    form["files"] = [Upload("ordonnance.jpg", jpeg(321, 400))]
    page = form.submit().follow()
    next(form for form in page.forms.values() if form.action.endswith("/completer")).submit()

    def kept(person):
        found = browser.get("/documents", {"personne": str(people[person].public_id)}).html.select("main tbody tr")
        return [" ".join(line.get_text(" ").split()) for line in found]

    both = kept("child")
    assert ["Ordonnance" in line for line in both] == [True, False]
    assert all("Zoé" in line and "le foyer" not in line for line in both)
    assert kept("spouse") == kept("holder") == []
