"""What the engine of reimbursements is told of one act: the care, the patient, who gave it, what others paid."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from member_space.domain.birth import age_on
from member_space.domain.guarantee import Basket, LensClass
from member_space.domain.money import Money, Rate


class Exemption(StrEnum):
    """Why the fund treats this care better, in the words that conditions of ``tariffs.csv`` use.

    ``ALD``: care of a long-lasting disease; ``C2S``: the public complementary cover; ``MATERNITY``: from the sixth
    month.
    """

    ALD = "ald"
    C2S = "c2s"
    MATERNITY = "maternity"


class Sector(StrEnum):
    """How free a doctor's fees are; other professions are ``ONE``."""

    ONE = "1"
    TWO = "2"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Patient:
    """Who was cared for: the age, the local scheme and the exemption decide the rate and the deductions."""

    birth_date: date
    alsace_moselle: bool = False
    exemption: Exemption | None = None

    def age_on(self, day: date) -> int:
        """Complete years; 0 before the birth, which the engine refuses."""
        return age_on(self.birth_date, max(day, self.birth_date))


@dataclass(frozen=True, slots=True)
class Practitioner:
    """Who gave the care. ``optam``: signed the agreement that moderates fees; only a doctor of sector 2 may lack it.
    ``name``: tells two professionals of one day apart, empty when it is not known."""

    sector: Sector = Sector.ONE
    optam: bool = False
    name: str = ""

    @property
    def is_without_optam(self) -> bool:
        """Whether the lower limits of a responsible contract hold."""
        return self.sector != Sector.ONE and not self.optam


@dataclass(frozen=True, slots=True)
class Glasses:
    """A pair of glasses: the parts of its price, and the basket of each when they differ (« panachage »)."""

    lenses: LensClass
    frame_fee: Money
    frame_basket: Basket = Basket.FREE
    lenses_basket: Basket = Basket.FREE
    sight_changed: bool = False

    @property
    def mix(self) -> frozenset[str]:
        """What conditions of ``tariffs.csv`` say of a pair whose frame and lenses are of two classes; else nothing."""
        if self.frame_basket is self.lenses_basket:
            return frozenset()
        part = "frame_class_a" if self.frame_basket is Basket.NO_REST else "lenses_class_a"
        return frozenset({part, self.lenses.value})


class FundShare(NamedTuple):
    """What the fund says it did, when its file is there: then nothing of it is computed."""

    gross: Money
    participation: Money
    franchise: Money
    deferred: Money


ORDINARY = Practitioner()


@dataclass(frozen=True, slots=True)
class Care:
    """One act, or several of the same code on the same day.

    ``fee``, ``base`` and ``other_insurer`` are of the whole line. ``facts``: what conditions of ``tariffs.csv`` name
    and nothing else here tells: a speciality (``gynaecologist``), a tooth (``molar``), ``heavy_act``. ``base`` and
    ``rate``: as the fund or the quote tells them, for what no table has (a drug's price, a hospital's tariff); None to
    take those in force on the day of care.
    """

    act_code: str
    care_date: date
    fee: Money
    patient: Patient
    quantity: int = 1
    practitioner: Practitioner = ORDINARY
    out_of_pathway: bool = False
    facts: frozenset[str] = frozenset()
    basket: Basket | None = None
    glasses: Glasses | None = None
    base: Money | None = None
    rate: Rate | None = None
    fund: FundShare | None = None
    other_insurer: Money = 0
