"""What the member says of his papers, by his own pages, and what the desk reads of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from webtest import Upload

from member_space.domain.request import Act
from member_space.models import Attachment, Request
from member_space.services import request as requests
from member_space.services.attachment_add import add_files
from member_space.services.attachment_check import check
from member_space.services.request import Actor
from tests.factories import journeys
from tests.factories.files import jpeg, pdf
from tests.factories.files import sent as file_sent
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import MEMBER, OFFICE, make_draft, take
from tests.functional.clock import counted_statements
from tests.functional.helpers import sign_in
from tests.functional.journeys import carry_on, choose, fill, send
from tests.functional.office.desk import page
from tests.log_guard import Browser


@pytest.fixture
def people(db):
    holder = make_person(db, "Hélène", last_name="Morel")
    child = make_person(db, "Zoé", date(2015, 5, 5), last_name="Morel")
    contract = make_contract(db, holder, (child, "child"))
    db.commit()
    return {"holder": holder, "child": child, "contract": contract}


@pytest.fixture
def account(db, people):
    return make_account(db, people["holder"])


@pytest.fixture
def browser(wsgi_app, db, account):
    """The member's."""
    return sign_in(Browser(wsgi_app), db, account)


@pytest.fixture
def prescribed(db, tools, account, people, clock):
    """A claim for the child whose prescription came a month ago."""
    now = clock.at
    clock.at = now - timedelta(days=30)
    draft = make_draft(db, tools, account, people["contract"], "claim", "claim.optics", person_id=people["child"].id)
    actor = Actor(MEMBER, account.id)
    assert add_files(db, tools, draft, [file_sent("photo.pdf", pdf())], actor=actor, piece="prescription") == []
    requests.send(db, tools, draft, actor)
    db.commit()
    check(db, tools, db.scalars(select(Attachment.id)).one())
    db.commit()
    clock.at = now
    return draft


def reviewed(browser, child, amount="320", **uploads):
    """The review of a claim for this child, with these files, by piece."""
    given = fill(choose(browser, "/demarches/remboursement", "claim.optics"), "soin_le", soin_le="12/03/2026").follow()
    answer = fill(given, "personne", personne=str(child.public_id), montant=amount).follow()
    for piece, content in uploads.items():
        forms = answer.forms.values()
        form = next(form for form in forms if "piece" in form.fields and form["piece"].value == piece)
        form["files"] = [Upload(f"{piece}.jpg", content)]
        answer = form.submit().follow()
    return fill(carry_on(answer), "message", message="").follow()


def latest(db):
    db.expire_all()
    return db.scalars(select(Request).order_by(Request.id.desc()).limit(1)).one()


def card(answer):
    found = answer.html.select_one(".wanted")
    return " ".join(found.get_text(" ").split()) if found else ""


def test_why_a_paper_is_missing_is_read_and_the_one_received_before_is_one_click_away(
    desk, db, browser, people, prescribed
):
    send(reviewed(browser, people["child"]), **{"sans-paid_invoice": "later", "sans-prescription": "known"})
    answer = desk.get(page(latest(db)))
    said = card(answer)
    assert "Facture acquittée : « Je ne l’ai pas encore : je l’enverrai ensuite »" in said
    assert "Ordonnance : « Vous l’avez déjà reçue, et rien n’a changé »" in said
    links = {one.text: one["href"] for one in answer.html.select(".wanted li a")}
    assert links[f"avec la demande {prescribed.number}"].endswith(page(prescribed))
    received = desk.get(links["Celle reçue le 17 mai 2026"])
    assert received.body.startswith(b"%PDF")


def test_each_file_says_what_it_is_and_a_paper_that_came_is_not_missing(desk, db, tools, browser, account, people):
    send(reviewed(browser, people["child"], paid_invoice=jpeg()), **{"sans-prescription": "later"})
    row = latest(db)
    answer = desk.get(page(row))
    assert [one.text for one in answer.html.select(".viewer-file h3")] == ["Facture acquittée"]
    assert "Ordonnance" in card(answer)
    assert "Facture" not in card(answer)
    actor = Actor(MEMBER, account.id)
    tools_now = tools.now() + timedelta(minutes=5)
    assert add_files(db, tools, row, [file_sent("suite.pdf", pdf())], actor=actor, piece="prescription") == []
    db.query(Attachment).filter_by(piece="prescription").update({"sent_at": tools_now})
    db.commit()
    answer = desk.get(page(row))
    assert [one.text for one in answer.html.select(".viewer-file h3")] == ["Facture acquittée", "Ordonnance"]
    assert "Ordonnance" not in card(answer)


def test_what_was_asked_and_is_said_to_be_missing_is_read(desk, db, tools, browser, account, people, claire):
    send(reviewed(browser, people["child"], paid_invoice=jpeg(), prescription=jpeg(321, 400)))
    row = latest(db)
    take(db, tools, row, claire)
    journeys.ask(db, tools, row, claire, ("prescription", "La photo est floue."))
    db.commit()
    answer = browser.get(f"/demandes/{row.public_id}")
    form = next(form for form in answer.forms.values() if form.action.endswith("/completer"))
    form["sans"] = True
    form["message"] = "Le cabinet a fermé."
    form.submit()
    assert "Ordonnance : « Je ne l’ai pas » 16 juin 2026" in card(desk.get(page(row))).replace("\xa0", " ")


def test_what_it_may_repeat_is_flagged_with_the_way_there(desk, db, browser, people):
    file = jpeg()
    send(reviewed(browser, people["child"], paid_invoice=file), **{"sans-prescription": "later"})
    first = latest(db)
    again = reviewed(browser, people["child"], amount="12", paid_invoice=file)
    send(again, encore=True, **{"sans-prescription": "later"})
    same = reviewed(browser, people["child"])
    send(same, encore=True, **{"sans-paid_invoice": "none", "sans-prescription": "none"})
    third = desk.get(page(latest(db)))
    assert f"{first.number} : même personne, même date et même montant" in card(third)
    assert third.html.select_one(f".wanted a[href$='{page(first)}']")
    second = db.scalars(select(Request).where(Request.amount == 1200)).one()
    assert f"{first.number} : un des mêmes fichiers" in card(desk.get(page(second)))


def test_the_statements_do_not_grow_with_what_is_said(engine, desk, db, tools, account, people, prescribed, claire):
    def cost(row):
        desk.get(page(row))  # what is read for the first time is written down
        with counted_statements(engine) as statements:
            desk.get(page(row))
        return len(statements)

    def sent_with(numbers, without):
        facts = {"person_id": people["child"].id, "care_date": date(2026, 3, 12), "amount": 100}
        details = {"repeats": [{"number": one, "same_file": True} for one in numbers], "without": without}
        row = make_draft(db, tools, account, people["contract"], "claim", "claim.optics", details=details, **facts)
        requests.send(db, tools, row, Actor(MEMBER, account.id))
        requests.move(db, tools, row, Act.TAKE, Actor(OFFICE, claire.id), handler_id=claire.id)
        db.commit()
        return row

    few = sent_with([prescribed.number], {"prescription": "known"})
    many = sent_with([prescribed.number, few.number], {"prescription": "known", "paid_invoice": "later"})
    assert cost(few) == cost(many)
