"""Passwords: the OWASP profile for real, and an unknown account that costs what a known one costs."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from member_space.adapters.passwords import Argon2Passwords

PASSWORDS = Argon2Passwords()


@pytest.fixture(scope="module")
def encoded():
    return PASSWORDS.hash("un bon mot de passe")


def test_the_profile_is_the_one_of_owasp(encoded):
    parameters = extract_parameters(encoded)
    assert parameters.type is Type.ID
    assert (parameters.time_cost, parameters.memory_cost, parameters.parallelism) == (2, 19 * 1024, 1)


def test_right_and_wrong(encoded):
    assert PASSWORDS.verify(encoded, "un bon mot de passe")
    assert not PASSWORDS.verify(encoded, "un bon mot de passe ")
    assert not PASSWORDS.verify(encoded, "")


def test_two_hashes_of_one_password_differ(encoded):
    assert PASSWORDS.hash("un bon mot de passe") != encoded


def test_an_unknown_account_never_gets_in_and_verifies_at_the_same_cost(encoded):
    """The cost is the parameters of what is verified: an exact comparison, where a stopwatch would only be likely."""
    verified = []
    passwords = Argon2Passwords()
    real = passwords._hasher

    class Recorder:
        def verify(self, hashed, password):
            verified.append(extract_parameters(hashed))
            return real.verify(hashed, password)

    passwords._hasher = Recorder()
    assert not passwords.verify(None, "no account has this password")
    assert not passwords.verify(None, "anything")
    assert passwords.verify(encoded, "un bon mot de passe")
    assert verified == [extract_parameters(encoded)] * 3


@pytest.mark.parametrize(
    "malformed", ["", "no password fits", "$argon2id$v=19$m=19456", "$2b$12$abcdefghijklmnopqrstuv"]
)
def test_a_malformed_hash_fits_nothing(malformed):
    assert not PASSWORDS.verify(malformed, "no password fits")


def test_older_parameters_ask_for_another_hash(encoded):
    assert not PASSWORDS.needs_rehash(encoded)
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
    assert PASSWORDS.needs_rehash(old)
    assert PASSWORDS.verify(old, "x")


def test_an_accent_is_the_same_however_it_is_typed():
    """One keyboard sends « é », another « e » and an accent: the same password."""
    assert PASSWORDS.verify(PASSWORDS.hash("e\u0301te\u0301 sous la pluie"), "\u00e9t\u00e9 sous la pluie")
