"""Declarative base: one naming convention, one map of Python types to columns."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, Date, DateTime, Identity, Integer, LargeBinary, MetaData, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID, Range
from sqlalchemy.dialects.postgresql import DATERANGE as DateRangeType
from sqlalchemy.orm import DeclarativeBase, mapped_column

from member_space.domain.period import Period

NAMING = {
    "ix": "ix__%(table_name)s__%(column_0_N_name)s",
    "uq": "uq__%(table_name)s__%(column_0_N_name)s",
    "ck": "ck__%(table_name)s__%(constraint_name)s",
    "fk": "fk__%(table_name)s__%(column_0_name)s",
    "pk": "pk__%(table_name)s",
}

DateRange = Range[date]


def days(start: date, end: date | None = None) -> DateRange:
    """A period from `start` to the day before `end`; open when `end` is None."""
    return Range(start, end)


def range_of(period: Period) -> DateRange:
    """A period of the domain as its column keeps it."""
    return days(period.start, period.before)


def period_of(column: DateRange) -> Period:
    """The period of a column, back; one without a first day starts with the calendar."""
    return Period.from_bounds(column.lower or date.min, column.upper)


def assign(row: Any, values: Mapping[str, Any]) -> bool:
    """Give a row these values; whether one of them is a change."""
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changes.items():
        setattr(row, name, value)
    return bool(changes)


Id = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
IDS = ARRAY(BigInteger)
"""Ids as one parameter of a statement: one text of it, however many there are."""
# What a URL may show: random, so that the neighbour's cannot be guessed (R23).
PublicId = Annotated[
    uuid.UUID, mapped_column(UUID(as_uuid=True), server_default=text("gen_random_uuid()"), unique=True)
]
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
# Integer cents; 4 bytes hold 21 million euros, enough for a line.
Cents = Annotated[int, mapped_column(Integer)]
BigCents = Annotated[int, mapped_column(BigInteger)]
Encrypted = Annotated[bytes, mapped_column(LargeBinary)]
BlindIndex = Annotated[bytes, mapped_column(LargeBinary)]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own protocol
        str: Text,
        int: BigInteger,
        date: Date,
        datetime: DateTime(timezone=True),
        DateRange: DateRangeType,
        dict[str, Any]: JSONB,
        bytes: LargeBinary,
    }
