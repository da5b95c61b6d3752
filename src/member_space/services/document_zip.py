"""« Tout télécharger »: the whole safe as a ZIP that leaves as it is read, whatever its size, and goes on where it
was cut (C126).

The same documents make the same bytes, so nothing in it tells when it was made: its length and its tag are known from
the rows alone, and a download that broke off reads only the files that are still to come.
"""

import hashlib
import json
from datetime import datetime

from sqlalchemy.orm import Session

from member_space.domain.attachment import FileState
from member_space.domain.opening_hours import PARIS
from member_space.interfaces import IStorage
from member_space.models import Attachment
from member_space.services.document import documents_of, title_of
from member_space.services.fingerprint import fingerprints_of
from member_space.services.stored_zip import Entry, StoredZip
from member_space.services.tools import Tools

README = """Vos documents

documents/      chaque document contrôlé, tel que votre espace le montre
manifeste.json  l’empreinte SHA-256 de chaque fichier, et les documents qui n’y sont pas encore, avec la raison
"""
ENDINGS = {"image/jpeg": ".jpg", "application/pdf": ".pdf"}
UNDATED = datetime(1980, 1, 1)  # noqa: DTZ001 - the first day that a ZIP can say, of no zone
"""The date of our own files."""


def zip_documents(db: Session, tools: Tools, person_id: int) -> StoredZip:
    """The archive as it is now; what is in its files is read as it leaves, and needs no database."""
    storage = tools.find(IStorage)
    readme = README.encode()
    entries = [Entry.of("LISEZMOI.txt", UNDATED, readme)]
    files = {"LISEZMOI.txt": _told(hashlib.sha256(readme).digest(), len(readme))}
    left_out = {}
    query = documents_of(person_id).where(Attachment.removed_at.is_(None)).order_by(Attachment.id)
    rows = [row for row, *_rest in db.execute(query)]
    lost = storage.missing([row.shown_key for row in rows if row.shown_key])
    for row in rows:
        name = f"documents/{row.id}-{title_of(row)}{ENDINGS.get(row.shown_type or '', '')}"
        if row.state != FileState.CHECKED or not row.shown_key:
            left_out[name] = row.reason or row.state
        elif row.shown_key in lost:
            left_out[name] = "not in the storage"
        else:
            known = fingerprints_of(storage, row)
            given_at = (row.sent_at or row.created_at).astimezone(PARIS)
            entries.append(Entry(name, given_at, known.size, known.crc32, row.shown_key))
            files[name] = _told(known.sha256, known.size)
    manifest = json.dumps({"files": files, "left_out": left_out}, ensure_ascii=False, indent=1)
    entries.append(Entry.of("manifeste.json", UNDATED, manifest.encode()))
    return StoredZip(entries, storage.chunks)


def _told(sha256: bytes, size: int) -> dict[str, str | int]:
    return {"sha256": sha256.hex(), "bytes": size}
