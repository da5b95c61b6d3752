"""« Qui a consulté mon dossier »: every reading of a person's data by somebody else, as the person may read it (C157).

Of the office, its role, its team and why; of another member, the name. What an assistant reads for somebody is told as
the assistant's, one's own data included. A holder reads the list of the minors whom he sees, too.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.opening_hours import PARIS
from member_space.domain.permissions import Role
from member_space.domain.readings import What
from member_space.models import Account, Person, Reading
from member_space.services.export_part import minors_of
from member_space.services.household import Household
from member_space.services.statement_csv import safe_cell
from member_space.services.translation import Translate

_ = TranslationStringFactory("member_space")

PAGE = 20
BATCH = 500

WHAT: dict[What, TranslationString] = {
    What.HOME: _("la page d’accueil : derniers remboursements, tiers payant"),
    What.REIMBURSEMENTS: _("la liste des remboursements"),
    What.STATEMENT: _("un décompte"),
    What.PAYMENT: _("les virements"),
    What.BENEFICIARY: _("la fiche de bénéficiaire"),
    What.CONTRACT: _("le contrat"),
    What.CARD: _("la carte de tiers payant"),
    What.NIR: _("le numéro de Sécurité sociale"),
    What.EXPORT: _("une copie des données"),
    What.REQUEST: _("une demande ou un message"),
    What.ATTACHMENT: _("un document envoyé"),
    What.ADVISER: _("une réponse du conseiller virtuel"),
    What.ADVISER_QUESTION: _("une question au conseiller virtuel"),
    What.FILE: _("le dossier"),
    What.JOURNAL: _("le journal du dossier"),
}
WHO: dict[Role, TranslationString] = {
    Role.MEMBER: _("un autre assuré"),
    Role.HANDLER: _("un gestionnaire"),
    Role.SUPERVISOR: _("un responsable de gestion"),
    Role.AUDITOR: _("un auditeur"),
    Role.ADMINISTRATOR: _("un administrateur"),
}
TEAMS: dict[Role, TranslationString] = {
    Role.HANDLER: _("Gestion des demandes"),
    Role.SUPERVISOR: _("Gestion des demandes"),
    Role.AUDITOR: _("Contrôle interne"),
    Role.ADMINISTRATOR: _("Administration du site"),
}
"""Of a colleague whose team was not written down."""
TITLES = (_("Quand"), _("Qui"), _("Équipe"), _("Pourquoi"), _("Dossier de"), _("Ce qui a été lu"))


class TextWriter(Protocol):
    """What a CSV is written to."""

    def write(self, text: str, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """``who``: first and last name of another member; None for the office, told by its role and its team.

    ``role``, ``team``: as they were on that day. ``team``: None for a member; of the office, a name or words of TEAMS.
    ``through``: a token was shown, of an ``assistant`` or, without one, of the member's own; ``for_viewer``: for who
    reads this list.
    """

    id: int
    at: datetime
    who: str | None
    role: Role
    team: str | None
    reason: str | None
    subject: str
    about_viewer: bool
    what: What
    through: bool
    assistant: str | None
    for_viewer: bool

    def reader(self, translate: Translate) -> str:
        """Who read, in words: « Assistant Hugo, pour vous »."""
        who = self.who or translate(WHO[self.role])
        if not self.through:
            return who
        whose = translate(_("vous")) if self.for_viewer else who
        name = _("Assistant ${name}", mapping={"name": self.assistant}) if self.assistant else _("Jeton personnel")
        return translate(_("${name}, pour ${whose}", mapping={"name": translate(name), "whose": whose}))


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """The latest first. ``older``, ``newer``: the number to go on from, None when there is nothing that way."""

    rows: list[ReadingRow]
    newer: int | None
    older: int | None


def page_of_readings(
    db: Session, household: Household, account_id: int, *, before: int | None = None, after: int | None = None
) -> ReadingPage:
    """The page older than ``before``, or newer than ``after``, or the first; one statement whatever the history."""
    query = _query(household, account_id)
    if after is not None:
        query = query.where(Reading.id > after).order_by(Reading.id)
    else:
        query = query.order_by(Reading.id.desc())
        query = query.where(Reading.id < before) if before is not None else query
    found = [_row(household, row) for row in db.execute(query.limit(PAGE + 1))]
    more, rows = len(found) > PAGE, found[:PAGE]
    if after is not None:
        rows.reverse()
    newer, older = (more, True) if after is not None else (before is not None, more)
    return ReadingPage(rows, rows[0].id if rows and newer else None, rows[-1].id if rows and older else None)


def write_csv(db: Session, household: Household, account_id: int, translate: Translate, out: TextWriter) -> None:
    """All of them, the latest first, as a spreadsheet reads them; a batch in memory at a time."""
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(translate(title) for title in TITLES)
    for row in _every(db, household, account_id):
        team, reason = (translate(one) if one else "" for one in (row.team, row.reason))
        cells = [row.reader(translate), team, reason, row.subject, translate(WHAT[row.what])]
        writer.writerow([f"{row.at.astimezone(PARIS):%d/%m/%Y %H:%M}", *(safe_cell(cell) for cell in cells)])


def _every(db: Session, household: Household, account_id: int) -> Iterator[ReadingRow]:
    query = _query(household, account_id).order_by(Reading.id.desc())
    return (_row(household, row) for row in db.execute(query, execution_options={"yield_per": BATCH}))


def _query(household: Household, account_id: int) -> Select[Any]:
    """The readings by others, and by assistants, of the viewer and of the minors whom he sees."""
    reader, subject = aliased(Person), aliased(Person)
    return (
        select(
            Reading.id,
            Reading.at,
            func.coalesce(Reading.role, Account.role).label("role"),
            Reading.team,
            (reader.first_name + " " + reader.last_name).label("who"),
            Reading.reason,
            (subject.first_name + " " + subject.last_name).label("subject"),
            Reading.subject_person_id,
            Reading.what,
            Reading.token_id.is_not(None).label("through"),
            Reading.assistant,
            (Reading.account_id == account_id).label("for_viewer"),
        )
        .join(Account, Account.id == Reading.account_id)
        .outerjoin(reader, reader.id == Account.person_id)
        .join(subject, subject.id == Reading.subject_person_id)
        .where(
            Reading.subject_person_id.in_(minors_of(household) | {household.viewer_id}),
            or_(Reading.account_id != account_id, Reading.token_id.is_not(None)),
        )
    )


def _row(household: Household, row: Any) -> ReadingRow:
    values = dict(row._mapping)
    about_viewer = values.pop("subject_person_id") == household.viewer_id
    role = Role(row.role)
    values |= {"role": role, "team": row.team or TEAMS.get(role), "what": What(row.what)}
    return ReadingRow(**values, about_viewer=about_viewer)
