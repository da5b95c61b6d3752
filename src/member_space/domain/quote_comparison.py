"""Two quotes side by side, act by act (C84): the nth crown of one beside the nth crown of the other."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from member_space.domain.money import Money
from member_space.domain.quote import Option


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A line of a quote. ``key``: says the same act on the other quote; ``amo``, ``rest`` None: not known.

    ``option``: its 100 % Santé alternative. Amounts in cents.
    """

    key: str
    label: str
    price: Money
    amo: Money | None
    ours: Money | None
    rest: Money | None
    option: Option | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One act on both quotes, or on one alone."""

    first: ComparedLine | None
    second: ComparedLine | None

    @property
    def label(self) -> str:
        line = self.first or self.second
        return line.label if line else ""

    @property
    def option(self) -> Option | None:
        """The alternative, of either: it is the same act."""
        return next((one.option for one in (self.first, self.second) if one and one.option), None)

    @property
    def difference(self) -> Money | None:
        """What the second leaves above the first; None: not on both, or not known of one."""
        if self.first is None or self.second is None or self.first.rest is None or self.second.rest is None:
            return None
        return self.second.rest - self.first.rest


@dataclass(frozen=True, slots=True)
class Comparison:
    """The acts in the order of the first quote, then those of the second alone."""

    pairs: tuple[Pair, ...]

    @property
    def common(self) -> tuple[Pair, ...]:
        """Those whose rest is known on both: they alone can be compared."""
        return tuple(one for one in self.pairs if one.difference is not None)

    @property
    def is_whole(self) -> bool:
        """Whether every act can be."""
        return len(self.common) == len(self.pairs)

    @property
    def difference(self) -> Money | None:
        """What the second leaves above the first on the acts that can be compared; None: there is none."""
        return sum(one.difference or 0 for one in self.common) if self.common else None


def compare(first: Sequence[ComparedLine], second: Sequence[ComparedLine]) -> Comparison:
    """Align the acts; each line is in one pair, once."""
    waiting: dict[str, list[ComparedLine]] = defaultdict(list)
    for line in second:
        waiting[line.key].append(line)
    pairs = [Pair(line, waiting[line.key].pop(0) if waiting[line.key] else None) for line in first]
    alone = {id(line) for lines in waiting.values() for line in lines}
    return Comparison((*pairs, *(Pair(None, line) for line in second if id(line) in alone)))
