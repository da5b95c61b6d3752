"""The pages of a piece by keyboard, with and without JavaScript: turned, moved, the focus where it was."""

import os

import pytest
from playwright.sync_api import expect

from tests.browser.pages import Page

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("upload")]

PAGES = Page("attachment_pages", "/fichiers/{piece_id}/pages?next=/demandes/{hospital_id}/pieces")


@pytest.mark.parametrize("width", [375, 1280])
def test_pages_are_turned_and_moved_by_keyboard(visit, script, look, width):
    page = visit(PAGES, java_script_enabled=script, viewport={"width": width, "height": 812})
    look(page)
    turn = page.get_by_role("button", name="Tourner la page 2")
    turn.press("Enter")
    expect(turn).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="tournée")).to_be_visible()
    expect(page.get_by_role("img", name="Aperçu de la page 2")).to_be_visible()
    second = page.locator("#page-2 .file-name").inner_text()
    page.get_by_role("button", name="Monter la page 2").press("Enter")
    expect(page.locator("#page-1 .file-name")).to_have_text(second)
    expect(page.get_by_role("button", name="Descendre la page 1")).to_be_focused()
    look(page)
    folder = os.environ.get("SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/pages-{width}.png", full_page=True)
    page.get_by_role("link", name="Terminer").click()
    expect(page.get_by_role("link", name="Tourner ou ranger les pages")).to_be_visible()
    if folder:
        page.screenshot(path=f"{folder}/pages-{width}-back.png", full_page=True)
