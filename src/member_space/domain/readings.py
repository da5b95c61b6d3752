"""What of a person's data can be opened by somebody else: the closed list that « Qui a consulté mon dossier » tells."""

from enum import StrEnum


class What(StrEnum):
    """A part of a file; a reading of it is told once a session."""

    HOME = "home"
    REIMBURSEMENTS = "reimbursements"
    STATEMENT = "statement"
    PAYMENT = "payment"
    BENEFICIARY = "beneficiary"
    CONTRACT = "contract"
    CARD = "card"
    NIR = "nir"
    EXPORT = "export"
    REQUEST = "request"
    ATTACHMENT = "attachment"
    ADVISER = "adviser"
    # Of the office.
    ADVISER_QUESTION = "adviser_question"
    FILE = "file"
    JOURNAL = "journal"
