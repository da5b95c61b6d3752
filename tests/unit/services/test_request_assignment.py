"""Waiting requests given to the handlers at work, and back from those who are not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from member_space.domain.decision import Line
from member_space.domain.permissions import Role
from member_space.domain.request import Act
from member_space.models import Event, Notification, Request, RequestTransition, WebSession
from member_space.services import request as requests
from member_space.services.request import Actor
from member_space.services.request_assignment import give_out, take_back
from member_space.services.request_decision import decide
from member_space.services.request_handling import Hand
from member_space.services.sessions import Lifetimes, open_session
from member_space.services.tools import INSIDE
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague, office_identity_of
from tests.factories.request import MEMBER, OFFICE, make_request, take
from tests.functional.clock import counted_statements
from tests.unit.services.conftest import TUESDAY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def home(db):
    holder = make_person(db)
    return make_account(db, holder), make_contract(db, holder)


@pytest.fixture
def pushing(tools):
    """The tools of an installation that gives up to two to each."""
    return replace(tools, settings=replace(tools.settings, push_up_to=2))


def at_work(db, tools, role=Role.HANDLER, **facts):
    """A colleague who has just opened a page."""
    colleague = make_colleague(db, role, **facts)
    come(db, tools, colleague)
    return colleague


def come(db, tools, colleague):
    colleague.last_signed_in_at = tools.now()
    open_session(db, colleague.id, tools.now(), Lifetimes.of(tools.settings))


def claims(db, tools, home, count, topic="claim.routine"):
    return [make_request(db, tools, *home, kind=topic.split(".")[0], topic=topic) for _n in range(count)]


def holders(db, rows):
    db.expire_all()
    return [row.handler_id for row in rows]


def test_nothing_is_given_unless_the_installation_asks_for_it(db, tools, home):
    at_work(db, tools)
    rows = claims(db, tools, home, 1)
    give_out(db, tools)
    assert holders(db, rows) == [None]


def test_with_nobody_there_it_stays_in_the_list(db, pushing, home, clock):
    at_work(db, pushing)
    make_colleague(db, Role.HANDLER)
    rows = claims(db, pushing, home, 1)
    clock.at += timedelta(minutes=11)
    give_out(db, pushing)
    assert holders(db, rows) == [None]


def test_each_is_given_once_up_to_the_cap_with_its_row_and_nobody_is_told(db, pushing, home):
    one, two = at_work(db, pushing), at_work(db, pushing)
    rows = claims(db, pushing, home, 5)
    told = db.scalar(select(func.count()).select_from(Notification))
    give_out(db, pushing)
    give_out(db, pushing)
    assert holders(db, rows) == [one.id, two.id, one.id, two.id, None]
    assert {row.state for row in rows} == {"to_do"}
    log = db.execute(
        select(RequestTransition.request_id, RequestTransition.side, RequestTransition.details).where(
            RequestTransition.act == Act.ASSIGN
        )
    ).all()
    assert sorted(log) == [(row.id, "system", {"to_account_id": row.handler_id}) for row in rows[:4]]
    events = select(func.count()).where(Event.details["act"].astext == "assign")
    assert db.scalar(events) == 4
    # The member sees what is true: it is not studied yet.
    assert db.scalar(select(func.count()).select_from(Notification)) == told


def test_only_to_those_who_work_its_queue(db, pushing, home):
    optics = at_work(db, pushing, skills=["optics"])
    other = at_work(db, pushing, skills=["claim"])
    [glasses] = claims(db, pushing, home, 1, "quote.optics")
    [teeth] = claims(db, pushing, home, 1, "claim.dental")
    [routine] = claims(db, pushing, home, 1)
    give_out(db, pushing)
    assert holders(db, [glasses, teeth, routine]) == [optics.id, None, other.id]


def test_a_supervisor_and_who_is_gone_get_none(db, pushing, home):
    at_work(db, pushing, Role.SUPERVISOR)
    at_work(db, pushing, closed_at=TUESDAY)
    rows = claims(db, pushing, home, 1)
    give_out(db, pushing)
    assert holders(db, rows) == [None]


def test_what_is_put_aside_or_with_the_member_is_no_load(db, pushing, home):
    hugo = at_work(db, pushing)
    actor = Actor(OFFICE, hugo.id)
    aside, asked, *rows = claims(db, pushing, home, 5)
    for row, act in ((aside, Act.HOLD), (asked, Act.ASK_PIECE)):
        take(db, pushing, row, hugo)
        requests.move(db, pushing, row, act, actor)
    give_out(db, pushing)
    assert holders(db, rows) == [hugo.id, hugo.id, None]


def test_a_complaint_never_goes_to_who_decided_what_it_contests(db, pushing, home):
    judge = at_work(db, pushing)
    [judged] = claims(db, pushing, home, 1)
    take(db, pushing, judged, judge)
    hand = Hand(office_identity_of(judge), judged, judged.version, INSIDE)
    decide(db, pushing, hand, [Line("Lunettes", 100, 100)], "Lettre")
    complaint = make_request(db, pushing, *home, "complaint", "complaint.decision", linked_id=judged.id)
    give_out(db, pushing)
    assert holders(db, [complaint]) == [None]
    other = at_work(db, pushing)
    give_out(db, pushing)
    assert holders(db, [complaint]) == [other.id]


def test_its_member_may_still_take_back_what_nobody_began(db, pushing, home):
    hugo = at_work(db, pushing)
    [row] = claims(db, pushing, home, 1)
    give_out(db, pushing)
    assert holders(db, [row]) == [hugo.id]
    requests.move(db, pushing, row, Act.WITHDRAW, Actor(MEMBER, home[0].id))
    assert row.state == "withdrawn"


def test_what_an_absent_colleague_did_not_begin_goes_to_another(db, pushing, home, clock):
    hugo = at_work(db, pushing)
    [row] = claims(db, pushing, home, 1)
    give_out(db, pushing)
    clock.at += HOUR - timedelta(minutes=1)
    take_back(db, pushing)
    assert holders(db, [row]) == [hugo.id]
    clock.at += timedelta(minutes=1)
    take_back(db, pushing)
    assert (holders(db, [row]), row.state) == ([None], "to_do")
    ada = at_work(db, pushing)
    give_out(db, pushing)
    assert holders(db, [row]) == [ada.id]
    # Untouched in spite of all this.
    requests.move(db, pushing, row, Act.WITHDRAW, Actor(MEMBER, home[0].id))


def test_a_night_is_no_absence(db, pushing, home, clock):
    """Given on Tuesday at 17:30 in Paris; until Wednesday at 8:30 half an hour of open time has passed."""
    clock.at = TUESDAY.replace(hour=15, minute=30)
    hugo = at_work(db, pushing)
    [row] = claims(db, pushing, home, 1)
    give_out(db, pushing)
    clock.at = TUESDAY.replace(day=17, hour=6, minute=30)
    take_back(db, pushing)
    assert holders(db, [row]) == [hugo.id]


def test_what_he_began_waits_three_open_days_for_him(db, pushing, home, clock):
    hugo = at_work(db, pushing)
    [row] = claims(db, pushing, home, 1)
    take(db, pushing, row, hugo)
    # His sessions are swept in the night: his sign-in is what is left.
    db.execute(WebSession.__table__.delete())
    for days, holder in ((2, hugo.id), (3, None)):
        clock.at = TUESDAY + days * DAY
        take_back(db, pushing)
        assert holders(db, [row]) == [holder]
    assert (row.state, row.version) == ("to_do", 4)


def test_who_is_there_keeps_what_he_has(db, pushing, home, clock):
    hugo = at_work(db, pushing)
    [row] = claims(db, pushing, home, 1)
    give_out(db, pushing)
    clock.at += 5 * HOUR
    come(db, pushing, hugo)
    clock.at += timedelta(minutes=59)
    take_back(db, pushing)
    assert holders(db, [row]) == [hugo.id]


def test_nothing_comes_back_where_nothing_is_given(db, tools, home, clock):
    hugo = at_work(db, tools)
    [row] = claims(db, tools, home, 1)
    take(db, tools, row, hugo)
    clock.at += 30 * DAY
    take_back(db, tools)
    assert holders(db, [row]) == [hugo.id]


def test_one_that_cannot_be_given_holds_no_other_up(db, pushing, home, monkeypatch):
    at_work(db, pushing)
    first, second = claims(db, pushing, home, 2)
    move = requests.move

    def breaks(db, tools, row, *args, **facts):
        if row.id == first.id:
            raise RuntimeError("broken")
        move(db, tools, row, *args, **facts)

    monkeypatch.setattr(requests, "move", breaks)
    give_out(db, pushing)
    assert holders(db, [second]) != [None]
    assert holders(db, [first]) == [None]


def test_what_it_reads_does_not_grow_with_what_waits(db, engine, pushing, home):
    at_work(db, pushing, skills=["optics"])

    def statements():
        with counted_statements(engine) as run:
            give_out(db, pushing)
        return len(run)

    claims(db, pushing, home, 1)
    few = statements()
    claims(db, pushing, home, 20)
    assert statements() == few
    assert db.scalar(select(func.count()).where(Request.handler_id.is_not(None))) == 0
