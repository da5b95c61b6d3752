"""Known passwords and strength: nothing is asked of anybody outside."""

import dataclasses
from datetime import date

import pytest

from member_space.domain.password import Gap, Owner, Strength, Weakness
from member_space.forms.password import GAPS, RULES, WEAKNESSES, refusal
from member_space.services.password import READ, PasswordRefused, check_password, is_known, strength_of
from member_space.services.tools import Tools

NADIA = Owner("nadia@example.org", ("Nadia", "Benali"), date(1985, 4, 12))


def refused(settings, policy, password):
    tools = Tools(dataclasses.replace(settings, password_policy=policy), lambda _interface: None)
    try:
        check_password(tools, password, NADIA)
    except PasswordRefused as refusal:
        return refusal.gaps, refusal.weaknesses
    return (), ()


@pytest.mark.parametrize(
    ("policy", "password", "gap"),
    [
        ("hcr", "Xk4vbnqz", None),
        ("hcr", "xk4vbnqz", Gap.NO_UPPER),
        ("hcr", "Passw0rd", Gap.KNOWN),
        ("hcr", "Nadia1985", Gap.ABOUT_OWNER),
        ("bl", "Xk4vbn qzlpt", None),
        ("bl", "Xk4vbnqzlptr", Gap.NO_SPECIAL),
        ("bl", "Password123!", Gap.KNOWN),
        ("strong", "quatre loups verts", None),
        ("strong", "*'>  espaces, accents é et signes", None),
        ("strong", "qwertyuiop123", Gap.KNOWN),
        ("strong", "Nadia Benali 12/04/1985", Gap.ABOUT_OWNER),
        ("strong", "abcabcabcabcabc!", Gap.WEAK),
    ],
)
def test_each_policy_takes_and_refuses(settings, policy, password, gap):
    found, _weaknesses = refused(settings, policy, password)
    assert found == ((gap,) if gap else ())


@pytest.mark.parametrize("password", ["password", "PASSWORD", "azerty", "motdepasse", "iloveyou1234", "123456789012"])
def test_known_passwords_of_any_length(password):
    assert is_known(password)


@pytest.mark.parametrize("password", ["", "a", "quatre loups verts", "é" * 12, "\u202eabcdefghijkl", "🐘" * 12])
def test_others_are_not(password):
    assert not is_known(password)


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("aaaaaaaaaaaaa", Weakness.REPEAT),
        ("abcdefghijklm", Weakness.SEQUENCE),
        ("mnbvfdsaqwer", Weakness.KEYBOARD),
        ("12/04/1985 ", Weakness.DATE),
        ("administration", Weakness.WORD),
        ("benalibenali", Weakness.REPEAT),
        ("passwordmonkey", Weakness.COMMON),
    ],
)
def test_what_makes_it_weak_is_named(password, weakness):
    assert weakness in strength_of(password, NADIA)[1]


def test_strength_goes_up_with_words():
    scores = [strength_of(one, NADIA)[0] for one in ("loup", "loup vert", "quatre loups verts dansent")]
    assert scores == sorted(scores)
    assert scores[-1] is Strength.VERY_GOOD


def test_a_text_of_signs_does_not_hold_the_server():
    """zxcvbn tries every reading of 4 as A, @ as A, 1 as I or L…, seconds for 72 of them: what it reads is bounded."""
    signs = "4@8({[<369&#!1|/70$5+%2"
    assert READ == 24
    assert strength_of(signs * 5, NADIA) == strength_of((signs * 5)[:READ], NADIA)


def test_every_gap_weakness_and_rule_has_words(settings):
    assert set(GAPS) == set(Gap)
    assert set(WEAKNESSES) == set(Weakness)
    assert set(RULES) == {"strong", "bl", "hcr"}
    assert str(refusal((Gap.TOO_SHORT,), (), 8)[0].interpolate()) == (
        "Il est trop court : il faut 8 caractères ou plus."
    )
