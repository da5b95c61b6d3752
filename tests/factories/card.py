"""Card models, and contracts that are printed by one."""

from dataclasses import asdict
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.card import Domain, Lines
from member_space.domain.nir import key_of
from member_space.interfaces import ICipher
from member_space.models import Account, CardModelRow, CardShare, CardVersion, Contract, ContractTerms, Coverage
from member_space.models.base import days
from member_space.services.card import issue
from member_space.services.card_share import LIFE
from member_space.services.card_source import live_cards
from member_space.services.sessions import hash_token
from tests.factories.household import make_account, make_contract, make_person, make_teletransmission

DOMAINS = (
    Domain("PHAR", "Pharmacie remboursable", 1, 100),
    Domain("SPEC", "Médecins spécialistes", 2, 150),
    Domain("OPTI", "Optique", 3, None),
)

TWELVE_DOMAINS = tuple(
    Domain(code, label, rank, rate)
    for rank, (code, label, rate) in enumerate(
        (
            ("PHAR", "Pharmacie remboursable", 100),
            ("MEDG", "Médecins généralistes", 100),
            ("SPEC", "Médecins spécialistes", 150),
            ("LABO", "Laboratoires d’analyses", 100),
            ("RADL", "Radiologie", 100),
            ("AUXM", "Auxiliaires médicaux", 100),
            ("TRAN", "Transport sanitaire", 100),
            ("DENT", "Soins dentaires", 100),
            ("APDE", "Prothèses dentaires", None),
            ("OPTI", "Optique", None),
            ("AUDI", "Aides auditives", None),
            ("HOSP", "Hospitalisation", None),
        ),
        start=1,
    )
)
"""As many as a card holds."""


def make_model(db: Session, code: str = "CONFORT", start: date = date(2020, 1, 1), **values) -> CardModelRow:
    """Three domains, one of them by prior agreement."""
    domains = values.pop("domains", DOMAINS)
    kept = [{name: getattr(one, name) for name in ("code", "label", "rank", "rate")} for one in domains]
    row = CardModelRow(
        code=code,
        label=code.capitalize(),
        period=days(start, values.pop("before", None)),
        lines=asdict(Lines("01 99 00 97 80", "01 99 00 97 81", "01 99 00 97 82")),
        domains=kept,
    )
    db.add(row)
    db.flush()
    return row


def issue_card(db: Session, cipher: ICipher, contract: Contract, today: date) -> CardVersion:
    """The version in force of the card of that day's year."""
    live = live_cards(db, cipher, [contract.id], [today.year], today)
    return issue(db, cipher, live, today)[contract.id, today.year]


def make_share(db: Session, card: CardVersion, account: Account, code: str = "none", **values) -> CardShare:
    """A link to this card that the account made."""
    row = CardShare(
        contract_id=card.contract_id,
        card_id=card.id,
        account_id=account.id,
        code_hash=hash_token(code),
        **{"recipient": "Pharmacie du Four", "by_mail": False, "expires_at": datetime.now(UTC) + LIFE} | values,
    )
    db.add(row)
    db.flush()
    return row


def sent_card(db: Session, cipher: ICipher, contract: Contract, account: Account, now: datetime) -> str:
    """The card of this household, sent to three professionals: one opened it twice, one link was taken back. Its id."""
    card = issue_card(db, cipher, contract, now.date())
    dates = {"sent_at": now, "expires_at": now + LIFE}
    make_share(db, card, account, **dates, first_opened_at=now, last_opened_at=now, opened=2)
    make_share(
        db, card, account, **dates, revoked_at=now, recipient="Cabinet du docteur de La Rochefoucauld-Montmorency-Laval"
    )
    make_share(db, card, account, **dates, by_mail=True, recipient=None)
    return str(card.public_id)


def print_by(db: Session, contract: Contract, code: str = "CONFORT", **values) -> None:
    """All the terms of this contract are printed by this model."""
    for terms in db.scalars(select(ContractTerms).where(ContractTerms.contract_id == contract.id)):
        terms.card_model = code
        for name, value in values.items():
            setattr(terms, name, value)
    db.flush()


def make_card_holder(db: Session, cipher: ICipher, number: str) -> Account:
    """The account of Karim Benali, who holds a contract that prints a card, under this NIR (13 digits)."""
    nir = number + key_of(number)
    own = {"nir_encrypted": cipher.encrypt(nir), "nir_index": cipher.blind_index(nir)}
    karim = make_person(db, "Karim", date(1983, 4, 11), last_name="Benali", **own)
    contract = make_contract(db, karim, member_number="20000101")
    make_model(db)
    print_by(db, contract)
    coverage = db.scalars(select(Coverage).where(Coverage.contract_id == contract.id)).one()
    make_teletransmission(db, cipher, coverage, karim, number)
    return make_account(db, karim)
