"""One request at the office: what its page shows, and each act on it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from member_space.domain.permissions import Role
from member_space.models import ContractTerms, InternalNote, Message, Notification, Reading, RequestTransition
from tests.factories.guarantee import make_line, make_table
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.factories.request import make_draft, make_request
from tests.functional.helpers import sign_in
from tests.functional.office.desk import LIST, form_of, fresh, page, send
from tests.log_guard import Browser


def test_the_page_shows_the_member_beside_and_is_noted(desk, db, member, sent):
    answer = desk.get(page(sent))
    panel = answer.html.select_one(".side-panel").text
    assert member[1].number in panel
    assert "Confort" in panel
    assert "Pourquoi ce montant ?" in answer.text
    [reading] = db.scalars(select(Reading)).all()
    assert (reading.subject_person_id, reading.what) == (member[0].person_id, "request")


def test_the_guarantees_of_that_day_stand_beside(desk, db, member, sent):
    table = make_table(db, [make_line()])
    db.execute(update(ContractTerms).values(guarantee_table_id=table.id))
    db.commit()
    panel = desk.get(page(sent)).html.select_one(".side-panel").text
    assert "Couronne : 200 % de la base" in panel.replace("\N{NO-BREAK SPACE}", " ").replace(
        "\N{NARROW NO-BREAK SPACE}", " "
    )


def test_a_draft_is_nowhere_at_the_office(desk, db, tools, member):
    draft = make_draft(db, tools, *member)
    db.commit()
    desk.get(page(draft), status=404)


def test_an_answer_closes_the_request_and_tells_its_member_once(desk, db, mine, member):
    form = form_of(desk.get(page(mine)), "repondre")
    form["body"] = "Le dépassement n’est pas couvert."
    answer = form.submit("then", value="clot").follow()
    assert "Réponse envoyée et demande close" in answer.text
    assert (fresh(db, mine).state, mine.outcome) == ("closed", "answered")
    assert db.scalars(select(Message.body).where(Message.side == "office")).all() == [
        "Le dépassement n’est pas couvert."
    ]
    told = db.scalars(select(Notification.kind).where(Notification.account_id == member[0].id)).all()
    assert told.count("request_answered") == 1


def test_an_answer_may_leave_it_in_review(desk, db, mine, member):
    form = form_of(desk.get(page(mine)), "repondre")
    form["body"] = "Je regarde."
    form.submit("then", value="reste").follow()
    assert fresh(db, mine).state == "in_review"
    told = db.scalars(select(Notification.kind).where(Notification.account_id == member[0].id)).all()
    assert "request_answered" in told


def test_an_answer_without_words_is_refused_beside_its_field(desk, mine):
    answer = form_of(desk.get(page(mine)), "repondre").submit("then", value="clot", status=422)
    assert answer.html.select_one("#body-erreur").text.strip() == "Écrivez votre réponse."


def test_who_does_not_hold_it_has_no_form_of_an_answer_and_sends_none(desk, other_desk, db, mine):
    answer = other_desk.get(page(mine))
    assert not answer.html.select("#repondre")
    assert "Reprendre à Claire Martin" in answer.text
    refused = send(other_desk, page(mine) + "/repondre", version=mine.version, body="À moi", then="clot")
    assert refused.status_int == 409
    assert "À moi" in refused.html.select_one("#body").text
    assert fresh(db, mine).state == "in_review"


def test_the_slower_of_two_is_told_what_the_other_did_and_keeps_his_words(desk, other_desk, db, tools, mine):
    form = form_of(desk.get(page(mine)), "repondre")
    form["body"] = "Ma longue réponse."
    form_of(other_desk.get(page(mine)), "prendre").submit().follow()
    theirs = form_of(other_desk.get(page(mine)), "repondre")
    theirs["body"] = "C’est répondu."
    theirs.submit("then", value="clot")
    answer = form.submit("then", value="clot", status=409)
    alert = answer.html.select_one("[role=alert]").text
    assert "Hugo Roy" in alert
    assert "répondue et close" in alert
    assert answer.html.select_one("#body").text.strip() == "Ma longue réponse."
    assert db.scalars(select(Message.body).where(Message.side == "office")).all() == ["C’est répondu."]


def test_papers_are_asked_for_in_one_gesture(desk, db, mine):
    form = form_of(desk.get(page(mine)), "pieces")
    for box in form.fields["pieces"]:
        box.checked = box._value in ("paid_invoice", "prescription")
    form["piece_note"] = "La photo est coupée en bas."
    answer = form.submit().follow()
    assert "Le délai s’arrête" in answer.text
    assert (fresh(db, mine).state, mine.due_at) == ("waiting_member", None)
    body = db.scalar(select(Message.body).where(Message.kind == "piece_asked"))
    assert "Facture acquittée" in body
    assert "La photo est coupée en bas." in body
    assert "26 juin 2026" in body
    assert not answer.html.select("#repondre")


def test_a_paper_must_be_named(desk, mine):
    answer = form_of(desk.get(page(mine)), "pieces").submit(status=422)
    assert "Cochez au moins une pièce" in answer.text


def test_it_waits_until_a_day_to_come(desk, db, mine):
    form = form_of(desk.get(page(mine)), "attente")
    form["reason"], form["until"] = "fund", "15/06/2026"
    again = form.submit(status=422)
    assert "choisissez un jour à venir" in again.text
    form = form_of(again, "attente")
    form["until"] = "22/06/2026"
    answer = form.submit().follow()
    assert "revient le 22 juin 2026, 8 h 30" in answer.html.select_one(".handling-head").text.replace("\xa0", " ")
    assert fresh(db, mine).wake_at == datetime(2026, 6, 22, 6, 30, tzinfo=UTC)
    details = db.scalars(select(RequestTransition.details).where(RequestTransition.act == "hold")).all()
    assert details == [{"reason": "fund"}]


def test_what_one_put_aside_oneself_is_taken_up_again(desk, other_desk, db, mine):
    """One does not take what is already one's own; to a colleague it says whose it is."""
    form = form_of(desk.get(page(mine)), "attente")
    form["reason"], form["until"] = "fund", "22/06/2026"
    form.submit(status=303)
    assert "Reprendre à Claire Martin" in other_desk.get(page(mine))
    again = desk.get(page(mine))
    assert [one.text for one in again.html.select("[data-key=t]")] == ["Reprendre"]
    form_of(again, "prendre").submit(status=303)
    assert fresh(db, mine).state == "in_review"


