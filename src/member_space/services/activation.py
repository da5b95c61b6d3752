"""« Activer mon espace »: from one of three doors to a code that was answered (C1, C2, C3, S-HCR-04 to 07).

Whatever is typed, the same request is opened, the same statements run and the same page is shown: only a message tells
whether somebody is there.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from member_space.domain.activation import FINISH_WITHIN, Candidate, one_of_contract, owner_of_contact
from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Account, Challenge, Contract, Coverage, Person, WelcomeLetter
from member_space.services import challenge as challenges
from member_space.services import throttling
from member_space.services.age import may_have_account
from member_space.services.challenge import CodeSpent, Purpose
from member_space.services.code_sending import send_code
from member_space.services.notification import notify
from member_space.services.sessions import hash_token
from member_space.services.tools import Origin, Tools
from member_space.services.welcome_letter import letter_index

LINK = "/activation/code/"


class LetterRefused(Exception):  # noqa: N818 - named after the event
    """No letter in force has this code for somebody born on that day; says nothing of which is wrong."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to activate, as its pages need it. `proven`: the person is; `email`: an address of his own choice."""

    challenge: Challenge
    proven: bool
    email: str | None


def by_email(db: Session, tools: Tools, email: str) -> str:
    """A request by the address of affiliation, in lower case; the token for the browser."""
    return _open(db, tools, owner_of_email(db, tools, email), f"email:{email}")


def owner_of_email(db: Session, tools: Tools, email: str) -> Candidate | None:
    """Whose an address of affiliation is, when several persons gave the same."""
    return owner_of_contact(_candidates(db, tools, _PEOPLE.where(Person.email == email)))


def owner_of_mobile(db: Session, tools: Tools, number: str) -> Candidate | None:
    """Whose a number of affiliation is, when several persons gave the same."""
    return owner_of_contact(_candidates(db, tools, _PEOPLE.where(Person.mobile == number)))


def by_member_number(db: Session, tools: Tools, number: str, birth: date) -> str:
    """A request by member number and birth date; the token for the browser."""
    on_contract = (
        select(Coverage.person_id)
        .join(Contract, Contract.id == Coverage.contract_id)
        .where(Contract.member_number == number)
        .union(select(Contract.holder_id).where(Contract.member_number == number))
    )
    people = _PEOPLE.where(Person.id.in_(on_contract), Person.birth_date == birth)
    return _open(db, tools, one_of_contract(_candidates(db, tools, people)), f"number:{number}:{birth}")


def by_letter(db: Session, tools: Tools, code: str, birth: date, origin: Origin) -> str:
    """A request that the code of a welcome letter has already proved; the token for the browser.

    Raises LetterRefused or TooManyTries; what they counted is in the transaction, so the caller answers.
    """
    # Counted for the network whatever the code: a guess is another code each time.
    index, network, now = tools.cipher.blind_index("welcome letters"), throttling.network_of(origin.ip), tools.now()
    throttling.take_turn(db, index, network, now)
    letter = db.execute(
        select(WelcomeLetter.id, WelcomeLetter.person_id)
        .join(Person, Person.id == WelcomeLetter.person_id)
        .where(
            WelcomeLetter.code_index == letter_index(tools, code),
            WelcomeLetter.used_at.is_(None),
            WelcomeLetter.expires_at > now,
            Person.birth_date == birth,
        )
    ).one_or_none()
    if letter is None:
        throttling.note_failure(db, index, network, now)
        raise LetterRefused
    row, token = challenges.open_challenge(
        db, tools, Purpose.ACTIVATION, person_id=letter.person_id, details={"letter": letter.id, "asked": ""}
    )
    _let_finish(tools, row)
    row.passed_at = now
    return token


def with_own_address(db: Session, tools: Tools, former: Request, email: str) -> str:
    """The same person, proven, goes on with another address, which a code must confirm; the token for the browser.

    Raises CodeSpent where the person was not proven.
    """
    if not former.proven:
        raise CodeSpent
    details = challenges.details_of(tools, former.challenge)
    _row, token = challenges.open_challenge(
        db,
        tools,
        Purpose.ACTIVATION,
        person_id=former.challenge.person_id,
        details=details | {"proven": True, "email": email, "asked": f"own:{email}"},
    )
    return token


def request_of_token(db: Session, tools: Tools, token: str | None) -> Request | None:
    """What this browser has under way; None when nothing, or too old."""
    return _as_request(tools, challenges.challenge_of_token(db, tools, Purpose.ACTIVATION, token))


