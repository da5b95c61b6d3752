"""Documents of a product, with their file in the storage."""

from datetime import date
from hashlib import sha256

from sqlalchemy.orm import Session

from member_space.interfaces import IStorage
from member_space.models import ContractDocument
from member_space.services.contract_document import storage_key
from tests.factories.files import pdf


def make_version(db: Session, storage: IStorage, product: str = "SANTE", **values) -> ContractDocument:
    """A notice of 2024 unless told otherwise; its bytes bear its title and version."""
    facts = {
        "kind": "notice",
        "title": "Notice d’information",
        "version": "2024",
        "effective_on": date(2024, 1, 1),
        "changes": [],
    } | values
    content = pdf() + f"\n% {facts['title']} {facts['version']}".encode()
    row = ContractDocument(product=product, size=len(content), sha256=sha256(content).digest(), **facts)
    storage.put(storage_key(row.sha256), content)
    db.add(row)
    db.flush()
    return row


def fill_versions(db: Session, storage: IStorage) -> None:
    """A notice in three versions: an old one, today's and one to come; a guarantee table in one."""
    make_version(db, storage, kind="guarantees", title="Tableau de garanties")
    make_version(db, storage)
    changes = ["Le forfait des lunettes passe de 150 € à 200 € tous les deux ans.", "Une séance d’ostéopathie de plus."]
    make_version(db, storage, version="2026", effective_on=date(2026, 1, 1), changes=changes)
    make_version(db, storage, version="2027", effective_on=date(2027, 1, 1), changes=changes[1:])
