"""Where practitioners practise, as the directories say it, and how it was brought in (C87-C92)."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from member_space.models.base import Base, CreatedAt, Id

SOURCES = "source in ('rpps', 'ameli', 'network')"


class PlanePoint(UserDefinedType[tuple[float, float]]):
    """PostgreSQL's own `point`, bound and read as a pair (x, y); `<->` is the straight line."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "point"

    def bind_processor(self, _dialect: Any) -> Any:
        return lambda value: None if value is None else f"({value[0]!r},{value[1]!r})"

    def result_processor(self, _dialect: Any, _type: Any) -> Any:
        return lambda value: value and tuple(map(float, value.strip("()").split(",")))


ischema_names["point"] = PlanePoint

FACTS_GAP = 100_000
"""Kilometres, northwards, between the planes of two sets of facts: as far as between those of two specialities."""
_FACTS = (
    "(third_party is true)::int + 2 * (network is not null)::int + 4 * (optam is true)::int"
    " + 8 * case sector when '1' then 1 when '2' then 2 else 0 end"
)
"""What the filters of a search ask for, as one number; 0: no source tells any."""


def facts_number(third_party: bool, network: bool, optam: bool, sector: str) -> int:
    """The number of a set of facts: Python's copy of `_FACTS`. ``sector``: « 1 », « 2 », else neither."""
    return third_party + 2 * network + 4 * optam + 8 * {"1": 1, "2": 2}.get(sector, 0)


class Practice(Base):
    """One place where one person, or one structure, practises one speciality. The search reads this table alone.

    What Ameli or the insurer's network says of a place of the RPPS is written in that place's row; the row of its own
    is then not `shown`. Whoever is here is in the newest extract of its source, whose day `practitioner_import` has.
    """

    __tablename__ = "practice"

    id: Mapped[Id]
    source: Mapped[str]
    # Made of what the source calls the same place: the same at each import, and nothing a neighbour's tells of.
    public_id: Mapped[uuid.UUID] = mapped_column(UUID(as_uuid=True))
    person_key: Mapped[str] = mapped_column(comment="the same for all the places of one person; an opposition's")
    rpps: Mapped[str | None] = mapped_column(comment="null for a shop, and where the source has none")
    speciality: Mapped[str] = mapped_column(comment="reference/specialities.csv")
    title: Mapped[str] = mapped_column(server_default="", comment="« Dr », « M. », « Mme »")
    last_name: Mapped[str] = mapped_column(server_default="")
    first_name: Mapped[str] = mapped_column(server_default="")
    structure: Mapped[str] = mapped_column(server_default="", comment="a shop, a laboratory, a health centre")
    name_key: Mapped[str] = mapped_column(comment="folded: the last name, or the structure's where there is none")
    first_key: Mapped[str] = mapped_column(server_default="", comment="the first name, folded")
    complement: Mapped[str] = mapped_column(server_default="")
    street: Mapped[str] = mapped_column(server_default="")
    postcode: Mapped[str]
    insee: Mapped[str] = mapped_column(server_default="")
    town: Mapped[str]
    phone: Mapped[str] = mapped_column(server_default="", comment="E.164, or empty")
    address_key: Mapped[bytes] = mapped_column(comment="of what a geocoder is asked")
    sector: Mapped[str | None] = mapped_column(comment="1, 2, dp (dépassement permanent), none (non conventionné)")
    optam: Mapped[bool | None]
    carte_vitale: Mapped[bool | None]
    third_party: Mapped[bool | None] = mapped_column(comment="practises tiers payant; null: nobody says")
    network: Mapped[str | None]
    price_class: Mapped[str | None]
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)
    precision: Mapped[str] = mapped_column(comment="address, street, town; area: a commune nearby")
    place: Mapped[tuple[float, float]] = mapped_column(PlanePoint, comment="km, domain.geo, on the speciality's plane")
    place_by_facts: Mapped[tuple[float, float] | None] = mapped_column(
        PlanePoint,
        Computed(f"case when {_FACTS} > 0 then point(place[0], place[1] + {FACTS_GAP} * ({_FACTS})) end"),
        comment="on a plane of its own for each set of facts that filters ask for; null where no source tells any",
    )
    content: Mapped[bytes] = mapped_column(comment="digest of what the source says, to tell a change")

    shown: Mapped[bool] = mapped_column(server_default=text("true"), comment="false: told by another row")

    __table_args__ = (
        UniqueConstraint("public_id"),
        CheckConstraint(SOURCES, name="source"),
        CheckConstraint("sector in ('1', '2', 'dp', 'none')", name="sector"),
        CheckConstraint("precision in ('address', 'street', 'town', 'area')", name="precision"),
    )


# With what a search reads of all that are near, so that it opens no row but those of its page: the 30,000 general
# practitioners of the surroundings of Paris lie on as many pages of the table.
_READ = ["id", "latitude", "longitude"]
PLACES_INDEXES = (
    Index(
        "ix__practice__place",
        Practice.place,
        postgresql_using="gist",
        postgresql_include=_READ,
        postgresql_where=Practice.shown,
    ),
    Index(
        "ix__practice__place_by_facts",
        Practice.place_by_facts,
        postgresql_using="gist",
        postgresql_include=_READ,
        postgresql_where=Practice.shown & Practice.place_by_facts.is_not(None),
    ),
)
STAGED = tuple(c for c in Practice.__table__.c if c.name not in ("id", "shown") and c.computed is None)
PRACTICE_STAGING = Table(
    "practice_staging",
    Base.metadata,
    Column("import_id", BigInteger, nullable=False),
    Column("line", Integer, nullable=False),
    Column("plane", SmallInteger, nullable=False),
    *(Column(c.name, c.type, nullable=c.nullable) for c in STAGED),
    prefixes=["UNLOGGED"],
    comment="lines of a file being read, merged at once when all of them are here",
)


class PractitionerImport(Base):
    """One file of a directory, and how far it got."""

    __tablename__ = "practitioner_import"

    id: Mapped[Id]
    source: Mapped[str]
    file: Mapped[str]
    sha256: Mapped[bytes]
    day: Mapped[date] = mapped_column(comment="of the extract, told by whoever brings it in")
    state: Mapped[str] = mapped_column(server_default="reading")
    read_bytes: Mapped[int] = mapped_column(server_default="0", comment="where reading goes on")
    lines: Mapped[int] = mapped_column(Integer, server_default="1", comment="read so far, the header included")
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    started_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(SOURCES, name="source"),
        CheckConstraint("state in ('reading', 'merged', 'given_up')", name="state"),
        Index("uq__practitioner_import__source", "source", unique=True, postgresql_where=text("state = 'reading'")),
    )


class PractitionerRefusal(Base):
    """A line that was not taken, and why; never what it says."""

    __tablename__ = "practitioner_refusal"

    import_id: Mapped[int] = mapped_column(ForeignKey("practitioner_import.id", ondelete="CASCADE"), primary_key=True)
    file: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    column: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str]


class PractitionerOpposition(Base):
    """Someone who asked not to be shown: no import brings them back."""

    __tablename__ = "practitioner_opposition"

    person_key: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[CreatedAt]


class GeocodedAddress(Base):
    """What the geocoder said of an address, kept apart so that an import does not ask again."""

    __tablename__ = "geocoded_address"

    address_key: Mapped[bytes] = mapped_column(primary_key=True)
    precision: Mapped[str | None] = mapped_column(comment="null: nothing that can be trusted")
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    asked_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint("precision in ('address', 'street', 'town')", name="precision"),
        CheckConstraint("num_nulls(precision, latitude, longitude) in (0, 3)", name="whole"),
    )
