"""A place in a list ordered by day then number: pages go on from it, so that none depends on how much came before."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_CURSOR = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})_(?P<id>[0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """The row (day, id). Its text is what an URL carries; it opens nothing by itself."""

    day: date
    id: int

    def __str__(self) -> str:
        return f"{self.day.isoformat()}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read back the text of a cursor; ValueError for anything else."""
        match = _CURSOR.fullmatch(text)
        if match is None:
            raise ValueError("not a place in a list")
        return cls(date.fromisoformat(match["day"]), int(match["id"]))


_INSTANT = re.compile(r"(?P<at>[0-9]{1,17})_(?P<id>[0-9]{1,18})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class InstantCursor:
    """The row (at, id) of a list ordered by instant then number; its text counts the microseconds, so that no row of
    the same second is skipped."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> "InstantCursor":
        """Read back the text of a cursor; ValueError for anything else."""
        match = _INSTANT.fullmatch(text)
        if match is None:
            raise ValueError("not a place in a list")
        try:
            return cls(_EPOCH + timedelta(microseconds=int(match["at"])), int(match["id"]))
        except OverflowError:
            raise ValueError("not a place in a list") from None


_NEAR = re.compile(r"(?P<distance>[0-9]{1,5}(?:\.[0-9]{1,20})?(?:e-[0-9]{1,3})?)_(?P<id>[0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class NearCursor:
    """The row (distance, id) of a list ordered by kilometres then number; its text has every figure of the distance, so
    that no row at nearly the same one is skipped or told twice. Who knows it of a few rows knows from where it was
    counted: of the position of a member, it stands in no URL."""

    distance: float
    id: int

    def __str__(self) -> str:
        return f"{self.distance!r}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> "NearCursor":
        """Read back the text of a cursor; ValueError for anything else."""
        match = _NEAR.fullmatch(text)
        if match is None:
            raise ValueError("not a place in a list")
        return cls(float(match["distance"]), int(match["id"]))
