"""The look keeps its promises: colours that can be read, icons that exist, pages that a strict CSP lets through."""

import gzip
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import xstatic.pkg.bootstrap

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "src/member_space/static"
HTML = sorted(set(TEMPLATES.rglob("*.html.jinja2")) - set(TEMPLATES.glob("emails/*")))
CONTENT = sorted((TEMPLATES / "content").glob("*/*.md"))
MEMBER_PAGES = {"contrats", "beneficiaires", "mes-informations", "verifier", "professionnels-de-sante"}
"""Pages of a member, and of anybody, at the root as those of the office are."""
PLACEHOLDERS = {
    "brand",
    "phone",
    "opening_hours",
    "postal_address",
    "complaints_address",
    "mediator",
    "site_url",
    "opening_hours_inline",
}


def tokens(scheme: str) -> dict[str, str]:
    """The colours of theme.css by name, as #rrggbb; dark ones laid over the light ones."""
    css = (STATIC / "theme.css").read_text(encoding="utf-8")
    light, _, dark = css.partition("@media (prefers-color-scheme: dark)")
    dark = dark.partition("\n}\n")[0]
    read = re.compile(r"--([\w-]+): (?:var\(--[\w-]+, )?(#[0-9a-f]{6})\b")
    found = dict(read.findall(light))
    return found | dict(read.findall(dark)) if scheme == "dark" else found


def contrast(first: str, second: str) -> float:
    """The ratio of WCAG 2.2, 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in ("paper", "surface", "sunken")),
    *((tone, f"{tone}-soft") for tone in ("good", "wait", "bad", "accent")),
    *((tone, "surface") for tone in ("good", "wait", "bad", "accent", "brand", "brand-strong")),
    *(("ink", f"{tone}-soft") for tone in ("good", "wait", "bad", "accent", "brand")),
    ("brand", "paper"),
    ("brand-strong", "brand-soft"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_is_readable(scheme: str, ink: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fields_have_a_visible_edge(scheme: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours["field-line"], colours["surface"]) >= 3


def test_the_look_keeps_its_two_figures() -> None:
    colours = tokens("light")
    assert contrast(colours["ink"], colours["paper"]) >= 13
    assert contrast(colours["on-brand"], colours["brand"]) >= 5.5


def test_every_icon_is_drawn() -> None:
    sprite = (TEMPLATES / "partials/icons.html.jinja2").read_text(encoding="utf-8")
    drawn = set(re.findall(r'id="i-([\w-]+)"', sprite))
    asked = {
        name
        for path in HTML
        for name in re.findall(r"\bicon\(\"([\w-]+)\"", path.read_text(encoding="utf-8"))
        if path.name != "icon.html.jinja2"
    }
    assert asked
    assert asked - drawn == set()


FORBIDDEN = {
    "a style attribute": re.compile(r"<\w[^<>]*\sstyle\s*=", re.I),
    "an inline handler": re.compile(r"<\w[^<>]*\son[a-z]+\s*=", re.I),
    "a script that is not a file": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "something fetched from elsewhere": re.compile(r"<(?:link|script|img|iframe|use)[^>]*(?:https?:)?//", re.I),
    "a style without its nonce": re.compile(r"<style(?![^>]*csp_nonce)", re.I),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_strict_csp_lets_every_page_through(what: str) -> None:
    comment = re.compile(r"{#.*?#}", re.S)
    seen = [str(p) for p in HTML if FORBIDDEN[what].search(comment.sub("", p.read_text(encoding="utf-8")))]
    assert seen == []


def test_stylesheets_fetch_nothing() -> None:
    assert [p.name for p in STATIC.glob("*.css") if re.search(r"url\(|@import", p.read_text("utf-8"))] == []


def front_matter(path: Path) -> dict[str, str]:
    head = path.read_text(encoding="utf-8").removeprefix("---\n").split("\n---\n")[0]
    return dict(line.split(": ", 1) for line in head.splitlines())


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_content_is_complete(path: Path) -> None:
    assert set(front_matter(path)) == {"title", "description", "updated"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", front_matter(path)["updated"])
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"{{(.*?)}}", text)) <= PLACEHOLDERS
    siblings = {found.stem for found in path.parent.glob("*.md")}
    assert set(re.findall(r"\]\(([\w-]+)\)", text)) <= siblings | MEMBER_PAGES


def test_content_exists_in_both_languages() -> None:
    by_language = {lang: {p.stem for p in CONTENT if p.parent.name == lang} for lang in ("fr", "en")}
    assert by_language["fr"]
    assert by_language["fr"] == by_language["en"]


def stylesheets_and_script() -> Iterator[bytes]:
    """Those that the frame of every page names; a page that needs one more names it itself."""
    bootstrap = Path(xstatic.pkg.bootstrap.BASE_DIR) / "css"
    static = Path(str(files("member_space").joinpath("static")))
    frame = (TEMPLATES / "layouts/base.html.jinja2").read_text(encoding="utf-8")
    for name in re.findall(r"asset\('([\w.]+)'\)", frame):
        yield next(path for path in (static / name, bootstrap / name) if path.exists()).read_bytes()


def test_what_every_page_loads_is_light() -> None:
    """The home page must stay under 100 kB on the wire: half is for its own words, half for what all pages share."""
    assert sum(len(gzip.compress(body, 9)) for body in stylesheets_and_script()) < 50_000
