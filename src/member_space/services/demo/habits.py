"""How often each person of the demo consults whom: the plan that care.py turns into statements."""

from dataclasses import dataclass

from member_space.domain.money import Money


@dataclass(frozen=True, slots=True)
class Cover:
    """What the demo contract pays: a percentage of the base (fund's share included), or an amount."""

    percent: int = 0
    amount: Money = 0


FULL_BASE = Cover(percent=100)
COMFORT = Cover(percent=150)
NOTHING = Cover()


@dataclass(frozen=True, slots=True)
class Habit:
    """One act, every so many days from a first day counted back from today; `fee` 0 means the base itself."""

    person: str
    act: str
    practitioner: str
    every: int
    first: int
    fee: Money = 0
    cover: Cover = FULL_BASE
    payee: str = "insured"
    quantity: int = 1
    base: Money = 0
    condition: str = ""
    times: int = 99


GP, DENTIST, PHARMACY = "Dr Anne Lemaire", "Dr Paul Vasseur", "Pharmacie du Canal"
LAB, KINE, OPTICIAN = "Laboratoire des Deux Rives", "Marc Guillou", "Optique Saint-Martin"

HABITS = (
    # Jennifer Martin, single
    Habit("P-1001", "G", GP, 61, 9),
    Habit("P-1001", "PH7", PHARMACY, 61, 8, 1240, payee="professional", quantity=2, base=1240),
    Habit("P-1001", "HD", PHARMACY, 61, 8, 102, payee="professional", quantity=2, base=102),
    Habit("P-1001", "PH4", PHARMACY, 122, 8, 600, payee="professional", base=600),
    Habit("P-1001", "PH2", PHARMACY, 183, 8, 500, NOTHING, "professional", base=500),
    Habit("P-1001", "CS", "Dr Sylvie Arnaud", 180, 40, 7000, COMFORT, condition="sector_2_without_optam"),
    Habit("P-1001", "B", LAB, 150, 35, 2800, payee="professional", base=2800),
    Habit("P-1001", "C", DENTIST, 365, 75, condition="dentist"),
    Habit("P-1001", "HBJD001", DENTIST, 365, 75),
    Habit("P-1001", "OST", "Julie Perrin", 200, 20, 6000, Cover(amount=3000)),
    # Karim, Claire, Inès and Adam Benali
    Habit("P-2001", "G", "Dr Hugues Blanchet", 90, 15),
    Habit("P-2001", "AMS", KINE, 7, 90, times=12),
    Habit("P-2001", "PH7", PHARMACY, 90, 14, 820, payee="professional", base=820),
    Habit("P-2001", "INO", DENTIST, 731, 320, 17500, Cover(amount=12100), base=9000),
    Habit("P-2002", "CNP", "Dr Irène Castel", 30, 12),
    Habit("P-2002", "PH7", "Pharmacie Mozart", 30, 11, 1985, payee="professional", base=1985),
    Habit("P-2002", "CS", "Dr Nora Haddad", 365, 130, 4000, COMFORT, base=4000),
    Habit("P-2003", "G", "Dr Hugues Blanchet", 75, 22),
    Habit("P-2003", "TO", "Dr Marie Colin", 182, 60, 69000, Cover(percent=300), condition="semester_under_16"),
    Habit("P-2003", "PH7", PHARMACY, 75, 21, 640, payee="professional", base=640),
    Habit("P-2004", "COE", "Dr Hugues Blanchet", 28, 10, 3500, base=3500, times=2),
    # Nathalie and Léo Leroy
    Habit("P-3001", "G", "Dr Luc Ferrand", 70, 18),
    Habit("P-3001", "FJ", "Clinique des Tilleuls", 731, 240, 2300, Cover(amount=9200), "hospital", 4),
    Habit("P-3001", "PAU", "Audition Rivoire", 731, 150, 190000, Cover(amount=76000)),
    Habit("P-3001", "B", LAB, 120, 27, 3360, payee="professional", base=3360),
    Habit("P-3002", "G", "Dr Luc Ferrand", 110, 33),
    Habit("P-3002", "PH7", "Pharmacie des Facultés", 110, 32, 745, payee="professional", base=745),
    Habit("P-3002", "LEN", OPTICIAN, 365, 190, 18000, Cover(amount=10000)),
    # Paul and Odile Garnier
    Habit("P-4001", "G", "Dr Yves Kern", 80, 19),
    Habit("P-4002", "G", "Dr Yves Kern", 95, 26),
)
