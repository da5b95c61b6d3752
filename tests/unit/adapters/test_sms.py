"""SMS against a real HTTP gateway run here, and Amazon SNS as moto plays it."""

import hashlib
import hmac
import json
import socket
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns import sns_backends
from structlog.testing import capture_logs

from member_space.adapters.http import LARGEST, HttpClient
from member_space.adapters.sms import HttpSms, sms_from
from member_space.interfaces import DeliveryError
from member_space.settings import Sms
from tests.functional.clock import SetClock
from tests.unit.adapters.contracts import MESSAGE_ID, SmsContract

SECRET = "a secret of the gateway"
NUMBER = "+33639980001"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def made(transport, *, url=None, region=None):
    return sms_from(Sms(transport, "Horizon", url, SECRET if url else None, region, 5000), SetClock(NOW))


def refusal_of(gateway, text="Bonjour"):
    with pytest.raises(DeliveryError) as refusal:
        gateway.send(NUMBER, text, MESSAGE_ID)
    assert NUMBER not in str(refusal.value)
    return refusal.value


class Gateway(ThreadingHTTPServer):
    """Takes what is signed with its secret and of this very moment; `status` makes it answer otherwise."""

    daemon_threads = True
    status = 202
    silent = False
    body = b"{}"

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taker)
        self.taken = {}
        self.asked = 0
        self.leaving = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/messages"


