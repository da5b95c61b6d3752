"""`member-space webhook`: the same from a terminal."""

import json
import uuid

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from member_space.cli import member_space
from member_space.models import WebhookTarget
from tests.factories.api import make_client, make_grant
from tests.factories.household import make_account, make_person
from tests.factories.webhook import make_delivery, make_target
from tests.functional.test_feed_commands import write_ini


@pytest.fixture
def run(own_database, tmp_path):
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))

    def run(*words):
        result = CliRunner().invoke(member_space, ["--ini", str(ini), "webhook", *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def test_from_the_first_to_the_last(run, sessions):
    with sessions.begin() as db:
        client_id = str(make_client(db).public_id)
    refused = run("add", "--client", client_id, "--url", "https://10.0.0.1/")
    assert (refused.exit_code, "réseau privé" in refused.output) == (2, True)
    assert run("add", "--client", str(uuid.uuid4()), "--url", "https://93.184.215.14/").exit_code == 2
    added = run("add", "--client", client_id, "--url", "https://93.184.215.14/", "--event", "card.issued")
    assert added.exit_code == 0
    assert "whsec_" in added.output
    with sessions() as db:
        row = db.scalars(select(WebhookTarget)).one()
    [listed] = [json.loads(line) for line in run("list", "--json").output.splitlines()]
    assert (listed["public_id"], listed["news"]) == (str(row.public_id), ["card.issued"])
    assert "ok" in run("list").output
    assert "whsec_" in run("secret", str(row.public_id)).output
    assert "0 envoi(s)" in run("replay", str(row.public_id), "--since", "2026-11-01").output
    assert run("replay", str(row.public_id), "--delivery", "msg_x").exit_code == 2
    assert run("close", str(row.public_id)).exit_code == 0
    assert run("close", str(row.public_id)).exit_code == 2
    assert "fermée" in run("list").output


def test_one_event_is_sent_again_by_the_id_that_its_receiver_read(run, sessions, cipher):
    with sessions.begin() as db:
        person = make_person(db, "Nadia")
        client = make_client(db)
        grant = make_grant(db, make_account(db, person), client, [person])
        target = make_target(db, cipher, client)
        sent = make_delivery(db, target, grant, state="sent", attempts=1, status=204)
        place, header = str(target.public_id), f"msg_{sent.public_id.hex}"
    assert run("replay", place, "--delivery", header).output == "1 envoi(s) repris\n"
