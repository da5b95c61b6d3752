"""French is the source language; the English catalogue is complete, current and compiled."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[3]
LOCALE = ROOT / "src/member_space/locale"
ENGLISH = LOCALE / "en/LC_MESSAGES"

_PLACEHOLDER = re.compile(r"%\([a-z_]+\)s|\$\{[a-z_]+\}|%%|</?[a-z]+>")
_FRENCH_MARKS = re.compile("[«»\u202f]|[\u00a0 ][:;?!]")


def texts() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """(file, text) of everything that a page or the code says."""
    with (LOCALE / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    for folder in ("src", "templates"):
        for name, _line, text, _comments, _context in extract_from_dir(ROOT / folder, methods, options):
            yield f"{folder}/{name}", text


@pytest.fixture(scope="module")
def english() -> Catalog:
    with (ENGLISH / "member_space.po").open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def used() -> dict[str, str]:
    """One file that says it, by text."""
    return {first(text): file for file, text in texts()}


def first(text: str | tuple[str, ...]) -> str:
    """The text, or its singular."""
    return text if isinstance(text, str) else text[0]


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


def test_every_text_has_its_english(english: Catalog, used: dict[str, str]) -> None:
    done = {first(message.id) for message in messages(english) if not message.fuzzy and all(forms(message.string))}
    missing = [f"{file}: {text}" for text, file in used.items() if text not in done]
    assert not missing, "run `make translations`, then fill locale/en:\n" + "\n".join(sorted(missing))


def test_nothing_is_left_over(english: Catalog, used: dict[str, str]) -> None:
    with (LOCALE / "member_space.pot").open("rb") as file:
        template = read_po(file)
    assert {first(message.id) for message in messages(template)} == set(used), "run `make translations`"
    assert {first(message.id) for message in messages(english)} <= set(used), "run `make translations`"
    assert not english.obsolete, "run `make translations`"


def test_placeholders_are_the_same(english: Catalog) -> None:
    wrong = [
        (one, other)
        for message in messages(english)
        for one, other in zip(forms(message.id), forms(message.string), strict=True)
        if placeholders(one) != placeholders(other)
    ]
    assert wrong == []


def test_english_has_its_own_marks(english: Catalog) -> None:
    """“Quotes”, and no space before a colon, a semicolon or a question mark."""
    wrong = [text for message in messages(english) for text in forms(message.string) if _FRENCH_MARKS.search(text)]
    assert wrong == []


def test_the_compiled_catalogue_is_current(english: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, english)
    compiled.seek(0)
    with (ENGLISH / "member_space.mo").open("rb") as file:
        stored, fresh = read_mo(file), read_mo(compiled)
    assert [(m.id, m.string) for m in messages(stored)] == [(m.id, m.string) for m in messages(fresh)], (
        "run `make translations`"
    )
