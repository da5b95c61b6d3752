"""The reference tables: what a row is, and which age is in force on a day; `domain.reference_rows` reads them.

The tables are ``reference/*.csv`` (UTF-8, ``;``, one header line), so that the office corrects a tariff without code.
Dates are ISO, both included, an empty end is open; ``2000-01-01`` starts what was in force before our oldest line. A
start that the source does not tell is said so in it: « recalled » or « assumed ».

A tariff's ``act_code`` is an act, or ``rate:<kind>`` for the rates that acts name (``rate:exemption`` for those of an
exempt patient), or ``rule:<name>`` for what is no act (participation, franchises, ceilings). Its value is cents;
hundredths of a percent for a rate and for a share (of the base); a number of times for a count; months for a renewal;
for a threshold, what its condition names (an age, a coefficient), else cents. Confidence: C primary source, C2
secondary source only, R recalled and to be checked before any claim, D derived by arithmetic or illustrative. The
source « fact sheet » is the trade's sheet of autumn 2026 that the first tables were typed from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import Basket
from member_space.domain.period import Period


class ActNature(StrEnum):
    """The list that an act comes from; ``local`` acts are ours, unknown to the funds."""

    NGAP = "NGAP"
    CCAM = "CCAM"
    BIOLOGY = "NABM"
    PHARMACY = "pharmacy"
    LPP = "LPP"
    TRANSPORT = "transport"
    HOSPITAL = "hospital"
    LOCAL = "local"


class Deduction(StrEnum):
    """What the fund keeps on an act; the amounts are the tariffs ``rule:<value>``."""

    NONE = ""
    PARTICIPATION = "participation"
    FRANCHISE_BOX = "franchise_box"
    FRANCHISE_ACT = "franchise_act"
    FRANCHISE_TRANSPORT = "franchise_transport"


class TariffKind(StrEnum):
    """What a figure is."""

    BASE = "base"
    RATE = "rate"
    FEE = "fee"
    DEDUCTION = "deduction"
    CAP_DAY = "cap_day"
    CAP_YEAR = "cap_year"
    COUNT_YEAR = "count_year"
    COPAYMENT = "copayment"
    THRESHOLD = "threshold"
    PRICE_LIMIT = "price_limit"
    CEILING = "ceiling"
    MINIMUM = "minimum"
    SHARE = "share"
    RENEWAL = "renewal"


class AgeRule(StrEnum):
    """What an age is asked for."""

    ACCOUNT = "account"
    ADULT = "adult"


class Confidence(StrEnum):
    """How sure we are of a figure."""

    PRIMARY = "C"
    SECONDARY = "C2"
    RECALLED = "R"
    DERIVED = "D"


@dataclass(frozen=True, slots=True)
class Regime:
    """A grand régime: two digits and its name."""

    code: str
    label: str
    period: Period


@dataclass(frozen=True, slots=True)
class FamilyLabel:
    """The French name of a family and its rank on screen."""

    family: ActFamily
    label: str
    position: int
    period: Period


@dataclass(frozen=True, slots=True)
class Act:
    """An act of care. ``rate_kind``: the tariff ``rate:<kind>`` of the fund, empty when it pays nothing.

    ``basket``: of a dental act whose code is of one basket; None for all others, glasses and hearing aids included, as
    their code is the same in each class.
    """

    code: str
    label: str
    family: ActFamily
    rate_kind: str
    deduction: Deduction
    nature: ActNature
    period: Period
    basket: Basket | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """A dated figure. ``condition``: the case it is for (an age, a speciality, a class), empty for the ordinary one."""

    act_code: str
    what: TariffKind
    condition: str
    value: int
    period: Period
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Age:
    """From how many years on, on the days of its period."""

    rule: AgeRule
    years: int
    period: Period
    source: str
    confidence: Confidence


def age_in_force(ages: Iterable[Age], rule: AgeRule, day: date) -> int:
    """The years of that rule on that day. Raises ValueError for a day before the oldest row of it."""
    for age in ages:
        if age.rule is rule and age.period.contains(day):
            return age.years
    raise ValueError(f"no age of {rule} on {day}")
