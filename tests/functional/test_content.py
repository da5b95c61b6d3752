"""Pages that the office writes, read by everybody, with the advisers' hours (S-HCR-61, 63, 64)."""

import os
import re

import pytest

from member_space.routes import CONTENT
from member_space.services.content import ContentPages
from tests.conftest import ROOT
from tests.factories.household import make_account, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in

OURS = ROOT / "templates/content"
PATHS = [f"/{slug}" for slug in CONTENT.split("|")]


@pytest.fixture
def office(app, tmp_path):
    """A folder of the office, empty at first."""
    registry = app.app.registry
    before = registry.content
    (tmp_path / "fr").mkdir()
    registry.content = ContentPages(OURS, tmp_path)
    yield tmp_path / "fr"
    registry.content = before


@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_read_signed_out_and_signed_in(app, db, path):
    out = app.get(path)
    assert out.html.h1.get_text()
    assert not {"{{", "{#"} & set(out.html.main.get_text().split())
    assert len(out.html.find_all("h1")) == 1
    assert out.html.select(".main-nav") == []
    signed_in = sign_in(app, db, make_account(db, make_person(db, "Camille"))).get(path)
    assert len(signed_in.html.select(".main-nav a")) == 5


@pytest.mark.parametrize("path", PATHS)
def test_every_link_of_a_page_leads_somewhere(app, path):
    page = app.get(path)
    for link in page.html.main.select("article a[href]"):
        if not link["href"].startswith(("http", "tel:", "#")):
            answer = page.goto(link["href"])
            # A member's page is behind the door.
            assert answer.status_int == 200 or "/connexion?next=" in answer.location, link


def test_the_files_of_both_languages_use_placeholders_that_exist(app):
    known = {"brand", "phone", "opening_hours", "opening_hours_inline"}
    known |= {"postal_address", "complaints_address", "mediator", "site_url"}
    for path in OURS.glob("*/*.md"):
        assert set(re.findall(r"\{\{\s*([^}]*?)\s*\}\}", path.read_text())) <= known, path


def test_what_the_office_writes_replaces_ours_and_changes_without_a_restart(app, office):
    file = office / "contact.md"
    file.write_text("---\ntitle: Nous joindre\n---\n\n## Par pigeon\n\nAu {{phone}}.\n")
    page = app.get("/contact")
    assert page.html.h1.get_text() == "Nous joindre"
    assert page.html.find(id="par-pigeon")
    assert "Au 01" in page.html.main.get_text()
    file.write_text("---\ntitle: Nous écrire\n---\n\nPar la poste.\n")
    os.utime(file, ns=(1, 1))
    assert app.get("/contact").html.h1.get_text() == "Nous écrire"
    file.unlink()
    assert app.get("/contact").html.h1.get_text() == "Nous contacter"


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"Bonjour",
        b"---\ndescription: sans titre\n---\n\nBonjour",
        b"---\ntitle: T\nupdated: hier\n---\n\nBonjour",
        "---\ntitle: Données\n---\n\nÉté".encode("cp1252"),
    ],
)
def test_a_file_of_the_office_that_cannot_be_read_gives_way_to_ours(app, office, caplog, written):
    (office / "contact.md").write_bytes(written)
    assert app.get("/contact").html.h1.get_text() == "Nous contacter"
    assert "contact.md" in caplog.text


def test_html_in_markdown_is_words_and_a_script_link_is_no_link(app, office):
    (office / "contact.md").write_text(
        "---\ntitle: <i>T</i>\n---\n\n# Titre\n\n<script>alert(1)</script> [x](javascript:alert(1))\n"
    )
    page = app.get("/contact")
    article = page.html.select_one("article")
    assert article.find("script") is None
    assert article.find("a") is None
    assert article.find("h1") is None
    assert page.html.h1.get_text() == "<i>T</i>"


def test_a_value_with_markdown_in_it_is_words(app, office, monkeypatch):
    (office / "contact.md").write_text("---\ntitle: T\n---\n\n{{mediator}} {{unknown}}\n")
    pages = app.app.registry.content
    page = pages.page("contact", "fr", {"mediator": "*M.* [x](https://elsewhere.example) <b>"})
    assert "*M.* [x](https://elsewhere.example) &lt;b&gt;" in page.body
    # Whoever wrote a wrong name sees it on the page.
    assert "{{unknown}}" in page.body


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        ((2026, 11, 20, 10, 0), "Ouvert jusqu’à 18 h"),
        ((2026, 11, 20, 18, 0), "Fermé, réouvre lundi à 8 h 30"),
        ((2026, 11, 19, 8, 0), "Fermé, réouvre aujourd’hui à 8 h 30"),
        ((2026, 11, 19, 20, 0), "Fermé, réouvre demain à 8 h 30"),
        ((2026, 12, 24, 20, 0), "Fermé, réouvre lundi à 8 h 30"),
        ((2027, 5, 5, 20, 0), "Fermé, réouvre vendredi à 8 h 30"),
    ],
)
def test_open_or_closed_is_told_in_words(app, instant, words):
    with clock_at(app, *instant):
        for path in ("/contact", "/aide", "/mentions-legales"):
            assert words in app.get(path).text.replace("\xa0", " "), path


def test_the_week_is_told_in_words(app):
    page = app.get("/contact").text.replace("\xa0", " ")
    assert "Du lundi au vendredi de 8 h 30 à 18 h" in page
    assert "Mon-Fri" not in page
    assert "(du lundi au vendredi" in app.get("/accessibilite").text.replace("\xa0", " ")


def test_unknown_pages_are_not_found(app):
    for path in ("/nulle-part", "/contact/..%2f..%2fsetup", "/aide/"):
        app.get(path, status=404)


def test_the_pattern_page_is_only_for_a_demo(app):
    app.get("/motifs", status=404)
