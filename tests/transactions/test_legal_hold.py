"""A hold put while the night erases, with real commits: what is said to be kept is, and nothing is half gone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space import models as m
from member_space.domain.legal_hold import HoldGround
from member_space.domain.permissions import Role
from member_space.services import attachment_sweep, request_erasing
from member_space.services.attachment_sweep import sweep
from member_space.services.document import restore
from member_space.services.legal_hold import Target, put_hold
from member_space.services.request_erasing import erase_old
from member_space.services.request_handling import Hand, reopen
from member_space.services.request_reminders import erase_drafts
from tests.factories.messages import worker_tools
from tests.factories.office import make_colleague, office_identity_of
from tests.factories.request import make_draft
from tests.functional.clock import SetClock
from tests.functional.erasing import LEAVES, ended_with
from tests.functional.helpers import HERE
from tests.transactions.together import PATIENCE, wait_for_a_waiter, wait_for_waiters

NIGHT = datetime(LEAVES.year, LEAVES.month, LEAVES.day, 3, tzinfo=UTC)


@pytest.fixture
def clock():
    return SetClock(NIGHT)


@pytest.fixture
def tools(settings, own_database, clock):
    return worker_tools(settings, own_database, clock)[0]


def one_whose_night_has_come(engine, tools, clock):
    """A request whose night has come, of somebody without an account any more."""
    with Session(engine) as db:
        row, account = ended_with(db, tools, make_colleague(db, Role.HANDLER), clock, account=False)
        return Target(account.person_id, row.id, row.contract_id)


@pytest.fixture
def target(own_database, tools, clock):
    return one_whose_night_has_come(own_database, tools, clock)


@pytest.fixture
def who(own_database):
    with Session(own_database) as db:
        identity = office_identity_of(make_colleague(db, Role.SUPERVISOR))
        db.commit()
    return identity


def committed(engine, act):
    with Session(engine) as db:
        answered = act(db)
        db.commit()
        return answered


def left(engine):
    with Session(engine) as db:
        return db.scalars(select(m.Request.id)).all(), db.scalars(select(m.Attachment.id)).all()


def test_a_hold_that_came_first_is_waited_for_and_obeyed(own_database, tools, target, who):
    before = left(own_database)
    with ThreadPoolExecutor() as pool, Session(own_database) as db:
        assert put_hold(db, tools, who, Target(target.person_id), HoldGround.AUDIT, HERE)
        erasing = pool.submit(committed, own_database, lambda db: erase_old(db, tools))
        wait_for_a_waiter(db)
        db.commit()
        erasing.result(PATIENCE)
    assert left(own_database) == before


def test_one_that_came_after_is_told_that_there_is_nothing_to_keep(own_database, tools, target, who):
    with ThreadPoolExecutor() as pool, Session(own_database) as db:
        erase_old(db, tools)
        put = pool.submit(committed, own_database, lambda db: put_hold(db, tools, who, target, HoldGround.AUDIT, HERE))
        wait_for_a_waiter(db)
        db.commit()
        assert put.result(PATIENCE) is False
    assert left(own_database) == ([], [])
    with Session(own_database) as db:
        assert db.scalars(select(m.LegalHold)).all() == []


def test_the_bin_obeys_one_too(own_database, tools, target, who, clock):
    with Session(own_database) as db:
        [document] = db.scalars(select(m.Attachment).where(m.Attachment.request_id.is_(None)))
        document.removed_at = datetime(2016, 6, 1, tzinfo=UTC)
        db.commit()
    with ThreadPoolExecutor() as pool, Session(own_database) as db:
        assert put_hold(db, tools, who, Target(target.person_id), HoldGround.AUDIT, HERE)
        sweeping = pool.submit(committed, own_database, lambda db: sweep(db, tools))
        wait_for_a_waiter(db)
        db.commit()
        sweeping.result(PATIENCE)
    with Session(own_database) as db:
        assert db.scalars(select(m.Attachment.id).where(m.Attachment.request_id.is_(None))).all()


def test_the_bin_takes_nobody_whom_it_has_not_locked(own_database, tools, target, who, clock, monkeypatch):
    """A batch of what is binned, and one of what was left: each is under a lock of its own."""
    monkeypatch.setattr(attachment_sweep, "BATCH", 1)
    other = one_whose_night_has_come(own_database, tools, clock)
    with Session(own_database) as db:
        [document] = db.scalars(
            select(m.Attachment).where(
                m.Attachment.request_id.is_(None), m.Attachment.author_person_id == target.person_id
            )
        )
        document.removed_at = datetime(2016, 6, 1, tzinfo=UTC)
        [left_there] = db.scalars(select(m.Attachment).where(m.Attachment.request_id == other.request_id))
        left_there.sent_at = None
        kept = left_there.id
        db.commit()
    with ThreadPoolExecutor() as pool, Session(own_database) as db:
        assert put_hold(db, tools, who, Target(other.person_id), HoldGround.AUDIT, HERE)
        sweeping = pool.submit(committed, own_database, lambda db: sweep(db, tools))
        wait_for_a_waiter(db)
        db.commit()
        sweeping.result(PATIENCE)
    files = left(own_database)[1]
    assert len(files) == 3, "the binned one is gone"
    assert kept in files


def test_a_draft_obeys_one_too(own_database, tools, target, who, clock):
    """Nothing else of this person has reached its day: the hold must be seen by this work of the night too."""
    with Session(own_database) as db:
        account = db.scalars(select(m.Account).where(m.Account.person_id == target.person_id)).one()
        draft = make_draft(db, tools, account, db.get_one(m.Contract, target.contract_id))
        draft.activity_at = draft.nudged_at = NIGHT - timedelta(days=40)
        db.commit()
        draft_id = draft.id
    with ThreadPoolExecutor() as pool, Session(own_database) as db:
        assert put_hold(db, tools, who, Target(target.person_id), HoldGround.AUDIT, HERE)
        erasing = pool.submit(committed, own_database, lambda db: erase_drafts(db, tools))
        wait_for_a_waiter(db)
        db.commit()
        erasing.result(PATIENCE)
    assert draft_id in left(own_database)[0]
    committed(own_database, lambda db: erase_drafts(db, tools))
    assert draft_id in left(own_database)[0], "nor on any other night"


def test_two_works_of_the_night_do_not_wait_for_each_other(own_database, tools, target, clock):
    """The sweep meets the second person first, by what is in the bin; the erasing the first one, by a request."""
    other = one_whose_night_has_come(own_database, tools, clock)
    first, second = sorted([target, other], key=lambda one: one.person_id)
    with Session(own_database) as db:
        documents = select(m.Attachment).where(m.Attachment.author_person_id == second.person_id)
        [binned] = db.scalars(documents.where(m.Attachment.request_id.is_(None)))
        binned.removed_at = datetime(2016, 6, 1, tzinfo=UTC)
        [left_there] = db.scalars(select(m.Attachment).where(m.Attachment.request_id == first.request_id))
        left_there.sent_at = None
        db.get_one(m.Request, second.request_id).closed_at = NIGHT
        facts = {"contract_id": second.contract_id, "author_person_id": second.person_id, "name": "carte.pdf"}
        db.add(m.Attachment(**facts, account_id=binned.account_id, sent_at=NIGHT, created_at=NIGHT))
        db.commit()
        binned_id = binned.id
    with ThreadPoolExecutor() as pool, Session(own_database) as db:
        db.scalar(select(m.Attachment.id).where(m.Attachment.id == binned_id).with_for_update())
        sweeping = pool.submit(committed, own_database, lambda db: sweep(db, tools))
        wait_for_a_waiter(db)
        erasing = pool.submit(committed, own_database, lambda db: erase_old(db, tools))
        wait_for_waiters(own_database, 2)
        db.commit()
        sweeping.result(PATIENCE)
        erasing.result(PATIENCE)
    assert second.request_id in left(own_database)[0]
    assert first.request_id not in left(own_database)[0]


def test_nobody_is_erased_in_the_place_of_who_was_held_meanwhile(own_database, tools, target, who, clock, monkeypatch):
    monkeypatch.setattr(request_erasing, "BATCH", 1)
    other = one_whose_night_has_come(own_database, tools, clock)
    with ThreadPoolExecutor() as pool, Session(own_database) as db:
        assert put_hold(db, tools, who, Target(target.person_id), HoldGround.AUDIT, HERE)
        erasing = pool.submit(committed, own_database, lambda db: erase_old(db, tools))
        wait_for_a_waiter(db)
        db.commit()
        erasing.result(PATIENCE)
    assert left(own_database)[0] == [target.request_id, other.request_id], "his lock was not asked for: another night"


def test_a_request_that_a_colleague_opens_again_at_that_instant_stays_whole(own_database, tools, target, who):
    before = left(own_database)
    with ThreadPoolExecutor() as pool, Session(own_database) as db:
        row = db.get_one(m.Request, target.request_id)
        reopen(db, tools, Hand(who, row, row.version, HERE))
        erasing = pool.submit(committed, own_database, lambda db: erase_old(db, tools))
        wait_for_a_waiter(db)
        db.commit()
        erasing.result(PATIENCE)
    requests, files = left(own_database)
    assert requests == before[0]
    assert len(files) == 1
    with Session(own_database) as db:
        assert db.get_one(m.Attachment, files[0]).request_id == target.request_id
        assert db.scalars(select(m.RequestTransition.act).where(m.RequestTransition.act == "reopen")).all()


def test_a_document_taken_out_of_the_bin_at_that_instant_stays(own_database, tools, target):
    with Session(own_database) as db:
        [document] = db.scalars(select(m.Attachment).where(m.Attachment.request_id.is_(None)))
        document_id = document.id
        document.removed_at = datetime(2016, 6, 1, tzinfo=UTC)
        db.commit()
    with ThreadPoolExecutor() as pool, Session(own_database) as db:
        restore(db, tools, db.get_one(m.Attachment, document_id))
        sweeping = pool.submit(committed, own_database, lambda db: sweep(db, tools))
        wait_for_a_waiter(db)
        db.commit()
        sweeping.result(PATIENCE)
    assert document_id in left(own_database)[1]
    assert target is not None


def test_erased_twice_at_once_is_erased_once(own_database, tools, target):
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(committed, own_database, lambda db: erase_old(db, tools)) for _n in range(2)]
        for one in both:
            one.result(PATIENCE)
    assert left(own_database) == ([], [])
    with Session(own_database) as db:
        assert sum(db.scalars(select(m.Erasure.count))) == 2
    assert target is not None
