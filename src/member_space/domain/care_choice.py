"""The cares that a member may simulate, found by the words of everyday life.

``reference/simulated_cares.csv`` says the common ones: a label, the words that people look them up with, and what the
engine must be told beyond the act (a speciality, a basket, the lenses). Every other reference act is there too, under
its own label. ``base``: ``price`` where the fund's base is the price itself (a box of drugs, a stay); ``beside``: the
100 % Santé option of a care whose price is free.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from member_space.domain.guarantee import Basket, LensClass
from member_space.domain.reference import Act
from member_space.domain.reference_rows import Row
from member_space.domain.text import fold

NOT_A_CARE = frozenset({"PAS"})
"""Acts that only modify another one."""


@dataclass(frozen=True, slots=True)
class CareChoice:
    """One care to choose. ``code``: names it in the file, an act's own code otherwise; ``label`` is French."""

    code: str
    label: str
    words: str
    act_code: str
    facts: frozenset[str] = frozenset()
    basket: Basket | None = None
    lenses: LensClass | None = None
    base_is_price: bool = False
    beside: str = ""


def choices_of(rows: Iterable[Row], acts: Iterable[Act]) -> dict[str, CareChoice]:
    """Every care by its code: those of the file whose act is known, then the other acts. Raises KeyError or ValueError
    for a row that is not one: the file is ours."""
    known = {act.code: act for act in acts}
    found = {one.code: one for one in map(_choice, rows) if one.act_code in known}
    told = {one.act_code for one in found.values()} | NOT_A_CARE
    others = (CareChoice(act.code, act.label, act.code, act.code) for act in known.values() if act.code not in told)
    return found | {one.code: one for one in others}


def _choice(row: Row) -> CareChoice:
    return CareChoice(
        row["code"],
        row["label"],
        row["words"],
        row["act"],
        frozenset(row["facts"].split()),
        Basket(row["basket"]) if row["basket"] else None,
        LensClass(row["lenses"]) if row["lenses"] else None,
        row["base"] == "price",
        row["beside"],
    )


def found_by_words(
    asked: str, choices: Iterable[CareChoice], shown: Callable[[CareChoice], str]
) -> tuple[CareChoice, ...]:
    """The cares that these words name: the only one that bears them as its label (or the code of its act), else all
    those that have each word, at the start of one of theirs. ``shown``: the label in the language of who asks."""
    wanted = fold(asked)
    if not wanted:
        return ()
    every = tuple(choices)
    named = tuple(one for one in every if wanted in _names(one, shown))
    if named:
        return named[:1]
    words = wanted.split()
    return tuple(one for one in every if all(_has(word, _words(one, shown)) for word in words))


def _names(one: CareChoice, shown: Callable[[CareChoice], str]) -> tuple[str, ...]:
    return _fold(shown(one)), _fold(one.label), _fold(one.code)


def _words(one: CareChoice, shown: Callable[[CareChoice], str]) -> tuple[str, ...]:
    return _split(f"{one.label} {shown(one)} {one.words} {one.act_code}")


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[str, ...]:
    """The words of a text, and what follows the apostrophe of each; the same few texts at each search."""
    words = fold(text).translate(_MARKS).split()
    return (*words, *(word.partition("'")[2] for word in words if "'" in word))


_fold = lru_cache(maxsize=4096)(fold)
_MARKS = str.maketrans(",(-", "   ")


def _has(asked: str, words: Iterable[str]) -> bool:
    bare = asked.removesuffix("s") if len(asked) > 4 else asked
    return any(word.startswith(bare) for word in words)
