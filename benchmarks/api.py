"""The API: fifty lines and one explained, beside a view that runs their statements and writes the same JSON; then 200
requests a second, mixed, to gunicorn."""

import json
import os
import random
import secrets
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from pyramid.authorization import Allow, Authenticated
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy import Engine, delete, event, func, select
from sqlalchemy.orm import Session

from benchmarks.api_load import Asked, Load, drive, gunicorn
from benchmarks.home_and_list import DayOfTheData, Statements, best_in_turns
from benchmarks.large import SETTINGS, ensure_large
from benchmarks.measure import beside, under
from benchmarks.simulator import QUESTION, give_tables
from member_space.config import configurator
from member_space.domain.api_scope import Scope
from member_space.interfaces import IClock
from member_space.models import Account, ApiClient, ApiGrant, ApiToken, Contract, Coverage, Statement, StatementLine
from member_space.security.logs import configure_logging
from member_space.services.sessions import hash_token

MEMBERS = 10_000
ACCOUNTS, RUNS = 10, 15
LINES = 50
TIMES_THE_PEER = 3
RATE, SECONDS = 200, 30
ASSISTED = 120
"""Members who are asked for in the mixed load: each stays far below his own limit."""
MOST_MILLISECONDS = 150
BASE = "/api/v1"
LIST = f"{BASE}/reimbursements"
MIX = {"list": 6, "line": 4, "me": 4, "contracts": 2, "cards": 1, "teletransmission": 1, "requests": 1, "simulation": 1}
"""How often each is asked, of twenty."""
DOORS = ("api_token", "api_count")
"""Tables of the statements that are run before any view: who asks, and how often."""
Ask = Callable[[str, str], Response]


@dataclass(frozen=True, slots=True)
class Assisted:
    """A member whom an assistant asks for: its token, and the id of one of his lines."""

    token: str
    line: str


class Peer:
    """A view of the same application, behind the same doors: runs statements through psycopg and writes the JSON."""

    __acl__ = ((Allow, Authenticated, "peer"),)

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements: Statements = []
        self.body: Any = None

    def __call__(self, request: Request) -> Response:
        connection = request.db.connection().connection.driver_connection
        for statement, parameters in self.statements:
            cursor = connection.execute(statement, parameters)
            if cursor.description:
                cursor.fetchall()
        return Response(json.dumps(self.body), content_type="application/json", charset="utf-8")

    def record(self, ask: Callable[[], Response]) -> None:
        """Take the statements of one request but those of the doors, and its JSON."""
        self.statements = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            if not any(f"{verb} {door}" in statement for verb in ("FROM", "INTO") for door in DOORS):
                self.statements.append((statement, parameters))

        event.listen(self.engine, "before_cursor_execute", note)
        self.body = ask().json
        event.remove(self.engine, "before_cursor_execute", note)


def run() -> list[dict[str, object]]:
    """Each reading beside its peer, then the mixed load."""
    configure_logging("json", StringIO())
    engine = ensure_large(MEMBERS)
    give_tables(engine)
    with assisted(engine, ASSISTED) as members:
        results = measure(engine, members[:ACCOUNTS], RUNS)
        return results + under_load(engine, members, RATE, SECONDS)


def measure(engine: Engine, members: list[Assisted], runs: int) -> list[dict[str, object]]:
    """The list and one line, in process, in turns with the peer."""
    peer = Peer(engine)
    ask = asking(engine, peer)
    found = []
    for name, path_of in (
        (f"{LINES} reimbursements", lambda _one: LIST),
        ("one line explained", lambda one: f"{LIST}/{one.line}"),
    ):
        counts, times = [], []
        for member in members:
            path = path_of(member)
            reading, floor = (
                (lambda path=path, token=member.token: ask(path, token)),
                (lambda token=member.token: ask(f"{BASE}/peer", token)),
            )
            reading()
            peer.record(reading)
            counts.append(len(peer.statements))
            times.append(best_in_turns(runs, reading, floor))
        seconds, least = (statistics.mean(column) * 1000 for column in zip(*times, strict=True))
        told = f"{name}, {max(counts)} statements"
        found.append(beside(f"API, {told}, beside the same by psycopg", seconds, "ms", TIMES_THE_PEER, peer=least))
    return found


def asking(engine: Engine, peer: Peer) -> Ask:
    """What asks one reading of the application, as in production but in process; anything but 200 stops it."""
    config = configurator(SETTINGS | {"api.member_per_minute": "1000000"}, engine)
    # As in production, where answers are not held to the document again.
    config.registry.settings["pyramid_openapi3.enable_response_validation"] = False
    config.registry.registerUtility(DayOfTheData(), IClock)
    config.add_route("api_peer", f"{BASE}/peer", factory=lambda _request: peer)
    config.add_view(peer, route_name="api_peer", permission="peer", before_new_password=True)
    app = config.make_wsgi_app()

    def ask(path: str, token: str) -> Response:
        response = Request.blank(path, headers={"Authorization": f"Bearer {token}"}).get_response(app)
        if response.status_int != 200:
            raise RuntimeError(f"{path}: {response.status}")
        return response

    return ask


