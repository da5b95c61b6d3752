"""A leak of personal data: whom it concerns, told to each at once, and its page (C159, GDPR articles 33 and 34)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from member_space.domain.breach import Leaked
from member_space.domain.events import EventKind
from member_space.domain.notices import NoticeKind
from member_space.models import Account, Breach, BreachPerson, Contract, Coverage, Person
from member_space.models.base import IDS
from member_space.services.age import last_birth_of_adults
from member_space.services.events import record, record_each
from member_space.services.notification_announce import announce_to, note_read
from member_space.services.sessions import Identity
from member_space.services.tools import Origin, Tools

BATCH = 5_000
"""Facts of the journal in one statement."""
PATH = "/mes-donnees/incident"
TITLE_LENGTH, STORY_LENGTH = 120, 4_000

# Who is told: the person himself; of a minor without an account, the holder of his last contract.
_WHO = text("""
select p.id as person_id, last.contract_id,
       case when p.birth_date > :adult_since and last.holder_id is not null and not exists (
         select from account a where a.person_id = p.id and a.closed_at is null
       ) then last.holder_id else p.id end as told_person_id
from person p
left join lateral (
  select c.id as contract_id, c.holder_id from coverage v join contract c on c.id = v.contract_id
  where v.person_id = p.id order by lower(v.period) desc, v.id desc limit 1
) last on true
where p.id = any(:persons)
order by p.id
""").bindparams(bindparam("persons", type_=IDS))


class BreachRefused(ValueError):  # noqa: N818 - named after the event
    """It cannot be declared so; the message is the reason, in French."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What members will read. `ended_on`: None for one day."""

    title: str
    story: str
    began_on: date
    ended_on: date | None
    leaked: Sequence[Leaked]


@dataclass(frozen=True, slots=True)
class Touched:
    """One person concerned, who is told of it, and a contract to chain the fact by."""

    person_id: int
    told_person_id: int
    contract_id: int | None


@dataclass(frozen=True, slots=True)
class BreachPage:
    """A breach as one member reads it. `about`: first names, himself first; `himself`: his own data are concerned."""

    id: int
    public_id: UUID
    title: str
    story: str
    began_on: date
    ended_on: date | None
    leaked: tuple[Leaked, ...]
    declared_at: datetime
    himself: bool
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BreachCount:
    """How far it is told. `unreached`: the numbers of the persons to write to by letter: no account, hence no mail."""

    public_id: UUID
    title: str
    declared_at: datetime
    touched: int
    read: int
    unreached: tuple[str, ...]


def persons_named(db: Session, lines: Iterable[str]) -> tuple[list[int], list[str]]:
    """The persons of these member numbers (everybody ever covered) and numbers of persons; and the unknown lines."""
    asked = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    by_ref = db.execute(select(Person.external_ref, Person.id).where(Person.external_ref.in_(asked))).all()
    covered = select(Contract.member_number, Coverage.person_id).join(Coverage, Coverage.contract_id == Contract.id)
    by_number = db.execute(covered.where(Contract.member_number.in_(asked))).all()
    found = [*by_ref, *by_number]
    return sorted({person for _line, person in found}), sorted(asked - {line for line, _person in found})


def persons_covered(db: Session, day: date, numbers: Sequence[str] = ()) -> list[int]:
    """The persons covered on that day, by these contracts or by any."""
    query = select(Coverage.person_id).join(Contract, Contract.id == Coverage.contract_id)
    query = query.where(Coverage.period.contains(day))
    if numbers:
        query = query.where(Contract.number.in_(numbers))
    return sorted(set(db.scalars(query)))


def touched_by(db: Session, tools: Tools, persons: Sequence[int]) -> list[Touched]:
    """Who is told for each of these persons."""
    today = tools.today()
    rows = db.execute(_WHO, {"persons": list(persons), "adult_since": last_birth_of_adults(today)})
    return [Touched(row.person_id, row.told_person_id, row.contract_id) for row in rows]


def declare(db: Session, tools: Tools, said: Declaration, touched: Sequence[Touched]) -> Breach:
    """Write the breach, whom it concerns, the facts and the messages to all, in the caller's transaction.

    Raises BreachRefused.
    """
    check(tools, said)
    if not touched:
        raise BreachRefused("personne n’est concerné : rien à déclarer")
    breach = Breach(
        title=said.title.strip(),
        story=said.story.strip(),
        began_on=said.began_on,
        ended_on=said.ended_on,
        leaked=[one.value for one in said.leaked],
        declared_at=tools.now(),
    )
    db.add(breach)
    db.flush()
    rows = [{"breach_id": breach.id, "person_id": t.person_id, "told_person_id": t.told_person_id} for t in touched]
    db.execute(insert(BreachPerson), rows)
    for at in range(0, len(touched), BATCH):
        subjects = {one.person_id: one.contract_id for one in touched[at : at + BATCH]}
        details = {"breach_id": breach.id, "leaked": breach.leaked}
        record_each(db, EventKind.BREACH_DECLARED, subjects, actor_account_id=None, details=details)
    told = [*_accounts(db, touched).values()]
    announce_to(db, NoticeKind.BREACH_DECLARED, told, {"link": f"{PATH}/{breach.public_id}"}, tools.now())
    return breach


