"""Signing in by a provider of identity (C14): matched on birth, never on e-mail, and never when in doubt (R21)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.pivot_identity import PivotIdentity, ProvenIdentity, is_same_person
from member_space.domain.second_factor import Method
from member_space.interfaces import IdentityRefused, IOidc
from member_space.models import Account, OidcLink, Person
from member_space.services import challenge as challenges
from member_space.services import events
from member_space.services.account_lock import lock_account
from member_space.services.challenge import Purpose
from member_space.services.second_factor import factor_changed
from member_space.services.sign_in import Asked, Opened, Visitor, after_first_factor
from member_space.services.tools import Origin, Tools

log = structlog.get_logger(__name__)

BACK = "/connexion/oidc/retour"
"""Where the provider sends the browser back; it is declared there with `site.url` before it."""
FACTOR = "identity"
"""What `factor_changed` calls it."""


class Refusal(StrEnum):
    """Why somebody who went to the provider does not come in; also the last part of the address of its page."""

    DOWN = "indisponible"
    NOT_ASKED = "a-recommencer"
    """Not asked from this browser, too long ago, or used already."""
    GAVE_UP = "abandon"
    NOT_PROVED = "non-verifiee"
    NOBODY = "inconnue"
    IN_DOUBT = "incertaine"
    """Several people of our files, or somebody whose account another identity of the same provider opens."""
    NO_ACCOUNT = "sans-espace"


class OidcRefused(Exception):  # noqa: N818 - named after the event
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Started:
    """Where the browser goes, and the token that it must come back with, in a cookie."""

    url: str
    token: str


@dataclass(frozen=True, slots=True)
class Link:
    """An identity of a provider that opens an account."""

    label: str
    linked_at: datetime


def start(db: Session, tools: Tools, next_path: str) -> Started:
    """Begin; raise OidcRefused(DOWN). `next_path`: where to go once signed in, one of ours."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    try:
        url = tools.find(IOidc).authorization_url(_redirect_uri(tools), state, nonce, challenge)
    except ConnectionError as fault:
        raise _down(fault) from None
    details = {"state": state, "nonce": nonce, "verifier": verifier, "next": next_path}
    _row, token = challenges.open_challenge(db, tools, Purpose.OIDC, details=details)
    return Started(url, token)


def finish(
    db: Session, tools: Tools, token: str | None, answer: Mapping[str, str], visitor: Visitor
) -> tuple[Opened | Asked, str]:
    """What came back leads in, or to a second factor; and the path asked for at the start.

    `answer`: the parameters that the provider gave the browser. Raises OidcRefused: answered, not let escape, as the
    state is used up.
    """
    asked = _used_up(db, tools, token, answer.get("state", ""))
    if not answer.get("code"):
        raise OidcRefused(Refusal.GAVE_UP if answer.get("error") == "access_denied" else Refusal.NOT_PROVED)
    proven = _identity(tools, answer["code"], asked["verifier"], asked["nonce"])
    account = _account_of(db, tools, proven, visitor.origin)
    return after_first_factor(db, tools, account, visitor, method=Method.OIDC), asked["next"]


def links_of(db: Session, tools: Tools, account_id: int) -> list[Link]:
    """The identities that open this account, for its page of security."""
    label = tools.settings.oidc.label if tools.settings.oidc else ""
    rows = db.scalars(select(OidcLink).where(OidcLink.account_id == account_id).order_by(OidcLink.id))
    return [Link(label or row.issuer, row.linked_at) for row in rows]


def unlink(db: Session, tools: Tools, account_id: int, origin: Origin, *, session_id: int | None = None) -> bool:
    """No identity of a provider opens this account any more; whether one did. The member is told by mail."""
    account = lock_account(db, account_id)
    if not db.scalars(delete(OidcLink).where(OidcLink.account_id == account_id).returning(OidcLink.id)).all():
        return False
    factor_changed(db, tools, account, FACTOR, added=False, origin=origin, session_id=session_id)
    return True


