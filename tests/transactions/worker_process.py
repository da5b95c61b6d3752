"""A real worker that waits at one step of a job to be killed there: DATABASE_URL, file of the mails that left, step.

`python -m tests.transactions.worker_process` says « here: STEP » when it is there; without a step it does what there
is to do, and ends.
"""

import os
import sys
import threading
from itertools import count
from pathlib import Path

from sqlalchemy import event
from zope.interface import implementer
from zope.interface.registry import Components

from member_space.adapters.jobs import run_worker
from member_space.config import register_adapters
from member_space.interfaces import IMailer, OutgoingMail
from member_space.models.session import make_engine, make_session_factory
from member_space.security.logs import configure_logging
from member_space.services.tasks import TASKS
from member_space.services.tools import Tools
from member_space.settings import read_settings
from tests.conftest import TEST_INI

STEPS = ("taken", "before the server", "after the server", "before the commit", "after the commit")
"""And « statement 1 », « statement 2 »…: before each statement that the job sends to the database."""


@implementer(IMailer)
class FileMailer:
    """A server that took a mail has written it on its disk."""

    def __init__(self, box: Path, reach) -> None:
        self.box = box
        self.reach = reach

    def send(self, mail: OutgoingMail) -> None:
        self.reach("before the server")
        with self.box.open("a") as box:
            box.write(mail.message_id + "\n")
            os.fsync(box.fileno())
        self.reach("after the server")


def main(url: str, box: str, killed_at: str = "") -> None:
    def reach(step: str) -> None:
        if step == killed_at:
            sys.stdout.write(f"here: {step}\n")
            sys.stdout.flush()
            threading.Event().wait()

    statements = count(1)

    def run(task, **arguments) -> None:
        reach("taken")
        if task.begin:
            with sessions.begin() as db:
                task.begin(db, tools, **arguments)
        with sessions.begin() as db:
            event.listen(db.connection(), "before_cursor_execute", lambda *_: reach(f"statement {next(statements)}"))
            task.run(db, tools, **arguments)
            reach("before the commit")
        reach("after the commit")

    settings, engine = read_settings(TEST_INI, {}), make_engine(url)
    registry = Components("worker of a test")
    register_adapters(registry, settings, engine)
    registry.registerUtility(FileMailer(Path(box), reach), IMailer)
    tools, sessions = Tools(settings, registry.getUtility), make_session_factory(engine)
    try:
        run_worker(engine, TASKS, run, wait=False)
    finally:
        engine.dispose()


if __name__ == "__main__":
    configure_logging("json", sys.stderr)
    main(*sys.argv[1:])
