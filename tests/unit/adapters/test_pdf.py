"""Whatever a member wrote, his document is made: one character that no font has never costs the others."""

import unicodedata
from io import BytesIO

import pypdfium2
import pytest
from pypdf import PdfReader

from member_space.adapters.pdf import SQUARE, TypstPdf

DATA = {
    "lang": "fr",
    "insurer": "Mutuelle",
    "insurer_lines": ["1 rue du Port"],
    "title": "Demande",
    "facts": [["Objet", "Un autre sujet"]],
    "messages_title": "Nos échanges",
    "files_title": "Pièces",
    "files_columns": ["Nom", "Donnée par", "État", "Date"],
    "files": [],
    "note": "Heures de Paris.",
}


def read(body: str) -> str:
    made = TypstPdf().render("thread.typ", DATA | {"messages": [("Hélène, 16/06/2026", body, "")]}, 0)
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


def test_controls_leave_no_trace_and_lines_stay():
    said = read("salut \x01à\x9f\ttous\r\nensuite")
    assert "salut à" in said
    assert SQUARE not in said
    assert "ensuite" in said


@pytest.mark.parametrize("odd", ["\u0378", "\U0001f600", "\u2121", "\u2043", "\u0501"], ids=ascii)
def test_what_no_font_has_is_a_square(odd):
    assert f"avant {SQUARE} après" in read(f"avant {odd} après")


def test_each_character_that_there_is_can_be_written():
    said = read(" ".join(f"a{chr(one)}a" for one in range(0x3000) if unicodedata.category(chr(one)) != "Cs"))
    assert "é" in said


def test_a_word_that_no_line_holds_goes_on_at_the_next():
    word = "MARIE" * 30
    made = TypstPdf().render("thread.typ", DATA | {"messages": [("Hélène", word, "")]}, 0)
    page = pypdfium2.PdfDocument(made)[0]
    text = page.get_textpage()
    edges = [text.get_charbox(place)[2] for place in range(text.count_chars())]
    assert max(edges) < page.get_width()
    assert word in "".join(text.get_text_bounded().replace("\u200b", "").split())


def test_where_a_long_word_may_go_on_leaves_no_trace_in_what_is_copied():
    address = "https://mutuelle.example/demandes/9f1c2a4e-7d53-4c11-9a80-3b5d8e6f7a10"
    said = read(f"{'Abcdefghijklmnopqrstuvwxyz' * 8} {address}").replace("\n", "")
    assert "\u200b" not in said
    assert address in said
    assert DATA["note"] in said