def _used_up(db: Session, tools: Tools, token: str | None, state: str) -> dict[str, str]:
    """What was kept at the start, by the browser that holds the token and brings the state back; once."""
    row = challenges.challenge_of_token(db, tools, Purpose.OIDC, token)
    if row is None:
        raise OidcRefused(Refusal.NOT_ASKED)
    db.refresh(row, with_for_update=True)
    kept = challenges.details_of(tools, row)
    if row.used_at or not hmac.compare_digest(state.encode(), kept["state"].encode()):
        raise OidcRefused(Refusal.NOT_ASKED)
    row.used_at = tools.now()
    db.flush()
    return kept


def _identity(tools: Tools, code: str, verifier: str, nonce: str) -> ProvenIdentity:
    try:
        found: ProvenIdentity = tools.find(IOidc).identity(_redirect_uri(tools), code, verifier, nonce)
    except ConnectionError as fault:
        raise _down(fault) from None
    except IdentityRefused as refusal:
        log.warning("identity_refused", why=str(refusal))
        raise OidcRefused(Refusal.NOT_PROVED) from None
    return found


def _account_of(db: Session, tools: Tools, proven: ProvenIdentity, origin: Origin) -> Account:
    index = tools.cipher.blind_index(f"oidc:{proven.issuer} {proven.subject}")
    linked = db.scalar(select(Account).join(OidcLink).where(OidcLink.subject_index == index))
    if linked is None:
        account = _account_born_as(db, proven.pivot)
        _link(db, tools, account, proven.issuer, index, origin)
        return account
    if linked.closed_at:
        raise OidcRefused(Refusal.NO_ACCOUNT)
    return linked


def _account_born_as(db: Session, pivot: PivotIdentity | None) -> Account:
    """The account of the one person of this birth: whoever else has it, covered or not any more, makes a doubt."""
    if pivot is None:
        raise OidcRefused(Refusal.NOBODY)
    born = db.execute(
        select(Person.id, Person.last_name, Person.birth_name, Person.first_name, Person.birth_date).where(
            Person.birth_date == pivot.birth_date
        )
    ).all()
    same = [
        one.id
        for one in born
        if is_same_person(
            pivot,
            last_name=one.last_name,
            birth_name=one.birth_name,
            first_name=one.first_name,
            birth_date=one.birth_date,
        )
    ]
    if len(same) != 1:
        raise OidcRefused(Refusal.IN_DOUBT if same else Refusal.NOBODY)
    # Locked: two answers at once make one link.
    account = db.scalar(
        select(Account).where(Account.person_id == same[0], Account.closed_at.is_(None)).with_for_update(key_share=True)
    )
    if account is None:
        raise OidcRefused(Refusal.NO_ACCOUNT)
    return account


def _link(db: Session, tools: Tools, account: Account, issuer: str, index: bytes, origin: Origin) -> None:
    others = db.scalars(
        select(OidcLink.subject_index).where(OidcLink.account_id == account.id, OidcLink.issuer == issuer)
    ).all()
    if index in others:
        return
    if others:
        raise OidcRefused(Refusal.IN_DOUBT)
    db.add(OidcLink(account_id=account.id, issuer=issuer, subject_index=index, linked_at=tools.now()))
    events.record(
        db,
        EventKind.IDENTITY_LINKED,
        actor_account_id=account.id,
        subject_person_id=account.person_id,
        origin=origin,
        details={"issuer": issuer},
    )
    factor_changed(db, tools, account, FACTOR, added=True, origin=origin)


def _redirect_uri(tools: Tools) -> str:
    return f"{tools.settings.site_url}{BACK}"


def _down(fault: ConnectionError) -> OidcRefused:
    log.warning("identity_provider_down", why=str(fault))
    return OidcRefused(Refusal.DOWN)
