"""The lines of a TOML text, beside what the standard reader makes of it."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.services.toml_lines import TomlLines

TEXT = '''code = "T1"  # a comment [[not a table]]

[[version]]
starts_on = 2026-01-01
note = """
[[line]]
percent = 3
"""

[[version.line]]
code = "a"
acts = [
  "G",   # ] not the end
  "[x]",
]
percent = 100

[[version.line]]
"code" = "b"
caps = [{ amount = 3 }]

[[version]]
starts_on = 2027-01-01
[[version.line]]
code = "c"
[law.optics]
floor = 3
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("code",), 1),
        (("version", 0), 3),
        (("version", 0, "starts_on"), 4),
        (("version", 0, "line", 0, "acts"), 12),
        (("version", 0, "line", 0, "percent"), 16),
        (("version", 0, "line", 1, "code"), 19),
        (("version", 0, "line", 1, "caps", 0, "amount"), 20),
        (("version", 1, "line", 0, "code"), 25),
        (("law", "optics", "floor"), 27),
    ],
)
def test_an_entry_has_the_line_that_it_is_written_on(path, line):
    tomllib.loads(TEXT)
    assert TomlLines(TEXT).line_of(*path) == line


def test_what_is_absent_has_the_line_of_the_table_that_should_hold_it():
    lines = TomlLines(TEXT)
    assert lines.line_of("version", 1, "line", 0, "percent") == 24
    assert lines.line_of("nothing", 3) == 1


@given(
    st.lists(
        st.sampled_from(
            ["n{0} = 1", 'n{0} = "a # b"', "n{0} = [\n1,\n2]", 'n{0} = """\n[[t]]\nx = 1\n"""', "# [[t]]", "", "[[t]]"]
        ),
        max_size=12,
    )
)
def test_every_key_that_the_reader_finds_has_a_line_that_begins_with_it(pieces):
    text = "\n".join(piece.format(rank) for rank, piece in enumerate(pieces))
    rows = text.splitlines()
    lines = TomlLines(text)
    content = tomllib.loads(text)
    tables = [(("t", rank), table) for rank, table in enumerate(content.pop("t", []))]
    for path, table in [((), content), *tables]:
        if path:
            assert rows[lines.line_of(*path) - 1] == "[[t]]"
        for key in table:
            assert rows[lines.line_of(*path, key) - 1].startswith(f"{key} =")
