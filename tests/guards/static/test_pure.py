"""The rules of the trade and the codec stand on the standard library alone: anybody may read and run them."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "src/member_space"
PURE = {"domain": ("member_space.domain",), "noemie": ("member_space.noemie", "member_space.domain")}
"""What each may import besides the standard library."""


def imported(source: str) -> Iterator[str]:
    """The full names of the modules that a text imports, wherever it does; a relative one keeps its dots."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def foreign(source: str, ours: tuple[str, ...]) -> list[str]:
    """The imports that are neither of the standard library nor among ours."""
    return [
        name
        for name in imported(source)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not any(name == one or name.startswith(f"{one}.") for one in ours)
    ]


@pytest.mark.parametrize("floor", PURE)
def test_only_the_standard_library(floor: str) -> None:
    modules = sorted((SOURCE / floor).rglob("*.py"))
    assert modules
    found = {path.name: foreign(path.read_text(encoding="utf-8"), PURE[floor]) for path in modules}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import re, numpy as np", ["numpy"]),
        ("from member_space.domain.money import Money", []),
        ("from member_space.domains import x", ["member_space.domains"]),
        ("def late():\n    from structlog.stdlib import x", ["structlog.stdlib"]),
        ("from member_space import services", ["member_space"]),
        ("from . import money", ["."]),
    ],
)
def test_the_guard_can_fail(source: str, names: list[str]) -> None:
    assert foreign(source, ("member_space.domain",)) == names
