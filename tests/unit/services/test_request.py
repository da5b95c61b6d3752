"""The life of a request: what is written with each step, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from member_space.domain.request import Act, NotAllowed, State
from member_space.domain.service_clock import A_DAY
from member_space.models import Event, Message, Notification, RequestTransition
from member_space.services import request as requests
from member_space.services.request import Actor, Stale
from member_space.services.request_draft import edit_draft
from member_space.services.request_progress import first_words_of
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.office import make_colleague
from tests.factories.request import MEMBER, OFFICE, make_draft, make_request, take
from tests.functional.clock import SetClock
from tests.unit.services.conftest import TUESDAY


@pytest.fixture
def home(db):
    holder = make_person(db)
    return make_account(db, holder), make_contract(db, holder)


@pytest.fixture
def colleague(db):
    return make_colleague(db, "handler")


def log_of(db, row):
    query = select(RequestTransition).where(RequestTransition.request_id == row.id)
    return list(db.scalars(query.order_by(RequestTransition.version)))


def test_sending_draws_a_number_and_writes_everything_once(db, tools, home):
    account, contract = home
    row = make_draft(db, tools, account, contract)
    assert (row.state, row.number, row.due_at) == ("draft", None, None)
    requests.send(db, tools, row, Actor(MEMBER, account.id))
    assert (row.state, row.version, row.body) == ("to_do", 2, None)
    assert row.number[-2] == "-"
    assert row.due_at > TUESDAY
    [moved] = log_of(db, row)
    assert (moved.act, moved.before, moved.after, moved.notice) == ("send", "draft", "to_do", "request_received")
    assert db.scalar(select(Message.body).where(Message.request_id == row.id)) == "Pourquoi ce montant ?"
    kinds = db.scalars(select(Event.kind).where(Event.contract_id == contract.id)).all()
    assert sorted(kinds) == ["message:sent", "request:moved"]
    assert db.scalar(select(Notification.kind).where(Notification.account_id == account.id)) == "request_received"


def test_its_text_is_its_first_message_however_long_the_sending_takes(db, settings, engine, home):
    """The receipt knows it by its instant, and a clock goes on within a request."""

    class Going(SetClock):
        def now(self):
            self.at += timedelta(milliseconds=1)
            return super().now()

    row = make_request(db, worker_tools(settings, engine, Going(TUESDAY))[0], *home)
    assert first_words_of(db, row.id) == "Pourquoi ce montant ?"


def test_a_second_sending_is_refused(db, tools, home):
    account, contract = home
    row = make_request(db, tools, account, contract)
    with pytest.raises(NotAllowed):
        requests.send(db, tools, row, Actor(MEMBER, account.id))


def test_who_read_an_older_version_is_told_the_new_one(db, tools, home, colleague):
    account, contract = home
    row = make_request(db, tools, account, contract)
    read = row.version
    requests.say(db, tools, row, Actor(MEMBER, account.id), "Encore un mot.")
    with pytest.raises(Stale) as stale:
        requests.move(db, tools, row, Act.TAKE, Actor(OFFICE, colleague.id), version=read, handler_id=colleague.id)
    assert (stale.value.state, stale.value.version) == (State.TO_DO, read + 1)


def test_nothing_is_decided_while_a_paper_is_awaited(db, tools, home, colleague):
    account, contract = home
    row = take(db, tools, make_request(db, tools, account, contract), colleague)
    requests.move(db, tools, row, Act.ASK_PIECE, Actor(OFFICE, colleague.id))
    assert row.due_at is None
    with pytest.raises(NotAllowed):
        requests.move(db, tools, row, Act.DECIDE, Actor(OFFICE, colleague.id), outcome="accepted")


def test_the_clock_stops_while_the_member_has_the_hand(db, tools, home, colleague, clock):
    account, contract = home
    row = take(db, tools, make_request(db, tools, account, contract), colleague)
    due = row.due_at
    clock.at = datetime(2026, 6, 16, 10, 30, tzinfo=UTC)
    requests.move(db, tools, row, Act.ASK_PIECE, Actor(OFFICE, colleague.id))
    clock.at = datetime(2026, 6, 18, 10, 30, tzinfo=UTC)
    requests.move(db, tools, row, Act.PROVIDE, Actor(MEMBER, account.id))
    assert (row.due_at - due).days == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(said=st.lists(st.sampled_from(["asks", "thanks", "office"]), max_size=6))
def test_what_awaits_a_reply_is_the_oldest_message_that_nobody_answered(db, tools, home, colleague, clock, said):
    """Of those after the one that it was sent with; a thank-you asks nothing."""
    with db.begin_nested() as saved:
        clock.at = TUESDAY
        row, waits = make_request(db, tools, *home), []
        for what in said:
            clock.at += timedelta(minutes=1)
            actor = Actor(OFFICE, colleague.id) if what == "office" else Actor(MEMBER, home[0].id)
            requests.say(db, tools, row, actor, what, kind="thanks" if what == "thanks" else "text")
            waits = [] if what == "office" else [*waits, clock.at] if what == "asks" else waits
            assert row.awaits_reply_since == (waits[0] if waits else None)
        saved.rollback()


def test_what_left_meanwhile_is_not_changed_by_another_tab(db, tools, home):
    account, contract = home
    row = make_draft(db, tools, account, contract, details={"motive": "delay"})
    db.execute(text("update request set state = 'to_do', sent_at = now(), number = '000001-R'"))
    assert row.state == "draft"  # as this tab read it
    with pytest.raises(NotAllowed):
        edit_draft(db, tools, row, details={})


@pytest.mark.parametrize(("kind", "days"), [("complaint", 15), ("quote", 1)])
def test_a_topic_that_left_the_catalogue_leaves_the_days_of_its_kind(db, tools, home, kind, days):
    row = make_request(db, tools, *home, kind, f"{kind}.gone")
    assert row.target_minutes * timedelta(minutes=1) == days * A_DAY
