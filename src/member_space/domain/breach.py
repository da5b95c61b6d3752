"""A leak of personal data: which kinds may have left, so that what to do is written beforehand (C159)."""

from enum import StrEnum


class Leaked(StrEnum):
    """A kind of data that somebody else may have had in hand."""

    IDENTITY = "identity"
    CONTACTS = "contacts"
    NIR = "nir"
    BANK_ACCOUNT = "bank_account"
    CONTRACT = "contract"
    CARE = "care"
    DOCUMENTS = "documents"
    PASSWORD = "password"
