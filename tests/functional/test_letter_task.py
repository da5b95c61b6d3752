"""What the law has us tell and nobody read in ten days is to be said by letter (C150); a bounce is seen (C152)."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from click.testing import CliRunner

from member_space.cli import letters as command
from member_space.cli import member_space
from member_space.domain.notices import NoticeKind
from member_space.domain.permissions import Role
from member_space.models import Notification, Person
from member_space.services.letter_task import letters_due
from member_space.services.notification_announce import announce_to, note_read
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in, tools_of


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def account(db):
    person = make_person(
        db, "Hélène", last_name="Morel", external_ref="P9", address_line1="1 rue Haute", postcode="75001", city="Paris"
    )
    make_contract(db, person)
    return make_account(db, person)


@pytest.fixture
def told(app, db, account, clock):
    """A leak and a reimbursement of ten days ago, and a leak of today told to another."""
    for kind in (NoticeKind.BREACH_DECLARED, NoticeKind.NEW_REIMBURSEMENT, NoticeKind.BREACH_DECLARED):
        announce_to(db, kind, [account.id], {"link": "/"}, clock.now() - timedelta(days=10))
    other = make_account(db, make_person(db))
    announce_to(db, NoticeKind.BREACH_DECLARED, [other.id], {"link": "/"}, clock.now() - timedelta(days=9))
    db.query(Notification).update({"state": "sent"})
    db.commit()


def test_unread_for_ten_days_it_is_a_letter_and_only_once(app, db, told):
    (task,) = letters_due(db, tools_of(app))
    assert (task.kind, task.person_ref, task.name) == ("breach_declared", "P9", "Hélène Morel")
    assert task.address == ("1 rue Haute", "75001 Paris")


def test_who_read_gets_no_letter_whatever_the_channel(app, db, account, told, clock):
    note_read(db, tools_of(app), account.id, NoticeKind.BREACH_DECLARED)
    assert letters_due(db, tools_of(app)) == []
    clock.at += timedelta(minutes=1)
    announce_to(db, NoticeKind.BREACH_DECLARED, [account.id], {"link": "/"}, clock.now())
    clock.at += timedelta(days=10)
    assert len(letters_due(db, tools_of(app))) == 2


def test_the_command_prints_them(monkeypatch, db, engine, session_factory, told, app):
    @contextmanager
    def ours(_ini):
        yield engine

    monkeypatch.setattr(command, "engine_of", ours)
    monkeypatch.setattr(command, "tools_of", lambda *_: tools_of(app))
    monkeypatch.setattr(command, "make_session_factory", lambda _engine: session_factory)
    lines = CliRunner().invoke(member_space, ["letters", "due"], catch_exceptions=False).output.splitlines()
    assert lines[1:] == ['breach_declared,2026-11-10,P9,Hélène Morel,"1 rue Haute, 75001 Paris"']


def test_a_colleague_sees_that_the_address_receives_nothing(app, db, account, clock):
    path = f"/bureau/adherents/{db.get(Person, account.person_id).public_id}"
    browser = sign_in(app, db, make_colleague(db, Role.HANDLER))
    assert "ne reçoit plus nos messages" not in browser.get(path)
    account.email_bounced_at = clock.now()
    db.commit()
    assert "Son e-mail ne reçoit plus nos messages" in browser.get(path)
