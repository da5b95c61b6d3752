"""What time does to requests, day after day."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from member_space.domain.complaint import Delay
from member_space.domain.request import Act
from member_space.models import AskedPiece, Attachment, Notification, Request, RequestTransition
from member_space.services import request as requests
from member_space.services import request_reminders as reminders
from member_space.services.complaint import legal_alarm, note_acknowledged
from member_space.services.request import Actor
from member_space.services.request_draft import edit_draft
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.factories.request import MEMBER, OFFICE, make_draft, make_request, take
from tests.unit.services.conftest import TUESDAY

DAY = timedelta(days=1)


@pytest.fixture
def home(db):
    holder = make_person(db)
    return make_account(db, holder), make_contract(db, holder)


@pytest.fixture
def hugo(db):
    colleague = make_colleague(db, "handler")
    return colleague, Actor(OFFICE, colleague.id)


@pytest.fixture
def taken(db, tools, home, hugo):
    return take(db, tools, make_request(db, tools, *home), hugo[0])


@pytest.fixture
def asked(db, tools, clock, hugo, taken):
    """The request waits for two papers."""
    ask(db, tools, hugo, taken, "prescription", "paid_invoice")
    return taken


def ask(db, tools, hugo, row, *pieces):
    for piece in pieces:
        db.add(
            AskedPiece(
                request_id=row.id,
                contract_id=row.contract_id,
                piece=piece,
                asked_at=tools.now(),
                asked_by=hugo[0].id,
                due_on=tools.today() + 10 * DAY,
            )
        )
    requests.move(db, tools, row, Act.ASK_PIECE, hugo[1])


def told(db, kind):
    return len(db.scalars(select(Notification.id).where(Notification.kind == kind)).all())


def every_day(db, tools, clock, days, act, since=TUESDAY):
    """(day, reminders told, closure proposed) each time that one of the two changes."""
    seen, before = [], (0, False)
    for n in range(days + 1):
        clock.at = since + n * DAY
        act(db, tools)
        proposed = db.scalar(select(Request.id).where(reminders.proposes_closure())) is not None
        now = told(db, "request_piece_reminded"), proposed
        if now != before:
            seen.append((n, *now))
        before = now
    return seen


def test_papers_are_reminded_twice_then_a_closure_is_proposed_and_nothing_closes(db, tools, clock, asked):
    seen = every_day(db, tools, clock, 40, reminders.remind_pieces)
    assert seen == [(3, 1, False), (10, 2, False), (15, 2, True)]
    assert asked.state == "waiting_member"


def test_a_worker_that_slept_sends_one_message_and_proposes_nothing_before(db, tools, clock, asked):
    clock.at = TUESDAY + 20 * DAY
    reminders.remind_pieces(db, tools)
    assert told(db, "request_piece_reminded") == 1
    assert db.scalar(select(Request.id).where(reminders.proposes_closure())) is None
    reminders.remind_pieces(db, tools)
    assert told(db, "request_piece_reminded") == 1
    assert db.scalar(select(Request.id).where(reminders.proposes_closure())) == asked.id


def test_who_answered_is_reminded_of_nothing_and_asked_again_has_his_days(db, tools, clock, home, hugo, asked):
    """He wrote that he has no prescription: that piece stays open, and is forgotten."""
    clock.at = TUESDAY + 2 * DAY
    requests.move(db, tools, asked, Act.PROVIDE, Actor(MEMBER, home[0].id))
    assert every_day(db, tools, clock, 20, reminders.remind_pieces) == []
    take(db, tools, asked, hugo[0])
    again = clock.at
    ask(db, tools, hugo, asked, "quote")
    seen = every_day(db, tools, clock, 16, reminders.remind_pieces, since=again)
    assert [day for day, *_ in seen] == [3, 10, 15]


def test_what_sleeps_wakes_on_its_day_for_the_same_colleague(db, tools, clock, hugo, taken):
    requests.move(db, tools, taken, Act.HOLD, hugo[1], wake_at=TUESDAY + 2 * DAY)
    clock.at = TUESDAY + 2 * DAY - timedelta(minutes=1)
    reminders.wake(db, tools)
    assert taken.state == "on_hold"
    clock.at = TUESDAY + 2 * DAY
    reminders.wake(db, tools)
    reminders.wake(db, tools)
    assert (taken.state, taken.wake_at, taken.handler_id) == ("to_do", None, hugo[0].id)
    last = db.scalars(select(RequestTransition).order_by(RequestTransition.id.desc())).first()
    assert (last.act, last.side, last.account_id) == ("wake", "system", None)


def test_what_was_decided_ends_after_thirty_days_without_a_word(db, tools, clock, hugo, taken):
    requests.move(db, tools, taken, Act.DECIDE, hugo[1], outcome="accepted")
    clock.at = TUESDAY + 30 * DAY - timedelta(minutes=1)
    reminders.close_decided(db, tools)
    assert taken.state == "decided"
    clock.at = TUESDAY + 30 * DAY
    reminders.close_decided(db, tools)
    assert (taken.state, taken.outcome, taken.closed_at) == ("closed", "accepted", TUESDAY)
    assert told(db, "request_closed") == 0


def test_a_draft_is_told_of_once_then_goes_with_its_papers_in_the_bin(db, tools, clock, home):
    account, contract = home
    draft = make_draft(db, tools, account, contract)
    paper = Attachment(
        contract_id=contract.id,
        author_person_id=account.person_id,
        account_id=account.id,
        request_id=draft.id,
        name="facture.pdf",
    )
    db.add(paper)
    db.flush()
    nudged, gone = [], None
    for n in range(40):
        clock.at = TUESDAY + n * DAY
        reminders.nudge_drafts(db, tools)
        reminders.erase_drafts(db, tools)
        nudged.append(told(db, "draft_waits"))
        if gone is None and db.scalar(select(Request.id)) is None:
            gone = n
    assert (nudged.index(1), max(nudged), gone) == (3, 1, 30)
    db.refresh(paper)
    assert (paper.request_id, paper.removed_at) == (None, TUESDAY + 30 * DAY)


def test_no_draft_goes_untold_and_one_that_is_worked_on_stays(db, tools, clock, home):
    draft = make_draft(db, tools, *home)
    clock.at = TUESDAY + 60 * DAY
    reminders.erase_drafts(db, tools)
    reminders.nudge_drafts(db, tools)
    clock.at = TUESDAY + 66 * DAY
    reminders.erase_drafts(db, tools)
    edit_draft(db, tools, draft, body="Presque fini.")
    clock.at = TUESDAY + 80 * DAY
    reminders.erase_drafts(db, tools)
    assert db.scalar(select(Request.state)) == "draft"


def test_one_that_cannot_be_treated_holds_no_other_up(db, tools, clock, home, hugo, monkeypatch):
    rows = [take(db, tools, make_request(db, tools, *home), hugo[0]) for _ in range(3)]
    for row in rows:
        requests.move(db, tools, row, Act.HOLD, hugo[1], wake_at=TUESDAY)
    real = requests.move

    def move(db, tools, row, *rest, **named):
        real(db, tools, row, *rest, **named)
        if row.id == rows[1].id:
            raise RuntimeError("something of this one alone")

    monkeypatch.setattr(requests, "move", move)
    reminders.wake(db, tools)
    for row in rows:
        db.refresh(row)
    assert [row.state for row in rows] == ["to_do", "on_hold", "to_do"]
    monkeypatch.undo()
    reminders.wake(db, tools)
    assert rows[1].state == "to_do"


def alarm(tools, row, **details):
    return legal_alarm(row.kind, row.state, row.details | details, tools.today())


def test_a_complaint_has_its_legal_days_from_its_sending(db, tools, clock, home):
    row = make_request(db, tools, *home, "complaint", "complaint.delay", details={"motive": "delay"})
    assert row.details == {"motive": "delay", "acknowledge_by": "2026-06-27", "answer_by": "2026-08-16"}
    assert row.number.startswith("REC-")
    assert alarm(tools, row) is None
    clock.at = TUESDAY + 8 * DAY
    assert alarm(tools, row).delay is Delay.ACKNOWLEDGEMENT
    other = make_request(db, tools, *home)
    assert "answer_by" not in other.details
    assert alarm(tools, other) is None


def test_a_receipt_that_left_or_a_word_of_the_office_acknowledges(db, tools, clock, home, hugo):
    by_mail, by_hand, neither = (make_request(db, tools, *home, "complaint", "complaint.delay") for _ in range(3))
    link = Notification.values["link"].astext == f"/demandes/{by_mail.public_id}"
    receipt = db.scalars(select(Notification).where(Notification.kind == "request_received", link)).one()
    receipt.state = "sent"
    take(db, tools, by_hand, hugo[0])
    requests.say(db, tools, by_hand, hugo[1], "Nous l’avons bien reçue.")
    clock.at = TUESDAY + DAY
    note_acknowledged(db, tools)
    assert by_mail.details["acknowledged_on"] == by_hand.details["acknowledged_on"] == "2026-06-17"
    assert "acknowledged_on" not in neither.details
    clock.at = TUESDAY + 12 * DAY
    assert alarm(tools, by_mail) is None
    assert alarm(tools, neither).past
    clock.at = datetime.combine(date(2026, 8, 17), TUESDAY.timetz())
    assert alarm(tools, by_mail).past
    requests.move(db, tools, by_hand, Act.ANSWER, hugo[1])
    assert alarm(tools, by_hand) is None
