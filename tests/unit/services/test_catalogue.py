"""The installation's own file of objects: one that cannot be used is refused, so that ours serves (C64)."""

import pytest

from member_space.services.catalogue import CatalogueError, read_catalogue


@pytest.mark.parametrize(
    "text",
    [
        "[[topic]",
        "[[topic]]\ncode = 3",
        f"reply_days = {'9' * 5_000}",
        f"topic = {'[' * 5_000}",
        f"[[piece]]\ncode = 0x{'f' * 9_000}",
        "topic = [[1]]",
        b"label = '\xe9'",
    ],
    ids=["no TOML", "a key missing", "an endless number", "endless lists", "an endless code", "no table", "no UTF-8"],
)
def test_a_file_that_cannot_be_used_is_refused_never_a_page_that_breaks(tmp_path, text):
    path = tmp_path / "requests.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CatalogueError, match=r"requests\.toml"):
        read_catalogue(path)
