"""What a family has been given: its card, certificates, and copies of its data; each bears a mark of whose it is."""

import json
import secrets
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.adapters.clock import SystemClock
from member_space.adapters.storage import storage_from
from member_space.domain.adviser import Answer, Kind
from member_space.interfaces import ICipher
from member_space.models import (
    Account,
    AdviserTalk,
    AdviserTurn,
    CardModelRow,
    CardVersion,
    Certificate,
    Contract,
    DataExport,
    Person,
)
from member_space.services.sealed_file import SealedWriter
from tests.conftest import TEST_INI
from tests.factories.api import make_client, make_grant, token_of
from tests.factories.card import issue_card, make_model, make_share, print_by
from tests.factories.contract_document import make_version

FILE = {"format": "csv", "since": date(2026, 1, 1), "until": date(2026, 12, 31)}
"""Of a long period of reimbursements."""


def make_certificate(db: Session, cipher: ICipher, account: Account, contract: Contract) -> str:
    """One that names its own person alone."""
    person, code = db.get_one(Person, account.person_id), secrets.token_hex(8)
    told = {"id": person.id, "name": f"{person.first_name} {person.last_name}", "birth_date": "1984-02-03"}
    row = Certificate(
        contract_id=contract.id,
        person_id=person.id,
        kind="adhesion",
        issued_on=date(2026, 6, 1),
        facts={
            "contract": contract.number,
            "member_number": contract.member_number,
            "product": contract.product_label,
            "holder": told["name"],
            "insurer": None,
            "amc_number": None,
            "people": [told | {"start": "2024-01-01", "end": None}],
            "portability": None,
        },
        code=cipher.encrypt(code),
        code_index=cipher.blind_index(code),
    )
    db.add(row)
    db.flush()
    return str(row.public_id)


def make_copy(db: Session, cipher: ICipher, account: Account, last_name: str, **asked) -> str:
    """A copy of one's data, or of what was asked, that waits to be taken and bears the name."""
    now, then = datetime.now(UTC), datetime.now(UTC) + timedelta(hours=24)
    copy = DataExport(account_id=account.id, state="ready", ready_at=now, expires_at=then, **asked)
    db.add(copy)
    db.flush()
    kept = BytesIO()
    sealed = SealedWriter(cipher, copy.public_id.bytes, kept)
    sealed.write(last_name.encode())
    sealed.close()
    copy.size, copy.storage_key = sealed.size, f"exports/{copy.public_id}"
    storage_from(TEST_INI["storage.url"]).put(copy.storage_key, kept.getvalue())
    return str(copy.public_id)


def make_card(db: Session, cipher: ICipher, contract: Contract) -> str:
    """The card of this year, with everybody's number."""
    if db.scalar(select(CardModelRow.id).limit(1)) is None:
        make_model(db)
    print_by(db, contract)
    return str(issue_card(db, cipher, contract, SystemClock().today()).public_id)


def make_link(db: Session, account: Account, contract: Contract) -> str:
    """A link by which the account sent the card of `make_card`."""
    card = db.scalars(select(CardVersion).where(CardVersion.contract_id == contract.id)).one()
    return str(make_share(db, card, account).public_id)


def make_document(db: Session, contract: Contract, last_name: str) -> str:
    """A document of a product that this family alone has."""
    contract.product = f"SANTE-{last_name}"
    row = make_version(db, storage_from(TEST_INI["storage.url"]), contract.product, title=f"Notice {last_name}")
    return str(row.public_id)


def make_access(db: Session, account: Account) -> str:
    """What the account allowed an application of its own, with a token."""
    grant = make_grant(db, account, make_client(db), [])
    token_of(db, grant)
    return str(grant.public_id)


def make_turn(db: Session, cipher: ICipher, account: Account, care: str) -> str:
    """A question to the adviser, of a session that is over: the next one takes it up by `talk_here`."""
    talk = AdviserTalk(account_id=account.id, session_id=0, started_at=datetime.now(UTC))
    db.add(talk)
    db.flush()
    question, answer = (cipher.encrypt(text) for text in (care, json.dumps(Answer(Kind.UNKNOWN, care).to_json())))
    turn = AdviserTurn(talk_id=talk.id, asked_at=talk.started_at, question=question, answer=answer, kind="unknown")
    db.add(turn)
    db.flush()
    return str(turn.public_id)
