"""What the reader gives: the envelope of a logical file, the lines read in it, and its closing."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from member_space.domain.birth import UNKNOWN
from member_space.noemie.dates import contract_date
from member_space.noemie.entities import Beneficiary, Insured, Insurer, Rubric, Verdict
from member_space.noemie.layouts import END, PADDING


class Fund(NamedTuple):
    """An organism of the statutory side: régime (2 digits), caisse (3), centre (3)."""

    regime: str
    caisse: str
    centre: str

    @property
    def number(self) -> str:
        """The eight digits written in a header."""
        return "".join(self)

    @classmethod
    def from_number(cls, number: str) -> "Fund | None":
        """The fund of a header's number, None when it is not eight digits."""
        if len(number) != 8 or not number.isdecimal():
            return None
        return cls(number[:2], number[2:5], number[5:])


@dataclass(frozen=True, slots=True)
class Envelope:
    """The 000 of a logical file, stripped. ``sender``, ``identification`` and ``created_on`` are its identity."""

    sender_type: str
    sender: str
    recipient_type: str
    recipient: str
    application: str
    identification: str
    created_on: date
    reference: str
    flow: str = ""
    sender_program: str = ""
    recipient_program: str = ""

    @property
    def fund(self) -> Fund | None:
        """The fund: the one that answers in a 929, the one addressed in a 408."""
        return Fund.from_number(self.recipient if self.reference == "408" else self.sender)


@dataclass(frozen=True, slots=True)
class Closing:
    """A logical file read to its 999, every counter found right."""

    envelope: Envelope
    records: int
    batches: int
    lines: int


class _Line(NamedTuple):
    envelope: Envelope
    record: int
    insurer: Insurer
    insured: Insured
    beneficiary: Beneficiary
    rubric: Rubric
    verdict: Verdict


class Line(_Line):
    """One 120/140 (and 290) with its insured: the entities as read, and their zones cleaned.

    ``record`` is the physical record (from 1) where the last of them ends. An entity that the file left out has
    every zone ``""``. Text is stripped of spaces and NUL; nothing else is corrected.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Without what identifies a person: a line can end up in a log."""
        return f"<{type(self).__name__} record={self.record} code={self.code!r} nature={self.nature!r}>"

    @property
    def oc_number(self) -> str:
        """Seven digits and key of the insurer."""
        return (self.insurer.oc + self.insurer.key).strip(PADDING)

    @property
    def nir(self) -> str:
        """NIR of the insured, 13 characters (2A and 2B possible), without its key."""
        return self.insured.nir.strip(PADDING)

    @property
    def key(self) -> str:
        """Key of the NIR, two digits."""
        return self.insured.key.strip(PADDING)

    @property
    def name_kind(self) -> str:
        """P patronymic, M marital, U used."""
        return self.insured.name_kind.strip(PADDING)

    @property
    def name(self) -> str:
        """Name of the insured."""
        return self.insured.name.strip(PADDING)

    @property
    def second_name_kind(self) -> str:
        """Kind of the second name, usually absent."""
        return self.insured.second_name_kind.strip(PADDING)

    @property
    def second_name(self) -> str:
        """Second name of the insured (birth name beside a marital name)."""
        return self.insured.second_name.strip(PADDING)

    @property
    def first_name(self) -> str:
        """First name of the insured."""
        return self.insured.first_name.strip(PADDING)

    @property
    def birth_date_raw(self) -> str:
        """JJMMAA of the beneficiary as the fund knows it, six characters; ``000000`` is unknown."""
        return self.beneficiary.birth_date or UNKNOWN

    @property
    def birth_rank(self) -> str:
        """Rank among twins, one character."""
        return self.beneficiary.birth_rank.strip(PADDING)

    @property
    def beneficiary_name(self) -> str:
        """Name of the beneficiary."""
        return self.beneficiary.name.strip(PADDING)

    @property
    def beneficiary_first_name(self) -> str:
        """First name of the beneficiary."""
        return self.beneficiary.first_name.strip(PADDING)

    @property
    def management_unit(self) -> str:
        """Management unit of the fund, often blank."""
        return self.beneficiary.management_unit.strip(PADDING)

    @property
    def member_number(self) -> str:
        """Member number at the insurer."""
        return self.rubric.member_number.strip(PADDING)

    @property
    def movement(self) -> str:
        """C creation, M modification, A cancellation."""
        return self.rubric.movement.strip(PADDING)

    @property
    def contract_type(self) -> str:
        """Two digits; 01 is an ordinary contract."""
        return self.rubric.contract_type.strip(PADDING)

    @property
    def start_raw(self) -> str:
        """AAAAMMJJ as read."""
        return self.rubric.start

    @property
    def end_raw(self) -> str:
        """AAAAMMJJ as read."""
        return self.rubric.end

    @property
    def start(self) -> date | None:
        """First day of the contract; None when absent or no date."""
        return contract_date(self.rubric.start)

    @property
    def end(self) -> date | None:
        """Last day of the contract; None when absent or no date."""
        return contract_date(self.rubric.end)

    @property
    def code(self) -> str:
        """Return code of a 929, two characters; unknown codes are kept."""
        return self.verdict.code.strip(PADDING)

    @property
    def nature(self) -> str:
        """C certified, R rejected, S signalled, I information."""
        return self.verdict.nature.strip(PADDING)

    @property
    def domain(self) -> str:
        """Three letters, such as MUJ."""
        return self.verdict.domain.strip(PADDING)

    @property
    def codification(self) -> str:
        """The whole codification, such as ``MUJ130033C``."""
        verdict = self.verdict
        return (verdict.domain + verdict.family + verdict.code + verdict.nature).strip(PADDING)

    @property
    def label(self) -> str:
        """The fund's own wording."""
        return self.verdict.label.strip(PADDING)

    @property
    def raw(self) -> bytes:
        """The 110, 120, 140 and 290 entities of the line, byte for byte, each with its ``@``."""
        parts = (self.insured, self.beneficiary, self.rubric, self.verdict)
        return "".join(["".join(part) + END for part in parts if part.number]).encode("latin-1")


class Answer(Line):
    """One answer of a fund (929)."""

    __slots__ = ()


class Movement(Line):
    """One movement sent to a fund (408): its verdict is empty."""

    __slots__ = ()
