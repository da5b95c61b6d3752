"""« Tout télécharger »: the whole safe as a ZIP that leaves as it is made, whatever its size (C126)."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from member_space.domain.attachment import FileState
from member_space.domain.opening_hours import PARIS
from member_space.interfaces import IStorage
from member_space.models import Attachment
from member_space.services.archive import Archive
from member_space.services.document import documents_of, title_of
from member_space.services.tools import Tools

README = """Vos documents

documents/      chaque document contrôlé, tel que votre espace le montre
manifeste.json  l’empreinte SHA-256 de chaque fichier, et les documents qui n’y sont pas encore, avec la raison
"""
ENDINGS = {"image/jpeg": ".jpg", "application/pdf": ".pdf"}


@dataclass(frozen=True, slots=True)
class _Kept:
    name: str
    key: str


class _Passing:
    """What the ZIP writes, held only until it is passed on; not seekable, so that nothing already gone is changed."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing to do: what is held is taken after each piece."""

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


def zip_documents(db: Session, tools: Tools, person_id: int) -> Iterator[bytes]:
    """The archive, piece by piece; the list is read now, the files as they leave."""
    now = tools.now().astimezone(PARIS)
    kept, left_out = [], {}
    query = documents_of(person_id).where(Attachment.removed_at.is_(None)).order_by(Attachment.id)
    for row, *_rest in db.execute(query):
        name = f"documents/{row.id}-{title_of(row)}{ENDINGS.get(row.shown_type or '', '')}"
        if row.state == FileState.CHECKED and row.shown_key:
            kept.append(_Kept(name, row.shown_key))
        else:
            left_out[name] = row.reason or row.state
    return _pieces(tools.find(IStorage), now, kept, left_out)


def _pieces(storage: IStorage, now: datetime, kept: list[_Kept], left_out: dict[str, str]) -> Iterator[bytes]:
    out = _Passing()
    with zipfile.ZipFile(out, "w") as opened:  # type: ignore[call-overload]  # a file to write to and no more
        archive = Archive(opened, now)
        archive.whole("LISEZMOI.txt", README.encode())
        for one in kept:
            try:
                chunks = storage.chunks(one.key)
            except KeyError:
                left_out[one.name] = "not in the storage"
                continue
            with archive.file(one.name, packed=False) as file:
                for chunk in chunks:
                    file.write(chunk)
                    yield out.take()
            yield out.take()
        manifest = {"made_at": now.isoformat(), "files": archive.files, "left_out": left_out}
        archive.whole("manifeste.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    yield out.take()