def check(tools: Tools, said: Declaration) -> None:
    """Raise BreachRefused for what no member could read."""
    if not 0 < len(said.title.strip()) <= TITLE_LENGTH:
        raise BreachRefused(f"le titre doit avoir de 1 à {TITLE_LENGTH} caractères")
    if not 0 < len(said.story.strip()) <= STORY_LENGTH:
        raise BreachRefused(f"le récit doit avoir de 1 à {STORY_LENGTH} caractères")
    if not said.leaked:
        raise BreachRefused("dites au moins une sorte de données")
    if said.began_on > tools.today() or (said.ended_on or said.began_on) < said.began_on:
        raise BreachRefused("les dates ne se suivent pas, ou sont à venir")


def reached(db: Session, touched: Sequence[Touched]) -> int:
    """Of those who are told, how many have an account: the others are written to by letter."""
    return len(_accounts(db, touched))


def _accounts(db: Session, touched: Sequence[Touched]) -> dict[int, int]:
    """The open account of each person who is told, where there is one."""
    told = list({one.told_person_id for one in touched})
    query = select(Account.person_id, Account.id).where(Account.person_id == func.any(_ids(told)))
    return {row.person_id: row.id for row in db.execute(query.where(Account.closed_at.is_(None)))}


def _ids(ids: list[int]) -> object:
    return bindparam(None, ids, type_=IDS)


def find_breach(db: Session, identity: Identity, public_id: UUID) -> BreachPage | None:
    """The breach of this id, when who is signed in is told of it."""
    query = (
        select(Breach, Person.id.label("person_id"), Person.first_name)
        .join(BreachPerson, BreachPerson.breach_id == Breach.id)
        .join(Person, Person.id == BreachPerson.person_id)
        .where(Breach.public_id == public_id, BreachPerson.told_person_id == identity.person_id)
        .order_by(Person.birth_date, Person.id)
    )
    rows = db.execute(query).all()
    if not rows:
        return None
    breach = rows[0].Breach
    return BreachPage(
        id=breach.id,
        public_id=breach.public_id,
        title=breach.title,
        story=breach.story,
        began_on=breach.began_on,
        ended_on=breach.ended_on,
        leaked=tuple(one for one in Leaked if one.value in breach.leaked),
        declared_at=breach.declared_at,
        himself=any(row.person_id == identity.person_id for row in rows),
        others=tuple(row.first_name for row in rows if row.person_id != identity.person_id),
    )


def note_breach_read(db: Session, tools: Tools, identity: Identity, found: BreachPage, origin: Origin) -> None:
    """Who is told opened the page: the banner goes, and nothing is repeated; the journal has it once."""
    note_read(db, tools, identity.account_id, NoticeKind.BREACH_DECLARED)
    unread = update(BreachPerson).where(
        BreachPerson.breach_id == found.id,
        BreachPerson.told_person_id == identity.person_id,
        BreachPerson.read_at.is_(None),
    )
    if db.scalars(unread.values(read_at=tools.now()).returning(BreachPerson.id)).all():
        record(
            db,
            EventKind.BREACH_READ,
            actor_account_id=identity.account_id,
            subject_person_id=identity.person_id,
            origin=origin,
            details={"breach_id": found.id},
        )


def breaches_of(db: Session, person_id: int) -> list[tuple[UUID, str, datetime]]:
    """(id, title, when it was declared) of those that this person is told of, the latest first."""
    query = select(Breach.public_id, Breach.title, Breach.declared_at).order_by(Breach.id.desc())
    told = select(BreachPerson.breach_id).where(BreachPerson.told_person_id == person_id)
    return [row._tuple() for row in db.execute(query.where(Breach.id.in_(told)))]


def breach_counts(db: Session) -> list[BreachCount]:
    """Each breach, the latest first, with how far it is told."""
    counts = (
        select(Breach, func.count(BreachPerson.id).label("touched"), func.count(BreachPerson.read_at).label("read"))
        .join(BreachPerson, BreachPerson.breach_id == Breach.id)
        .group_by(Breach.id)
        .order_by(Breach.id.desc())
    )
    return [
        BreachCount(
            row.Breach.public_id,
            row.Breach.title,
            row.Breach.declared_at,
            row.touched,
            row.read,
            tuple(_unreached(db, row.Breach.id)),
        )
        for row in db.execute(counts).all()
    ]


def _unreached(db: Session, breach_id: int) -> Sequence[str]:
    """The numbers of who is told and has no account, or an address that receives nothing, and has not read."""
    account = select(Account.id).where(
        Account.person_id == Person.id, Account.closed_at.is_(None), Account.email_bounced_at.is_(None)
    )
    query = (
        select(Person.external_ref)
        .join(BreachPerson, BreachPerson.told_person_id == Person.id)
        .where(BreachPerson.breach_id == breach_id, BreachPerson.read_at.is_(None), ~account.exists())
        .distinct()
        .order_by(Person.external_ref)
    )
    return db.scalars(query).all()
