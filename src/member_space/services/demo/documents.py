"""The documents of the demo's product: a notice in two versions and an IPID, brought in as the office does."""

from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from member_space.interfaces import IPdf
from member_space.services.contract_document_import import INDEX, DocumentsReport, import_documents
from member_space.services.tools import Tools

INSURER = "Mutuelle Horizon Santé"
_CHANGES = (
    "Une séance de psychologue de plus est remboursée chaque année.",
    "Le forfait journalier de l’hôpital suit son nouveau tarif, sans rien à demander.",
    "Les devis dentaires reçoivent leur réponse en cinq jours ouvrés au plus.",
)


def load_documents(sessions: sessionmaker[Session], tools: Tools, folder: Path, today: date) -> DocumentsReport:
    """Write the files and their index in the folder, where they stay as an example, and bring them in.

    Nobody is told: they were there before the members came.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for kind, title, year, changes in (
        ("notice", "Notice d’information", today.year - 1, ()),
        ("notice", "Notice d’information", today.year, _CHANGES),
        ("ipid", "Document d’information sur le produit (IPID)", today.year - 1, ()),
    ):
        name = f"{kind}-{year}.pdf"
        (folder / name).write_bytes(_pdf(tools, f"{title} {year}", date(year, 1, 1), changes))
        sentences = ", ".join(f'"{one}"' for one in changes)
        entries.append(
            f'[[document]]\nfile = "{name}"\nproduct = "SANTE"\nkind = "{kind}"\ntitle = "{title}"\n'
            f'version = "{year}"\neffective = {year}-01-01\nchanges = [{sentences}]\n'
        )
    (folder / INDEX).write_text("\n".join(entries), encoding="utf-8")
    with sessions.begin() as db:
        return import_documents(db, tools, folder, silent=True)


def _pdf(tools: Tools, title: str, day: date, changes: tuple[str, ...]) -> bytes:
    data = {
        "title": title,
        "sender": INSURER,
        "sender_lines": ["Complémentaire santé", "Document de démonstration"],
        "place": f"En vigueur le {day:%d/%m/%Y}",
        "words": changes or ("Ce document tient lieu du vrai dans la démonstration.",),
        "rows": [],
        "total": "",
        "stamp": "",
    }
    content: bytes = tools.find(IPdf).render(
        "demo_paper.typ", data, int(datetime.combine(day, time(12), UTC).timestamp())
    )
    return content
