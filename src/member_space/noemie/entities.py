"""The entities of references 408 and 929, one record each: the fields carry the zone tables.

A record keeps each zone as it stands in the file, fillers included, so ``"".join(record)`` is the entity again.
Sources: one real 929 file, and the layouts described for 408 by an independent writer (docs/noemie.md).
"""

from typing import Annotated, NamedTuple

from member_space.noemie.layouts import Kind, Layout, Zone

N, A, WORDS, DATE6, DATE8, CENTS = Kind.NUMBER, Kind.TEXT, Kind.WORDS, Kind.DATE6, Kind.DATE8, Kind.CENTS


class Header(NamedTuple):
    """000, start of a logical file (128 characters, no ``@``)."""

    number: Annotated[str, Zone(1, 3, N, "000")]
    sender_type: Annotated[str, Zone(4, 2)]
    sender: Annotated[str, Zone(6, 14)]
    sender_program: Annotated[str, Zone(20, 6)]
    recipient_type: Annotated[str, Zone(26, 2)]
    recipient: Annotated[str, Zone(28, 14)]
    recipient_program: Annotated[str, Zone(42, 6)]
    application: Annotated[str, Zone(48, 2)]
    identification: Annotated[str, Zone(50, 6)]
    created_on: Annotated[str, Zone(56, 6, DATE6)]
    reference: Annotated[str, Zone(62, 4)]
    version: Annotated[str, Zone(66, 2)]
    compression: Annotated[str, Zone(68, 1, A, "0")]
    encryption: Annotated[str, Zone(69, 1, A, "N")]
    currency: Annotated[str, Zone(70, 1, A, "U")]
    flow: Annotated[str, Zone(71, 1)]
    blank: Annotated[str, Zone(72, 11)]
    record_length: Annotated[str, Zone(83, 3, N, "128")]
    password: Annotated[str, Zone(86, 6)]
    message: Annotated[str, Zone(92, 37)]


class Trailer(NamedTuple):
    """999, end of a logical file (128 characters, no ``@``); positions 4 to 55 repeat the 000."""

    number: Annotated[str, Zone(1, 3, N, "999")]
    sender_type: Annotated[str, Zone(4, 2)]
    sender: Annotated[str, Zone(6, 14)]
    sender_program: Annotated[str, Zone(20, 6)]
    recipient_type: Annotated[str, Zone(26, 2)]
    recipient: Annotated[str, Zone(28, 14)]
    recipient_program: Annotated[str, Zone(42, 6)]
    application: Annotated[str, Zone(48, 2)]
    identification: Annotated[str, Zone(50, 6)]
    records: Annotated[str, Zone(56, 8, N)]
    flow: Annotated[str, Zone(64, 1)]
    blank: Annotated[str, Zone(65, 18)]
    batches: Annotated[str, Zone(83, 3, N)]
    total: Annotated[str, Zone(86, 11, CENTS)]
    sign: Annotated[str, Zone(97, 1, A, "P")]
    other_total: Annotated[str, Zone(98, 11)]
    filler: Annotated[str, Zone(109, 20)]


class Insurer(NamedTuple):
    """010, the complementary insurer (OC) concerned."""

    number: Annotated[str, Zone(1, 3, N, "010")]
    level: Annotated[str, Zone(4, 2, N, "01")]
    oc: Annotated[str, Zone(6, 7, N, exact=True)]
    key: Annotated[str, Zone(13, 1, N, exact=True)]


class Insured(NamedTuple):
    """110, the insured (assuré) whose rights are concerned."""

    number: Annotated[str, Zone(1, 3, N, "110")]
    level: Annotated[str, Zone(4, 2, N, "02")]
    nir: Annotated[str, Zone(6, 13, exact=True)]
    key: Annotated[str, Zone(19, 2, N, exact=True)]
    name_kind: Annotated[str, Zone(21, 1)]
    name: Annotated[str, Zone(22, 25, WORDS)]
    second_name_kind: Annotated[str, Zone(47, 1)]
    second_name: Annotated[str, Zone(48, 25, WORDS)]
    first_name: Annotated[str, Zone(73, 15, WORDS)]

    def __repr__(self) -> str:
        """Without the person."""
        return f"<Insured level={self.level!r}>"


