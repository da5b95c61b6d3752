"""The assistant of `examples/`: what it says where a member refuses, or another server answers in his stead."""

import importlib.util
from pathlib import Path

import pytest

SITE = "http://localhost:6543"


@pytest.fixture
def assistant(monkeypatch):
    path = Path(__file__).parents[3] / "examples" / "assistant.py"
    spec = importlib.util.spec_from_file_location("assistant", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setattr(module.webbrowser, "open", lambda _address: True)
    monkeypatch.setattr(module.secrets, "token_urlsafe", lambda _length: "known")
    found = {"issuer": SITE, "authorization_endpoint": f"{SITE}/oauth/authorize"}
    monkeypatch.setattr(module, "answer_of", lambda _response: found)
    monkeypatch.setattr(module.http, "request", lambda *_arguments, **_values: None)
    return module


@pytest.mark.parametrize(
    ("came_back", "words"),
    [
        ("error=access_denied&state=known", "access_denied"),
        ("code=abc&state=other", "mismatching_state"),
        ("code=abc&state=known&iss=https://elsewhere.example", "another server"),
    ],
)
def test_what_is_not_allowed_is_said_in_a_line(assistant, monkeypatch, came_back, words):
    monkeypatch.setattr(assistant, "wait_for_the_way_back", lambda: f"{assistant.BACK}?{came_back}")
    with pytest.raises(SystemExit, match=f"Not allowed: .*{words}"):
        assistant.ask_leave(SITE, "id", "secret")


def test_a_line_whose_nature_is_kept_is_listed_and_the_next_one_explained(assistant, monkeypatch, capsys):
    asked = []

    class Space:
        def __init__(self, *_arguments):
            pass

        def reimbursements(self):
            for name, care in (("kept", None), ("open", {"label": "Consultation"})):
                yield {"id": name, "care_date": "2026-12-01", "care": care, "our_share": {"amount": "9.00"}}

        def get(self, path):
            asked.append(path)
            parts = [{"title": "Notre part", "amount": {"amount": "9.00"}}]
            return {"source": {"url": f"{SITE}/remboursements"}, "parts": parts}

    monkeypatch.setattr(assistant, "ask_leave", lambda *_arguments: "a token")
    monkeypatch.setattr(assistant, "Space", Space)
    monkeypatch.setattr("sys.argv", ["assistant.py"])
    assistant.main()
    assert asked == ["reimbursements/open"]
    assert capsys.readouterr().out.count("2026-12-01") == 2
