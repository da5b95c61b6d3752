"""The feed of statements: its columns, and a chunk of it read into arrays (docs/feeds.md).

Every distinct value of a chunk is read once, by the same functions as a value typed on a screen, then spread over
the rows: a file of a million lines has some thousands of distinct amounts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO

import numpy as np
import numpy.typing as npt

from member_space.domain.money import WHOLE, MoneyError, MoneyProblem, parse_money, parse_rate
from member_space.domain.reimbursement import PayeeKind, ZeroReason
from member_space.services.feed import SEPARATOR, FeedFile, FeedValueError, Lines, Report, clean_text, read_date

Integers = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]

OLDEST = date(1990, 1, 1)
PLANNED = timedelta(days=31)
"""A transfer may be announced before its day, no more than this."""
MAX_QUANTITY = 9_999

_LAST4 = re.compile(r"[A-Z0-9]{4}", re.ASCII)
_MONEY_REASONS = {
    MoneyProblem.FORMAT: "n'est pas un montant (attendu : 12,50 ou 12.50)",
    MoneyProblem.TOO_MANY_DECIMALS: "plus de deux décimales",
    MoneyProblem.TOO_LARGE: "montant trop grand",
}

Read = Callable[[str], tuple[str, int]]
"""Reads a value that is not empty: its canonical text, and its number (cents, days, hundredths of a percent)."""


def _text(longest: int) -> Read:
    return lambda value: (clean_text(value, longest), 0)


def _day(value: str) -> tuple[str, int]:
    day = read_date(value, oldest=OLDEST)
    return day.isoformat(), day.toordinal()


def _money(value: str) -> tuple[str, int]:
    try:
        cents = parse_money(value)
    except MoneyError as error:
        raise FeedValueError(_MONEY_REASONS[error.problem]) from None
    return str(cents), cents


def _rate(value: str) -> tuple[str, int]:
    try:
        rate = parse_rate(value)
    except MoneyError:
        raise FeedValueError("n'est pas un taux (attendu : 70 ou 65,5)") from None
    if not 0 <= rate <= WHOLE:
        raise FeedValueError("un taux est entre 0 et 100")
    return str(rate), rate


def _quantity(value: str) -> tuple[str, int]:
    if not (value.isascii() and value.isdigit() and len(value) <= 4 and 1 <= int(value) <= MAX_QUANTITY):
        raise FeedValueError(f"la quantité est un nombre entier de 1 à {MAX_QUANTITY}")
    return str(int(value)), int(value)


def _last4(value: str) -> tuple[str, int]:
    if not _LAST4.fullmatch(value):
        raise FeedValueError("seuls les 4 derniers caractères de l'IBAN sont attendus")
    return value, 0


def _one_of(*choices: str) -> Read:
    def read(value: str) -> tuple[str, int]:
        if value not in choices:
            raise FeedValueError(f"valeur inconnue (attendu : {', '.join(choices)})")
        return value, 0

    return read


@dataclass(frozen=True, slots=True)
class Rule:
    """How a column is read; `required`: a row must have a value; `default`: the canonical text of an empty one."""

    read: Read
    required: bool = True
    default: str = ""
    number: int = 0
    optional_column: bool = False


def _optional(read: Read, default: str = "", number: int = 0) -> Rule:
    return Rule(read, required=False, default=default, number=number, optional_column=True)


HEADER = {
    "statement_ref": Rule(_text(40)),
    "contract_number": Rule(_text(40)),
    "issued_on": Rule(_day),
    "payee": Rule(_one_of(*PayeeKind)),
    "payee_name": Rule(_text(120)),
    "payment_ref": _optional(_text(40)),
    "paid_on": _optional(_day),
    "iban_last4": _optional(_last4),
    "statement_total": Rule(_money),
}
"""What every line of a statement repeats."""

AMOUNTS = {
    "fee": Rule(_money),
    "base": Rule(_money),
    "amo_rate": Rule(_rate),
    "amo_gross": Rule(_money),
    "participation": _optional(_money, "0"),
    "franchise": _optional(_money, "0"),
    "deferred": _optional(_money, "0"),
    "amo_net": Rule(_money),
    "other_insurer": _optional(_money, "0"),
    "our_share": Rule(_money),
    "member_share": Rule(_money),
}

COLUMNS = (
    HEADER
    | {
        "person_ref": Rule(_text(40)),
        "care_date": Rule(_day),
        "act_code": Rule(_text(20)),
        "label": _optional(_text(200)),
        "practitioner": _optional(_text(120)),
        "quantity": _optional(_quantity, "1", 1),
    }
    | AMOUNTS
    | {"zero_reason": _optional(_one_of(*ZeroReason)), "noemie_ref": _optional(_text(40))}
)

REQUIRED = {name: not rule.optional_column for name, rule in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a chunk: row i holds `texts[codes[i]]` (canonical) and `numbers[codes[i]]`."""

    codes: Integers
    texts: Objects
    numbers: Integers
    raw_codes: Integers = field(repr=False)
    raw_values: Objects = field(repr=False)

    def raw(self, row: int) -> str:
        """What the file says on that row."""
        return str(self.raw_values[self.raw_codes[row]])

    @property
    def text(self) -> Objects:
        """The canonical text of each row."""
        return self.texts[self.codes]

    @property
    def number(self) -> Integers:
        """The number of each row."""
        return self.numbers[self.codes]


