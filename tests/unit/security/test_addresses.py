"""Where one may be sent next, and where a request comes from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyramid.request import Request

from member_space.security.addresses import NEXT_MAX, client_ip, is_own_path, safe_next, trust_scheme
from member_space.services.throttling import network_of


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/remboursements",
        "/remboursements?du=2026-01-01&mots=dr%20lemaire",
        "/contrats/1?next=//x",
        "/caf%C3%A9",
        "/x?a=" + "a" * 3900,
    ],
)
def test_own_paths_are_kept(path):
    assert safe_next(path, "/") == path


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "evil",
        "javascript:alert(1)", "/%2Fevil.example", "/%2f%2fevil.example", "/%5Cevil.example", "/%252Fevil.example",
        "/%25252Fevil.example", "/\t/evil.example", "/%09/evil.example", "/a\r\nSet-Cookie: x=1", "/%0d%0aX: 1",
        " //evil.example", "/ /evil", "/a//b", "/é", "/" + "a" * NEXT_MAX, "", "/%25%32%35%25%32%35", "/\u2028x",
    ],
)  # fmt: skip
def test_other_places_are_not(path):
    if path == "/%25%32%35%25%32%35":
        # Decodes to percent signs and nothing worse.
        assert is_own_path(path)
        return
    assert safe_next(path, "/") == "/"


@pytest.mark.parametrize("path", ["/connexion", "/connexion?next=/", "/deconnexion", "/deconnexion/"])
def test_the_door_does_not_lead_to_itself(path):
    assert safe_next(path, "/") == "/"


@given(st.text())
def test_whatever_is_kept_stays_on_the_site(text):
    kept = safe_next(text, "/")
    assert kept.startswith("/")
    assert not kept.startswith(("//", "/\\"))
    assert kept.isascii()
    assert kept.isprintable()


class Registry:
    def __init__(self, trusted):
        self.member_space = self
        self.trusted_proxies = trusted


def asked(trusted, remote="10.0.0.1", **headers):
    request = Request.blank("/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    request.environ["REMOTE_ADDR"] = remote
    request.registry = Registry(trusted)
    return request


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "not an address", None),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_proxies_are_counted_from_the_right(trusted, forwarded, expected):
    assert client_ip(asked(trusted, X_Forwarded_For=forwarded)) == expected


def test_a_unix_socket_has_no_address():
    assert client_ip(asked(0, remote="")) is None


@pytest.mark.parametrize(("trusted", "said", "scheme"), [(0, "https", "http"), (1, "https", "https"), (1, "x", "http")])
def test_the_scheme_is_the_one_of_a_trusted_proxy(trusted, said, scheme):
    request = asked(trusted, X_Forwarded_Proto=said)
    trust_scheme(type("NewRequest", (), {"request": request}))
    assert request.scheme == scheme


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("203.0.113.200", "203.0.113.0/24"),
        ("203.0.114.9", "203.0.114.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:0:1234::1", "2001:db8:0:1200::/56"),
        ("2001:db8:0:12ff::1", "2001:db8:0:1200::/56"),
        (None, "unknown"),
    ],
)
def test_a_home_is_one_network(ip, network):
    assert network_of(ip) == network
