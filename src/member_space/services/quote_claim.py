"""« J’ai la facture »: the claim that follows the answer to a quote, begun in one click (C86)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.domain.decision import Line
from member_space.domain.money import Money
from member_space.domain.request import Outcome, RequestKind
from member_space.models import DecisionLine, Request
from member_space.services.catalogue import Catalogue, Topic
from member_space.services.household import Household
from member_space.services.request_decision import decision_of
from member_space.services.request_draft import add_details, drafts_of, start
from member_space.services.request_find import read_again
from member_space.services.sessions import Identity
from member_space.services.tools import Tools

GRANTED = frozenset({Outcome.ACCEPTED.value, Outcome.PARTIAL.value})
OTHER_NAMES = {"audio": "hearing", "hospital": "clinic", "other": "not_reimbursed"}
"""What claims call the object of a quote, where the name is not the same."""
ROUND, INVOICED = "quote_round", "invoiced"


@dataclass(frozen=True, slots=True)
class Invoice:
    """``round``: version of the quote at the answer that is followed; ``amounts``: what was invoiced of each of its
    lines, in cents, None for one that is not on this invoice."""

    round: int
    amounts: tuple[Money | None, ...]


def may_be_claimed(quote: Request) -> bool:
    """Whether its answer grants something, so that an invoice may follow."""
    return quote.kind == RequestKind.QUOTE and quote.outcome in GRANTED


def topic_of_claim(catalogue: Catalogue, quote: Request) -> Topic:
    """The object of claims that is the quote's; the first one of the catalogue where the office has none such."""
    name = (quote.topic or "").partition(".")[2]
    found = catalogue.topics.get(f"claim.{OTHER_NAMES.get(name, name)}")
    return found or catalogue.of_kind(RequestKind.CLAIM)[0]


def start_claim(
    db: Session,
    tools: Tools,
    identity: Identity,
    household: Household,
    quote: Request,
    topic: Topic,
    key: UUID | None,
) -> Request:
    """The draft of this quote's claim: the one begun before, if it is not sent yet; else a new one, for the same
    person. Raises NoContract."""
    # Two tabs at once begin one.
    read_again(db, quote, lock=True)
    version = db.scalar(select(func.max(DecisionLine.round)).where(DecisionLine.request_id == quote.id))
    begun = drafts_of(db, household, linked_id=quote.id, kind=RequestKind.CLAIM.value)
    if begun:
        draft = begun[0]
        if draft.details.get(ROUND) != version:
            # The quote was answered again since: its lines are others.
            add_details(db, tools, draft, **{ROUND: version, INVOICED: None})
        return draft
    facts = {"person_id": quote.person_id, "contract_id": quote.contract_id, "linked_id": quote.id}
    return start(db, tools, identity.account_id, household, topic, key, details={ROUND: version}, **facts)


def follows_quote(draft: Request) -> bool:
    """Whether this draft was begun from the answer to a quote that is still there."""
    return ROUND in draft.details and draft.linked_id is not None


def quoted_lines(db: Session, draft: Request) -> list[Line]:
    """The lines of the answer that this draft follows, in their order."""
    return decision_of(db, db.get_one(Request, draft.linked_id), draft.details[ROUND])


def keep_invoice(db: Session, tools: Tools, draft: Request, amounts: Sequence[Money | None]) -> None:
    """What was invoiced of each line of the quote. Raises NotAllowed once the claim was sent."""
    add_details(db, tools, draft, **{INVOICED: list(amounts)})


def invoice_of(claim: Request) -> Invoice | None:
    """What a claim says of the quote that it follows; None where it follows none, or does not say yet."""
    details: Mapping[str, Any] = claim.details
    if claim.kind != RequestKind.CLAIM or ROUND not in details or INVOICED not in details:
        return None
    return Invoice(details[ROUND], tuple(details[INVOICED]))
