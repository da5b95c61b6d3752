"""`member-space requests recompute` and `member-space catalogue check`."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.cli import member_space
from member_space.domain.request import Act
from member_space.models import Request
from member_space.services import request as requests
from member_space.services.request import Actor
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.office import make_colleague
from tests.factories.request import OFFICE, make_request, take
from tests.functional.clock import SetClock
from tests.functional.test_feed_commands import write_ini

OURS = Path(str(files("member_space") / "reference/requests.toml"))
WEDNESDAY = datetime(2026, 6, 17, 12, tzinfo=UTC)


def run(*arguments: object):
    result = CliRunner().invoke(member_space, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def command(own_database, tmp_path):
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))

    def on(hours: str):
        changed = tmp_path / "changed.ini"
        text = ini.read_text(encoding="utf-8")
        assert "[app:main]" in text
        changed.write_text(text.replace("[app:main]", f"[app:main]\nbrand.opening_hours = {hours}"), encoding="utf-8")
        return run("--ini", changed, "requests", "recompute")

    return on


def due(engine) -> dict[str, datetime | None]:
    with Session(engine) as db:
        return dict(db.execute(select(Request.state, Request.due_at)).tuples().all())


def test_new_hours_date_the_open_requests_again(own_database, settings, command):
    tools, *_ = worker_tools(settings, own_database, SetClock(WEDNESDAY))
    with Session(own_database) as db:
        holder = make_person(db)
        home, colleague = (make_account(db, holder), make_contract(db, holder)), make_colleague(db, "handler")
        waiting, reviewed, _to_do = (make_request(db, tools, *home) for _ in range(3))
        for row in (waiting, reviewed):
            take(db, tools, row, colleague)
        requests.move(db, tools, waiting, Act.ASK_PIECE, Actor(OFFICE, colleague.id))
        db.commit()
    before = due(own_database)
    # 14:00 in Paris: 4 hours are left of the day, 5 h 30 of the target for Thursday.
    assert before["to_do"] == before["in_review"] == WEDNESDAY + timedelta(days=1)
    assert command("Mon-Fri 08:30-18:00").output == "3 demande(s) ouverte(s) relue(s), 0 échéance(s) changée(s)\n"
    assert due(own_database) == before
    # Closed on Thursdays: the end is on Friday.
    assert command("Mon-Wed 08:30-18:00, Fri 08:30-18:00").output.endswith(" 2 échéance(s) changée(s)\n")
    assert due(own_database) == {
        "to_do": WEDNESDAY + timedelta(days=2),
        "in_review": WEDNESDAY + timedelta(days=2),
        "waiting_member": None,
    }


def test_our_own_catalogue_is_right():
    found = run("catalogue", "check", OURS)
    assert found.exit_code == 0
    assert "objets" in found.output


@pytest.mark.parametrize(
    ("of", "to", "named"),
    [
        ('kind = "claim"', 'kind = "loan"', "topic claim.routine: kind is one of"),
        ('required = ["paid_invoice"]', 'required = ["invoice"]', "topic claim.routine: unknown piece: invoice"),
        ("files = 4, megabytes = 3", "files = 0, megabytes = 3", "claim: files from 1 to 20"),
        ('code = "prescription"', 'code = "paid_invoice"', "piece paid_invoice: this code stands twice"),
        ("target_days = 5", "target_days = -5", "topic claim.unknown_care: target_days"),
        ("reply_days = 1", "reply_days = 0", "replies: reply_days"),
        ("good_for_days = 365", "good_for_days = 0", "good_for_days is a number of days"),
        ("[limits]", "[limits", "requests.toml"),
        ('label = { fr = "Facture acquittée", en = "Paid invoice" }', "", "piece paid_invoice: label"),
    ],
)
def test_a_mistake_is_named_by_its_entry(tmp_path, of, to, named):
    path = tmp_path / "requests.toml"
    text = OURS.read_text(encoding="utf-8")
    assert of in text
    path.write_text(text.replace(of, to, 1), encoding="utf-8")
    found = run("catalogue", "check", path)
    assert found.exit_code == 2
    assert named in found.output


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    assert run("catalogue", "check", tmp_path / "none.toml").exit_code == 2
    path = tmp_path / "requests.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert run("catalogue", "check", path).exit_code == 2