class Chunk:
    """Rows of whole statements. `bad`: rows refused so far, whose values mean nothing."""

    def __init__(self, lines: Integers, columns: dict[str, Column], bad: Mask, report: Report) -> None:
        self.lines, self.columns, self.bad, self.report = lines, columns, bad, report
        codes = columns["statement_ref"].codes
        first = np.ones(len(codes), bool)
        first[1:] = codes[1:] != codes[:-1]
        self.starts: Integers = np.flatnonzero(first)
        """The first row of each statement."""
        self.statement: Integers = np.cumsum(first) - 1
        """The rank of each row's statement."""

    def __len__(self) -> int:
        return len(self.lines)

    def text(self, name: str) -> Objects:
        return self.columns[name].text

    def number(self, name: str) -> Integers:
        return self.columns[name].number

    def refuse(self, where: Mask, column: str, reason: str | Callable[[int], str]) -> None:
        """Refuse the rows of `where` that were right so far; `reason` is a sentence, or makes one from the row."""
        rows = np.flatnonzero(where & ~self.bad)
        for row in rows.tolist():
            sentence = reason if isinstance(reason, str) else reason(row)
            self.report.refuse(int(self.lines[row]), column, self.columns[column].raw(row), sentence)
        self.bad[rows] = True

    @property
    def bad_statements(self) -> Mask:
        """Which statements have a refused row."""
        return np.bincount(self.statement, self.bad, len(self.starts)) > 0


def read_chunk(feed: FeedFile, lines: Lines, report: Report) -> Chunk:
    """Read the values of these lines; those that a column cannot hold are refused, and their rows are `bad`."""
    import pandas as pd

    frame = pd.read_csv(
        BytesIO(b"\n".join(lines.raw)),
        sep=SEPARATOR,
        header=None,
        names=feed.header,
        dtype=object,
        na_filter=False,
        index_col=False,
        skip_blank_lines=False,
        low_memory=False,
        encoding=feed.encoding,
        encoding_errors="replace",
    )
    numbers: Integers = np.array(lines.numbers, np.int64)
    bad = np.zeros(len(numbers), bool)
    columns = {}
    for name, rule in COLUMNS.items():
        values = frame[name].to_numpy(object) if name in frame else np.full(len(numbers), "", object)
        columns[name] = _read_column(name, rule, values, numbers, bad, report)
    return Chunk(numbers, columns, bad, report)


def _read_column(name: str, rule: Rule, cells: Objects, lines: Integers, bad: Mask, report: Report) -> Column:
    import pandas as pd

    codes, values = pd.factorize(cells)
    texts: list[str] = []
    read: list[int] = []
    reasons: dict[int, str] = {}
    for code, value in enumerate(values.tolist()):
        text, number, reason = _read_value(rule, value.strip())
        texts.append(text)
        read.append(number)
        if reason:
            reasons[code] = reason
    if reasons:
        wrong = np.isin(codes, list(reasons))
        for row in np.flatnonzero(wrong).tolist():
            report.refuse(int(lines[row]), name, values[codes[row]], reasons[int(codes[row])])
        bad |= wrong
    # Two spellings of one value (30 and 30,00) become one.
    canonical, distinct = pd.factorize(np.array(texts, object))
    of_text = np.zeros(len(distinct), np.int64)
    of_text[canonical] = read
    return Column(canonical[codes], np.asarray(distinct, object), of_text, codes, values)


def _read_value(rule: Rule, value: str) -> tuple[str, int, str]:
    """Canonical text, number, and the reason why it is refused ("" when it is not)."""
    if not value:
        return rule.default, rule.number, "valeur absente" if rule.required else ""
    try:
        return *rule.read(value), ""
    except FeedValueError as error:
        return "", 0, str(error)
