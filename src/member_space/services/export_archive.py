"""The archive of a person's copy: each part as JSON and as CSV, a summary in PDF, and what proves them whole."""

import codecs
import csv
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import IO, Any

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from member_space.domain.opening_hours import PARIS
from member_space.interfaces import ICipher, IPdf, IStorage
from member_space.services.archive import Archive
from member_space.services.export_part import Part, Row, Scope
from member_space.services.export_requests import sent_files
from member_space.services.export_tables import LEFT_OUT, PARTS
from member_space.services.letterhead import letterhead
from member_space.services.retention_words import TABLE
from member_space.services.sealed_file import PIECE, SealedWriter, unsealed
from member_space.services.statement_csv import safe_cell
from member_space.services.tools import Tools

README = """Copie de vos données personnelles

resume.pdf      ce que contient cette copie, en clair
pieces/         vos documents, tels que vous les avez envoyés ou reçus
json/, csv/     les mêmes données, sous deux formes : pour un logiciel, pour un tableur
manifeste.json  l’empreinte SHA-256 de chaque fichier, ce qui n’y est pas et pourquoi, les durées de conservation

Montants en centimes d’euro. Instants en temps universel (UTC). Ni mot de passe, ni code, ni soin d’un autre adulte.
"""


class _SealedText:
    """Text written once then read back, encrypted meanwhile; with the mark that tells spreadsheets it is UTF-8."""

    def __init__(self, cipher: ICipher, file: IO[bytes]) -> None:
        self._cipher, self._file = cipher, file
        self._sealed = SealedWriter(cipher, bytes(16), file)
        self._sealed.write(codecs.BOM_UTF8)

    def write(self, text: str) -> int:
        return self._sealed.write(text.encode())

    def read_back(self) -> Iterator[bytes]:
        self._sealed.close()
        self._file.seek(0)
        return unsealed(self._cipher, bytes(16), iter(lambda: self._file.read(PIECE), b""))


def write_archive(db: Session, tools: Tools, pdf: IPdf, scope: Scope, name: str, out: SealedWriter) -> None:
    """Write the whole archive into `out`; `name`: first and last name of whose it is."""
    now = tools.now()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        archive = Archive(opened, now.astimezone(PARIS))
        archive.whole("LISEZMOI.txt", README.encode())
        counts = {part: _write_part(archive, db, tools, scope, part) for part in PARTS}
        _write_files(archive, tools, sent_files(db, scope))
        archive.whole("resume.pdf", _summary(pdf, tools, name, now, counts))
        manifest = {
            "made_at": now.isoformat(),
            "for": name,
            "files": archive.files,
            "rows": {part.name: count for part, count in counts.items()},
            "left_out": LEFT_OUT,
            "retention": [{"what": str(one.what), "how_long": str(one.how_long), "why": str(one.why)} for one in TABLE],
        }
        archive.whole("manifeste.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())


def _write_files(archive: Archive, tools: Tools, files: Iterable[Row]) -> None:
    """Each file, as it came and bit by bit; one that the storage does not have is left out, its row tells of it."""
    storage = tools.find(IStorage)
    for row in files:
        try:
            chunks = storage.chunks(row["storage_key"])
        except KeyError:
            continue
        with archive.file(f"pieces/{row['attachment_id']}-{row['position'] + 1}-{row['name']}", packed=False) as out:
            for chunk in chunks:
                out.write(chunk)


def _write_part(archive: Archive, db: Session, tools: Tools, scope: Scope, part: Part) -> int:
    """Both forms from one reading; how many rows. The second one waits, sealed, for the first to be written."""
    count = 0
    with tempfile.TemporaryFile() as kept:
        table = _SealedText(tools.cipher, kept)
        writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
        with archive.file(f"json/{part.name}.json") as out:
            for count, row in enumerate(part.rows(db, tools.cipher, scope), start=1):
                values = {name: _plain(value) for name, value in row.items()}
                if count == 1:
                    writer.writerow(values)
                writer.writerow(_cell(value) for value in values.values())
                before = b"[\n" if count == 1 else b",\n"
                out.write(before + json.dumps(values, ensure_ascii=False).encode())
            out.write(b"\n]\n" if count else b"[]\n")
        with archive.file(f"csv/{part.name}.csv") as out:
            for piece in table.read_back():
                out.write(piece)
    return count


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Range):
        return {"from": _plain(value.lower), "before": _plain(value.upper)}
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | str | dict | list) else str(value)


def _cell(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else safe_cell(value) if isinstance(value, str) else str(value)


def _summary(pdf: IPdf, tools: Tools, name: str, now: datetime, counts: dict[Part, int]) -> bytes:
    local = now.astimezone(PARIS)
    data = {
        **letterhead(tools.settings.brand),
        "title": "Copie de vos données",
        "facts": [["Pour", name], ["Faite le", f"{local:%d/%m/%Y} à {local.hour} h {local.minute:02d}"]],
        "files_title": "Ce qu’elle contient",
        "files": [[part.label, f"{part.name}.json, {part.name}.csv", str(count)] for part, count in counts.items()],
        "files_columns": ["Données", "Fichiers", "Lignes"],
        "left_title": "Ce qui n’y est pas",
        "left": [
            "Les secrets de connexion (mot de passe, codes, clés), les soins d’un autre adulte de votre contrat, et :",
            *LEFT_OUT.values(),
        ],
        "kept_title": "Combien de temps nous gardons vos données",
        "kept_columns": ["Données", "Durée", "Pourquoi", "Texte"],
        "kept": [[str(one.what), str(one.how_long), str(one.why), str(one.source)] for one in TABLE],
    }
    return pdf.render("my_data.typ", data, int(now.timestamp()))
