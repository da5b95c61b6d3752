"""The runner of the benchmarks; what they measure is for `make bench`."""

import json
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy.orm import Session

import benchmarks
from benchmarks import api, sessions, sign_in
from benchmarks.__main__ import main
from benchmarks.api_load import Asked, Load, drive
from benchmarks.measure import beside, names, under
from member_space.models import ApiClient, ApiToken, Device, WebSession
from member_space.services.reference import load_reference
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.statement import line_values, make_statement

FOLDER = Path(benchmarks.__file__).parent


def test_every_benchmark_is_explained():
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in names() if f"| `{name}` |" not in readme] == []


def test_a_name_that_is_not_there_is_told_with_those_that_are(capsys):
    assert main(["parse_930"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "no such benchmark: parse_930; there are" in said.err
    assert "parse_929" in said.err


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_one_json_line_a_result_and_the_exit_code(monkeypatch, capsys, ok, code):
    result = {"name": "x", "value": 1.0, "unit": "s", "floor": 1.0, "ratio": 1.0, "goal": 2, "ok": ok}
    monkeypatch.setattr("benchmarks.__main__.ProcessPoolExecutor", InThisProcess)
    monkeypatch.setattr("benchmarks.__main__.results_of", lambda name: [result, result])
    assert main(["parse_929"]) == code
    said = capsys.readouterr()
    assert [json.loads(line) for line in said.out.splitlines()] == [result, result]
    assert said.err.startswith("parse_929 …\n")


def test_a_benchmark_that_breaks_is_a_failure_and_the_next_one_runs(monkeypatch, capsys):
    def results_of(name):
        if name == "apply_929":
            raise RuntimeError("broken")
        return [under("x", 1, "s", 2)]

    monkeypatch.setattr("benchmarks.__main__.ProcessPoolExecutor", InThisProcess)
    monkeypatch.setattr("benchmarks.__main__.results_of", results_of)
    assert main(["apply_929", "parse_929"]) == 1
    said = capsys.readouterr()
    assert "RuntimeError: broken" in said.err
    assert json.loads(said.out)["ok"]


@pytest.fixture
def two_accounts(own_database):
    with Session(own_database) as db:
        for person in (make_person(db), make_person(db)):
            make_contract(db, person)
            make_account(db, person)
        db.commit()
    return own_database


def test_the_sign_in_is_measured_small_and_leaves_nothing(two_accounts):
    (result,) = sign_in.measure(two_accounts, accounts=2, runs=1)
    assert "argon2 excluded" in result["name"]
    assert result["floor"] > 0
    assert result["value"] > 0
    with Session(two_accounts) as db:
        assert db.query(WebSession).count() == db.query(Device).count() == 0


def test_the_list_of_sessions_is_measured_small_with_as_many_statements(two_accounts):
    most, more, ratio = sessions.measure(two_accounts, many=30, runs=1)
    assert most["ok"]
    assert (more["value"], more["ok"]) == (0.0, True)
    assert ratio["peer"] > 0
    with Session(two_accounts) as db:
        assert db.query(WebSession).count() == db.query(Device).count() == 0


def test_a_ratio_is_to_the_floor_or_the_peer():
    assert beside("x", 1.23456, "s", 2.5, floor=0.5) == {
        "name": "x", "value": 1.23, "unit": "s", "floor": 0.5, "ratio": 2.47, "goal": 2.5, "ok": True,
    }  # fmt: skip
    assert not beside("x", 1.26, "s", 2.5, peer=0.5)["ok"]
    assert under("x", 41, "ms", 40) == {
        "name": "x", "value": 41.0, "unit": "ms", "peer": 40.0, "ratio": 1.02, "goal": 40, "ok": False,
    }  # fmt: skip


class InThisProcess:
    """What a process of its own does, here: starting one costs a second each."""

    def __init__(self, *_arguments):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return None

    def submit(self, call, name):
        self._call, self._name = call, name
        return self

    def result(self):
        return self._call(self._name)


def test_the_share_of_a_load_and_its_rate():
    load = Load([n / 100 for n in range(100, 0, -1)], [200] * 99 + [429], 10)
    wrong, rate, slow = api.results_of(load, 10, "alone")
    assert (wrong["value"], wrong["ok"]) == (1, False)
    assert (rate["ratio"], rate["ok"]) == (1.0, True)
    assert (slow["value"], slow["unit"]) == (960, "ms")


def test_the_driver_asks_all_and_counts_from_when_each_was_due():
    """Each on a connection of its own."""
    asked = [Asked("/api/v1/me", "token"), Asked("/api/v1/simulations", "token", b'{"care": "x"}')] * 10
    seen, ports = [], set()

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append((self.command, self.path, self.headers["Authorization"], body))
            ports.add(self.client_address[1])
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_args):
            """Nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        load = drive(server.server_address[1], asked, 1000)
        server.shutdown()
    assert load.statuses == [200] * 20
    assert len(ports) == 20
    assert sorted(seen) == sorted(
        [("GET", "/api/v1/me", "Bearer token", b""), ("POST", "/api/v1/simulations", "Bearer token", b'{"care": "x"}')]
        * 10
    )
    assert load.rate > 0


def test_the_api_is_measured_small_and_leaves_nothing(own_database):
    with Session(own_database) as db:
        load_reference(db)
        holder, child = make_person(db, "Nadia"), make_person(db, "Tom", date(2018, 8, 9))
        contract = make_contract(db, holder, (child, "child"))
        make_account(db, holder)
        for _n in range(api.LINES // 2):
            make_statement(db, contract, [line_values(person, contract) for person in (holder, child)])
        db.commit()
    with api.assisted(own_database, 1) as members:
        listed, explained = api.measure(own_database, members, runs=1)
    assert "50 reimbursements" in listed["name"]
    assert explained["peer"] > 0
    with Session(own_database) as db:
        assert db.query(ApiToken).count() == db.query(ApiClient).count() == 0
