"""Files added in the browser: sent as they are chosen, told, heard, taken away; refused with their reason."""

import os

import pytest
from playwright.sync_api import expect

from tests.browser.axe import faultless
from tests.browser.pages import Page
from tests.factories import files

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("upload")]


ADD = Page("request_file_add", "/demandes/{draft_id}/pieces/ajouter", "family")


def picture(name: str, content: bytes, kind: str = "image/jpeg") -> dict:
    return {"name": name, "mimeType": kind, "buffer": content}


def test_files_are_sent_as_they_are_chosen(visit):
    page = visit(ADD)
    field = page.locator("input[type=file]")
    expect(page.locator("[data-upload-button]")).to_be_hidden()
    field.set_input_files([picture("facture.jpg", files.jpeg()), picture("notes.txt", b"text", "text/plain")])
    expect(page.locator(".file-name")).to_contain_text(["facture.jpg"])
    expect(page.get_by_role("alert")).to_contain_text("notes.txt")
    expect(page.locator("[data-upload-left]")).to_contain_text("3 documents")
    # The photograph is heavy: the browser makes it smaller, and the focus is on what takes it away.
    heavy = files.saved(files.noise(3000, 2000), "JPEG", quality=95)
    field.set_input_files([picture("IMG_2043.jpg", heavy)])
    remove = page.get_by_role("button", name="Supprimer IMG_2043.jpg")
    expect(remove).to_be_focused()
    faultless(page)
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/upload.png", full_page=True)
    remove.click()
    expect(page.locator(".file-name")).to_have_count(1)
