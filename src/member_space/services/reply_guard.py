"""What a colleague is asked about once more before a text leaves: domain.reply_guard, and those whom he looked up.

Only whom he saw since he signed in, within a day: what he has not seen he cannot mix up. One statement, and two more
where somebody is named.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from member_space.domain.reply_guard import Found, Other, doubts_of, others_in
from member_space.domain.request import Side
from member_space.models import Contract, Coverage, Message, Person, Reading, Request
from member_space.services.sessions import OfficeIdentity
from member_space.services.tools import Tools

LATELY = timedelta(days=1)


def doubts_about(db: Session, tools: Tools, identity: OfficeIdentity, request: Request, text: str) -> list[Found]:
    """Each thing once; none where the text may leave to the member of this request."""
    found = doubts_of(text)
    others = _seen_lately(db, tools, identity, request)
    if others_in(text, others):
        found += others_in(text, others, _known(db, identity, request))
    return found


def _seen_lately(db: Session, tools: Tools, identity: OfficeIdentity, request: Request) -> list[Other]:
    """The members of other households that this colleague was shown."""
    numbers = (
        select(func.array_agg(Contract.member_number.distinct()))
        .join(Coverage, Coverage.contract_id == Contract.id)
        .where(Coverage.person_id == Person.id)
        .scalar_subquery()
    )
    seen = select(Reading.subject_person_id).where(
        Reading.session_id == identity.session_id, Reading.at >= tools.now() - LATELY
    )
    query = select(Person, numbers).where(Person.id.in_(seen), ~_of_household(request))
    return [_other(person, numbers) for person, numbers in db.execute(query)]


def _known(db: Session, identity: OfficeIdentity, request: Request) -> list[str]:
    """What names the household, what its member wrote himself, and who signs."""
    said = select(Message.body).where(Message.request_id == request.id, Message.side == Side.MEMBER.value)
    known = [identity.name, *db.scalars(said)]
    for person in db.scalars(select(Person).where(_of_household(request))):
        one = _other(person, None)
        known += [f"{one.first_name} {last} {one.first_name}" for last in one.last_names]
        known += one.phones
    return known


def _of_household(request: Request) -> ColumnElement[bool]:
    """A person in a query: on a contract with the member of the request, today or before, or whom it is about."""
    mine = select(Coverage.contract_id).where(Coverage.person_id == request.author_person_id)
    contract_id = Coverage.contract_id
    on_it = select(Coverage.person_id).where(contract_id.in_(mine) | (contract_id == request.contract_id))
    return Person.id.in_(on_it) | Person.id.in_([request.author_person_id, request.person_id or 0])


def _other(person: Person, numbers: Sequence[str] | None) -> Other:
    return Other(
        person.first_name,
        tuple(name for name in (person.last_name, person.birth_name) if name),
        tuple(phone for phone in (person.mobile, person.landline) if phone),
        tuple(numbers or ()),
    )
