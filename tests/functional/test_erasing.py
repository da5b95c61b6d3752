"""Requests and documents at the end of their time: the day told, two notices, then nothing left (C127)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from member_space import models as m
from member_space.domain.legal_hold import HoldGround
from member_space.domain.permissions import Role
from member_space.interfaces import IStorage
from member_space.services import request_erasing as erasing
from member_space.services.attachment_sweep import erase as erase_files
from member_space.services.legal_hold import Target, put_hold
from member_space.services.request_erasing import GOES_WITH_A_REQUEST, tell_of_erasing
from tests.factories.office import make_colleague, office_identity_of
from tests.factories.request import answer, make_request
from tests.functional.clock import clock_at
from tests.functional.erasing import DAY, LEAVES, SAID, each_day, ended_with, night, notices, said
from tests.functional.helpers import HERE, sign_in


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2016, 6, 16, 11) as clock:
        yield clock


@pytest.fixture
def hugo(db):
    return make_colleague(db, Role.HANDLER)


@pytest.fixture
def who(db):
    """The supervisor who holds."""
    return office_identity_of(make_colleague(db, Role.SUPERVISOR))


@pytest.fixture
def left(db, tools, hugo, clock):
    return ended_with(db, tools, hugo, clock)


def test_the_day_is_on_the_document_and_on_the_request(app, db, left):
    row, account = left
    browser = sign_in(app, db, account)
    assert said(browser, "/documents").count(f"Effacé le {SAID}") == 2
    assert f"seront effacés le {SAID}" in said(browser, f"/demandes/{row.public_id}")


def test_while_the_contract_runs_there_is_no_day(app, db, tools, hugo, clock):
    row, account = ended_with(db, tools, hugo, clock, end=None)
    browser = sign_in(app, db, account)
    words = said(browser, "/documents")
    assert "Effacé le" not in words
    assert "puis 5 ans" in words
    assert "puis 5 ans" in said(browser, f"/demandes/{row.public_id}")
    clock.at += 4000 * DAY
    tell_of_erasing(db, tools)
    night(db, tools)
    assert notices(db) == []
    assert db.get(m.Request, row.id)


def test_told_thirty_days_and_seven_days_before_once_for_all_of_it(app, db, tools, clock, left):
    told, gone = each_day(db, tools, clock, date(2016, 7, 25))
    assert told == [date(2016, 6, 20), date(2016, 7, 13)]
    assert notices(db) == [("30", "2016-07-20"), ("7", "2016-07-20")]
    assert gone == LEAVES
    sign_in(app, db, left[1]).get("/documents")
    read = db.scalars(select(m.Notification.read_at).where(m.Notification.kind == "erasing_soon")).all()
    # A notice of the law leaves in any case: it waits for the worker here, so its reading is not noted.
    assert read == [None, None]


def test_who_was_told_late_has_his_seven_days(db, tools, clock, left):
    clock.at = datetime(2016, 7, 30, 9, tzinfo=UTC)
    night(db, tools)
    assert db.get(m.Request, left[0].id), "nobody was told"
    told, gone = each_day(db, tools, clock, date(2016, 8, 12))
    assert told == [date(2016, 7, 31)]
    assert notices(db) == [("7", "2016-08-07")]
    assert gone == date(2016, 8, 7)


def test_who_has_no_account_is_not_waited_for(db, tools, hugo, clock):
    row, _account = ended_with(db, tools, hugo, clock, account=False)
    told, gone = each_day(db, tools, clock, date(2016, 7, 22))
    assert (told, gone) == ([], LEAVES)
    assert row is not None


def test_all_of_it_goes_and_leaves_a_number(app, db, tools, hugo, clock, left):
    other, account = ended_with(db, tools, hugo, clock, end=None)
    follows = make_request(db, tools, account, db.get(m.Contract, other.contract_id), linked_id=left[0].id)
    db.add(
        m.InternalNote(
            request_id=left[0].id, contract_id=left[0].contract_id, account_id=hugo.id, body="x", written_at=clock.now()
        )
    )
    db.commit()
    storage = app.app.registry.getUtility(IStorage)
    files = (
        select(m.AttachmentFile.storage_key)
        .join(m.Attachment)
        .where(m.Attachment.author_person_id == left[1].person_id)
    )
    keys = db.scalars(files).all()
    assert len(keys) == 2
    request_id, other_id = left[0].id, other.id
    clock.at = datetime(2016, 7, 1, 9, tzinfo=UTC)
    tell_of_erasing(db, tools)
    clock.at = datetime(2016, 7, 20, 3, tzinfo=UTC)
    night(db, tools)
    assert db.get(m.Request, request_id) is None
    assert db.get(m.Request, other_id)
    assert db.get(m.Request, follows.id).linked_id is None
    for model in (*GOES_WITH_A_REQUEST, m.RequestTransition, m.RequestWords, m.Attachment):
        assert not db.scalars(select(model).where(model.request_id == request_id)).all(), model
    assert db.scalars(select(m.Attachment.author_person_id).distinct()).all() == [account.person_id]
    proof = db.scalars(select(m.Erasure)).one()
    assert (proof.kind, proof.count) == ("requests", 2)
    fact = db.scalars(select(m.Event).where(m.Event.kind == "retention:applied")).one()
    assert fact.details == {"requests": 2}
    jobs = db.scalars(text("select args->'keys' from procrastinate_jobs where task_name = 'attachment:erase'")).all()
    for asked in jobs:
        erase_files(db, tools, asked)
    assert storage.missing(keys) == set(keys)


def test_every_table_that_names_a_request_is_erased_with_it():
    """A new one must be said to go, or be taken by the database."""
    named = {
        table.name
        for table in m.Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "request" and key.ondelete is None
    }
    ours = {model.__tablename__ for model in GOES_WITH_A_REQUEST}
    assert named == ours | {"request", "request_transition", "attachment"}


def test_a_batch_that_is_full_asks_for_the_next(db, tools, hugo, clock, monkeypatch):
    monkeypatch.setattr(erasing, "BATCH", 1)
    for _ in range(2):
        ended_with(db, tools, hugo, clock, account=False)
    clock.at = datetime(2016, 7, 21, tzinfo=UTC)
    for left_over, asked in ((1, 1), (0, 2), (0, 2)):
        night(db, tools)
        assert db.scalar(select(func.count()).select_from(m.Request)) == left_over
        jobs = text("select count(*) from procrastinate_jobs where task_name = 'request:erase_old'")
        assert db.scalar(jobs) == asked


def test_what_is_open_stays_until_it_is_over(db, tools, hugo, clock, left):
    row = make_request(db, tools, left[1], db.get(m.Contract, left[0].contract_id))
    db.commit()
    clock.at = datetime(2016, 7, 13, 9, tzinfo=UTC)
    each_day(db, tools, clock, date(2016, 7, 29))
    assert db.scalars(select(m.Request.id)).all() == [row.id]
    answer(db, tools, row, hugo)
    db.commit()
    told, gone = each_day(db, tools, clock, date(2016, 9, 5))
    # Thirty days from its end, told at once and a week before.
    assert gone == date(2016, 8, 28)
    assert told == [date(2016, 7, 30), date(2016, 8, 21)]


class TestTheLogInTheDatabase:
    """The application may not erase it: a function does, which looks for itself."""

    def erased(self, db, row):
        db.flush()
        db.execute(text("select erase_log_of_requests(:ids)"), {"ids": [row.id]})
        return not db.scalars(select(m.RequestTransition).where(m.RequestTransition.request_id == row.id)).all()

    def refused(self, db, row):
        with pytest.raises(DBAPIError, match="keeps its log"), db.begin_nested():
            self.erased(db, row)
        return True

    def test_goes_at_its_time(self, db, left):
        assert self.erased(db, left[0])

    def test_stays_while_the_contract_runs(self, db, tools, hugo, clock):
        assert self.refused(db, ended_with(db, tools, hugo, clock, end=None)[0])

    def test_stays_for_five_years(self, db, tools, hugo, clock):
        end = datetime.now(UTC).date() - timedelta(days=4 * 365)
        assert self.refused(db, ended_with(db, tools, hugo, clock, end=end)[0])

    def test_stays_under_a_hold_and_no_other(self, db, tools, left, who, clock, hugo):
        put_hold(db, tools, who, Target(left[1].person_id), HoldGround.FRAUD, HERE)
        assert self.refused(db, left[0])
        assert self.erased(db, ended_with(db, tools, hugo, clock)[0])

    def test_stays_while_it_is_open(self, db, tools, left):
        row = make_request(db, tools, left[1], db.get(m.Contract, left[0].contract_id))
        assert self.refused(db, row)
