"""Chapter 7: return codes, their class, and what can be done."""

import pytest

from member_space.domain.teletransmission import Nature, nature_of
from member_space.noemie import CODES, SENDER_TYPES, contract_type, return_code
from tests.conformance.noemie import hand

REJECTED = [
    f"{code:02}"
    for code in (*range(1, 12), *range(14, 19), *range(20, 27), *range(28, 32), 35, 55, 56, 59, 67, 78, 80, 81, 82, 85)
]
SIGNALLED = [f"{code:02}" for code in (13, 19, 27, 38, 40, 41, 43, 53, *range(60, 67), 72, 73, 74, 75, 84)]
CERTIFIED = ["32", "33", "34"]
UNCLASSED = ["36", "37"]
KNOWN = sorted([*REJECTED, *SIGNALLED, *CERTIFIED, *UNCLASSED])


def test_the_table_holds_every_known_code() -> None:
    assert sorted(CODES) == KNOWN


@pytest.mark.parametrize("code", KNOWN)
def test_every_code_is_read_and_explained(code: str) -> None:
    line = hand.lines(hand.file_of(hand.body([hand.e120(), hand.e140(), hand.e290(code, "S")])))[0]
    known = return_code(line.code)
    assert known.code == code
    assert known.meaning
    assert known.member.endswith(".") or known.member == ""
    assert known.office.endswith(".")
    assert "n'est pas répertoriée" not in known.meaning


@pytest.mark.parametrize(
    ("codes", "nature"),
    [(REJECTED, Nature.REJECTED), (SIGNALLED, Nature.SIGNALLED), (CERTIFIED, Nature.ACKNOWLEDGED)],
)
def test_classes(codes: list[str], nature: Nature) -> None:
    assert {code: CODES[code].nature for code in codes} == dict.fromkeys(codes, nature)


@pytest.mark.parametrize("code", KNOWN)
@pytest.mark.parametrize("letter", ["C", "R", "S", "I"])
def test_the_letter_of_the_file_is_preferred(code: str, letter: str) -> None:
    assert nature_of(code, letter) == letter


@pytest.mark.parametrize("code", ["00", "12", "39", "42", "99", "A1", "  "])
def test_unknown_codes_are_kept_and_named(code: str) -> None:
    line = hand.lines(hand.file_of(hand.body([hand.e120(), hand.e140(), hand.e290(code, "R")])))[0]
    assert line.code == code.strip()
    assert line.codification == f"MUJ1300{code}R"
    assert (line.code or "absent") in return_code(line.code).meaning
    assert nature_of(line.code, line.nature) == Nature.REJECTED


@pytest.mark.parametrize(("code", "word"), [("40", "attestation"), ("41", "date de naissance"), ("56", "caisse")])
def test_members_are_told_what_to_do(code: str, word: str) -> None:
    assert word in return_code(code).member


@pytest.mark.parametrize("code", ["36", "37"])
def test_what_the_fund_did_not_find_is_said_not_found(code: str) -> None:
    assert "non trouvé" in return_code(code).meaning


def test_members_are_never_spoken_to_in_codes() -> None:
    told = [f"{code.meaning} {code.member}" for code in CODES.values()]
    assert not [text for text in told if "290" in text or "OC" in text.split() or "mouvement" in text.split()[3:]]


@pytest.mark.parametrize(
    ("code", "label"),
    [("01", "ordinaire"), ("84", "ordinaire"), ("86", "non répertorié"), ("89", "CMU"), ("98", "ordinaire")],
)
def test_contract_types(code: str, label: str) -> None:
    assert label in contract_type(code)


def test_contract_types_never_seen_are_named() -> None:
    assert "XX" in contract_type("XX")
    assert "absent" in contract_type("")


def test_sender_types() -> None:
    assert len(SENDER_TYPES) == 25
    assert SENDER_TYPES["CP"] == "CPAM"
