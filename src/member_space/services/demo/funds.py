"""The funds of the demo: they answer our 408 by 929 files, so that a link is in every state a member may see.

Jennifer active; Karim rejected; Claire overlap; Inès to send (father's NIR) and sent (mother's); Adam not concerned;
Nathalie signalled; Léo off at his request.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from member_space.domain.teletransmission import Desired
from member_space.interfaces import ICipher, IStorage
from member_space.noemie import Entry, Envelope, LogicalFile, Movement, read, return_code, write
from member_space.services.noemie_export import write_408
from member_space.services.noemie_import import import_929
from member_space.services.noemie_movements import release, request
from member_space.settings import NoemieParty

Answers = dict[tuple[str, str], str]
"""(first name of the beneficiary, of the insured) → code and nature."""

FIRST_ANSWERS: Answers = {
    ("JENNIFER", "JENNIFER"): "33C",
    ("KARIM", "KARIM"): "21R",
    ("CLAIRE", "CLAIRE"): "33C",
    ("INES", "KARIM"): "20R",
    ("NATHALIE", "NATHALIE"): "33C",
    ("LEO", "LEO"): "33C",
}
LATER_ANSWERS: Answers = {
    ("LEO", "LEO"): "34C",
    ("CLAIRE", "CLAIRE"): "53S",
    ("NATHALIE", "NATHALIE"): "38S",
}


@dataclass(frozen=True, slots=True)
class Funds:
    """The exchange with the funds, played day by day; files are left in `folder` for the curious."""

    sessions: sessionmaker[Session]
    cipher: ICipher
    storage: IStorage
    noemie: NoemieParty
    folder: Path

    def play(self, today: date, attach_ines_to_her_mother: Callable[[], None]) -> None:
        """Four months of exchange up to today."""
        known: dict[tuple[str, str], tuple[Envelope, Movement]] = {}
        numbers = count(1)
        known |= self._send(today - timedelta(days=120))
        self._answer(known, FIRST_ANSWERS, today - timedelta(days=115), next(numbers))
        with self.sessions.begin() as db:
            request(db, _link(db, "P-3002", 1), Desired.OFF, today - timedelta(days=60), self.noemie.contract_type)
        known |= self._send(today - timedelta(days=60))
        self._answer(known, LATER_ANSWERS, today - timedelta(days=55), next(numbers))
        attach_ines_to_her_mother()
        self._send(today - timedelta(days=6))
        with self.sessions.begin() as db:
            release(db, _link(db, "P-2003", 1))

    def _send(self, day: date) -> dict[tuple[str, str], tuple[Envelope, Movement]]:
        """Write the 408 of that day; its movements by (beneficiary, insured)."""
        export = write_408(self.sessions, self.cipher, self.noemie, self.folder, day)
        if export is None:
            return {}
        with self.sessions.begin() as db:
            # The ledger dates a sending by the clock; the demo plays days that are past.
            db.execute(text("update movement set sent_at = :day where sent_at > :day"), {"day": day})
        return {(line.beneficiary_first_name, line.first_name): (env, line) for env, line in _movements(export.path)}

    def _answer(
        self,
        known: dict[tuple[str, str], tuple[Envelope, Movement]],
        answers: Answers,
        day: date,
        number: int,
    ) -> None:
        """One physical file with the answers of every fund, imported as any other."""
        by_fund: dict[str, tuple[Envelope, list[Entry]]] = {}
        for who, coded in answers.items():
            envelope, movement = known[who]
            by_fund.setdefault(envelope.recipient, (envelope, []))[1].append(_entry(movement, coded))
        files = [
            LogicalFile(_from_fund(envelope, day, number), envelope.sender, entries)
            for _, (envelope, entries) in sorted(by_fund.items())
        ]
        path = self.folder / f"929-{day:%Y%m%d}.txt"
        path.write_bytes(write(files))
        import_929(self.sessions, self.cipher, self.storage, path, production=False)


def _movements(path: Path) -> Iterator[tuple[Envelope, Movement]]:
    envelope = None
    with path.open("rb") as file:
        for item in read(file, production=False):
            if isinstance(item, Envelope):
                envelope = item
            elif isinstance(item, Movement) and envelope:
                yield envelope, item


def _from_fund(envelope: Envelope, day: date, number: int) -> Envelope:
    return Envelope(
        sender_type=envelope.recipient_type,
        sender=envelope.recipient,
        recipient_type="MU",
        recipient=envelope.sender,
        application="RJ",
        identification=f"{number:06}",
        created_on=day,
        reference="929",
        sender_program="NOE929",
    )


def _entry(movement: Movement, coded: str) -> Entry:
    code, nature = coded[:2], coded[2]
    return Entry(
        nir=movement.nir,
        key=movement.key,
        name=movement.name,
        first_name=movement.first_name,
        birth_date_raw=movement.birth_date_raw,
        birth_rank=movement.birth_rank,
        beneficiary_name=movement.beneficiary_name,
        beneficiary_first_name=movement.beneficiary_first_name,
        member_number=movement.member_number,
        movement=movement.movement,
        start=movement.start,
        end=movement.end,
        contract_type=movement.contract_type,
        code=code,
        nature=nature,
        label=return_code(code).meaning,
    )


def _link(db: Session, person_ref: str, rank: int) -> int:
    found = db.execute(
        text(
            "select t.id from teletransmission t join person p on p.id = t.person_id"
            " where p.external_ref = :ref and t.attachment_rank = :rank"
        ),
        {"ref": person_ref, "rank": rank},
    )
    return int(found.scalar_one())
