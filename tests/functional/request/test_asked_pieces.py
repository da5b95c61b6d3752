"""Papers that were asked for and added, and whose member never pressed the button that sends them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from webtest import Upload

from member_space.domain.request import Act, Side
from member_space.models import AskedPiece, Attachment, Notification, Request, RequestTransition
from member_space.services import request as requests
from member_space.services import request_reminders as reminders
from member_space.services.attachment_sweep import sweep
from member_space.services.request import Actor
from tests.factories.files import jpeg
from tests.functional.helpers import sign_in, tools_of
from tests.functional.journeys import words
from tests.log_guard import Browser


def add(browser, row, *ranks, widths=(400, 410, 420)):
    """A photograph for each of these papers."""
    for rank in ranks:
        page = browser.get(f"/demandes/{row.public_id}")
        form = [form for form in page.forms.values() if "asked" in form.fields][rank]
        form["files"] = [Upload(f"papier-{rank}.jpg", jpeg(widths[rank]))]
        form.submit(status=303)


def pass_time(db, tools, clock, step, times=1):
    """The worker's rounds, after each of so many steps."""
    for _n in range(times):
        clock.at += step
        reminders.send_given(db, tools)
        reminders.remind_pieces(db, tools)
    db.commit()


def told(db):
    query = select(Notification.id).where(Notification.kind == "request_piece_reminded")
    return len(db.scalars(query).all())


def proposed(db):
    return db.scalar(select(Request.id).where(reminders.proposes_closure())) is not None


def test_what_is_added_is_said_not_to_be_sent_with_the_button_beside_it(app, wsgi_app, db, browser, waiting, colleague):
    add(browser, waiting, 0)
    page = browser.get(f"/demandes/{waiting.public_id}")
    assert [one.get_text(strip=True) for one in page.html.select(".files .chip")] == ["Ajouté, pas encore envoyé"]
    button = page.html.select_one("[data-upload-list] button[form]")
    assert button.get_text(strip=True) == "Envoyer ma réponse"
    assert page.html.select_one(f"form#{button['form']}")["action"].endswith("/completer")
    desk = sign_in(Browser(wsgi_app), db, colleague)
    assert "papier-0.jpg" not in desk.get(f"/bureau/demandes/{waiting.public_id}")


def test_once_all_is_there_it_leaves_by_itself_after_a_quarter_of_an_hour(app, db, browser, account, waiting, clock):
    tools = tools_of(app)
    add(browser, waiting, 0)
    pass_time(db, tools, clock, timedelta(minutes=20))
    assert waiting.state == "waiting_member"
    sign_in(browser, db, account)
    add(browser, waiting, 1)
    pass_time(db, tools, clock, timedelta(minutes=14))
    assert waiting.state == "waiting_member"
    pass_time(db, tools, clock, timedelta(minutes=2))
    assert waiting.state == "to_do"
    assert {one.sent_at for one in db.scalars(select(Attachment))} == {clock.at}
    assert all(one.answered_at for one in db.scalars(select(AskedPiece)))
    last = db.scalars(select(RequestTransition).order_by(RequestTransition.id.desc())).first()
    assert (last.act, last.side, last.details) == ("provide", "system", {"without": []})
    assert told(db) == 0


def test_a_page_arranged_meanwhile_leaves_the_time_for_another_one(app, db, browser, account, waiting, clock):
    tools = tools_of(app)
    add(browser, waiting, 0)
    add(browser, waiting, 1)
    pass_time(db, tools, clock, timedelta(minutes=14))
    sign_in(browser, db, account)
    row = db.scalars(select(Attachment).order_by(Attachment.id)).first()
    page = browser.get(f"/fichiers/{row.public_id}/pages")
    next(form for form in page.forms.values() if "geste" in form.fields).submit("geste", value="tourner-1", status=303)
    pass_time(db, tools, clock, timedelta(minutes=14))
    db.expire_all()
    assert waiting.state == "waiting_member"
    pass_time(db, tools, clock, timedelta(minutes=2))
    assert waiting.state == "to_do"


def test_a_part_of_it_leaves_by_the_first_reminder_which_does_not_go(app, db, browser, account, waiting, clock):
    tools = tools_of(app)
    pass_time(db, tools, clock, timedelta(days=1))
    sign_in(browser, db, account)
    add(browser, waiting, 1)
    pass_time(db, tools, clock, timedelta(hours=1), times=46)
    assert waiting.state == "waiting_member"
    pass_time(db, tools, clock, timedelta(hours=1), times=2)
    assert (waiting.state, told(db)) == ("to_do", 0)
    last = db.scalars(select(RequestTransition).order_by(RequestTransition.id.desc())).first()
    assert last.details == {"without": ["prescription"]}


def test_no_closure_is_proposed_while_a_file_waits(app, db, browser, account, waiting, clock):
    tools = tools_of(app)
    pass_time(db, tools, clock, timedelta(days=1), times=15)
    assert proposed(db)
    sign_in(browser, db, account)
    add(browser, waiting, 0)
    assert not proposed(db)
    pass_time(db, tools, clock, timedelta(minutes=16))
    assert waiting.state == "to_do"


@pytest.mark.parametrize("act", [Act.PROVIDE, Act.CLOSE])
def test_a_file_that_comes_once_nothing_waits_leaves_at_once_or_is_refused(app, db, browser, account, waiting, act):
    page = browser.get(f"/demandes/{waiting.public_id}")
    form = next(form for form in page.forms.values() if "asked" in form.fields)
    side = Side.MEMBER if act is Act.PROVIDE else Side.SYSTEM
    requests.move(db, tools_of(app), waiting, act, Actor(side, account.id))
    db.commit()
    form["files"] = [Upload("ordonnance.jpg", jpeg())]
    answer = form.submit(expect_errors=True)
    found = db.scalars(select(Attachment)).all()
    if act is Act.PROVIDE:
        assert [one.sent_at is not None for one in found] == [True]
    else:
        assert (answer.status_int, found) == (422, [])
        assert "ne prend plus de fichiers" in words(answer)


def test_what_is_left_of_a_request_that_ended_is_swept(app, db, browser, waiting, clock):
    tools = tools_of(app)
    add(browser, waiting, 0)
    requests.move(db, tools, waiting, Act.CLOSE, Actor(Side.SYSTEM))
    db.commit()
    for days, left in ((29, 1), (2, 0)):
        clock.at += timedelta(days=days)
        sweep(db, tools)
        assert len(db.scalars(select(Attachment)).all()) == left
