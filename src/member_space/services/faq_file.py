"""The questions and answers that come with the product: reference/faq.toml, read and loaded.

What the office wrote stays: the product's words follow the file only where nobody at the office changed them.
"""

import tomllib
from collections import Counter
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.faq import SLUG, Family
from member_space.models import FaqEntry, FaqVersion
from member_space.services.faq_edit import Wording, add_version, latest_of

FAQ = "faq.toml"


class FaqFileError(ValueError):
    """The file cannot be loaded; the message names the entry and the repair."""


def load_faq(db: Session, path: Path | None = None) -> Counter[str]:
    """Load the file, ours by default; how many entries are new, changed, and kept as the office wrote them.

    The same file again changes nothing. Raises FaqFileError before anything is written.
    """
    entries = read_faq(path or Path(str(files("member_space") / "reference" / FAQ)))
    known = {entry.slug: entry for entry in db.scalars(select(FaqEntry))}
    latest: dict[str, FaqVersion] = latest_of(db)
    done: Counter[str] = Counter(new=0, changed=0, kept=0)
    for position, (slug, family, wording) in enumerate(entries):
        entry = known.get(slug)
        if entry is None:
            db.add(FaqEntry(slug=slug, family=family.value, position=position))
            db.flush()
        else:
            entry.family, entry.position = family.value, position
        before = latest.get(slug)
        if before and Wording.of(before) == wording:
            continue
        if before and before.author_id is not None:
            done["kept"] += 1
            continue
        add_version(db, slug, before, wording)
        done["changed" if before else "new"] += 1
    return done


def read_faq(path: Path) -> list[tuple[str, Family, Wording]]:
    """Read and check a file. Raises FaqFileError."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))["entry"]
    except (ValueError, KeyError, OSError) as error:
        raise FaqFileError(f"{path.name} : {error}") from None
    entries = []
    for one in given:
        slug = str(one.get("slug"))
        if not SLUG.fullmatch(slug):
            raise FaqFileError(f"{path.name} : slug {slug!r} : petites lettres, chiffres et traits d’union")
        try:
            entries.append((slug, Family(one["family"]), _wording(one)))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise FaqFileError(f"{path.name}, {slug} : {error} manque ou n’est pas de cette forme") from None
    if doubles := [slug for slug, many in Counter(slug for slug, _, _ in entries).items() if many > 1]:
        raise FaqFileError(f"{path.name} : {doubles[0]} y est deux fois")
    return entries


def _wording(one: dict[str, Any]) -> Wording:
    english = one.get("en", {})
    as_of = one["as_of"]
    if not isinstance(as_of, date):
        raise TypeError("as_of")
    return Wording(
        question=one["question"],
        paraphrases=tuple(str(ask) for ask in one["ask"]),
        answer=one["answer"].strip(),
        question_en=english.get("question"),
        answer_en=english["answer"].strip() if english else None,
        source=one["source"],
        source_url=one.get("source_url"),
        links=tuple((link["path"], link["fr"], link["en"]) for link in one.get("links", ())),
        as_of=as_of,
    )
