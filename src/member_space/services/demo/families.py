"""The families of the demo, as rows of the households' feed, and the accounts to sign in with.

A single person; a couple with two children, the elder attached to both parents' NIR; a separated parent with an adult
student; a couple who joins and has no space yet; somebody whose cover goes on after his job; somebody whose contract is
over. The NIR are regular and made up; nobody bears them.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from member_space.domain.certificate import longest_portability
from member_space.domain.nir import key_of
from member_space.domain.period import Period
from member_space.domain.permissions import Role

PASSWORD = "horizon-demo-2026"
CONTRACTS_START = date(2023, 1, 1)
PARIS = ("01", "751", "000", "CPAM de Paris")
LILLE = ("01", "594", "000", "CPAM des Flandres")
RENNES = ("01", "351", "000", "CPAM d’Ille-et-Vilaine")


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody to sign in as, and what is worth seeing there."""

    person: str
    email: str
    words: str


ACCOUNTS = (
    DemoAccount("P-1001", "jennifer@demo.example", "une assurée seule, télétransmission active"),
    DemoAccount("P-2001", "karim@demo.example", "un titulaire, sa conjointe et deux enfants"),
    DemoAccount("P-2002", "claire@demo.example", "sa conjointe, avec son propre espace"),
    DemoAccount("P-3001", "nathalie@demo.example", "un parent séparé, changement de caisse à régler"),
    DemoAccount("P-3002", "leo@demo.example", "son fils étudiant, adulte"),
    DemoAccount("P-5001", "sophie@demo.example", "couverte après la fin de son emploi (portabilité)"),
    DemoAccount("P-6001", "marc@demo.example", "son contrat est terminé : attestation de radiation"),
)


@dataclass(frozen=True, slots=True)
class DemoColleague:
    """A colleague of the office to sign in as. ``totp_secret``: the key of his application, to be typed into one's own;
    empty: his second factor is enrolled at the first sign-in.
    """

    email: str
    name: str
    role: Role
    totp_secret: str = ""
    team: str | None = None


