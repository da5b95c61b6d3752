"""Where an application may be come back to, and how long a token lasts."""

from datetime import UTC, datetime, timedelta

import pytest

from member_space.domain.oauth import access_ends, is_challenge, is_redirect_uri, place_of

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "uri",
    [
        "https://a.example/retour",
        "https://a.example",
        "https://a.example:8443/r?x=1",
        "http://localhost:8484/retour",
        "http://127.0.0.1/retour",
        "http://[::1]:9/r",
        "com.example.app:/retour",
    ],
)
def test_these_are_addresses_to_come_back_to(uri):
    assert is_redirect_uri(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/retour",
        "//a.example",
        "http://a.example",
        "https://",
        "https:///retour",
        "https://u@a.example",
        "https://a.example/#",
        "https://*.example",
        "https://a.example/../b",
        "https://a.example/ b",
        "https://a.example\\@b.example",
        'https://a.example/"x',
        "https://é.example",
        "https://a.example:99999999/",
        "https://[::1",
        "javascript:alert(1)",
        "data:text/html,x",
        "app:/retour",
        "com.example.app:retour",
        "https://a.example/" + "x" * 500,
    ],
)
def test_these_are_not(uri):
    assert not is_redirect_uri(uri)


def test_a_challenge_is_a_sha_256():
    assert is_challenge("A" * 43)
    for text in ("A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "é"):
        assert not is_challenge(text)


def test_a_token_ends_in_a_quarter_of_an_hour_or_with_what_it_came_from():
    assert access_ends(NOW) == NOW + timedelta(minutes=15)
    assert access_ends(NOW, None, NOW + timedelta(minutes=3)) == NOW + timedelta(minutes=3)
    assert access_ends(NOW, NOW + timedelta(days=3)) == NOW + timedelta(minutes=15)


def test_a_place_is_a_host_or_the_scheme_of_an_application():
    assert place_of("https://a.example:8443/r") == "a.example"
    assert place_of("com.example.app:/r") == "com.example.app"
