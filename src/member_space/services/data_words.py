"""What data says to members, in French, as texts to translate: Babel collects them by these (locale/babel.cfg)."""

import csv
from codecs import getreader
from collections.abc import Iterator
from typing import IO, Any

from member_space.noemie import CODES

Found = tuple[int, None, str, list[str]]


def regimes(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:  # noqa: ARG001 - as Babel calls it
    """The names of reference/regimes.csv."""
    yield from _labels(file, "label")


def families(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:  # noqa: ARG001 - as Babel calls it
    """The labels of reference/act_families.csv."""
    yield from _labels(file, "label_fr")


def examples(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:  # noqa: ARG001 - as Babel calls it
    """The labels of reference/worked_examples.csv and simulated_cares.csv."""
    yield from _labels(file, "label")


def specialities(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:  # noqa: ARG001 - as Babel calls it
    """The labels and the headings of reference/specialities.csv."""
    yield from _labels(file, "label", "heading")


def _labels(file: IO[bytes], *columns: str) -> Iterator[Found]:
    """(line, no function, label, no comment) of each row of a reference table."""
    rows = csv.DictReader(getreader("utf-8")(file), delimiter=";")
    yield from ((rows.line_num, None, row[column], []) for row in rows for column in columns)


def return_codes(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:  # noqa: ARG001 - as Babel calls it
    """The meanings of the codes that the funds answer with (noemie/codes.py), and what the member can do."""
    yield from ((1, None, words, []) for code in CODES.values() for words in (code.meaning, code.member) if words)
