"""What somebody said before, within a message: each of its lines behind « > », as in mails (RFC 3676, 4.5)."""

from collections.abc import Iterator
from itertools import groupby

MARK = ">"


def quoted(text: str) -> str:
    """Every line of this behind the mark: none can be taken for another's words."""
    return "\n".join(f"{MARK} {line}" for line in text.splitlines())


def parts_of(text: str) -> Iterator[tuple[bool, str]]:
    """(whether it is quoted, its words without the marks) of each run of lines, in their order; a blank line between
    two of them is told by their being two."""
    for is_quoted, run in groupby(text.split("\n"), key=lambda line: line.startswith(MARK)):
        lines = list(run)
        if is_quoted:
            yield True, "\n".join(line.removeprefix(MARK).removeprefix(" ") for line in lines)
        elif words := "\n".join(lines).strip("\n"):
            yield False, words
