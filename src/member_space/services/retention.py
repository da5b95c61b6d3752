"""What has reached the end of its life goes, every night, in batches, and leaves a count as its proof (C158)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, delete, func, inspect, or_, select, tuple_
from sqlalchemy.orm import Session

from member_space import models as m
from member_space.domain.events import EventKind
from member_space.domain.retention import RULES, Kept
from member_space.services.events import record
from member_space.services.sessions import Lifetimes
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)

APPLY = "retention:apply"
"""The task; it asks for itself again while a batch was full."""

BATCH = 5_000

Old = Callable[[datetime, Tools], ColumnElement[bool]]
_DONE_STATES = ("expired", "failed")

ERASED: dict[Kept, tuple[type[m.Base], Old]] = {
    Kept.SIGN_IN_FAILURES: (m.SignInFailure, lambda before, _: m.SignInFailure.failed_at <= before),
    Kept.SESSIONS: (
        m.WebSession,
        lambda before, tools: or_(
            m.WebSession.expires_at <= before,
            m.WebSession.last_seen_at <= before - Lifetimes.of(tools.settings).idle,
        ),
    ),
    Kept.CODES: (m.Challenge, lambda before, _: m.Challenge.expires_at <= before),
    Kept.CODE_SENDINGS: (m.CodeSending, lambda before, _: m.CodeSending.sent_at <= before),
    Kept.LETTERS: (m.WelcomeLetter, lambda before, _: m.WelcomeLetter.expires_at <= before),
    Kept.DRAFTS: (m.Draft, lambda before, _: m.Draft.updated_at <= before),
    Kept.DEVICES: (m.Device, lambda before, _: m.Device.trusted_until <= before),
    Kept.CHANGES: (m.DataChange, lambda before, _: m.DataChange.asked_at <= before),
    Kept.MESSAGES: (
        m.Notification,
        lambda before, _: and_(m.Notification.created_at <= before, m.Notification.state != "waiting"),
    ),
    Kept.EXPORTS: (
        m.DataExport,
        lambda before, _: and_(m.DataExport.asked_at <= before, m.DataExport.state.in_(_DONE_STATES)),
    ),
    Kept.CARD_LINKS: (m.CardShare, lambda before, _: m.CardShare.expires_at <= before),
    Kept.DEMO: (m.DemoMessage, lambda before, _: m.DemoMessage.sent_at <= before),
    Kept.READINGS: (m.Reading, lambda before, _: m.Reading.at <= before),
    Kept.RECOVERIES: (m.AssistedRecovery, lambda before, _: m.AssistedRecovery.asked_at <= before),
    Kept.BREACHES: (m.Breach, lambda before, _: m.Breach.declared_at <= before),
    Kept.PRESENCES: (m.RequestPresence, lambda before, _: m.RequestPresence.seen_at <= before),
    Kept.RECEIVED_MAILS: (m.ReceivedMail, lambda before, _: m.ReceivedMail.at <= before),
    Kept.DIRECTORY_REPORTS: (m.DirectoryReport, lambda before, _: m.DirectoryReport.dealt_at <= before),
    Kept.ADVISER_TALKS: (m.AdviserTalk, lambda before, _: m.AdviserTalk.started_at <= before),
    Kept.API_TOKENS: (m.ApiToken, lambda before, _: m.ApiToken.expires_at <= before),
    Kept.API_CODES: (m.ApiCode, lambda before, _: m.ApiCode.expires_at <= before),
    Kept.API_GRANTS: (m.ApiGrant, lambda before, _: m.ApiGrant.expires_at <= before),
    Kept.API_COUNTS: (m.ApiCount, lambda before, _: m.ApiCount.minute <= before),
    Kept.API_ANSWERS: (m.ApiAnswer, lambda before, _: m.ApiAnswer.answered_at <= before),
    Kept.WEBHOOK_DELIVERIES: (m.WebhookDelivery, lambda before, _: m.WebhookDelivery.created_at <= before),
    Kept.HOLDS: (m.LegalHold, lambda before, _: m.LegalHold.lifted_at <= before),
}
"""For each kind that this space erases, its table and what of it is old, given the instant before which all is."""
BY_THEIR_OWN_TASK = {
    Kept.REQUEST_DRAFTS: "request:erase_drafts",
    Kept.BIN: "attachment:sweep",
    Kept.ACCOUNT: "accounts:close",
    Kept.REQUESTS: "request:erase_old",
}
"""Erased every night too, each by a task that does more than that: tells first, or forgets files of the storage."""

TABLES: dict[Kept, tuple[str, ...]] = {
    Kept.ACCOUNT: ("account", "passkey", "recovery_code", "oidc_link", "notification_preference"),
    Kept.REQUEST_DRAFTS: (),  # rows of the tables of requests
    Kept.BIN: (),  # the same
    Kept.REQUESTS: (
        *(
            "request",
            "request_transition",
            "message",
            "internal_note",
            "asked_piece",
            "decision_line",
            "quote_line",
            "request_words",
        ),
        "complaint_measure",
        *("attachment", "attachment_file"),
    ),
    Kept.TERMS: ("terms_acceptance", "terms_text"),
    Kept.CONSENTS: ("consent",),
    Kept.CARE: ("statement", "statement_line"),
    Kept.CONTRACTS: (
        *("person", "contract", "contract_terms", "coverage", "card", "certificate", "teletransmission", "movement"),
        *("noemie_file", "noemie_line", "noemie_match", "noemie_anomaly"),
    ),
    Kept.BANK_ACCOUNTS: ("bank_account", "payment"),
    Kept.JOURNAL: ("event",),
}
"""The tables of each other kind; a guard fails for one that is in neither list nor in FOR_EVER."""
FOR_EVER: dict[str, str] = {
    "adviser_turn": "goes with its talk",
    "breach_person": "goes with its breach",
    "spent_puzzle": "forgotten every hour (services.human_check): nobody is named",
    "erasure": "the proof of what went: numbers, nobody is named",
    "usual_time": "computed anew every hour: numbers",
    "api_client": "the applications that the office let in: nobody is named",
    "webhook_target": "the addresses of the applications: nobody is named",
    "canned_answer": "the office's own words",
    **dict.fromkeys(("faq_entry", "faq_version"), "what the adviser answers, the same for all"),
    **dict.fromkeys(("act", "act_family", "regime", "tariff"), "reference of the trade"),
    "card_model": "how the cards of a product are printed, the same for all",
    "contract_document": "what the product says, the same for all",
    **dict.fromkeys(("guarantee", "guarantee_table"), "what the product guarantees, the same for all"),
    **dict.fromkeys(("practice", "practice_staging"), "public directories: whoever left them goes at the next import"),
    "practitioner_import": "which file was brought in: nobody is named",
    "practitioner_refusal": "goes with its import: numbers of lines",
    "practitioner_opposition": "who asked not to be shown, as long as directories are brought in",
    "geocoded_address": "where addresses are, nobody's name beside",
}
"""Tables that hold no data of a person with a life of its own, each with the reason."""


def apply_retention(db: Session, tools: Tools) -> None:
    """One batch of each kind, and the task again for the rest: no transaction is long, none waits for a page.

    Each kind that went leaves an `Erasure` row, and the whole one fact in the journal.
    """
    now = tools.now()
    gone: dict[str, int] = {}
    full = False
    for kind, (model, old) in ERASED.items():
        before = RULES[kind].before(now)
        count = _erase(db, model, old(before, tools))
        if count:
            db.add(m.Erasure(kind=kind.value, count=count, before=before, at=now))
            gone[kind.value] = count
        full = full or count == BATCH
    if gone:
        record(db, EventKind.RETENTION_APPLIED, details=gone)
    if full:
        tools.jobs.defer(db, APPLY)
    log.info("retention applied", **gone)


def _erase(db: Session, model: Any, old: ColumnElement[bool]) -> int:
    """Delete one batch of old rows, those that nobody is working on; how many went."""
    key = inspect(model).primary_key
    batch = select(*key).where(old).order_by(*key).limit(BATCH).with_for_update(skip_locked=True).cte("batch")
    gone = delete(model).where(tuple_(*key).in_(select(*batch.c))).returning(key[0]).cte("gone")
    return db.scalar(select(func.count()).select_from(gone)) or 0