class Taker(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        if self.server.silent:
            self.server.leaving.wait(30)
            self.close_connection = True
            return
        self._answer(self.server.status if self._signed(body) else 401)

    def do_GET(self):
        self.server.asked += 1
        self._answer(200)

    def _signed(self, body):
        stamp = self.headers["X-Timestamp"]
        right = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        fresh = abs(int(stamp) - NOW.timestamp()) < 300
        if not (fresh and hmac.compare_digest(right, self.headers["X-Signature"])):
            return False
        if self.server.status < 300:
            self.server.taken[self.headers["Idempotency-Key"]] = (self.headers["Content-Type"], json.loads(body))
        return True

    def _answer(self, status):
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def server():
    with Gateway() as gateway:
        thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield gateway
        gateway.leaving.set()
        gateway.shutdown()
        thread.join()


@pytest.fixture
def http(server):
    return made("http", url=server.url)


@pytest.fixture
def sns(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield made("sns", region="eu-west-3")


class TestConsole(SmsContract):
    @pytest.fixture
    def gateway(self):
        return made("console")

    def test_the_log_holds_neither_number_nor_text(self, gateway):
        with capture_logs() as logs:
            gateway.send(NUMBER, "Votre code : 123456", MESSAGE_ID)
        assert logs == [{"event": "sms_shown", "message_id": MESSAGE_ID, "log_level": "info"}]


class TestHttp(SmsContract):
    @pytest.fixture
    def gateway(self, http):
        return http


class TestSns(SmsContract):
    @pytest.fixture
    def gateway(self, sns):
        return sns


class TestGateway:
    def test_gets_the_text_signed_and_as_it_is(self, server, http):
        http.send(NUMBER, "Été : « 👩🏽‍🦰 »\nסוף", MESSAGE_ID)
        expected = {"to": NUMBER, "text": "Été : « 👩🏽‍🦰 »\nסוף", "sender": "Horizon", "id": MESSAGE_ID}
        assert server.taken == {MESSAGE_ID: ("application/json; charset=utf-8", expected)}

    def test_tells_a_second_try_by_its_id(self, server, http):
        http.send(NUMBER, "Bonjour", MESSAGE_ID)
        http.send(NUMBER, "Bonjour", MESSAGE_ID)
        assert (server.asked, len(server.taken)) == (2, 1)

    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    def test_takes_it(self, server, http, status):
        server.status, server.body = status, b""
        http.send(NUMBER, "Bonjour", MESSAGE_ID)

    @pytest.mark.parametrize(
        ("status", "final"),
        [(400, True), (404, True), (410, True), (422, True), (408, False), (425, False), (429, False), (500, False),
         (502, False), (503, False), (302, False), (307, False), (403, False), (304, False)],
    )  # fmt: skip
    def test_refuses_it(self, server, http, status, final):
        server.status, server.body = status, b""
        refusal = refusal_of(http)
        assert (str(refusal), refusal.final) == (f"the SMS gateway answered {status}", final)
        # One question a try: a redirect is not followed, with the number of a member.
        assert server.asked == 1

    def test_refuses_another_secret_which_is_ours_to_repair(self, server):
        wrong = HttpSms(server.url, "another secret", "Horizon", SetClock(NOW))
        assert (str(refusal_of(wrong)), refusal_of(wrong).final) == ("the SMS gateway answered 401", False)

    def test_is_waited_for_some_time_only(self, server):
        server.silent = True
        hurried = HttpSms(server.url, SECRET, "Horizon", SetClock(NOW), HttpClient(read=0.05))
        refusal = refusal_of(hurried)
        assert (str(refusal), refusal.final) == ("the SMS gateway could not be reached: ReadTimeoutError", False)

    def test_may_not_be_there(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            refusal = refusal_of(made("http", url=f"http://127.0.0.1:{taken.getsockname()[1]}/"))
        assert not refusal.final
        assert "could not be reached" in str(refusal)

    def test_may_not_drown_us(self, server, http):
        server.body = b" " * (LARGEST + 1)
        assert str(refusal_of(http)) == "the SMS gateway could not be reached: the answer is too large"

    def test_may_not_speak_http(self):
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()

            def answer():
                connection, _peer = listening.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(b"what?\r\n\r\n")

            thread = threading.Thread(target=answer)
            thread.start()
            refusal = refusal_of(made("http", url=f"http://127.0.0.1:{listening.getsockname()[1]}/"))
            thread.join()
        assert not refusal.final


class TestAmazon:
    def test_sends_it_as_a_transaction_in_our_name(self, sns):
        published = []
        sns._client.meta.events.register("before-parameter-build", lambda params, **_rest: published.append(params))
        sns.send(NUMBER, "Été", MESSAGE_ID)
        assert list(sns_backends[DEFAULT_ACCOUNT_ID]["eu-west-3"].sms_messages.values()) == [(NUMBER, "Été")]
        [params] = published
        assert {name: value["StringValue"] for name, value in params["MessageAttributes"].items()} == {
            "AWS.SNS.SMS.SMSType": "Transactional",
            "AWS.SNS.SMS.SenderID": "Horizon",
        }

    @pytest.mark.parametrize(
        ("code", "final"),
        [("InvalidParameter", True), ("OptedOut", True), ("Throttled", False), ("InternalError", False)],
    )
    def test_refuses_it(self, sns, code, final):
        def refuse(**_rest):
            raise ClientError({"Error": {"Code": code, "Message": f"Invalid: {NUMBER}"}}, "Publish")

        sns._client.meta.events.register("before-call", refuse)
        refusal = refusal_of(sns)
        assert (str(refusal), refusal.final) == (f"Amazon SNS answered {code}", final)

    def test_refuses_a_number_that_is_none(self, sns):
        with pytest.raises(DeliveryError) as refusal:
            sns.send("+1", "Bonjour", MESSAGE_ID)
        assert (str(refusal.value), refusal.value.final) == ("Amazon SNS answered InvalidParameter", True)

    def test_may_not_be_there(self, sns):
        def unreachable(**_rest):
            raise EndpointConnectionError(endpoint_url="https://sns.eu-west-3.amazonaws.com")

        sns._client.meta.events.register("before-call", unreachable)
        refusal = refusal_of(sns)
        assert (str(refusal), refusal.final) == ("Amazon SNS could not be used: EndpointConnectionError", False)
