"""A request that was begun already: the page that offers it again, in the browser."""

import os

import pytest
from playwright.sync_api import expect

from tests.browser.axe import faultless

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("begun")]


def test_what_was_begun_is_resumed_or_erased(visitor):
    page = visitor("family").new_page()
    page.goto("/demarches/remboursement")
    page.get_by_role("button", name="Optique").click()
    expect(page.get_by_role("heading", name="Vous avez déjà commencé")).to_be_visible()
    faultless(page)
    shots(page, "begun")
    page.goto("/demarches")
    page.get_by_text("autres brouillons").click()
    page.get_by_text("Effacer ce brouillon").first.click()
    expect(page.get_by_role("button", name="Effacer").first).to_be_visible()
    faultless(page)
    shots(page, "hub")


def shots(page, name):
    if folder := os.environ.get("SHOTS"):
        for width in (375, 1280):
            page.set_viewport_size({"width": width, "height": 812})
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 375, "height": 812})
