"""A quote in figures on a telephone: a line that is wrong, the answer at once, the sending, two side by side."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import LONG_NAME

pytestmark = pytest.mark.chromium

LINES = (
    ("Couronne céramique à tarif libre", "650", "107,50"),
    ("Implant dentaire", "1 200", ""),
    ("Inlay-core, panier 100 % Santé", "175", ""),
    ("Bridge de 3 éléments à tarif libre", "1 450,50", "279,50"),
    ("Détartrage", "28,92", ""),
    ("Radiographie panoramique chez le dentiste", "30", ""),
    ("Extraction d’une dent définitive", "39", ""),
    ("Couronne céramo-métallique, panier 100 % Santé", "500", ""),
)


def begin(page: Page, topic: str, who: str) -> None:
    page.goto("/demarches/devis")
    page.get_by_role("button", name=topic).click()
    page.get_by_label(who).check()
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Les lignes du devis")


def add(page: Page, care: str, price: str, base: str) -> None:
    page.get_by_label("Quel soin").fill(care)
    page.get_by_label("Prix sur le devis").fill(price)
    page.get_by_label("Base de remboursement").fill(base)
    page.locator("[name=ajouter]").click()


def send(page: Page) -> None:
    page.locator("[name=continuer]").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Les lignes du devis")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("textbox").fill("Combien me restera-t-il à payer ?")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifiez, puis envoyez")
    page.get_by_label("Je ne l’ai pas encore").check()
    page.get_by_role("button", name="Transmettre ma demande de devis").click()
    expect(page.get_by_text("Votre demande est bien arrivée")).to_be_visible()


def erase(page: Page, begun: str) -> None:
    """The draft begun on this page of lines: the same journey is made again without script."""
    page.goto(begun.replace("/devis", "/verifier"))
    page.get_by_role("button", name="Effacer ce brouillon").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Démarches")


def test_eight_lines_are_answered_at_once(phone, served, look):
    page = phone(served.accounts["family"])
    begin(page, "Dentaire", "Nadia Benali")
    look(page)
    add(page, "couronne", "trente", "")
    expect(page.get_by_role("alert").first).to_contain_text("Plusieurs soins répondent à « couronne »")
    expect(page.get_by_label("Prix sur le devis")).to_have_value("trente")
    look(page)
    page.get_by_label("Prix sur le devis").fill("650")
    page.get_by_label("Base de remboursement").fill("107,50")
    page.get_by_role("button", name="Couronne céramique à tarif libre").click()
    rows = page.locator(".quote-lines tbody tr")
    expect(rows).to_have_count(1)
    for n, line in enumerate(LINES[1:], start=2):
        add(page, *line)
        expect(rows).to_have_count(n)
    expect(page.locator(".big-money")).to_contain_text("Il vous resterait à payer")
    expect(page.locator(".quote-lines tfoot")).to_contain_text("4 073,42")
    look(page)
    rows.nth(4).get_by_role("link", name="Modifier").click()
    expect(page.get_by_label("Prix sur le devis")).to_have_value("28,92")
    look(page)
    page.get_by_role("link", name="Ne rien changer").click()
    rows.nth(6).get_by_role("button", name="Retirer").click()
    expect(rows).to_have_count(7)
    send(page)
    expect(page.locator("#estimation")).to_contain_text("Il vous resterait à payer")
    look(page)
    begin(page, "Dentaire", "Nadia Benali")
    begun = page.url
    for n, (care, price, base) in enumerate(LINES[:3], start=1):
        add(page, care, price.replace("650", "690"), base)
        expect(rows).to_have_count(n)
    page.get_by_role("link", name="Comparer avec un autre devis").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Comparer deux devis")
    expect(page.locator("#ecart + p")).to_contain_text("Le devis B vous laisse 40,00")
    expect(page.locator("#ecart + p")).to_contain_text("sur les 3 soins qui peuvent être comparés")
    look(page)
    page.get_by_label("Devis B").select_option(page.get_by_label("Devis A").input_value())
    page.get_by_role("button", name="Comparer").click()
    expect(page.get_by_role("alert").first).to_contain_text("deux fois le même devis")
    look(page)
    erase(page, begun)


def test_another_adult_keeps_what_he_used(phone, served, look):
    page = phone(served.accounts["family"])
    begin(page, "Optique", LONG_NAME)
    begun = page.url
    add(page, "Lunettes à verres simples, classe B", "400", "")
    expect(page.get_by_role("alert").first).to_contain_text("prix de la monture seule")
    look(page)
    page.get_by_label("Pour des lunettes").fill("100")
    page.locator("[name=ajouter]").click()
    expect(page.locator("main")).to_contain_text("garde le détail de ses soins")
    look(page)
    erase(page, begun)
