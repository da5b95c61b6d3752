"""A message to the office: about whom, about what, tied to a statement, a line or a request (C93, C101)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from member_space.domain.attachment import SentFile
from member_space.domain.request import RequestKind
from member_space.models import Request
from member_space.services.account_lock import lock_account
from member_space.services.attachment_add import add_files
from member_space.services.care_line import CareLine
from member_space.services.form_key import write_with
from member_space.services.household import Household, HouseholdMember
from member_space.services.request import Actor, send
from member_space.services.request_draft import NoContract, new_draft
from member_space.services.request_find import find_request, sent_with
from member_space.services.request_thread import Reply
from member_space.services.statement import StatementHead, find_statement, read_statement
from member_space.services.tools import Tools


@dataclass(frozen=True, slots=True)
class Tie:
    """What a message is about besides its object: a statement, one of its lines, or a request sent before."""

    statement: StatementHead | None = None
    line: CareLine | None = None
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What was written. ``person``: None for the whole household; ``key``: one a form."""

    person: HouseholdMember | None
    topic: str
    body: str
    tie: Tie
    key: UUID
    files: Sequence[SentFile] = ()
    as_one: bool = False


def tie_of(
    db: Session, household: Household, statement_id: UUID | None, line: int | None, request_id: UUID | None
) -> Tie:
    """What these ids name, as far as the viewer sees it; what he does not see ties nothing.

    ``line``: its place in the statement as he reads it, from 1.
    """
    head = find_statement(db, household, statement_id) if statement_id else None
    lines = read_statement(db, household, head).lines[line - 1 : line] if head and line else []
    about = find_request(db, household, request_id) if request_id else None
    return Tie(head, lines[0] if lines else None, about if about and about.number else None)


def send_message(
    db: Session, tools: Tools, account_id: int, household: Household, actor: Actor, new: NewMessage
) -> Reply:
    """Write and send it in one transaction; the one already sent when the same form comes twice (R14).

    ``account_id``: of the household's viewer, whose message it is. A file that is refused does not hold back the
    words. Raises NoContract.
    """
    lock_account(db, account_id)  # a second click waits, then finds the first one's
    sent = sent_with(db, household.viewer_id, new.key)
    if sent is not None:
        return Reply(sent)
    tie = new.tie
    facts = {
        "topic": new.topic,
        "body": new.body,
        "person_id": new.person.person_id if new.person else None,
        "statement_id": tie.statement.id if tie.statement else None,
        "statement_line_id": tie.line.id if tie.line else None,
        "linked_id": tie.request.id if tie.request else None,
    }
    contract_id = contract_for(household, new.person, tie)
    author = (household.viewer_id, account_id)
    draft = write_with(
        db,
        new.key,
        lambda key: new_draft(db, tools, author, RequestKind.MESSAGE, contract_id, idempotency_key=key, **facts),
    )
    refused = add_files(db, tools, draft, new.files, actor=actor, as_one=new.as_one) if new.files else []
    send(db, tools, draft, actor)
    return Reply(draft, refused)


def contract_for(household: Household, person: HouseholdMember | None, tie: Tie) -> int:
    """The contract that a message is about: that of what it is tied to, else the latest one of the person.

    Raises NoContract.
    """
    if tie.statement:
        return tie.statement.contract_id
    if tie.request:
        return tie.request.contract_id
    about = person.person_id if person else household.viewer_id
    theirs = [member for member in household.members if member.person_id == about] or household.members
    if not theirs:
        raise NoContract
    return max(theirs, key=lambda member: (member.period.upper is None, member.period.lower)).contract_id
