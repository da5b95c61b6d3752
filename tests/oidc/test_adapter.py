"""The adapter against a real provider: what it says of who came back, and every lie that it does not believe."""

import base64
import hashlib
import json
import socket
import threading
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import pytest
from zope.interface.verify import verifyObject

from member_space.adapters.clock import SystemClock
from member_space.adapters.http import HttpClient
from member_space.adapters.oidc import OidcProvider
from member_space.domain.pivot_identity import PivotIdentity, ProvenIdentity
from member_space.interfaces import IdentityRefused, IOidc
from member_space.settings import Oidc
from tests.functional.clock import SetClock
from tests.oidc.process import BACK, CLIENT_ID, CLIENT_SECRET

ZOE = {"sub": "zoe-for-us", "family_name": "LÉVÊQUE", "given_name": "Zoé Marie", "birthdate": "1985-04-12"}
VERIFIER = "v" * 43
numbers = count()


def made(issuer, *, secret=CLIENT_SECRET, clock=None, http=None):
    return OidcProvider(Oidc(issuer, CLIENT_ID, secret, "FranceConnect"), clock or SystemClock(), http)


def s256(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def oidc(provider):
    return made(provider.issuer)


@pytest.fixture
def identify(provider):
    """Go to the provider and come back: the identity that our adapter then gives."""

    def go(oidc, *, verifier=VERIFIER, nonce=None, code=None, back=BACK, **who):
        asked = f"nonce-{next(numbers)}"
        url = oidc.authorization_url(BACK, "a state", asked, s256(VERIFIER))
        answer = provider.come_back(url, **ZOE | who)
        assert answer["state"] == "a state"
        return oidc.identity(back, code or answer["code"], verifier, nonce or asked)

    return go


def test_is_what_it_says(oidc):
    assert verifyObject(IOidc, oidc)


@pytest.mark.parametrize("fault", ["", "json"])
def test_who_came_back(identify, oidc, provider, fault):
    """User info signed as FranceConnect does, or as JSON."""
    born = PivotIdentity("LÉVÊQUE", ("Zoé", "Marie"), date(1985, 4, 12))
    assert identify(oidc, fault=fault) == ProvenIdentity(provider.issuer, "zoe-for-us", born)


@pytest.mark.parametrize("claim", ["family_name", "given_name", "birthdate"])
def test_an_identity_that_is_not_whole_has_no_pivot(identify, oidc, claim):
    proven = identify(oidc, **{claim: ""})
    assert (proven.subject, proven.pivot) == ("zoe-for-us", None)


@pytest.mark.parametrize(
    "fault",
    ["nonce", "no nonce", "audience", "audiences", "audiences for another", "issuer", "expired", "no expiry", "subject",
     "no subject", "a subject that is a number", "signature", "a key nobody knows", "our own secret", "none",
     "no token", "user info of another", "user info signed by another"],
)  # fmt: skip
def test_a_lie_proves_nothing(identify, oidc, fault):
    with pytest.raises(IdentityRefused) as refusal:
        identify(oidc, fault=fault)
    assert not any(word in str(refusal.value) for word in ("zoe", "Zoé", "1985"))


@pytest.mark.parametrize("fault", ["user info broken", "user info down"])
def test_a_provider_that_breaks_on_the_way_is_down(identify, oidc, fault):
    with pytest.raises(ConnectionError):
        identify(oidc, fault=fault)


def test_a_nonce_of_another_request(identify, oidc):
    with pytest.raises(IdentityRefused):
        identify(oidc, nonce="of-another-browser")


@pytest.mark.parametrize("wrong", [{"verifier": "w" * 43}, {"code": "made-up"}, {"back": f"{BACK}/elsewhere"}])
def test_a_code_is_worth_nothing_without_what_goes_with_it(identify, oidc, wrong):
    with pytest.raises(IdentityRefused, match="the code was refused: 400"):
        identify(oidc, **wrong)


def test_a_code_is_worth_something_once(provider, oidc):
    nonce = f"nonce-{next(numbers)}"
    code = provider.come_back(oidc.authorization_url(BACK, "s", nonce, s256(VERIFIER)), **ZOE)["code"]
    assert oidc.identity(BACK, code, VERIFIER, nonce)
    with pytest.raises(IdentityRefused, match="the code was refused"):
        oidc.identity(BACK, code, VERIFIER, nonce)


def test_a_wrong_secret_gets_nothing(identify, provider):
    with pytest.raises(IdentityRefused, match="the code was refused: 401"):
        identify(made(provider.issuer, secret="another"))


def test_two_clocks_may_differ_by_a_minute(identify, provider):
    def at(**shift):
        return made(provider.issuer, clock=SetClock(datetime.now(UTC) + timedelta(**shift)))

    assert identify(at(seconds=-50))
    assert identify(at(seconds=3600 + 50))
    for shift in ({"hours": 1, "minutes": 5}, {"minutes": -5}):
        with pytest.raises(IdentityRefused):
            identify(at(**shift))


class Says(ThreadingHTTPServer):
    """A server that says of itself what a test gives, at every address, and counts."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.asked = 0
        self.status = 200
        ends = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
        self.body = {"issuer": self.issuer} | {name: f"{self.issuer}/{name}?a=b" for name in ends}


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        body = self.server.body
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    do_POST = do_GET  # noqa: N815 - the name of http.server

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def says():
    with Says() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(oidc):
    return oidc.authorization_url(BACK, "s", "n", "c")


def test_what_it_says_of_itself_is_kept_for_an_hour(says):
    clock = SetClock(datetime(2026, 3, 2, tzinfo=UTC))
    oidc = made(says.issuer, clock=clock)
    assert ask(oidc).startswith(f"{says.issuer}/authorization_endpoint?a=b&response_type=code&")
    clock.at += timedelta(minutes=59)
    ask(oidc)
    assert says.asked == 1
    clock.at += timedelta(minutes=2)
    ask(oidc)
    assert says.asked == 2


@pytest.mark.parametrize(
    "change",
    [{"issuer": "https://elsewhere.example"}, {"issuer": None}, {"jwks_uri": None}, {"token_endpoint": "file:///etc/x"},
     {"authorization_endpoint": "javascript:alert(1)"}],
)  # fmt: skip
def test_a_provider_that_says_something_else_is_down(says, change):
    says.body |= change
    with pytest.raises(ConnectionError):
        ask(made(says.issuer))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff", b" " * 1_000_001])
def test_a_provider_that_answers_anything_else_is_down(says, body):
    says.body = body
    with pytest.raises(ConnectionError):
        ask(made(says.issuer))


@pytest.mark.parametrize("status", [301, 404, 500])
def test_a_provider_that_answers_otherwise_is_down(says, status):
    says.status = status
    with pytest.raises(ConnectionError, match=str(status)):
        ask(made(says.issuer))


def test_a_token_endpoint_that_breaks_is_down_too(says):
    oidc = made(says.issuer)
    ask(oidc)
    says.status = 500
    with pytest.raises(ConnectionError):
        oidc.identity(BACK, "code", VERIFIER, "nonce")


def test_a_provider_that_is_not_there_or_says_nothing_is_down():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        issuer = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ConnectionError):
            ask(made(issuer))
        silent.listen()
        with pytest.raises(ConnectionError):
            ask(made(issuer, http=HttpClient(read=0.05)))
