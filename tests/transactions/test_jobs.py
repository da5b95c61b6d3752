"""A job lives and dies with the transaction that asks for it, and is done once."""

import threading
from datetime import timedelta

from pyramid.request import apply_request_extensions
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from member_space.adapters.jobs import ProcrastinateJobs, run_worker, worker_beside
from member_space.config import make_app, work
from member_space.interfaces import IClock, IJobs
from member_space.models import WebSession
from member_space.services.retention import APPLY
from member_space.services.sessions import Lifetimes, open_session
from member_space.services.tasks import Task
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_person

LIFETIMES = Lifetimes(timedelta(minutes=15), timedelta(hours=12))


def jobs(engine) -> list[str]:
    with engine.connect() as connection:
        rows = connection.execute(text("select task_name || ' ' || status from procrastinate_jobs order by id"))
        return list(rows.scalars())


def test_a_job_is_written_with_the_commit_and_gone_with_the_rollback(own_database):
    queue = ProcrastinateJobs(own_database)
    with Session(own_database) as db:
        queue.defer(db, APPLY)
        assert jobs(own_database) == []
        db.rollback()
        assert jobs(own_database) == []
        queue.defer(db, APPLY)
        db.commit()
    assert jobs(own_database) == ["retention:apply todo"]


def test_a_request_that_does_nothing_else_still_writes_its_job(own_database):
    """The transaction manager must not take the job, written below the ORM, for a reading."""
    app = make_app(TEST_INI, own_database)
    request = app.request_factory.blank("/")
    request.registry = app.registry
    apply_request_extensions(request)
    with request.tm:
        app.registry.getUtility(IJobs).defer(request.db, APPLY)
    assert jobs(own_database) == ["retention:apply todo"]


def test_the_worker_erases_expired_sessions_once(own_database):
    app = make_app(TEST_INI, own_database)
    now = app.registry.getUtility(IClock).now()
    with Session(own_database) as db:
        account = make_account(db, make_person(db))
        for started in (now, now - timedelta(hours=13)):
            open_session(db, account.id, started, LIFETIMES)
        app.registry.getUtility(IJobs).defer(db, APPLY)
        db.commit()
    work(TEST_INI, own_database, wait=False)
    with Session(own_database) as db:
        assert db.scalar(select(func.count()).select_from(WebSession)) == 1
    assert jobs(own_database) == []


def test_each_job_is_done_once_and_a_failure_waits_for_its_next_try(own_database):
    done = []

    def run(task, **arguments):
        done.append((task.name, arguments))
        if task.name == "broken":
            raise ConnectionError("try again later")

    tasks = [Task("noted", lambda: None), Task("broken", lambda: None)]
    queue = ProcrastinateJobs(own_database)
    with Session(own_database) as db:
        queue.defer(db, "noted", statement_id=3)
        queue.defer(db, "broken")
        db.commit()
    for _ in range(2):
        run_worker(own_database, tasks, run, wait=False)
    assert done == [("noted", {"statement_id": 3}), ("broken", {})]
    assert jobs(own_database) == ["broken todo"]


def test_the_worker_beside_a_server_does_what_comes_and_leaves_with_it(own_database):
    done = threading.Event()
    with worker_beside(own_database, [Task("noted", lambda: None)], lambda task: done.set()):
        with Session(own_database) as db:
            ProcrastinateJobs(own_database).defer(db, "noted")
            db.commit()
        assert done.wait(20)
    assert [thread.name for thread in threading.enumerate() if thread.name == "worker"] == []