def under_load(engine: Engine, members: list[Assisted], rate: int, seconds: int) -> list[dict[str, object]]:
    """So many requests a second for so long, mixed; the load of the machine is told, as others may share it."""
    chance = random.Random(7)
    words = list(MIX)
    mixed = [
        asked_of(chance.choices(words, list(MIX.values()))[0], chance.choice(members)) for _n in range(rate * seconds)
    ]
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        ini = ini_of(engine, Path(folder))
        with gunicorn(ini) as port:
            drive(port, mixed[: rate * 2], rate / 4)  # each process reads its tables once
            load = drive(port, mixed, rate)
    return results_of(load, rate, f"load {busy:.1f} on {os.cpu_count()} cores before it")


def results_of(load: Load, rate: int, told: str) -> list[dict[str, object]]:
    """Answers that are not those expected, the rate achieved beside the rate asked, and what 95 of 100 take."""
    wrong = [status for status in load.statuses if status != 200]
    name = f"API, {rate} requests a second, mixed ({told})"
    return [
        under(f"{name}: answers other than 200", len(wrong), "answers", 0.5),
        beside(f"{name}: asked, beside the {load.rate:.0f} answered a second", rate, "1/s", 1.05, peer=load.rate),
        under(f"{name}: 95 of 100", load.percentile(0.95) * 1000, "ms", MOST_MILLISECONDS),
    ]


def asked_of(word: str, member: Assisted) -> Asked:
    """One request of the mix."""
    if word == "simulation":
        price = {"amount": f"{QUESTION['prix']}.00", "currency": "EUR"}
        body = json.dumps({"care": QUESTION["soin"], "price": price}).encode()
        return Asked(f"{BASE}/simulations", member.token, body)
    paths = {"list": LIST, "line": f"{LIST}/{member.line}"}
    return Asked(paths.get(word, f"{BASE}/{word}"), member.token)


def ini_of(engine: Engine, folder: Path) -> Path:
    """The settings of production over these data."""
    url = engine.url.difference_update_query(["options"]).render_as_string(hide_password=False)
    values = SETTINGS | {
        "use": "egg:member-space",
        "environment": "production",
        "sqlalchemy.url": url,
        "site.url": "https://espace.example.org",
    }
    ini = folder / "api.ini"
    lines = [f"{name} = {value}".replace("%", "%%") for name, value in values.items()]
    ini.write_text("\n".join(["[app:main]", *lines, ""]), encoding="utf-8")
    return ini


@contextmanager
def assisted(engine: Engine, count: int) -> Iterator[list[Assisted]]:
    """So many members of households with fifty lines, who let an assistant ask everything; forgotten after."""
    with Session(engine) as db:
        client = ApiClient(
            name="Mesure", purpose="Mesurer", redirect_uris=[], grant_types=[], scopes=[], per_minute=10**6
        )
        db.add(client)
        db.flush()
        members = [_let(db, client, account, persons) for account, persons in _households(db, count)]
        db.commit()
        client_id = client.id
    try:
        yield members
    finally:
        with Session(engine) as db:
            db.execute(delete(ApiToken).where(ApiToken.client_id == client_id))
            db.execute(delete(ApiGrant).where(ApiGrant.client_id == client_id))
            db.execute(delete(ApiClient).where(ApiClient.id == client_id))
            db.commit()
        engine.dispose()


def _households(db: Session, count: int) -> list[tuple[Account, list[int]]]:
    """Holders of contracts with lines enough, spread over the whole insurer, with the persons covered."""
    many = (
        select(StatementLine.contract_id)
        .group_by(StatementLine.contract_id)
        .having(func.count() >= LINES)
        .order_by(StatementLine.contract_id)
    )
    contracts = db.scalars(many).all()
    spread = contracts[:: max(1, len(contracts) // count)][:count]
    holders = select(Account, Contract.id).join(Contract, Contract.holder_id == Account.person_id)
    covered = select(Coverage.contract_id, Coverage.person_id).where(Coverage.contract_id.in_(spread))
    persons: dict[int, list[int]] = {}
    for contract_id, person_id in db.execute(covered):
        persons.setdefault(contract_id, []).append(person_id)
    return [(account, persons[found]) for account, found in db.execute(holders.where(Contract.id.in_(spread)))]


def _let(db: Session, client: ApiClient, account: Account, persons: list[int]) -> Assisted:
    """A grant and its token, good for a day of the real clock and of that of the data."""
    until = max(datetime.now(UTC), DayOfTheData().now()) + timedelta(days=1)
    scopes = [scope.value for scope in Scope]
    grant = ApiGrant(
        client_id=client.id,
        account_id=account.id,
        scopes=scopes,
        person_ids=persons,
        wording="Mesure",
        expires_at=until,
    )
    db.add(grant)
    db.flush()
    token = secrets.token_urlsafe(32)
    own = {"client_id": client.id, "grant_id": grant.id, "scopes": scopes, "expires_at": until}
    db.add(ApiToken(token_hash=hash_token(token), kind="access", **own))
    return Assisted(token, _line_of(db, account.person_id))


def _line_of(db: Session, person_id: int | None) -> str:
    """His latest line, as the API names it."""
    line = StatementLine
    query = select(Statement.public_id, line.rank).join(line, line.statement_id == Statement.id)
    found = db.execute(query.where(line.person_id == person_id).order_by(line.care_date.desc()).limit(1)).one()
    return f"{found.public_id}.{found.rank}"
