"""E-mail addresses and telephone numbers as the product keeps them."""

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

REGIONS = ("FR", "GP", "MQ", "GF", "RE", "PM", "NC", "PF", "WF")
"""France and its overseas: the same ten digits, other country codes. Mayotte shares Réunion's."""


def read_email(text: str) -> str:
    """The address in lower case, as accounts compare it. Raises ValueError with a French reason."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise ValueError("adresse e-mail non valable (attendu : nom@domaine.fr)") from None


def read_phone(text: str) -> str:
    """The number in the international form, `+33612345678`. Raises ValueError with a French reason."""
    for region in REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise ValueError("numéro de téléphone non valable (attendu : 06 12 34 56 78, ou +41…)")


def can_get_sms(number: str) -> bool:
    """Whether a number kept as above may be sent a code: a mobile's, never a premium, short or satellite one (R17).

    Where mobiles and landlines share their numbers (North America), it may.
    """
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    of_a_country = phonenumbers.region_code_for_country_code(parsed.country_code or 0) != "001"
    return of_a_country and phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in kinds


def is_premium(number: str) -> bool:
    """Whether calling a number kept as above costs more than a call: nobody's own, and never one to call back."""
    kinds = (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST)
    return phonenumbers.number_type(phonenumbers.parse(number, None)) in kinds


def masked_phone(number: str) -> str:
    """Enough for its owner to know it: « 06 •• •• •• 12 », « +41 •• ••• •• 00 »."""
    shown = shown_phone(number)
    start = shown.find("\N{NO-BREAK SPACE}")
    return shown[:start] + re.sub(r"\d", "•", shown[start:-2]) + shown[-2:]


def masked_email(address: str) -> str:
    """Enough for its owner to know it: « n•••@e•••.org », always as many dots."""
    name, _at, domain = address.rpartition("@")
    host, _dot, end = domain.rpartition(".")
    return f"{name[:1]}•••@{host[:1]}•••.{end}"


def shown_phone(number: str) -> str:
    """A number kept as above in the words of its country: « 06 12 34 56 78 », « +41 44 668 18 00 »."""
    parsed = phonenumbers.parse(number, REGIONS[0])
    national = phonenumbers.region_code_for_number(parsed) in REGIONS
    form = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form).replace(" ", "\N{NO-BREAK SPACE}")
