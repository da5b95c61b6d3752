"""`kill -9` of a real worker between any two steps of a job: the mail goes once, or again under its own number; never
is one lost, and no job stays undone.
"""

import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Attachment, Notification, Request
from member_space.models.session import make_session_factory
from member_space.services.attachment_add import add_files
from member_space.services.attachment_check import TRIES
from member_space.services.notification import notify
from member_space.services.request import Actor
from tests.conftest import ROOT
from tests.factories.files import jpeg, sent
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.office import make_colleague
from tests.factories.request import MEMBER, make_draft, make_request, take
from tests.transactions import worker_process
from tests.transactions.worker_process import STEPS

# Between the « yes » of the mail's server and our commit nobody can know whether it left.
TWICE = ("after the server", "before the commit")
MODULE = [sys.executable, "-m", "tests.transactions.worker_process"]


@dataclass
class Workers:
    """Those of one database; `box`: the mails that their server took."""

    url: str
    box: Path

    def killed_at(self, step: str) -> bool:
        """One in a process of its own, killed there; False when it ended before it came there."""
        asked = [*MODULE, self.url, str(self.box), step]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
        with subprocess.Popen(asked, **pipes) as process:
            reached = process.stdout.readline()
            process.send_signal(signal.SIGKILL)
            _, log = process.communicate(timeout=150)
        assert reached in ("", f"here: {step}\n"), log
        return bool(reached)

    def next(self) -> list[dict]:
        """Another one, until nothing is left to do; what it logged."""
        with capture_logs() as log:
            worker_process.main(self.url, str(self.box))
        return log

    def mails(self) -> list[str]:
        return self.box.read_text().split()


@pytest.fixture
def worker(own_database, tmp_path):
    (tmp_path / "box").touch()
    return Workers(own_database.url.render_as_string(hide_password=False), tmp_path / "box")


def a_minute_later(engine) -> None:
    """For the queue, which reads the database's clock: the dead worker has not been heard of for a while."""
    with engine.begin() as connection:
        connection.execute(text("update procrastinate_workers set last_heartbeat = now() - interval '1 minute'"))


def jobs_left(engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("select task_name from procrastinate_jobs")).scalars())


@pytest.mark.parametrize("step", STEPS)
def test_a_mail_is_never_lost(own_database, settings, worker, step):
    tools, *_ = worker_tools(settings, own_database)
    with make_session_factory(own_database).begin() as db:
        account = make_account(db, make_person(db))
        row = notify(db, tools, NoticeKind.ACCOUNT_ACTIVATED, Channel.EMAIL, account_id=account.id)
    assert worker.killed_at(step)
    a_minute_later(own_database)
    log = worker.next()
    assert worker.mails() == [str(row.public_id)] * (2 if step in TWICE else 1)
    with Session(own_database) as db:
        assert db.scalar(select(Notification.state)) == "sent"
    assert jobs_left(own_database) == []
    # It is marked: whoever asks why a mail came twice finds it.
    told = [one["task"] for one in log if one["event"] == "job of a dead worker"]
    assert told == ["notification:send"]


def test_a_mail_is_never_lost_between_any_two_statements(own_database, settings, worker):
    """One mail a statement of its job: a worker is killed just before it, until one ends before it comes so far."""
    tools, *_ = worker_tools(settings, own_database)
    asked: list[str] = []

    def one_more() -> bool:
        with make_session_factory(own_database).begin() as db:
            account = make_account(db, make_person(db))
            row = notify(db, tools, NoticeKind.ACCOUNT_ACTIVATED, Channel.EMAIL, account_id=account.id)
            asked.append(str(row.public_id))
        killed = worker.killed_at(f"statement {len(asked)}")
        a_minute_later(own_database)
        worker.next()
        assert jobs_left(own_database) == []
        return killed

    while one_more():
        pass
    assert len(asked) > 3, "the statements of the job were not counted"
    with Session(own_database) as db:
        assert set(db.scalars(select(Notification.state))) == {"sent"}
    left = Counter(worker.mails())
    # After the « yes » of the mail's server and before our commit, it leaves again under its own number.
    assert set(left) == set(asked)
    assert set(left.values()) <= {1, 2}


@pytest.mark.parametrize("step", ["taken", "before the commit", "after the commit"])
def test_what_a_task_writes_is_written_once(own_database, settings, worker, step):
    """A request wakes once, whatever the step at which the worker died."""
    tools, *_ = worker_tools(settings, own_database)
    with make_session_factory(own_database).begin() as db:
        holder = make_person(db)
        row = make_request(db, tools, make_account(db, holder), make_contract(db, holder))
        take(db, tools, row, make_colleague(db, "handler"))
        row.state, row.wake_at = "on_hold", tools.now()
        tools.jobs.defer(db, "request:wake")
        db.execute(text("delete from notification"))
    assert worker.killed_at(step)
    a_minute_later(own_database)
    worker.next()
    with Session(own_database) as db:
        assert db.scalar(select(Request.state)) == "to_do"
        assert db.scalars(text("select count(*) from request_transition where act = 'wake'")).all() == [1]
    assert jobs_left(own_database) == []


@pytest.mark.parametrize(("before", "state"), [(0, "checked"), (TRIES - 1, "refused")])
def test_a_file_bears_the_mark_of_each_worker_that_it_killed(own_database, settings, worker, before, state):
    """The mark stays though what the worker did is undone; after too many, the file is refused."""
    tools, *_ = worker_tools(settings, own_database)
    with make_session_factory(own_database).begin() as db:
        holder = make_person(db)
        account, contract = make_account(db, holder), make_contract(db, holder)
        draft = make_draft(db, tools, account, contract, "claim", "claim.optics")
        add_files(db, tools, draft, [sent("facture.jpg", jpeg())], actor=Actor(MEMBER, account.id))
        db.execute(update(Attachment).values(attempts=before))
    assert worker.killed_at("before the commit")
    with Session(own_database) as db:
        assert db.execute(select(Attachment.state, Attachment.attempts)).one() == ("received", before + 1)
    a_minute_later(own_database)
    worker.next()
    with Session(own_database) as db:
        assert db.scalar(select(Attachment.state)) == state
    assert jobs_left(own_database) == []


def test_a_job_that_kills_every_worker_ends_as_failed(own_database, settings, worker):
    tools, *_ = worker_tools(settings, own_database)
    with make_session_factory(own_database).begin() as db:
        tools.jobs.defer(db, "request:wake")
    assert worker.killed_at("taken")
    with own_database.begin() as connection:
        connection.execute(text("update procrastinate_jobs set attempts = 8"))
    a_minute_later(own_database)
    worker.next()
    with own_database.connect() as connection:
        assert connection.execute(text("select status from procrastinate_jobs")).scalars().all() == ["failed"]
