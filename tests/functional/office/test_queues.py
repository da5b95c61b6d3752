"""The queues that a colleague works: set by an administrator, served first by « Dossier suivant »."""

import pytest
from sqlalchemy import select

from member_space.domain.permissions import Role
from member_space.domain.request import Act
from member_space.models import Event
from member_space.services import request as requests
from tests.factories.office import make_colleague
from tests.factories.request import make_request
from tests.functional.helpers import sign_in
from tests.functional.office.desk import LIST, form_of, fresh, send


@pytest.fixture
def admin(db):
    account = make_colleague(db, Role.ADMINISTRATOR, "Agnès Roy")
    db.commit()
    return account


def page_of(db, account):
    db.refresh(account)
    return f"/bureau/comptes/{account.public_id}"


def test_the_queues_of_a_colleague_are_given_and_taken_away_under_the_eyes_of_the_journal(app, db, admin):
    hugo, nora = make_colleague(db, Role.HANDLER, "Hugo Petit"), make_colleague(db, Role.AUDITOR, "Nora Blin")
    hugo.skills = ["gone_since"]
    db.commit()
    browser = sign_in(app, db, admin, proved=True)

    def change(*queues):
        path = page_of(db, hugo)
        fields = [("csrf_token", browser.cookies["csrf"]), *(("skills", queue) for queue in queues)]
        return browser.post(f"{path}/files", fields, expect_errors=True)

    def ticked(page):
        return [
            one["value"] for one in page.html.select("#changer-files input[type=checkbox]") if one.has_attr("checked")
        ]

    assert ticked(browser.get(page_of(db, hugo))) == []
    page = change("dental", "complaint").follow()
    assert "Ses files sont changées" in page
    assert ticked(page) == ["complaint", "dental"]
    assert "Réclamation, Dentaire" in page.html.select_one("#compte").get_text()
    db.refresh(hugo)
    assert hugo.skills == ["complaint", "dental"]
    answer = change("dental", "kitchen")
    assert answer.status_int == 422
    assert "Choisissez les files dans la liste" in answer
    # Said twice, it is one change; with none, he works them all.
    change("complaint", "dental")
    assert "toutes" in change().follow().html.select_one("#compte").get_text()
    db.refresh(hugo)
    assert hugo.skills is None
    events = db.scalars(select(Event).where(Event.kind == "account:skills_changed").order_by(Event.id)).all()
    assert [(one.actor_account_id, one.details["skills_before"], one.details["skills"]) for one in events] == [
        (admin.id, ["gone_since"], ["complaint", "dental"]),
        (admin.id, ["complaint", "dental"], []),
    ]
    # Who handles no request has no queue to work.
    assert not browser.get(page_of(db, nora)).html.select("#changer-files")


def test_nobody_gives_himself_queues(app, db, admin):
    browser = sign_in(app, db, admin, proved=True)
    browser.get(page_of(db, admin))
    answer = send(browser, f"{page_of(db, admin)}/files")
    assert answer.status_int == 422
    assert "son propre compte" in answer


def next_of(desk, path=LIST):
    return form_of(desk.get(path), "suivante").submit()


def test_the_next_one_is_first_of_his_own_queues_then_of_any(desk, db, tools, member, clock, claire, sent):
    """The message came first and is the most urgent; optics is what she works."""
    claire.skills = ["optics"]
    later = make_request(db, tools, *member, kind="quote", topic="quote.optics")
    dental = make_request(db, tools, *member, kind="quote", topic="quote.dental")
    db.commit()
    for row in (later, sent, dental):
        next_of(desk)
        assert (fresh(db, row).state, row.handler_id) == ("in_review", claire.id)


def test_what_waits_for_him_comes_before_the_others_whatever_its_queue(desk, db, tools, member, claire, sent):
    claire.skills = ["optics"]
    hers = make_request(db, tools, *member, kind="claim", topic="claim.dental")
    requests.move(db, tools, hers, Act.ASSIGN, requests.SYSTEM, handler_id=claire.id)
    db.commit()
    next_of(desk)
    assert fresh(db, hers).state == "in_review"
    assert fresh(db, sent).state == "to_do"


def test_a_queue_of_the_filter_is_asked_for_whatever_he_works(desk, db, tools, member, claire):
    claire.skills = ["optics"]
    dental = make_request(db, tools, *member, kind="claim", topic="claim.dental")
    glasses = make_request(db, tools, *member, kind="claim", topic="claim.optics")
    db.commit()
    next_of(desk, LIST + "?file=dental")
    assert fresh(db, dental).state == "in_review"
    assert fresh(db, glasses).state == "to_do"


def test_an_object_that_left_the_catalogue_is_in_the_queue_of_its_kind(desk, db, tools, member, claire, sent):
    claire.skills = ["claim"]
    gone = make_request(db, tools, *member, kind="claim", topic="claim.cure")
    db.commit()
    next_of(desk)
    assert fresh(db, gone).state == "in_review"


def test_the_list_says_which_queues_are_his(desk, db, claire):
    assert "Vos files" not in desk.get(LIST)
    claire.skills = ["unknown_care", "dental"]
    db.commit()
    assert "Vos files : Dentaire, Soins non reconnus." in desk.get(LIST).text.replace("\xa0", " ")