COLLEAGUES = (
    DemoColleague(
        "conseiller@demo.example", "Hugo Petit", Role.HANDLER, "HORIZONDEMOHUGO2HORIZONDEMOHUGO2", "Frais de santé"
    ),
    DemoColleague("responsable@demo.example", "Sonia Faure", Role.SUPERVISOR, "HORIZONDEMOSONIAHORIZONDEMOSONIA"),
    DemoColleague("auditeur@demo.example", "Alain Brun", Role.AUDITOR),
    DemoColleague("administrateur@demo.example", "Agnès Roy", Role.ADMINISTRATOR),
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A NIR under which a fund knows somebody, and whether we want the link."""

    nir: str
    last_name: str
    first_name: str
    fund: tuple[str, str, str, str]
    desired: str = "on"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    ref: str
    first_name: str
    last_name: str
    birth_date: date | timedelta
    """The age, for a newborn: one who is always of this season."""
    relation: str
    nir: str = ""
    birth_name: str = ""
    mobile: str = ""
    attachments: tuple[Attachment, ...] = ()

    def born_on(self, today: date) -> date:
        """The birth date in the demo of that day."""
        return today - self.birth_date if isinstance(self.birth_date, timedelta) else self.birth_date

    def covered_from(self, today: date) -> date:
        """The contract's beginning, or the birth of who came later."""
        return max(CONTRACTS_START, self.born_on(today))


@dataclass(frozen=True, slots=True)
class Family:
    contract: str
    member_number: str
    plan: str
    table: str
    address: tuple[str, str, str]
    people: tuple[DemoPerson, ...]
    ended: timedelta | None = None
    """How long ago its last day was; None: it goes on."""
    portable: timedelta | None = None
    """How long ago the job ended, after which the cover goes on for a year; None: it follows no job."""

    def portability(self, today: date) -> Period | None:
        """In the demo of that day."""
        if self.portable is None:
            return None
        start = today - self.portable
        return Period(start, longest_portability(start))

    def last_day(self, today: date) -> date | None:
        """Of the contract, in the demo of that day."""
        if self.ended:
            return today - self.ended
        portability = self.portability(today)
        return portability.end if portability else None


def _nir(number: str) -> str:
    return number + key_of(number)


JENNIFER, KARIM, CLAIRE = _nir("2910675118042"), _nir("1830459350117"), _nir("2851159009263")
NATHALIE, LEO = _nir("2740335238071"), _nir("1050235238214")
PAUL, ODILE = _nir("1580967482046"), _nir("2610567482091")
SOPHIE, MARC = _nir("2880744109037"), _nir("1790213055062")
TO_ACTIVATE = ("paul@demo.example", "40000101", "02/09/1958")
"""Somebody who has no space yet: address, member number, birth date; his wife has none either."""

FAMILIES = (
    Family(
        "HS-100001",
        "10000101",
        "Confort",
        "CONFORT",
        ("8 rue des Lilas", "75011", "Paris"),
        (
            DemoPerson(
                "P-1001",
                "Jennifer",
                "Martin",
                date(1991, 6, 18),
                "holder",
                JENNIFER,
                mobile="06 00 00 10 01",
                attachments=(Attachment(JENNIFER, "MARTIN", "JENNIFER", PARIS),),
            ),
        ),
    ),
    Family(
        "HS-200001",
        "20000101",
        "Confort famille",
        "CONFORT",
        ("27 avenue du Peuple belge", "59800", "Lille"),
        (
            DemoPerson(
                "P-2001",
                "Karim",
                "Benali",
                date(1983, 4, 11),
                "holder",
                KARIM,
                mobile="06 00 00 20 01",
                attachments=(Attachment(KARIM, "BENALI", "KARIM", LILLE),),
            ),
            DemoPerson(
                "P-2002",
                "Claire",
                "Moreau-Benali",
                date(1985, 11, 2),
                "spouse",
                CLAIRE,
                "Moreau",
                "06 00 00 20 02",
                attachments=(Attachment(CLAIRE, "MOREAU", "CLAIRE", LILLE),),
            ),
            DemoPerson(
                "P-2003",
                "Inès",
                "Benali",
                date(2014, 9, 23),
                "child",
                attachments=(
                    Attachment(KARIM, "BENALI", "KARIM", LILLE),
                    Attachment(CLAIRE, "MOREAU", "CLAIRE", LILLE),
                ),
            ),
            DemoPerson("P-2004", "Adam", "Benali", timedelta(days=68), "child"),
        ),
    ),
    Family(
        "HS-300001",
        "30000101",
        "Essentiel plus",
        "ESSENTIEL",
        ("3 place Sainte-Anne", "35000", "Rennes"),
        (
            DemoPerson(
                "P-3001",
                "Nathalie",
                "Leroy",
                date(1974, 3, 5),
                "holder",
                NATHALIE,
                mobile="06 00 00 30 01",
                attachments=(Attachment(NATHALIE, "LEROY", "NATHALIE", RENNES),),
            ),
            DemoPerson(
                "P-3002",
                "Léo",
                "Leroy",
                date(2005, 2, 27),
                "child",
                LEO,
                mobile="06 00 00 30 02",
                attachments=(Attachment(LEO, "LEROY", "LEO", RENNES),),
            ),
        ),
    ),
    Family(
        "HS-400001",
        "40000101",
        "Premium",
        "PREMIUM",
        ("5 rue des Tanneurs", "67000", "Strasbourg"),
        (
            DemoPerson("P-4001", "Paul", "Garnier", date(1958, 9, 2), "holder", PAUL, mobile="06 00 00 40 01"),
            DemoPerson("P-4002", "Odile", "Garnier", date(1961, 5, 24), "spouse", ODILE, mobile="06 00 00 40 02"),
        ),
    ),
    Family(
        "HS-500001",
        "50000101",
        "Confort entreprise",
        "CONFORT",
        ("14 quai de la Fosse", "44000", "Nantes"),
        (DemoPerson("P-5001", "Sophie", "Mercier", date(1988, 7, 9), "holder", SOPHIE, mobile="06 00 00 50 01"),),
        portable=timedelta(days=75),
    ),
    Family(
        "HS-600001",
        "60000101",
        "Essentiel",
        "ESSENTIEL",
        ("2 rue de la République", "13001", "Marseille"),
        (DemoPerson("P-6001", "Marc", "Dubois", date(1979, 2, 16), "holder", MARC, mobile="06 00 00 60 01"),),
        ended=timedelta(days=60),
    ),
)
