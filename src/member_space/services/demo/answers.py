"""A dozen answers ready to send, for the demonstration and as a start for an office."""

import tomllib
from importlib.resources import files

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from member_space.models import CannedAnswer
from member_space.services.canned_answer import write_answer
from member_space.services.tools import INSIDE, Tools

HELLO, END = "Bonjour {{prenom}} {{nom}},\n\n", "\n\nBien à vous,\n{{conseiller}}"


def load_answers(db: Session, tools: Tools) -> int:
    """The team's answers, where there are none yet; how many."""
    if db.scalar(select(exists().where(CannedAnswer.owner_id.is_(None)))):
        return 0
    given = tomllib.loads(files("member_space.services.demo").joinpath("answers.toml").read_text(encoding="utf-8"))
    for one in given["answer"]:
        body = f"{HELLO}{one['words']}{END}"
        write_answer(db, tools, None, None, one["folder"], one["title"], body, team=True, origin=INSIDE)
    return len(given["answer"])
