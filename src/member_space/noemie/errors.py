"""The one refusal of the codec, with where it happened. Messages are in French: the commands print them as they are.

A message never holds the content of a zone: it could be a NIR.
"""


class NoemieError(Exception):
    """A file is refused whole. ``record`` is the physical record (from 1), ``position`` is 1-based in the entity
    (in the record when no entity is known); 0 and "" when there is nothing to say."""

    def __init__(self, message: str, *, file: str = "", record: int = 0, entity: str = "", position: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.record = record
        # Read at a wrong place, a number can be any three characters.
        self.entity = entity if entity.isprintable() else "?"
        self.position = position

    def __str__(self) -> str:
        where = [
            self.file and f"fichier {self.file}",
            self.record and f"enregistrement {self.record}",
            self.entity and f"entité {self.entity}",
            self.position and f"position {self.position}",
        ]
        place = ", ".join(str(part) for part in where if part)
        return f"{place} : {self.message}" if place else self.message


class TruncatedError(NoemieError):
    """The file stops before its 999, or in the middle of a record."""


class LengthError(NoemieError):
    """A length prefix does not match the record it announces."""


class CounterError(NoemieError):
    """A counter or a total of a 990 or of the 999 is not the one counted while reading."""


class HeaderError(NoemieError):
    """The 000 cannot be read, or the 999 does not answer it."""


class UnknownReferenceError(HeaderError):
    """The exchange is neither a 408 nor a 929."""


class NotProductionError(HeaderError):
    """A test or demonstration file, where only real ones are accepted."""


class UnknownEntityError(NoemieError):
    """An entity that does not exist, or does not belong to this exchange."""


class EntityError(NoemieError):
    """An entity of the wrong length, out of place, or whose ``@`` is not its last character."""


class ZoneError(NoemieError):
    """A value that cannot be written in its zone."""
