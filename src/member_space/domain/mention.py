"""What a question names besides its subject: an amount, a day or a month, the number of a request. Rules, no model."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from member_space.domain.money import Money
from member_space.domain.request import read_number
from member_space.domain.text import fold

MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet"),
    *("aout", "septembre", "octobre", "novembre", "decembre"),
)
_ENGLISH = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_NUMBER_OF = {name: n for names in (MONTHS, _ENGLISH) for n, name in enumerate(names, 1)}
_MONTH = "|".join(_NUMBER_OF)
_AMOUNT = re.compile(
    r"(?<![\d,.])(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,6})(?:[.,](\d{1,2}))?\s*(?:€|euros?\b|eur\b)(?:\s?(\d{2})\b)?"
    r"|[€]\s?(\d{1,6})(?:\.(\d{2}))?"
)
_FIGURES = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?(?!\d)")
_WORDS = re.compile(rf"\b(\d{{1,2}})(?:er|st|nd|rd|th)? (?:of )?({_MONTH})(?: (\d{{4}}))?\b")
_IN_MONTH = re.compile(rf"\b(?:en|de|d|du mois de|in|of|for) ?'?({_MONTH})(?: (\d{{4}}))?\b")
_REQUEST = re.compile(r"\b(?:rec[ -]?)?\d{6,15}( ?- ?| ?)[a-z]\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """``amount``: cents; ``since``, ``until``: both in, the same for a day; ``number``: as typed, of a request."""

    amount: Money | None = None
    since: date | None = None
    until: date | None = None
    number: str | None = None

    @property
    def names_care(self) -> bool:
        """Whether one care may be meant."""
        return self.amount is not None or self.since is not None


def mention_of(question: str, today: date) -> Mention:
    """The first amount, day or month, and number of a request that a question names."""
    words = fold(question)
    since, until = _days(words, today) or (None, None)
    return Mention(_amount(words), since, until, _number(question))


def _number(question: str) -> str | None:
    """With its letter joined, by a hyphen or nothing. Behind a space, one not its own is a word: « mon 06… a »."""
    found = _REQUEST.finditer(question)
    return next((one[0] for one in found if one[1] != " " or read_number(one[0])), None)


def _amount(words: str) -> Money | None:
    found = _AMOUNT.search(words)
    if found is None:
        return None
    euros, cents, after, english, english_cents = found.groups()
    whole = re.sub(r"\D", "", euros or english)
    return int(whole) * 100 + int((cents or after or english_cents or "0").ljust(2, "0"))


def _days(words: str, today: date) -> tuple[date, date] | None:
    if re.search(r"\b(hier|yesterday)\b", words):
        return (today - timedelta(days=1),) * 2
    for found in (*_WORDS.finditer(words), *_FIGURES.finditer(words)):
        day = _day(int(found[1]), _NUMBER_OF.get(found[2]) or int(found[2]), found[3], today)
        if day:
            return day, day
    if month := _IN_MONTH.search(words):
        first = _day(1, _NUMBER_OF[month[1]], month[2], today)
        return (first, first.replace(day=monthrange(first.year, first.month)[1])) if first else None
    return None


def _day(day: int, month: int, year: str | None, today: date) -> date | None:
    """Without a year, the latest one that is not to come."""
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        found = date(today.year, month, day)
        return found if found <= today else date(today.year - 1, month, day)
    except ValueError:
        return None


_CARES = (
    (r"dentistes?|dentaires?|dents?|couronne|prothese|detartrage|carie|implant", ("dental_care", "dental_prosthesis")),
    (r"orthodonti\w*|bagues|appareil dentaire", ("orthodontics",)),
    (r"lunettes|optique|opticien\w*|verres?|monture|lentilles", ("optics",)),
    (r"auditi\w*|audio\w*|appareil auditif", ("hearing",)),
    (r"pharmacie|medicaments?|pharmacien\w*|ordonnance", ("pharmacy",)),
    (r"kine\w*|infirmi\w*|orthophoni\w*|orthoptist\w*|pedicure|podologue", ("auxiliary",)),
    (r"laboratoire|labo|prise de sang|analyses?|biologie", ("biology",)),
    (r"radio|radiologie|irm|scanner|echographie|imagerie|mammographie", ("imaging",)),
    (r"psy|psychologue\w*", ("psychology",)),
    (r"hopital|hospitalisation|clinique|chambre", ("hospital",)),
    (r"ambulance|taxi|transport", ("transport",)),
    (r"osteo\w*|acupunct\w*|chiropract\w*|sophrolog\w*|medecines? douces?", ("alternative",)),
    (r"specialiste|dermato\w*|ophtalmo\w*|gyneco\w*|cardiolog\w*|pediatre|orl", ("specialist",)),
    (r"generaliste|medecin traitant|consultation|medecin", ("consultation", "specialist")),
    (r"cure|thermal\w*", ("thermal",)),
    (r"maternite|accouchement|naissance", ("maternity",)),
    (r"semelles?|orthopedi\w*|appareillage", ("equipment",)),
)
_CARE_WORDS = tuple((re.compile(rf"\b(?:{words})\b"), families) for words, families in _CARES)


def families_of(question: str) -> tuple[str, ...]:
    """The families of care (domain.acts.ActFamily) that the first word known of a question names; may be none."""
    words = fold(question)
    return next((families for pattern, families in _CARE_WORDS if pattern.search(words)), ())
