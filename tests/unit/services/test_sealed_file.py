"""A large file, sealed piece by piece: it comes back whole, or not at all."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.services import sealed_file
from member_space.services.sealed_file import PIECE, SealedWriter, unsealed

NAME = bytes(range(16))


def sealed(cipher, *writes: bytes, name: bytes = NAME) -> bytes:
    out = io.BytesIO()
    writer = SealedWriter(cipher, name, out)
    for data in writes:
        writer.write(data)
    writer.close()
    assert writer.size == sum(map(len, writes))
    return out.getvalue()


def opened(cipher, kept: bytes, step: int = 1000, name: bytes = NAME) -> bytes:
    chunks = (kept[start : start + step] for start in range(0, len(kept), step))
    return b"".join(unsealed(cipher, name, chunks))


@given(writes=st.lists(st.binary(max_size=40), max_size=12), step=st.integers(1, 200))
def test_what_was_written_comes_back_whatever_the_pieces(cipher, writes, step):
    before, sealed_file.PIECE = sealed_file.PIECE, 16
    try:
        assert opened(cipher, sealed(cipher, *writes), step) == b"".join(writes)
    finally:
        sealed_file.PIECE = before


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_at_the_edges_of_a_piece(cipher, size):
    data = bytes(size)
    assert opened(cipher, sealed(cipher, data), PIECE) == data


def pieces(kept: bytes) -> list[bytes]:
    found = []
    while kept:
        end = 4 + int.from_bytes(kept[:4], "big")
        found.append(kept[:end])
        kept = kept[end:]
    return found


@pytest.mark.parametrize(
    "spoil",
    [
        lambda found: found[1:],
        lambda found: found[:-1],
        lambda found: [found[1], found[0], *found[2:]],
        lambda found: [found[0], *found],
        lambda found: [*found, found[-1]],
        lambda found: [found[0][:-1] + bytes([found[0][-1] ^ 1]), *found[1:]],
        lambda found: [*found[:-1], found[-1][:-5]],
        lambda found: [],
    ],
    ids=["first gone", "last gone", "swapped", "twice", "end twice", "altered", "cut", "nothing"],
)
def test_a_piece_out_of_its_place_is_refused(cipher, spoil):
    found = pieces(sealed(cipher, bytes(2 * PIECE + 7)))
    assert len(found) == 3
    with pytest.raises(ValueError, match=r"place|missing|altered"):
        opened(cipher, b"".join(spoil(found)), PIECE)


def test_another_file_s_pieces_are_refused(cipher):
    with pytest.raises(ValueError, match="place"):
        opened(cipher, sealed(cipher, b"x", name=bytes(16)))
