"""Every template compiles, is used, has a title when it is a page, and needs nothing that a strict CSP refuses."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "templates"
ALL = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.jinja2"))
REFUSED = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an on… attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "an inline script or style without nonce": re.compile(
        r"<(?:script|style)(?![^>]*\b(?:nonce|src)=)[^>]*>", re.IGNORECASE
    ),
    "something from elsewhere": re.compile(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"']?(?:https?:)?//"),
}


@pytest.fixture(scope="module")
def environment(wsgi_app):
    from pyramid_jinja2 import IJinja2Environment

    return wsgi_app.registry.queryUtility(IJinja2Environment, name=".jinja2")


@pytest.mark.parametrize("name", ALL)
def test_it_compiles(environment, name):
    environment.get_template(name)


def test_a_page_has_a_title(environment, wsgi_app):
    """A page is what a view renders, or an error."""
    rendered = {entry["introspectable"]["name"] for entry in wsgi_app.registry.introspector.get_category("templates")}
    pages = {name.split(":")[-1] for name in rendered if name.endswith(".jinja2")}
    pages |= {name for name in ALL if name.startswith("errors/") and "/_" not in name}
    assert len(pages) > 10
    assert [name for name in sorted(pages) if not has_block(environment, name, "title")] == []


def has_block(environment, name: str, block: str) -> bool:
    """Whether the template, not only the frame that it extends, fills this block."""
    return block in environment.get_template(name).blocks


def test_every_template_is_used():
    """Named by a view, or by another template."""
    folders = (ROOT / "src/member_space", TEMPLATES)
    words = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in {".py", ".jinja2"}
    )
    # Error pages are named by their status, widgets by deform's own names, messages by their kind (test_messages).
    exempt = re.compile(r"errors/[0-9a-z_]+\.html\.jinja2|deform/.*|(emails|sms)/.*")
    unused = [name for name in ALL if name not in words and not exempt.fullmatch(name)]
    assert unused == []


# A mail is under no policy of ours, and brings its own styles.
@pytest.mark.parametrize("name", [name for name in ALL if not name.startswith("emails/")])
def test_it_holds_nothing_that_the_policy_refuses(name):
    words = re.sub(r"\{#.*?#\}", "", (TEMPLATES / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [what for what, pattern in REFUSED.items() if pattern.search(words)] == []
