"""Events are thin, and signed as the libraries of Standard Webhooks verify them."""

import hmac
import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta

from member_space.domain.webhook import DELAYS, READ_BY, News, body_of, headers_of, new_secret

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_the_example_of_the_standard_is_signed_alike():
    """The values that the standard's own libraries are tested with."""
    key, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", datetime.fromtimestamp(1614265330, UTC)
    headers = headers_of("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', [key])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_two_secrets_sign_both():
    keys = [new_secret(), new_secret()]
    signatures = headers_of("msg_1", AT, b"{}", keys)["webhook-signature"].split(" ")
    expected = [
        "v1,"
        + b64encode(hmac.digest(b64decode(key[6:]), f"msg_1.{int(AT.timestamp())}.{{}}".encode(), "sha256")).decode()
        for key in keys
    ]
    assert signatures == expected


def test_an_event_holds_its_type_its_instant_and_ids():
    assert json.loads(body_of(News.CARD_ISSUED, AT, {"card": "x"})) == {
        "type": "card.issued",
        "timestamp": "2026-11-30T12:00:00+00:00",
        "data": {"card": "x"},
    }


def test_tries_go_on_for_three_days_farther_and_farther():
    assert list(DELAYS) == sorted(DELAYS)
    assert timedelta(days=2, hours=23) < sum(DELAYS, timedelta(0)) <= timedelta(days=3)


def test_every_event_names_the_scope_that_would_read_it():
    assert set(READ_BY) == set(News)
