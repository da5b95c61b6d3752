"""`member-space client`: added, listed, shown, given another secret, closed, as typed on a terminal."""

from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from member_space.cli import clients as command
from member_space.cli import member_space
from member_space.services.api_client import is_secret_of, open_client
from tests.log_guard import note

NOBODY = "00000000-0000-4000-8000-000000000009"


def run(*words):
    return CliRunner().invoke(member_space, ("client", *words), catch_exceptions=False)


@pytest.fixture
def here(monkeypatch, session_factory, work_of):
    """The commands work on the test's own transaction."""

    @contextmanager
    def sessions(_ini):
        yield session_factory

    monkeypatch.setattr(command, "sessions_of", sessions)
    monkeypatch.setattr(command, "work_of", work_of)


def add(*more, uri="https://a.example/retour"):
    told = ("add", "--name", "Hugo", "--purpose", "Répondre", "--redirect-uri", uri, "--scope", "cards:read")
    return run(*told, *more)


def test_a_secret_is_printed_once_and_only_its_hash_is_kept(db, here):
    answer = add()
    client_id, secret = answer.output.split()[3], answer.output.split()[-1]
    note(secret)
    assert is_secret_of(open_client(db, client_id), secret)
    shown = run("show", client_id).output
    assert "https://a.example/retour" in shown
    assert secret not in shown + run("list").output
    again = run("rotate-secret", client_id).output.split()[-1]
    note(again)
    db.expire_all()
    assert not is_secret_of(open_client(db, client_id), secret)
    assert is_secret_of(open_client(db, client_id), again)
    assert run("close", client_id).exit_code == 0
    db.expire_all()
    assert open_client(db, client_id) is None
    assert "fermée" in run("list").output
    assert run("rotate-secret", client_id).exit_code == 2


def test_a_public_client_has_none(here):
    assert "secret" not in add("--public").output


@pytest.mark.parametrize(
    "more",
    [
        ("--public", "--grant", "client_credentials"),
        ("--name", " "),
        ("--name", "Hugo\N{RIGHT-TO-LEFT OVERRIDE}ogu"),
        ("--name", "Hugo\N{ZERO WIDTH SPACE}"),
    ],
)
def test_what_cannot_be_added_says_why(here, more):
    assert add(*more).exit_code == 2


def test_an_address_that_is_not_https_is_refused(here):
    answer = add(uri="http://a.example/retour")
    assert answer.exit_code == 2
    assert "adresse de retour refusée" in answer.output


@pytest.mark.parametrize("act", ["show", "rotate-secret", "close"])
def test_an_unknown_one_is_told(here, act):
    answer = run(act, NOBODY)
    assert answer.exit_code == 2
    assert NOBODY in answer.output