def test_put_aside_until_a_sunday_it_comes_back_when_the_office_opens(desk, db, mine):
    form = form_of(desk.get(page(mine)), "attente")
    form["reason"], form["until"] = "fund", "21/06/2026"
    form.submit(status=303)
    assert fresh(db, mine).wake_at == datetime(2026, 6, 22, 6, 30, tzinfo=UTC)


def test_it_is_given_and_put_back(desk, db, mine, hugo, claire):
    form = form_of(desk.get(page(mine)), "donner")
    form["colleague"] = str(hugo.public_id)
    answer = form.submit().follow()
    assert "Chez Hugo Roy" in answer.text
    form_of(answer, "prendre").submit()
    form_of(desk.get(page(mine)), "remettre").submit()
    assert (fresh(db, mine).state, mine.handler_id) == ("to_do", None)


def test_it_is_given_to_nobody_but_a_colleague(desk, db, mine, member):
    auditor = make_colleague(db, Role.AUDITOR)
    db.commit()
    for one in (auditor.public_id, "nobody"):
        assert send(desk, page(mine) + "/donner", version=mine.version, colleague=str(one)).status_int == 409
    assert fresh(db, mine).handler_id == mine.handler_id


def test_a_duplicate_is_one_of_the_same_member(desk, db, tools, mine, member):
    twin = make_request(db, tools, *member)
    stranger = make_person(db, "Paul")
    foreign = make_request(db, tools, make_account(db, stranger), make_contract(db, stranger))
    db.commit()
    for wrong in (foreign.number, mine.number, "12"):
        form = form_of(desk.get(page(mine)), "doublon")
        form["number"] = wrong
        assert "n’a pas d’autre demande" in form.submit(status=422).text
    form = form_of(desk.get(page(mine)), "doublon")
    form["number"] = twin.number.lower()
    form.submit().follow()
    assert (fresh(db, mine).state, mine.linked_id) == ("duplicate", twin.id)


def test_one_that_ended_is_opened_again(desk, db, mine, claire):
    send(desk, page(mine) + "/repondre", version=mine.version, body="Voilà.", then="clot")
    answer = form_of(desk.get(page(mine)), "rouvrir").submit().follow()
    assert "rouverte" in answer.text
    assert (fresh(db, mine).state, mine.handler_id, mine.outcome) == ("to_do", claire.id, None)


def test_of_one_that_ended_a_colleague_who_left_stays_known(desk, db, mine, claire, wsgi_app, app, hugo):
    send(desk, page(mine) + "/repondre", version=mine.version, body="Voilà.", then="clot")
    claire.closed_at = datetime(2026, 6, 16, 12, tzinfo=UTC)
    db.commit()
    assert "Chez Claire Martin." in sign_in(Browser(wsgi_app), db, hugo).get(page(mine)).text


def test_a_note_is_the_office_s_own(desk, db, mine):
    form = form_of(desk.get(page(mine)), "note")
    form["note"] = "À vérifier avec la caisse."
    answer = form.submit().follow()
    assert "À vérifier avec la caisse." in answer.html.select_one(".notes").text
    assert db.scalars(select(InternalNote.body)).all() == ["À vérifier avec la caisse."]
    assert db.scalars(select(Message.side)).all() == ["member"]


def test_the_office_s_reading_is_told_to_the_member(desk, db, sent):
    desk.get(page(sent))
    assert db.scalar(select(Message.read_at)) is not None


def test_who_else_looks_is_shown_and_forgotten_after_two_minutes(desk, other_desk, sent, clock):
    desk.get(page(sent))
    assert "Claire Martin regarde aussi" in other_desk.get(page(sent)).text
    clock.at += timedelta(minutes=3)
    assert "regarde aussi" not in other_desk.get(page(sent)).text


def test_nobody_else_s_role_enters(wsgi_app, app, db, sent, member):
    for account, status in ((make_colleague(db, Role.AUDITOR), 403), (member[0], 404)):
        browser = sign_in(Browser(wsgi_app), db, account)
        for path in (LIST, page(sent)):
            assert browser.get(path, expect_errors=True).status_int == status
