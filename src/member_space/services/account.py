"""Accounts: opening one for a person who is known."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.password import Owner, is_about
from member_space.interfaces import IPasswordHasher
from member_space.models import Account, Person
from member_space.services.contact_points import read_email
from member_space.services.events import record
from member_space.services.password import is_known

PASSWORD_LENGTHS = range(12, 129)
"""Characters of a password; the longest is there because hashing must cost the same for everybody."""


class AccountRefusedError(ValueError):
    """An account cannot be opened; the message is the reason, in French."""


def create_account(db: Session, hasher: IPasswordHasher, person_ref: str, email: str, password: str) -> Account:
    """Open an account of a person, with its event.

    Raises AccountRefusedError when the person is unknown or has an account, when the address is wrong or taken, and
    when the password is too short, too long, on a list of stolen ones or little more than the address and the name.
    """
    try:
        address = read_email(email)
    except ValueError as error:
        raise AccountRefusedError(str(error)) from None
    if len(password) not in PASSWORD_LENGTHS:
        raise AccountRefusedError(
            f"le mot de passe doit avoir de {PASSWORD_LENGTHS.start} à {PASSWORD_LENGTHS.stop - 1} caractères"
        )
    if is_known(password):
        raise AccountRefusedError("ce mot de passe est sur des listes de mots de passe volés : choisissez-en un autre")
    # Two openings at once for one person or address: the second waits, then sees the first.
    db.execute(text("lock table account in share row exclusive mode"))
    person = db.scalars(select(Person).where(Person.external_ref == person_ref)).one_or_none()
    if person is None:
        raise AccountRefusedError(f"aucune personne de référence {person_ref!r} : importez d'abord son foyer")
    if is_about(Owner(address, (person.first_name, person.last_name), person.birth_date), password):
        raise AccountRefusedError("ce mot de passe ne vient que de l'adresse, du nom ou de la date de naissance")
    if db.scalar(select(Account.id).where(Account.person_id == person.id, Account.closed_at.is_(None))):
        raise AccountRefusedError("cette personne a déjà un compte")
    if db.scalar(select(Account.id).where(Account.email == address)):
        raise AccountRefusedError("cette adresse e-mail sert déjà à un autre compte")
    account = Account(person_id=person.id, email=address, password_hash=hasher.hash(password))
    db.add(account)
    db.flush()
    record(db, EventKind.ACCOUNT_CREATED, subject_person_id=person.id, details={"by": "command"})
    return account
