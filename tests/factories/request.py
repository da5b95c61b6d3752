"""Requests as their member sent them."""

from sqlalchemy.orm import Session

from member_space.domain.request import Act, RequestKind, Side
from member_space.models import Account, Contract, Request
from member_space.services import request as requests
from member_space.services.request import Actor
from member_space.services.request_draft import new_draft
from member_space.services.tools import Tools

MEMBER, OFFICE = Side.MEMBER, Side.OFFICE


def make_draft(
    db: Session,
    tools: Tools,
    account: Account,
    contract: Contract,
    kind: str = "message",
    topic: str = "message.amount",
    **facts,
) -> Request:
    """A draft of this account."""
    return new_draft(
        db,
        tools,
        (account.person_id, account.id),
        RequestKind(kind),
        contract.id,
        **{"topic": topic, "body": "Pourquoi ce montant ?"} | facts,
    )


def make_request(db: Session, tools: Tools, account: Account, contract: Contract, *args, **facts) -> Request:
    """One that was sent, and that nobody has looked at yet."""
    row = make_draft(db, tools, account, contract, *args, **facts)
    requests.send(db, tools, row, Actor(MEMBER, account.id))
    return row


def take(db: Session, tools: Tools, row: Request, colleague: Account) -> Request:
    """A colleague takes it."""
    requests.move(db, tools, row, Act.TAKE, Actor(OFFICE, colleague.id), handler_id=colleague.id)
    return row


def answer(db: Session, tools: Tools, row: Request, colleague: Account, body: str = "Voici pourquoi.") -> Request:
    """A colleague takes it, answers and closes it."""
    take(db, tools, row, colleague)
    requests.say(db, tools, row, Actor(OFFICE, colleague.id), body)
    requests.move(db, tools, row, Act.ANSWER, Actor(OFFICE, colleague.id), outcome="answered")
    return row


def fill_inbox(
    db: Session, tools: Tools, account: Account, contract: Contract, person_id: int, colleague: Account
) -> Request:
    """More than a page of requests in several states, and a thread longer than a page, with a word without an end."""
    for n in range(25):
        row = make_request(db, tools, account, contract, person_id=person_id if n % 2 else None)
        if n % 3 == 0:
            answer(db, tools, row, colleague, "Anticonstitutionnellement" * 12 if n == 0 else "Voici pourquoi.")
    claim = make_request(db, tools, account, contract, "claim", "claim.clinic", person_id=person_id, amount=123_456)
    take(db, tools, claim, colleague)
    requests.move(db, tools, claim, Act.ASK_PIECE, Actor(OFFICE, colleague.id))
    long = make_request(db, tools, account, contract, "message", "message.leaving")
    for n in range(60):
        requests.say(db, tools, long, Actor(MEMBER, account.id), f"Message {n}")
    return answer(db, tools, long, colleague)
