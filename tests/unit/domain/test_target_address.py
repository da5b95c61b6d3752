"""No address of our own networks is a target, however it is written or wrapped."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.target_address import Fault, TargetRefused, allowed, is_public, place_of

HTTPS = place_of("https://assistant.example/avis")

OURS = (
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "168.63.129.16",
    "::ffff:168.63.129.16",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "64:ff9b:1::7f00:1",
)


@pytest.mark.parametrize("address", OURS)
def test_what_is_not_of_the_internet_is_refused(address):
    assert not is_public(address)
    with pytest.raises(TargetRefused) as refused:
        allowed([address], HTTPS)
    assert refused.value.fault is Fault.NOT_PUBLIC


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d70e"])
def test_what_is_of_the_internet_is_taken(address):
    assert allowed([address], HTTPS) == address


@given(st.ip_addresses(v=4))
def test_an_address_wrapped_in_another_is_judged_as_itself(inner):
    as_int = int(inner)
    wrapped = (f"::ffff:{inner}", f"64:ff9b::{as_int >> 16:x}:{as_int & 0xFFFF:x}")
    assert {is_public(one) for one in wrapped} == {is_public(str(inner))}


def test_one_private_address_among_public_ones_condemns_them():
    with pytest.raises(TargetRefused):
        allowed(["93.184.215.14", "10.0.0.1"], HTTPS)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://assistant.example/", Fault.NOT_HTTPS),
        ("ftp://assistant.example/", Fault.NOT_HTTPS),
        ("file:///etc/passwd", Fault.MALFORMED),
        ("https://", Fault.MALFORMED),
        ("assistant.example", Fault.MALFORMED),
        ("https://nom:passe@assistant.example/", Fault.USERINFO),
        ("https://assistant.example@10.0.0.1/", Fault.USERINFO),
        ("https://assistant.example/#fin", Fault.MALFORMED),
        ("https://assistant.example\\@10.0.0.1/", Fault.MALFORMED),
        ("https://assistant.example:99999/", Fault.MALFORMED),
        ("https://[::1/", Fault.MALFORMED),
        ("https://assistant.example/\r\nHost: x", Fault.MALFORMED),
        ("https://assistant.example/a b", Fault.MALFORMED),
        ("https://é.example/", Fault.MALFORMED),
        ("https://127.0.0.1%2f@x/", Fault.USERINFO),
        ("https://a%00.example/", Fault.MALFORMED),
        ("https://assistant.example/" + "a" * 500, Fault.MALFORMED),
    ],
)
def test_an_address_that_is_none_is_refused_with_its_reason(url, fault):
    with pytest.raises(TargetRefused) as refused:
        place_of(url)
    assert refused.value.fault is fault


@given(st.text(max_size=60))
def test_no_text_is_more_than_refused(text):
    with contextlib.suppress(TargetRefused):
        place_of(text, loopback=True)


def test_this_machine_without_tls_is_for_development():
    place = place_of("http://localhost:8000/avis?x=1", loopback=True)
    assert (place.port, place.path) == (8000, "/avis?x=1")
    assert allowed(["127.0.0.1"], place, loopback=True) == "127.0.0.1"
    with pytest.raises(TargetRefused) as refused:
        allowed(["93.184.215.14"], place, loopback=True)
    assert refused.value.fault is Fault.NOT_HTTPS
