"""The logs of a server: set up by the entry point itself, in the format asked."""

import io
import json
import logging
from unittest.mock import Mock

import pytest
import structlog

from member_space import main
from member_space.security import logs
from tests.conftest import TEST_INI


@pytest.fixture
def stream():
    """The handler of this test alone, taken away afterwards."""
    before = logging.getLogger().handlers[:]
    yield io.StringIO()
    logging.getLogger().handlers[:] = before


def test_a_line_is_json_with_its_request(stream):
    logs.configure_logging("json", stream)
    logs.configure_logging("json", stream)
    structlog.contextvars.bind_contextvars(request_id="abc")
    structlog.get_logger("here").info("done", rows=3, token="abcdefgh")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.contextvars.clear_contextvars()
    assert len(lines) == 1
    assert {"event": "done", "rows": 3, "request_id": "abc", "level": "info", "logger": "here"}.items() <= lines[
        0
    ].items()
    assert lines[0]["token"] == "[redacted]"


def test_the_console_is_for_a_person(stream):
    logs.configure_logging("console", stream)
    logging.getLogger("library").warning("the NIR 1850475116001 was refused")
    assert "[warning" in stream.getvalue()
    assert "1850475116001" not in stream.getvalue()


def test_the_entry_point_of_servers_sets_the_logs_up(stream, engine, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr("member_space.config.whereabouts.warm_up", lambda: asked.append("warm"))
    monkeypatch.setattr("member_space.config.configure_logging", asked.append)
    # The collector of this process has the other tests to clean up after.
    monkeypatch.setattr("member_space.config.gc", Mock(freeze=lambda: asked.append("frozen")))
    app = main({}, **{**TEST_INI, "sqlalchemy.url": engine.url.render_as_string(False), "log.format": "console"})
    # A server keeps its connections as long as it lives; this one ends here.
    app.registry.engine.dispose()
    assert asked == ["console", "warm", "frozen"]
