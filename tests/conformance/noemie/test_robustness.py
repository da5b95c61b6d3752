"""Any mutation of a file is either read or refused by a NoemieError: never another exception, never a hang."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from member_space.noemie import Closing, Line, NoemieError, read
from tests.conformance.noemie import hand

LEAVES = [hand.e120(), hand.e140(), hand.e290()]
FILES = [
    hand.file_of(hand.ONE),
    hand.prefixed(hand.header(), *hand.ONE, hand.trailer(9), line_end=""),
    hand.blocks(hand.body(LEAVES, LEAVES)),
    hand.one_line(hand.ONE),
    "\n".join([hand.header(), *hand.ONE, hand.trailer(9)]).encode(),
    hand.file_of([*hand.body([LEAVES[1], LEAVES[0]])], head=hand.header(reference="408 ")) * 2,
]

positions = st.integers(0, 2000)
byte = st.binary(min_size=1, max_size=1)
telling = st.sampled_from([b"@", b"9", b"0", b" ", b"\0", b"\n", b"\r\n", b"\x1a", b"999", b"000", b"\xb2", b"@999"])
mutations = st.tuples(st.sampled_from(["set", "cut", "insert", "copy", "stop"]), positions, byte | telling)


def mutate(data: bytes, how: str, at: int, with_: bytes) -> bytes:
    at %= len(data) + 1
    return {
        "set": data[:at] + with_ + data[at + len(with_) :],
        "cut": data[:at] + data[at + at % 60 + 1 :],
        "insert": data[:at] + with_ + data[at:],
        "copy": data[:at] + data[at // 2 :],
        "stop": data[:at],
    }[how]


def use(line: Line) -> None:
    """Reads every property of a line."""
    for name in dir(type(line)):
        if isinstance(getattr(type(line), name), property):
            getattr(line, name)


def check(data: bytes) -> None:
    """Reads a file to its end or its refusal."""
    items: list[object] = []
    refusal = None
    try:
        for item in read(io.BytesIO(data), name="f"):
            items.append(item)
            if isinstance(item, Line):
                use(item)
    except NoemieError as error:
        refusal = str(error)
    if refusal is None:
        assert isinstance(items[-1], Closing)
    else:
        assert refusal.startswith("fichier f")
        assert hand.NIR not in refusal


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(FILES), st.lists(mutations, min_size=1, max_size=4))
def test_mutations(data: bytes, changes: list[tuple[str, int, bytes]]) -> None:
    for change in changes:
        data = mutate(data, *change)
    check(data)


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_noise(data: bytes) -> None:
    check(data)


@settings(deadline=None)
@given(st.sampled_from(FILES), st.binary(max_size=300))
def test_noise_after_a_file(data: bytes, noise: bytes) -> None:
    check(data + noise)


@settings(deadline=None)
@given(st.lists(st.sampled_from([*hand.ONE, *LEAVES, hand.e990("02", 3)]), max_size=12), st.sampled_from("49"))
def test_entities_in_any_order(entities: list[str], first: str) -> None:
    reference = {"4": "408 ", "9": "929 "}[first]
    check(hand.file_of(entities, head=hand.header(reference=reference)))


def test_every_single_byte_of_every_file() -> None:
    for data in FILES:
        for at in range(0, len(data), 3):
            for value in (b"@", b"\n", b"\xff", b"7"):
                check(data[:at] + value + data[at + 1 :])
