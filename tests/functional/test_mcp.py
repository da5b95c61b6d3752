"""An assistant's tools, asked by the protocol's own client: in this process, as a process, and over HTTP."""

import json
import sys
from datetime import date
from pathlib import Path

import anyio
import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from sqlalchemy import select

from member_space.cli.mcp import http_app
from member_space.cli.mcp_server import server_of
from member_space.domain.api_scope import Scope
from member_space.domain.readings import What
from member_space.models import Reading
from member_space.views.api.document import read_document
from tests.conftest import ROOT
from tests.factories.api import bearer, make_client, make_grant, token_of
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.test_gunicorn import SECRETS

COMMAND = Path(sys.executable).with_name("member-space")


def make_family(db):
    """A holder who lets an assistant read him, and his child whom he did not tick."""
    holder, child = make_person(db, "Nadia", last_name="Quetzal"), make_person(db, "Tom", date(2015, 3, 1))
    make_contract(db, holder, (child, "child"))
    account = make_account(db, holder)
    return make_grant(db, account, make_client(db, name="Hugo"), [holder])


@pytest.fixture
def grant(db):
    return make_family(db)


def asked(server, name, **arguments):
    """What a tool answered, or the protocol's error."""

    async def ask():
        async with Client(server) as client:
            try:
                return await client.call_tool(name, arguments)
            except MCPError as error:
                return error

    return anyio.run(ask)


def tools_of(server) -> list[str]:
    async def listed():
        async with Client(server) as client:
            return [tool.name for tool in (await client.list_tools()).tools]

    return anyio.run(listed)


def test_the_server_tells_its_name_and_the_version_of_its_document(app):
    async def introduced():
        async with Client(server_of(app.app, lambda _context: "x", prepare=False)) as client:
            return client.server_info

    told = anyio.run(introduced)
    assert (told.name, told.version) == (app.app.registry.brand.name, read_document()["info"]["version"])


def test_only_readings_are_offered_and_drafts_when_asked_for(app):
    reads = tools_of(server_of(app.app, lambda _context: "x", prepare=False))
    all_tools = tools_of(server_of(app.app, lambda _context: "x", prepare=True))
    assert {"get_me"} <= set(reads) <= set(all_tools)


def test_a_tool_answers_as_the_api_and_the_reading_is_told(app, db, grant):
    token = token_of(db, grant)
    result = asked(server_of(app.app, lambda _context: token, prepare=False), "get_me")
    assert not result.is_error
    told = app.get("/api/v1/me", headers=bearer(token)).json
    assert [result.structured_content[part] for part in ("member", "access")] == [told["member"], told["access"]]
    assert json.loads(result.content[0].text) == result.structured_content
    assert "Tom" not in result.content[0].text
    read = db.scalars(select(Reading).where(Reading.assistant == "Hugo")).all()
    assert [(one.what, one.subject_person_id) for one in read] == [(What.HOME, grant.person_ids[0])]


@pytest.mark.parametrize(("scopes", "status"), [([Scope.CARDS_READ], 403), (None, 401)], ids=["narrow", "revoked"])
def test_what_the_token_does_not_open_is_a_refusal_in_words(app, db, grant, scopes, status):
    token = token_of(db, grant, scopes) if scopes else "a-token-of-nobody"
    result = asked(server_of(app.app, lambda _context: token, prepare=False), "get_me")
    assert result.is_error
    assert json.loads(result.content[0].text)["status"] == status


def test_a_tool_that_is_not_offered_does_nothing(app, db, grant):
    error = asked(server_of(app.app, lambda _context: token_of(db, grant), prepare=False), "delete_everything")
    assert str(error) == "no tool is named delete_everything"


def over_http(app, token, ask):
    """What `ask(client)` gives, asked over HTTP with this token."""
    served = http_app(app.app, "127.0.0.1", 8090, prepare=False)

    async def run():
        async with served.router.lifespan_context(served):
            transport = httpx2.ASGITransport(served, client=("192.0.2.7", 5000))
            headers = bearer(token) if token else {}
            async with httpx2.AsyncClient(transport=transport, headers=headers) as http:
                return await ask(http)

    return anyio.run(run)


def test_over_http_each_request_brings_its_token(app, db, grant):
    async def ask(http):
        async with Client(streamable_http_client("http://127.0.0.1:8090/mcp", http_client=http)) as client:
            return await client.call_tool("get_me", {})

    result = over_http(app, token_of(db, grant), ask)
    assert result.structured_content["member"]["name"] == "Nadia Quetzal"


@pytest.mark.parametrize("token", [None, "stolen-and-forged"])
def test_over_http_without_a_good_token_one_is_told_where_to_ask(app, token):
    async def ask(http):
        return await http.post("http://127.0.0.1:8090/mcp", json={})

    answer = over_http(app, token, ask)
    assert answer.status_code == 401
    assert "resource_metadata=" in answer.headers["WWW-Authenticate"]


CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "get_me", "arguments": {}}}


def posted(app, db, grant, body, **headers):
    """What an address beside the protocol's own client gets, with a token that is good."""
    own = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}

    async def ask(http):
        return await http.post("http://127.0.0.1:8090/mcp", content=body, headers=own | headers)

    return over_http(app, token_of(db, grant), ask).status_code


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Host": "localhost:8090.evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_over_http_no_page_of_another_site_asks(app, db, grant, headers, status):
    """Not even one whose name came to mean this machine (DNS rebinding)."""
    assert posted(app, db, grant, json.dumps(CALL).encode(), **headers) == status


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"[" * 100_000, 400), (b"\xff", 400), (b"null", 400), (b"x" * 10_000_000, 413), (b'{"a": ' + b"9" * 5000, 400)],
)
def test_over_http_what_cannot_be_read_is_refused(app, db, grant, body, status):
    assert posted(app, db, grant, body) == status


@pytest.mark.parametrize("line_id", ["..", "../me", "%2e%2e", "a?b=c", "a#b", "\x00", "\ud800", "x" * 5000])
def test_no_argument_leads_to_another_operation(app, db, grant, line_id):
    token = token_of(db, grant)
    answer = asked(server_of(app.app, lambda _context: token, prepare=False), "explain_reimbursement", line_id=line_id)
    told = str(answer) if isinstance(answer, MCPError) else json.loads(answer.content[0].text)["status"]
    assert told in (400, 404, 422) or "line_id" in told or "surrogates" in told


def test_the_command_speaks_on_its_standard_input_and_output(own_database, sessions, tmp_path):
    with sessions.begin() as db:
        grant = make_family(db)
        token = token_of(db, grant)
    settings = SECRETS | {
        "sqlalchemy.url": own_database.url.render_as_string(hide_password=False),
        "storage.url": f"folder:{tmp_path}",
        "site.url": "https://espace.example.org",
    }
    environ = {f"MEMBER_SPACE_{key.upper().replace('.', '_')}": value for key, value in settings.items()}
    command = StdioServerParameters(
        command=str(COMMAND),
        args=["--ini", str(ROOT / "production.ini"), "mcp"],
        env=environ | {"MEMBER_SPACE_TOKEN": token},
        cwd=ROOT,
    )
    result = asked(command, "get_me")
    assert result.structured_content["access"]["assistant"] == "Hugo"
