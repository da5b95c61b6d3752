"""Bank account numbers as people type them."""

import re
from dataclasses import dataclass
from enum import StrEnum

RIB_KEY = frozenset({"FR", "MC"})
"""Countries whose accounts end with the key of the French RIB, checked besides the key of the IBAN."""
_TYPED = re.compile(r"[\s.\-_\u00a0\u202f]+")
_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", re.ASCII)


class IbanProblem(StrEnum):
    """Why a text is no account that can be paid."""

    SHAPE = "shape"
    COUNTRY = "country"
    LENGTH = "length"
    KEY = "key"
    NOT_SEPA = "not_sepa"


class IbanRefused(ValueError):  # noqa: N818 - named after the event
    """Not an IBAN that can be paid; `country` is its first two letters, `length` the number of characters due."""

    def __init__(self, problem: IbanProblem, country: str = "", length: int = 0) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.country = country
        self.length = length


@dataclass(frozen=True, slots=True)
class Iban:
    """`text` without spaces, in capitals; `bank_name` where the bank's code is known."""

    text: str
    bank_name: str | None

    @property
    def country(self) -> str:
        return self.text[:2]


def read_iban(typed: str) -> Iban:
    """The account, from how people type it: spaces, dots, hyphens, small letters, « IBAN » before. Raises IbanRefused.

    Its country, length, structure and keys are checked, and that the euro area for transfers (SEPA) covers it.
    """
    from schwifty import IBAN, exceptions

    text = _TYPED.sub("", typed).upper().removeprefix("IBAN").removeprefix(":")
    country = text[:2]
    if not _SHAPE.fullmatch(text):
        raise IbanRefused(IbanProblem.SHAPE)
    found = IBAN(text, allow_invalid=True)
    try:
        length = found.spec.iban_length
        found.validate(validate_bban=country in RIB_KEY)
    except exceptions.InvalidCountryCode:
        raise IbanRefused(IbanProblem.COUNTRY, country) from None
    except exceptions.InvalidLength:
        raise IbanRefused(IbanProblem.LENGTH, country, length) from None
    except exceptions.SchwiftyException:
        raise IbanRefused(IbanProblem.KEY, country) from None
    if not found.in_sepa_zone:
        raise IbanRefused(IbanProblem.NOT_SEPA, country)
    return Iban(text, found.bank_name)


def shown_iban(text: str) -> str:
    """Enough for its owner to know it: « FR76 •••• … 0189 »."""
    return f"{text[:4]}\N{NO-BREAK SPACE}••••\N{NO-BREAK SPACE}…\N{NO-BREAK SPACE}{text[-4:]}"
