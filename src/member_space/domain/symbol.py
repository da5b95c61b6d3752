"""Two-dimensional codes as rows of modules, 1 where it is dark."""

from typing import Any


def rows_of(packed: Any, width: int, height: int) -> list[list[int]]:
    """The rows of a symbol given as an array ``packed[row, byte]`` of one bit a module, the lowest first."""
    return [[packed[y, x // 8] >> x % 8 & 1 for x in range(width)] for y in range(height)]