class Beneficiary(NamedTuple):
    """120, the person cared for. The birth date may be lunar or unknown: it stays six characters."""

    number: Annotated[str, Zone(1, 3, N, "120")]
    level: Annotated[str, Zone(4, 2, N, "99")]
    birth_date: Annotated[str, Zone(6, 6, DATE6)]
    birth_rank: Annotated[str, Zone(12, 1)]
    name: Annotated[str, Zone(13, 25, WORDS)]
    first_name: Annotated[str, Zone(38, 15, WORDS)]
    management_unit: Annotated[str, Zone(53, 4)]

    def __repr__(self) -> str:
        """Without the person."""
        return f"<Beneficiary level={self.level!r}>"


class Rubric(NamedTuple):
    """140, the member's rubric at the insurer: member number, movement, contract and its dates.

    The second set is inferred to be the previous values of a modification; its meaning was never seen.
    """

    number: Annotated[str, Zone(1, 3, N, "140")]
    level: Annotated[str, Zone(4, 2, N, "99")]
    member_number: Annotated[str, Zone(6, 8)]
    movement: Annotated[str, Zone(14, 1, exact=True)]
    contract_type: Annotated[str, Zone(15, 2, N, "01")]
    start: Annotated[str, Zone(17, 8, DATE8)]
    end: Annotated[str, Zone(25, 8, DATE8)]
    second_contract_type: Annotated[str, Zone(33, 2, N)]
    second_start: Annotated[str, Zone(35, 8, DATE8)]
    second_end: Annotated[str, Zone(43, 8, DATE8)]
    filler: Annotated[str, Zone(51, 18, N)]


class Verdict(NamedTuple):
    """290, the fund's answer: codification (domain, number, code, nature) and its wording."""

    number: Annotated[str, Zone(1, 3, N, "290")]
    level: Annotated[str, Zone(4, 2, N, "99")]
    line: Annotated[str, Zone(6, 2, N, "01")]
    domain: Annotated[str, Zone(8, 3, A, "MUJ")]
    family: Annotated[str, Zone(11, 4, N, "1300")]
    code: Annotated[str, Zone(15, 2, exact=True)]
    nature: Annotated[str, Zone(17, 1, exact=True)]
    label: Annotated[str, Zone(18, 80, WORDS)]


class Subtotal(NamedTuple):
    """990, closes a break level and counts what was directly inside it."""

    number: Annotated[str, Zone(1, 3, N, "990")]
    level: Annotated[str, Zone(4, 2, N)]
    key: Annotated[str, Zone(6, 17)]
    counter: Annotated[str, Zone(23, 8, N)]
    total: Annotated[str, Zone(31, 11, CENTS)]
    sign: Annotated[str, Zone(42, 1)]


HEADER = Layout("000", "en-tête", Header, delimited=False)
TRAILER = Layout("999", "fin de fichier", Trailer, delimited=False)
INSURER = Layout("010", "organisme complémentaire", Insurer)
INSURED = Layout("110", "assuré", Insured)
BENEFICIARY = Layout("120", "bénéficiaire", Beneficiary)
RUBRIC = Layout("140", "rubrique organisme complémentaire", Rubric)
VERDICT = Layout("290", "rejet ou signalement", Verdict)
SUBTOTAL = Layout("990", "entité de contrôle", Subtotal)

REFERENCES = {
    "408": (INSURER, INSURED, BENEFICIARY, RUBRIC, SUBTOTAL),
    "929": (INSURER, INSURED, BENEFICIARY, RUBRIC, VERDICT, SUBTOTAL),
}
"""The entities that may stand between 000 and 999, for each exchange that is read."""
