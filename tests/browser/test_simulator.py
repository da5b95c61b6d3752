"""A simulation on a telephone: a word with too many answers, the choice, the figures, another price, the file."""

from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.chromium


def test_a_crown_beside_its_option_without_rest(phone, served, look):
    page = phone(served.accounts["family"])
    page.goto("/remboursements")
    page.get_by_role("link", name="Simuler un remboursement").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Simuler un remboursement")
    look(page)
    page.get_by_label("Quel soin").fill("couronne")
    page.get_by_label("Prix", exact=True).fill("1 650,50")
    page.get_by_role("button", name="Calculer").click()
    expect(page.get_by_role("alert").first).to_contain_text("Plusieurs soins répondent à « couronne »")
    expect(page.get_by_label("Prix", exact=True)).to_have_value("1 650,50")
    look(page)
    page.locator("main").get_by_role("link", name="Couronne céramique à tarif libre").click()
    expect(page.get_by_role("img", name="Qui paie quoi").first).to_be_visible()
    expect(page.locator(".big-money").first).to_contain_text("1 290,50")
    expect(page.locator("#cent-pour-cent")).to_contain_text("0 € parce que tout est remboursé")
    expect(page.locator("main")).to_contain_text("Article 3.3 de votre contrat")
    look(page)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Télécharger en PDF").click()
    words = "".join(one.extract_text() for one in pypdf.PdfReader(Path(taken.value.path())).pages)
    assert "Simulation d’un remboursement" in words
    page.get_by_label("Prix", exact=True).fill("300")
    page.get_by_role("button", name="Calculer").click()
    expect(page.locator(".big-money").first).to_contain_text("0,00")
    expect(page.get_by_label("Quel soin")).to_have_value("Couronne céramique à tarif libre")
    look(page)