def request_of_id(db: Session, tools: Tools, public_id: Any) -> Request | None:
    """What a mail speaks of."""
    return _as_request(tools, challenges.challenge_of_id(db, tools, Purpose.ACTIVATION, public_id))


def is_finished(db: Session, token: str | None) -> bool:
    """Whether the request of this browser has opened a space: a second click, or « back » after the end."""
    return token is not None and bool(
        db.scalar(select(Challenge.used_at).where(Challenge.token_hash == hash_token(token)))
    )


def send(
    db: Session,
    tools: Tools,
    request: Request,
    channel: Channel,
    origin: Origin,
    *,
    proved: bool = True,
    language: str | None = None,
) -> None:
    """Send a code by this channel to what we know of the person, or to the address of his own choice.

    Who has a space already gets a mail that says so instead. `proved`: security.human_check; once is enough for a
    request. Raises TooManySendings.
    """
    row = request.challenge
    channel = Channel.EMAIL if request.email else channel
    to, account_id = _target(db, tools, request, channel)
    details = challenges.details_of(tools, row)
    if proved and not details.get("proved"):
        _keep(tools, row, proved=True)
    link = f"{LINK}{row.public_id}" if channel is Channel.EMAIL else None
    send_code(
        db,
        tools,
        row,
        channel,
        to,
        origin,
        asked=details["asked"],
        proved=proved or bool(details.get("proved")),
        link=link,
        language=language,
    )
    notify(
        db,
        tools,
        NoticeKind.ACCOUNT_EXISTS,
        Channel.EMAIL,
        account_id=account_id,
        values={"link": "/connexion"},
        language=language,
    )


def try_code(db: Session, tools: Tools, request: Request, code: str, origin: Origin) -> None:
    """Answer with a code; there is half an hour to finish then. Raises CodeRefused or CodeSpent."""
    row = request.challenge
    challenges.answer(db, tools, row, code, origin)
    if row.channel == Channel.SMS and row.person_id:
        mobile = db.scalar(select(Person.mobile).where(Person.id == row.person_id))
        _keep(tools, row, mobile=mobile)
    _let_finish(tools, row)
    db.flush()


def _let_finish(tools: Tools, row: Challenge) -> None:
    row.expires_at = tools.now() + FINISH_WITHIN


def _keep(tools: Tools, row: Challenge, **more: Any) -> None:
    challenges.keep_details(tools, row, challenges.details_of(tools, row) | more)


def _as_request(tools: Tools, row: Challenge | None) -> Request | None:
    if row is None:
        return None
    details = challenges.details_of(tools, row)
    return Request(row, proven=bool(row.passed_at or details.get("proven")), email=details.get("email"))


_PEOPLE: Select[Any] = select(
    Person.id,
    Person.birth_date,
    exists().where(Contract.holder_id == Person.id).label("is_holder"),
    Account.id.label("account_id"),
    Person.email,
    Person.mobile,
).outerjoin(Account, (Account.person_id == Person.id) & Account.closed_at.is_(None))


def _candidates(db: Session, tools: Tools, people: Select[Any]) -> list[Candidate]:
    """Those of these people who are old enough."""
    return [
        Candidate(row.id, row.is_holder, row.account_id)
        for row in db.execute(people)
        if may_have_account(row.birth_date, tools.today())
    ]


def _open(db: Session, tools: Tools, found: Candidate | None, asked: str) -> str:
    _row, token = challenges.open_challenge(
        db, tools, Purpose.ACTIVATION, person_id=found.person_id if found else None, details={"asked": asked}
    )
    return token


def _target(db: Session, tools: Tools, request: Request, channel: Channel) -> tuple[str | None, int | None]:
    """Where the code goes, and the account that makes it useless; the same statement whoever is asked for."""
    person_id = request.challenge.person_id or 0
    column = Person.email if channel is Channel.EMAIL else Person.mobile
    known = select(column).where(Person.id == person_id).scalar_subquery()
    rows = db.execute(_PEOPLE.where(or_(column == known, Person.id == person_id))).all()
    own = next((row for row in rows if row.id == person_id), None)
    if request.email:
        holder = db.scalar(select(Account.id).where(Account.email == request.email, Account.closed_at.is_(None)))
        return (None, holder) if holder else (request.email, None)
    if own is None or own.account_id:
        return None, own.account_id if own else None
    today = tools.today()
    sharing = [Candidate(row.id, row.is_holder) for row in rows if may_have_account(row.birth_date, today)]
    owner = owner_of_contact(sharing)
    to = own.email if channel is Channel.EMAIL else own.mobile
    return (to if owner and owner.person_id == person_id else None), None
