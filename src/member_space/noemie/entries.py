"""What the writer takes: the entries of a logical file. A line that was read can be written again as it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from member_space.noemie.records import Envelope


class Writable(Protocol):
    """What the writer needs of a line: an ``Entry``, or a line that was read."""

    @property
    def nir(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def name_kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def second_name_kind(self) -> str: ...
    @property
    def second_name(self) -> str: ...
    @property
    def first_name(self) -> str: ...
    @property
    def birth_date_raw(self) -> str: ...
    @property
    def birth_rank(self) -> str: ...
    @property
    def beneficiary_name(self) -> str: ...
    @property
    def beneficiary_first_name(self) -> str: ...
    @property
    def management_unit(self) -> str: ...
    @property
    def member_number(self) -> str: ...
    @property
    def movement(self) -> str: ...
    @property
    def contract_type(self) -> str: ...
    @property
    def start(self) -> date | None: ...
    @property
    def end(self) -> date | None: ...
    @property
    def domain(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def nature(self) -> str: ...
    @property
    def label(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Entry:
    """A line to write; the fields are those of ``Line``. The last four serve 929 only. Its repr shows nobody."""

    nir: str
    key: str
    name: str
    first_name: str
    birth_date_raw: str
    beneficiary_name: str
    beneficiary_first_name: str
    member_number: str
    movement: str
    start: date | None
    end: date | None = None
    birth_rank: str = "1"
    contract_type: str = "01"
    name_kind: str = "P"
    second_name_kind: str = ""
    second_name: str = ""
    management_unit: str = ""
    domain: str = "MUJ"
    code: str = ""
    nature: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class LogicalFile:
    """A logical file to write: 000, one 010 for ``oc_number`` (7 digits and key), the lines, 999."""

    envelope: Envelope
    oc_number: str
    lines: Iterable[Writable]
