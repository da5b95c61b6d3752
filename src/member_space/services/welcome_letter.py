"""Welcome letters: a PDF with a one-time code, on paper and as a QR (C1); kept is only the code's keyed index."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from member_space.domain.activation import LETTER_LIFE
from member_space.domain.dates import date_short
from member_space.domain.events import EventKind
from member_space.interfaces import IPdf
from member_space.models import Account, Contract, Coverage, Person, WelcomeLetter
from member_space.services.age import may_have_account
from member_space.services.challenge import draw_letters, plain
from member_space.services.events import record
from member_space.services.letterhead import letterhead
from member_space.services.qr import qr_of, svg_of
from member_space.services.tools import Tools


@dataclass(frozen=True, slots=True)
class Letter:
    """`name`: of its file, which says nothing of the person; `pdf`: its bytes, the only place where the code is."""

    name: str
    pdf: bytes


def letter_index(tools: Tools, code: str) -> bytes:
    """What is kept of a code, from how people type it."""
    return tools.cipher.blind_index(f"welcome letter:{plain(code)}")


def write_letters(db: Session, tools: Tools, contract_number: str | None = None) -> Iterator[Letter]:
    """A letter for each person covered today who is old enough and has no account: of this contract, else of all
    whom no letter in force has been written to."""
    today, now = tools.today(), tools.now()
    which = Contract.number == contract_number if contract_number else ~_has_letter(now)
    for row in db.execute(_recipients(today, which)).all():
        if may_have_account(row.birth_date, today):
            yield _write(db, tools, row)


def _has_letter(now: object) -> ColumnElement[bool]:
    return (
        select(WelcomeLetter.id)
        .where(WelcomeLetter.person_id == Person.id, WelcomeLetter.used_at.is_(None), WelcomeLetter.expires_at > now)
        .exists()
    )


def _recipients(today: date, which: ColumnElement[bool]):  # type: ignore[no-untyped-def]
    has_account = select(Account.id).where(Account.person_id == Person.id, Account.closed_at.is_(None)).exists()
    return (
        select(
            Person.id,
            Person.first_name,
            Person.last_name,
            Person.birth_date,
            Person.address_line1,
            Person.address_line2,
            Person.postcode,
            Person.city,
            Contract.member_number,
        )
        .distinct(Person.id)
        .join(Coverage, Coverage.person_id == Person.id)
        .join(Contract, Contract.id == Coverage.contract_id)
        .where(which, ~has_account, Coverage.period.contains(today))
        .order_by(Person.id, Contract.id.desc())
    )


def _write(db: Session, tools: Tools, row: Row) -> Letter:
    code = draw_letters()
    now = tools.now()
    letter = WelcomeLetter(
        person_id=row.id, code_index=letter_index(tools, code), created_at=now, expires_at=now + LETTER_LIFE
    )
    db.add(letter)
    db.flush()  # its id names the file
    record(db, EventKind.LETTER_WRITTEN, subject_person_id=row.id)
    pdf: IPdf = tools.find(IPdf)
    return Letter(
        f"lettre-{letter.id:08d}.pdf",
        pdf.render("welcome_letter.typ", _document(tools, row, code, (now + LETTER_LIFE).date()), int(now.timestamp())),
    )


def _document(tools: Tools, row: Row, code: str, until: date) -> dict[str, object]:
    """All the text of the letter, so that the template only lays it out."""
    brand, site = tools.settings.brand, tools.settings.site_url
    name = f"{row.first_name} {row.last_name}"
    address = [row.address_line1, row.address_line2, " ".join(filter(None, (row.postcode, row.city)))]
    return {
        **letterhead(brand),
        "recipient": [name, *filter(None, address)],
        "date": date_short(tools.today()),
        "title": "Activez votre espace personnel",
        "greeting": f"Bonjour {name},",
        "intro": [
            "Votre espace vous montre vos remboursements, votre contrat et votre carte de tiers payant. "
            "Il est à vous seul : chaque adulte du contrat a le sien.",
            "Pour l’ouvrir, il vous faut ce code, votre date de naissance et quelques secondes.",
        ],
        "code_label": "Votre code",
        "code": f"{code[:5]} {code[5:]}",
        "steps_title": "Comment faire",
        "steps": [
            "Avec un téléphone, visez le carré ci-contre avec l’appareil photo : la page s’ouvre, code rempli.",
            f"Ou ouvrez {site}/activation, choisissez « J’ai reçu une lettre », puis recopiez le code.",
            "Donnez votre date de naissance et choisissez votre mot de passe.",
        ],
        "until": f"Le code sert une seule fois, jusqu’au {date_short(until)}. Personne ne vous le demandera au "
        "téléphone.",
        "member_number": f"Numéro d’adhérent : {row.member_number}",
        "help": f"Une question ? Appelez-nous au {brand.phone_shown}.",
        "qr": svg_of(qr_of(f"{site}/activation#{code}")),
        "qr_alt": "Code à viser avec l’appareil photo pour ouvrir la page d’activation",
    }
