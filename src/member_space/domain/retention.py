"""How long each kind of data is kept: the table that members read, and that the nightly job applies (C158)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kept(StrEnum):
    """A kind of data with a life of its own."""

    SIGN_IN_FAILURES = "sign_in_failures"
    SESSIONS = "sessions"
    CODES = "codes"
    CODE_SENDINGS = "code_sendings"
    LETTERS = "letters"
    DRAFTS = "drafts"
    DEVICES = "devices"
    CHANGES = "changes"
    MESSAGES = "messages"
    EXPORTS = "exports"
    CARD_LINKS = "card_links"
    DEMO = "demo"
    READINGS = "readings"
    RECOVERIES = "recoveries"
    BREACHES = "breaches"
    ACCOUNT = "account"
    PRESENCES = "presences"
    REQUEST_DRAFTS = "request_drafts"
    BIN = "bin"
    REQUESTS = "requests"
    HOLDS = "holds"
    RECEIVED_MAILS = "received_mails"
    DIRECTORY_REPORTS = "directory_reports"
    ADVISER_TALKS = "adviser_talks"
    API_TOKENS = "api_tokens"
    API_CODES = "api_codes"
    API_GRANTS = "api_grants"
    API_COUNTS = "api_counts"
    API_ANSWERS = "api_answers"
    WEBHOOK_DELIVERIES = "webhook_deliveries"
    TERMS = "terms"
    CONSENTS = "consents"
    CARE = "care"
    CONTRACTS = "contracts"
    BANK_ACCOUNTS = "bank_accounts"
    JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class Rule:
    """``life``: from the moment that services.retention counts from. ``by_us``: the nightly job erases it; otherwise
    the office does, when it archives the contract, for a law that outlives this space."""

    life: timedelta
    by_us: bool = True

    def before(self, now: datetime) -> datetime:
        """What is older than this goes."""
        return now - self.life


YEAR = timedelta(days=365)

RULES: dict[Kept, Rule] = {
    Kept.SIGN_IN_FAILURES: Rule(timedelta(days=1)),
    Kept.SESSIONS: Rule(timedelta(0)),
    Kept.CODES: Rule(timedelta(days=30)),
    Kept.CODE_SENDINGS: Rule(timedelta(days=30)),
    Kept.LETTERS: Rule(timedelta(days=30)),
    Kept.DRAFTS: Rule(timedelta(days=30)),
    Kept.DEVICES: Rule(timedelta(days=90)),
    Kept.CHANGES: Rule(timedelta(days=30)),
    Kept.MESSAGES: Rule(YEAR),
    Kept.EXPORTS: Rule(timedelta(days=30)),
    Kept.CARD_LINKS: Rule(timedelta(days=30)),
    Kept.DEMO: Rule(timedelta(days=7)),
    # Regulation (EU) 2025/327 (EHDS), article 9: who read, for three years at least.
    Kept.READINGS: Rule(3 * YEAR),
    Kept.RECOVERIES: Rule(YEAR),
    Kept.BREACHES: Rule(5 * YEAR),
    Kept.ACCOUNT: Rule(timedelta(days=30)),
    Kept.PRESENCES: Rule(timedelta(days=1)),
    Kept.REQUEST_DRAFTS: Rule(timedelta(days=30)),
    Kept.BIN: Rule(timedelta(days=30)),
    Kept.REQUESTS: Rule(5 * YEAR),
    Kept.HOLDS: Rule(5 * YEAR),
    Kept.RECEIVED_MAILS: Rule(timedelta(days=30)),
    Kept.DIRECTORY_REPORTS: Rule(YEAR),
    Kept.ADVISER_TALKS: Rule(timedelta(days=30)),
    Kept.API_TOKENS: Rule(timedelta(days=30)),
    Kept.API_CODES: Rule(timedelta(days=30)),
    Kept.API_GRANTS: Rule(5 * YEAR),
    Kept.API_COUNTS: Rule(timedelta(days=1)),
    Kept.API_ANSWERS: Rule(timedelta(days=1)),
    Kept.WEBHOOK_DELIVERIES: Rule(timedelta(days=30)),
    Kept.TERMS: Rule(5 * YEAR, by_us=False),
    Kept.CONSENTS: Rule(5 * YEAR, by_us=False),
    Kept.CARE: Rule(5 * YEAR, by_us=False),
    Kept.CONTRACTS: Rule(5 * YEAR, by_us=False),
    Kept.BANK_ACCOUNTS: Rule(10 * YEAR, by_us=False),
    Kept.JOURNAL: Rule(5 * YEAR, by_us=False),
}

KEPT_AFTER_CONTRACT = 5
"""Years, of the calendar, that requests and documents are kept once their contract ended (services.request_erasing)."""
DAYS_TOLD_BEFORE = (30, 7)
"""Days before requests and documents are erased on which their member is told (C127)."""

CLOSING_GRACE = timedelta(days=30)
"""Between asking for one's account to be closed and its closing: it may be cancelled until then (C21)."""
