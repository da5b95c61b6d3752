"""A certificate is taken, then checked by who was handed it: the square of the paper fills the code (C34)."""

import re
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import expect

from tests.log_guard import note

pytestmark = pytest.mark.chromium


def test_the_paper_is_taken_and_its_square_leads_to_the_check(phone, look, member, served, script):
    page = phone(member.account)
    page.goto(f"{served.url}/contrats")
    page.get_by_role("link", name="Voir le contrat").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Complémentaire santé")
    page.get_by_role("link", name="Attestations").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Attestations")
    look(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Télécharger (PDF)").click()
    words = "".join(one.extract_text() for one in pypdf.PdfReader(Path(taken.value.path())).pages)
    code = re.search(r"\b(?:[A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}\b", words)[0]
    note(code), note(code.replace("-", ""))

    other = phone()
    other.goto(f"{served.url}/verifier#{code.replace('-', '')}")
    expect(other.get_by_role("heading", level=1)).to_have_text("Vérifier une attestation")
    if script:
        expect(other.get_by_label("Code de l’attestation")).to_have_value(code.replace("-", ""))
        assert "#" not in other.url
    else:
        other.get_by_label("Code de l’attestation").fill(code)
    other.get_by_role("button", name="Vérifier").click()
    expect(other.get_by_role("heading", level=2, name="Attestation d’adhésion")).to_be_visible()
    expect(other.get_by_text("Droits ouverts")).to_be_visible()
    look(other)
