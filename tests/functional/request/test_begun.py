"""One draft a subject: what was begun is offered again, another is made by choice only, each is in reach (C70)."""

from datetime import date, timedelta

from member_space.models import Request, StatementLine
from tests.factories.household import make_account
from tests.factories.request import make_draft
from tests.factories.statement import line_values, make_statement
from tests.functional.helpers import tools_of
from tests.functional.journeys import choose, form_with, only_request, words

START = "/demarches/remboursement"


def click(browser, topic, path=START):
    """Click the tile of an object; the answer, whatever it is."""
    return form_with(browser.get(path), "objet").submit("objet", value=topic)


def test_the_same_object_again_offers_the_one_that_was_begun(db, browser):
    choose(browser, START, "claim.optics")
    row = only_request(db)
    page = click(browser, "claim.optics")
    assert page.status_int == 200
    assert "Vous avez déjà commencé cette demande" in words(page)
    assert f"/demandes/{row.public_id}" in [link["href"] for link in page.html.main.select("a.btn-primary")]
    assert only_request(db).id == row.id


def test_another_one_is_made_by_choice(db, browser):
    choose(browser, START, "claim.optics")
    page = click(browser, "claim.optics")
    answer = form_with(page, "autre").submit("autre", value="1")
    assert answer.status_int == 303
    assert db.query(Request).count() == 2
    said = words(click(browser, "claim.optics"))
    assert "Vous avez déjà commencé 2 demandes du même type" in said


def test_another_object_is_begun_at_once(db, browser):
    choose(browser, START, "claim.optics")
    assert click(browser, "claim.dental").status_int == 303
    assert db.query(Request).count() == 2


def test_a_question_about_another_line_is_another_subject(db, browser, people):
    lines = [line_values(people["child"], people["contract"], care_date=date(2026, 5, day)) for day in (4, 5)]
    make_statement(db, people["contract"], lines)
    first, second = db.query(StatementLine.id).order_by(StatementLine.id)
    for line in (first, second):
        assert click(browser, "claim.question", f"{START}?ligne={line.id}").status_int == 303
    assert "Vous avez déjà commencé" in words(click(browser, "claim.question", f"{START}?ligne={first.id}"))
    assert db.query(Request).count() == 2


def test_somebody_elses_draft_is_not_offered(app, db, browser, people):
    make_draft(
        db, tools_of(app), make_account(db, people["spouse"]), people["contract"], "claim", "claim.optics", body=None
    )
    db.commit()
    assert click(browser, "claim.optics").status_int == 303


def test_the_hub_has_every_draft_and_each_is_erased_there(app, db, browser, account, people, clock):
    topics = ("claim.optics", "claim.dental", "claim.hearing", "claim.thermal", "claim.room")
    for topic in topics:
        clock.at += timedelta(minutes=1)
        make_draft(
            db,
            tools_of(app),
            account,
            people["contract"],
            "claim",
            topic,
            body=None,
            person_id=people["child"].id if topic == "claim.optics" else None,
        )
    db.commit()
    hub = browser.get("/demarches")
    assert hub.html.main.get_text().count("Reprendre\N{NO-BREAK SPACE}") == len(topics)
    assert "Voir les 2 autres brouillons" in words(hub)
    assert "Pour Zoé Morel." in words(hub)
    oldest = db.query(Request).filter_by(topic="claim.optics").one()
    form = next(one for one in hub.forms.values() if one.action == f"/demandes/{oldest.public_id}/effacer")
    assert "Le brouillon est effacé" in words(form.submit().follow())
    assert {row.topic for row in db.query(Request)} == set(topics[1:])
