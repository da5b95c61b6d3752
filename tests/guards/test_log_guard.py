"""The guard of the logs can fail: each kind of secret is found, and what is none is not."""

import pytest

from member_space.domain.nir import key_of
from tests import log_guard
from tests.log_guard import leaks

SECRETS = ["Xyz-the-cookie-of-a-test", "482913"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('{"event": "insured 1850475116001' + key_of("1850475116001") + '"}', "a NIR"),
        ('{"event": "insured 1 85 04 75 116 001 ' + key_of("1850475116001") + '"}', "a NIR"),
        ('{"event": "insured 1850475116001"}', "a NIR"),
        ('{"event": "insured 185042A116001"}', "a NIR"),
        ('{"event": "paid to FR7630006000011234567890189"}', "an IBAN"),
        ('{"event": "cookie was Xyz-the-cookie-of-a-test"}', "a secret of the suite"),
        ('{"event": "sent", "text": "votre code : 482913."}', "a code of the suite"),
        ('{"event": "posted", "details": {"lines": ["x", "code_482913"]}}', "a code of the suite"),
        ("a line of nobody: 482913", "a code of the suite"),
    ],
)
def test_a_secret_is_found_and_not_repeated(line, kind):
    found = leaks([line], SECRETS)
    assert [leak.partition(" in: ")[0] for leak in found] == [kind]


def test_each_secret_of_a_line_is_found_among_many_alike():
    """Two of the same first letters, one of them at the very end; the third, of these letters too, is not there."""
    alike = [f"the-first-letters-{n}" for n in range(3)]
    found = leaks([f"{alike[0]} {alike[1]}", "the-first-letters-"], [*alike, *SECRETS])
    assert [leak.partition(" in: ")[0] for leak in found] == ["a secret of the suite"] * 2


@pytest.mark.parametrize(
    "line",
    [
        '{"request_id": "394c7a6996d44b00980b345ccc43901a", "timestamp": "2026-11-21T05:51:13.873639Z"}',
        '{"event": "request", "route": "statement", "status": 200, "duration_ms": 12.3, "account_id": 1204}',
        '{"event": "5000000 lines in 1234567 ms"}',
        '{"request_id": "a-482913-b", "timestamp": "2026-11-21T05:51:13.482913Z", "event": "1482913 and 4829130"}',
        '{"event": "request", "duration_ms": 482913, "account_id": 482913}',
    ],
)
def test_what_is_no_secret_is_left(line):
    assert leaks([line], SECRETS) == []


@pytest.mark.parametrize(
    ("secret", "kept"), [("482913", True), ("Xyz-the-cookie", True), ("court", False), ("2026", False), ("", False)]
)
def test_what_is_remembered(monkeypatch, secret, kept):
    monkeypatch.setattr(log_guard, "secrets", set())
    log_guard.note(secret)
    assert (secret in log_guard.secrets) is kept
