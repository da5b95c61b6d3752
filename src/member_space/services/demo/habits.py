"""How often each person of the demo consults whom: the plan that care.py turns into statements."""

from dataclasses import dataclass

from member_space.domain.guarantee import Basket
from member_space.domain.money import Money


@dataclass(frozen=True, slots=True)
class Habit:
    """One act, every so many days from a first day counted back from today.

    ``fee`` and ``base`` are of one unit, in cents; 0 is what the tables say. ``facts``: the words of the tables that
    nothing else tells.
    """

    person: str
    act: str
    practitioner: str
    every: int
    first: int
    fee: Money = 0
    payee: str = "insured"
    quantity: int = 1
    base: Money = 0
    facts: str = ""
    without_optam: bool = False
    basket: Basket | None = None
    times: int = 99

    @property
    def payee_name(self) -> str:
        """Whose statement it is on, empty for the insured."""
        return "" if self.payee == "insured" else self.practitioner


GP, DENTIST, PHARMACY = "Dr Anne Lemaire", "Dr Paul Vasseur", "Pharmacie du Canal"
LAB, KINE, OPTICIAN = "Laboratoire des Deux Rives", "Marc Guillou", "Optique Saint-Martin"

HABITS = (
    # Jennifer Martin, single
    Habit("P-1001", "G", GP, 61, 9),
    Habit("P-1001", "PH7", PHARMACY, 61, 8, 1240, payee="professional", quantity=2, base=1240),
    Habit("P-1001", "HD", PHARMACY, 61, 8, 102, payee="professional", quantity=2, base=102),
    Habit("P-1001", "PH4", PHARMACY, 122, 8, 600, payee="professional", base=600),
    Habit("P-1001", "PH2", PHARMACY, 183, 8, 500, payee="professional", base=500),
    Habit("P-1001", "CS", "Dr Sylvie Arnaud", 180, 40, 7000, without_optam=True),
    Habit("P-1001", "B", LAB, 150, 35, 2800, payee="professional", base=2800),
    Habit("P-1001", "C", DENTIST, 365, 75, facts="dentist"),
    Habit("P-1001", "HBJD001", DENTIST, 365, 75),
    Habit("P-1001", "OST", "Julie Perrin", 200, 20, 6000),
    # Karim, Claire, Inès and Adam Benali
    Habit("P-2001", "G", "Dr Hugues Blanchet", 90, 15),
    Habit("P-2001", "AMS", KINE, 7, 90, times=12),
    Habit("P-2001", "PH7", PHARMACY, 90, 14, 820, payee="professional", base=820),
    Habit("P-2001", "IC0", DENTIST, 731, 320, 17500),
    Habit("P-2002", "CNP", "Dr Irène Castel", 30, 12),
    Habit("P-2002", "PH7", "Pharmacie Mozart", 30, 11, 1985, payee="professional", base=1985),
    Habit("P-2002", "CS", "Dr Nora Haddad", 365, 130, 4000, base=4000),
    Habit("P-2003", "G", "Dr Hugues Blanchet", 75, 22),
    Habit("P-2003", "TO", "Dr Marie Colin", 182, 60, 69000, facts="semester_under_16"),
    Habit("P-2003", "PH7", PHARMACY, 75, 21, 640, payee="professional", base=640),
    Habit("P-2004", "COE", "Dr Hugues Blanchet", 28, 10, 3500, base=3500, times=2),
    # Nathalie and Léo Leroy
    Habit("P-3001", "G", "Dr Luc Ferrand", 70, 18),
    Habit("P-3001", "FJ", "Clinique des Tilleuls", 731, 240, payee="hospital", quantity=4),
    Habit("P-3001", "PAU", "Audition Rivoire", 731, 150, 160000, quantity=2, basket=Basket.FREE),
    Habit("P-3001", "B", LAB, 120, 27, 3360, payee="professional", base=3360),
    Habit("P-3002", "G", "Dr Luc Ferrand", 110, 33),
    Habit("P-3002", "PH7", "Pharmacie des Facultés", 110, 32, 745, payee="professional", base=745),
    Habit("P-3002", "LEN", OPTICIAN, 365, 190, 18000),
    # Paul and Odile Garnier
    Habit("P-4001", "G", "Dr Yves Kern", 80, 19),
    Habit("P-4002", "G", "Dr Yves Kern", 95, 26),
    # Sophie Mercier, and Marc Dubois until his last day
    Habit("P-5001", "G", "Dr Odile Renard", 80, 30),
    Habit("P-6001", "G", "Dr Alain Roux", 90, 100),
)
