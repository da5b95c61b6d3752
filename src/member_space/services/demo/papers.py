"""The papers that members of the demo send: a PDF as a professional gives it, or the photograph of it on a table.

The same paper and day give the same bytes.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from member_space.domain.attachment import Kind, SentFile, Shown
from member_space.domain.money import format_money
from member_space.interfaces import IDocuments, IPdf
from member_space.services.tools import Tools

TABLE = "#7a5c43"
ON_ITS_SIDE = 6
"""Of the EXIF orientation: telephones store what is held upright on its side, and say so."""


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A file of a step. ``paper``: its name in papers.toml; ``piece``: what it is, of the catalogue.

    A name in « .jpg » is a photograph of the paper.
    """

    name: str
    paper: str
    piece: str


def file_of(tools: Tools, file: PaperFile, day: date) -> SentFile:
    """The file as a form would bring it."""
    content = _pdf(tools, _papers()[file.paper], day)
    if file.name.endswith(".jpg"):
        [page] = tools.find(IDocuments).previews(Shown(content, Kind.PDF.value, 1))
        content = _photograph(page)
    return SentFile(file.name, BytesIO(content), len(content), hashlib.sha256(content).digest())


@cache
def _papers() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("member_space.services.demo") / "papers.toml").read_text(encoding="utf-8"))


def _pdf(tools: Tools, paper: Mapping[str, Any], day: date) -> bytes:
    told = f"{day:%d/%m/%Y}"
    rows = paper.get("rows", [])
    data = {
        "title": paper["title"],
        "sender": paper["sender"],
        "sender_lines": paper["sender_lines"],
        "place": f"Le {told}",
        "words": [words.format(day=told) for words in paper["words"]],
        "rows": [[what, format_money(cents)] for what, cents in rows],
        "total": format_money(sum(cents for _what, cents in rows)),
        "stamp": paper.get("stamp", ""),
    }
    at = datetime.combine(day, time(12), UTC)
    content: bytes = tools.find(IPdf).render("demo_paper.typ", data, int(at.timestamp()))
    return content


def _photograph(page: bytes) -> bytes:
    """The page a little askew on a table, as a telephone takes it and stores it."""
    from PIL import Image

    with Image.open(BytesIO(page)) as paper:
        askew = paper.convert("RGB").rotate(2.5, Image.Resampling.BILINEAR, expand=True, fillcolor=TABLE)
    margin = askew.width // 12
    table = Image.new("RGB", (askew.width + 2 * margin, askew.height + 2 * margin), TABLE)
    table.paste(askew, (margin, margin))
    exif = Image.Exif()
    exif[0x0112] = ON_ITS_SIDE
    data = BytesIO()
    table.transpose(Image.Transpose.ROTATE_90).save(data, "JPEG", quality=80, exif=exif)
    return data.getvalue()
