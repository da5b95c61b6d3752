"""The two ends of a logical file: its 000 is checked and becomes an envelope, its 999 must answer it."""

from collections.abc import Collection
from dataclasses import fields

from member_space.noemie.dates import creation_date
from member_space.noemie.entities import HEADER, REFERENCES, TRAILER
from member_space.noemie.errors import (
    CounterError,
    EntityError,
    HeaderError,
    NoemieError,
    NotProductionError,
    UnknownReferenceError,
)
from member_space.noemie.framing import EDGE
from member_space.noemie.layouts import PADDING, Layout
from member_space.noemie.records import Closing, Envelope

_REPEATED = [name for name in HEADER.zones if name in TRAILER.zones and name not in ("number", "flow", "blank")]
"""Positions 4 to 55: the 999 says them again."""
_IN_ENVELOPE = [field.name for field in fields(Envelope)]
_PLAIN = ("", "0", "N")
_REAL = ("", "R")
_TEST = ("T", "D")


class Edge:
    """A 000 or a 999 being checked: its zones stripped, and where it stands."""

    def __init__(self, layout: Layout, text: str, record: int, name: str) -> None:
        self.layout = layout
        self.where = {"file": name, "record": record}
        if len(text) != EDGE or not text.startswith(layout.number):
            raise self.error(EntityError, f"entité {layout.number} de {EDGE} caractères attendue")
        zones = zip(layout.zones, layout.parse(text), strict=True)
        self.values = {zone: part.strip(PADDING) for zone, part in zones}

    def error(self, kind: type[NoemieError], message: str, zone: str = "number") -> NoemieError:
        """The refusal to raise for a zone."""
        position = self.layout.zones[zone].position
        return kind(message, entity=self.layout.number, position=position, **self.where)  # type: ignore[arg-type]

    def check(self, zone: str, accepted: Collection[str], kind: type[NoemieError], message: str) -> None:
        """Refuses a zone whose value is not one of ``accepted``."""
        if self.values[zone] not in accepted:
            raise self.error(kind, message, zone)

    def number(self, zone: str) -> int:
        """A counter or total; blank is zero."""
        text = self.values[zone] or "0"
        if not text.isdecimal():
            raise self.error(CounterError, "nombre illisible", zone)
        return int(text)


def read_header(text: str, record: int, name: str, production: bool) -> Envelope:
    """The envelope of a 000. Raises HeaderError, UnknownReferenceError or NotProductionError."""
    edge = Edge(HEADER, text, record, name)
    edge.check("record_length", (str(EDGE),), HeaderError, f"longueur d'enregistrement {EDGE} attendue")
    edge.check("reference", REFERENCES, UnknownReferenceError, "référence inconnue : ni 408, ni 929")
    edge.check("compression", _PLAIN, HeaderError, "fichier compacté, il ne peut pas être lu")
    edge.check("encryption", _PLAIN, HeaderError, "fichier crypté, il ne peut pas être lu")
    edge.check("flow", _REAL + _TEST, HeaderError, "type de flux inconnu")
    if production:
        edge.check("flow", _REAL, NotProductionError, "fichier de test ou de démonstration, refusé en production")
    if not edge.values["sender"]:
        raise edge.error(HeaderError, "numéro d'émetteur absent", "sender")
    created_on = creation_date(edge.values["created_on"])
    if created_on is None:
        raise edge.error(HeaderError, "date de création illisible, JJMMAA attendu", "created_on")
    return Envelope(**{name: edge.values[name] for name in _IN_ENVELOPE} | {"created_on": created_on})


def read_trailer(
    text: str,
    record: int,
    name: str,
    *,
    header: str,
    envelope: Envelope,
    records: Collection[int],
    batches: int,
    lines: int,
) -> Closing:
    """Checks a 999 against its 000 and what was counted. Raises HeaderError or CounterError.

    ``records`` are the counts accepted: only length-prefixed files have one that every source agrees on.
    """
    edge = Edge(TRAILER, text, record, name)
    opening = HEADER.parse(header)._asdict()
    for zone in _REPEATED:
        edge.check(zone, (opening[zone].strip(PADDING),), HeaderError, "le 999 ne répond pas à l'en-tête 000")
    edge.check("flow", ("", envelope.flow), HeaderError, "le type de flux n'est pas celui de l'en-tête 000")
    counted = edge.number("records")
    if counted not in records:
        expected = " ou ".join(str(count) for count in sorted(records))
        raise edge.error(CounterError, f"{counted} enregistrements annoncés, {expected} lus", "records")
    if edge.number("batches") != batches:
        raise edge.error(CounterError, f"{edge.number('batches')} lots annoncés, {batches} lus", "batches")
    if edge.number("total"):
        raise edge.error(CounterError, "cumul des montants non nul dans un échange sans montant", "total")
    return Closing(envelope, counted, batches, lines)
