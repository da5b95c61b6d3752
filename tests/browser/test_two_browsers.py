"""A member on her telephone, a handler at his desk: a claim and a quote from the photograph to the end."""

import os
import threading
from datetime import date
from io import BytesIO
from itertools import count

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from sqlalchemy import select

from member_space.config import work
from member_space.models import Notification
from tests.browser.axe import faultless
from tests.browser.site import NOW, TODAY
from tests.conftest import TEST_INI
from tests.factories.guarantee import give_product
from tests.factories.household import make_account, make_contract, make_person

pytestmark = pytest.mark.chromium
_numbers = count(1)


def photograph(words: str) -> bytes:
    """What a telephone takes: a large picture, held upright and stored on its side."""
    picture = Image.new("RGB", (2400, 1800), "#f4f1ea")
    ImageDraw.Draw(picture).text((200, 200), words, fill="black", font_size=120)
    exif = Image.Exif()
    exif[0x0112] = 6
    data = BytesIO()
    picture.save(data, "JPEG", quality=92, exif=exif)
    return data.getvalue()


@pytest.fixture
def member(served):
    """Somebody new in each test: a second quote like the first is asked about. Her browser's cookie is
    `served.cookie("lea")`."""
    with served.app.registry.session_factory.begin() as db:
        email = f"lea-{next(_numbers)}@example.org"
        person = make_person(db, "Léa", date(1990, 3, 4), last_name="Fournier", email=email)
        give_product(db, make_contract(db, person), "confort", TODAY)
        served.accounts["lea"] = make_account(db, person, last_signed_in_at=NOW)


@pytest.fixture
def worker(served):
    """Does what is left to do, in a thread: the one of Playwright has a loop of its own."""

    def run():
        engine = served.app.registry.engine
        thread = threading.Thread(
            target=work, args=(TEST_INI | {"environment": "demo"}, engine), kwargs={"wait": False}
        )
        thread.start()
        thread.join(timeout=120)
        assert not thread.is_alive()

    return run


@pytest.fixture
def phone(visitor, member):
    return visitor("lea").new_page()


@pytest.fixture
def desk(visitor):
    return visitor("handler", viewport={"width": 1280, "height": 800}).new_page()


def add_photograph(page, name, words):
    page.get_by_label("Choisir des fichiers, ou prendre une photo").first.set_input_files(
        {"name": name, "mimeType": "image/jpeg", "buffer": photograph(words)}
    )
    expect(page.get_by_role("button", name=f"Supprimer {name}")).to_be_focused()


def number_on(page):
    return page.locator(".receipt-number").inner_text()


def opened_at_desk(desk, number, take="Prendre la demande"):
    desk.goto("/bureau/demandes")
    desk.get_by_label("Chercher").fill(number)
    desk.get_by_label("Chercher").press("Enter")
    desk.get_by_role("link", name=number).click()
    desk.get_by_role("button", name=take).click()
    expect(desk.locator(".handling-holder").filter(has_text="Cette demande est à vous")).to_be_visible()


def fill_line(line, label, asked, amo, granted, reason=None):
    line.get_by_label("Tel que sur le devis").fill(label)
    line.get_by_label("Prix (€)").fill(asked)
    line.get_by_label("Assurance Maladie (€)").fill(amo)
    line.get_by_label("Notre part (€)").fill(granted)
    if reason:
        line.get_by_label("Motif").select_option(label=reason)


def cells_of(row):
    """The amounts of a row, with ordinary spaces."""
    return [" ".join(cell.split()) for cell in row.get_by_role("cell").all_inner_texts()]


def no_wider(page):
    """Nothing makes a telephone scroll sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def told(served):
    """The kinds of message written to her, in order."""
    with served.app.registry.session_factory() as db:
        hers = Notification.account_id == served.accounts["lea"].id
        return list(db.scalars(select(Notification.kind).where(hers).order_by(Notification.id)))


def test_a_claim_from_the_photograph_to_the_decision(served, phone, desk, worker):
    phone.goto("/demarches")
    phone.get_by_role("link", name="Demander un remboursement").click()
    phone.get_by_role("button", name="Optique").click()
    phone.get_by_label("Date du soin").fill("2026-06-10")
    phone.get_by_role("button", name="Continuer").click()
    phone.get_by_label("Léa Fournier").check()
    phone.get_by_label("Montant payé").fill("420")
    phone.get_by_role("button", name="Continuer").click()
    add_photograph(phone, "facture.jpg", "FACTURE ACQUITTEE 420,00")
    phone.get_by_role("button", name="Continuer").click()
    phone.get_by_role("button", name="Continuer").click()
    phone.get_by_label("Je ne l’ai pas").first.check()
    phone.get_by_role("button", name="Transmettre ma demande de remboursement").click()
    number = number_on(phone)
    here = phone.url.partition("?")[0]
    worker()

    opened_at_desk(desk, number)
    expect(desk.get_by_role("img", name="facture.jpg").first).to_be_visible()
    desk.get_by_label("Accordé (€)").first.fill("400")
    desk.get_by_label("Motif").first.select_option(label="Plafond atteint")
    desk.get_by_role("button", name="Relire la lettre").click()
    desk.get_by_role("button", name="Décider et envoyer").click()
    expect(desk.get_by_text("Décidée").first).to_be_visible()

    phone.goto("/")
    expect(phone.get_by_role("link", name="1 non lu")).to_be_visible()
    phone.goto(here)
    expect(phone.get_by_text("Acceptée en partie").first).to_be_visible()
    expect(phone.get_by_text("400,00").first).to_be_visible()
    assert told(served)[-1] == "request_decided"


def begin_quote(phone: Page) -> None:
    """As far as its lines."""
    phone.goto("/demarches/devis")
    phone.get_by_role("button", name="Dentaire").click()
    phone.get_by_label("Léa Fournier").check()
    phone.get_by_role("button", name="Continuer").click()


def send_quote(phone: Page) -> tuple[str, str]:
    """From its papers on: its number, and the address of its page."""
    add_photograph(phone, "devis.jpg", "DEVIS COURONNE 650,00")
    phone.get_by_role("button", name="Continuer").click()
    phone.get_by_role("textbox").fill("Combien me restera-t-il à payer ?")
    phone.get_by_role("button", name="Continuer").click()
    phone.get_by_role("button", name="Transmettre ma demande de devis").click()
    return number_on(phone), phone.url.partition("?")[0]


def test_a_quote_from_the_photograph_to_the_decision_line_by_line(served, phone, desk, worker):
    begin_quote(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Les lignes du devis")
    phone.get_by_role("button", name="Continuer sans les lignes").click()
    expect(phone.get_by_role("heading", level=1)).not_to_have_text("Les lignes du devis")
    number, here = send_quote(phone)
    worker()

    opened_at_desk(desk, number)
    desk.locator("#demander > summary").click()
    desk.get_by_label("Ordonnance").check()
    desk.get_by_role("button", name="Demander ces pièces").click()
    expect(desk.get_by_text("Attend l’adhérent").first).to_be_visible()

    phone.goto(here)
    expect(phone.get_by_text("Ordonnance").first).to_be_visible()
    add_photograph(phone, "ordonnance.jpg", "ORDONNANCE")
    phone.get_by_role("button", name="Envoyer ma réponse").first.click()
    worker()

    opened_at_desk(desk, number, "Reprendre")
    crown, inlay = desk.get_by_role("group", name="Ligne 1"), desk.get_by_role("group", name="Ligne 2")
    fill_line(crown, "Couronne céramo-métallique", "475", "84", "291", "Niveau de garantie")
    fill_line(inlay, "Inlay-core", "175", "63", "112")
    desk.get_by_role("button", name="Relire la lettre").click()
    expect(desk.locator(".letter")).to_contain_text("il vous restera 100,00")
    desk.get_by_role("button", name="Décider et envoyer").click()
    expect(desk.get_by_text("Décidée").first).to_be_visible()

    phone.goto(here)
    expect(phone.get_by_text("Acceptée en partie").first).to_be_visible()
    decision = phone.locator("#decision")
    # Price, share of the fund, ours, what is left; the last row is the total.
    assert [cells_of(row) for row in decision.locator("tbody tr, tfoot tr").all()] == [
        ["475,00 €", "84,00 €", "291,00 €", "100,00 €"],
        ["175,00 €", "63,00 €", "112,00 €", "0,00 €"],
        ["650,00 €", "147,00 €", "403,00 €", "100,00 €"],
    ]
    expect(decision).to_contain_text("une estimation, valable jusqu’au")
    expect(decision).to_contain_text("Nous payons ce que votre formule prévoit pour ce soin")
    assert no_wider(phone)
    letter = phone.locator("#echanges")
    expect(letter).to_contain_text("part de l’Assurance Maladie 147,00")
    expect(letter).to_contain_text("le médiateur est gratuit")
    assert told(served)[-2:] == ["request_piece_asked", "request_decided"]


def shot(page, name):
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_quote_in_figures_then_its_claim_and_the_difference(served, phone, desk, worker):
    """The handler works it by keyboard alone, from the computation to the letter."""
    begin_quote(phone)
    phone.get_by_label("Quel soin").fill("Couronne céramique à tarif libre")
    phone.get_by_label("Prix sur le devis").fill("650")
    phone.get_by_label("Base de remboursement").fill("107,50")
    phone.locator("[name=ajouter]").click()
    expect(phone.locator(".quote-lines tbody tr")).to_have_count(1)
    phone.get_by_role("button", name="Continuer").click()
    number, here = send_quote(phone)
    worker()

    opened_at_desk(desk, number)
    expect(desk.locator("kbd", has_text="c").first).to_be_attached()  # the keys are heard
    desk.keyboard.press("c")
    expect(desk.locator(".figures-total")).to_be_focused()
    expect(desk.get_by_label("Notre part (€)").first).to_have_value("258,00")
    shot(desk, "quote-desk")
    faultless(desk)
    desk.get_by_label("Notre part (€)").first.fill("268")
    desk.keyboard.press("Enter")
    expect(desk.locator(".figures-other")).to_contain_text("le calcul donne 258,00")
    desk.get_by_role("button", name="Relire la lettre").press("Enter")
    expect(desk.locator(".figures-other-list")).to_be_visible()
    shot(desk, "quote-letter")
    desk.get_by_role("button", name="Décider et envoyer").press("Enter")
    expect(desk.get_by_text("Décidée").first).to_be_visible()
    worker()

    phone.goto(here)
    decision = phone.locator("#decision")
    expect(decision.get_by_role("link", name="Réponse au devis (PDF)")).to_be_visible()
    assert [cells_of(row) for row in decision.locator("tbody tr").all()] == [
        ["650,00 €", "107,50 €", "64,50 €", "268,00 €", "317,50 €"]
    ]
    decision.get_by_text("D’où viennent ces montants").click()
    expect(decision).to_contain_text("Autres prothèses (article 3.3)")
    assert no_wider(phone)
    shot(phone, "quote-answer")
    faultless(phone)
    decision.get_by_role("button", name="J’ai la facture").click()
    phone.get_by_label("Date du soin").fill("2026-06-15")
    phone.get_by_role("button", name="Continuer").click()
    invoiced = phone.get_by_label("Couronne céramique à tarif libre")
    expect(invoiced).to_have_value("650,00")
    invoiced.fill("sept cents")
    phone.get_by_role("button", name="Continuer").click()
    expect(phone.get_by_role("alert").first).to_contain_text("Écrivez le montant en euros")
    expect(invoiced).to_have_value("sept cents")
    shot(phone, "quote-invoice")
    faultless(phone)
    invoiced.fill("700")
    phone.get_by_role("button", name="Continuer").click()
    add_photograph(phone, "facture.jpg", "FACTURE ACQUITTEE 700,00")
    phone.get_by_role("button", name="Continuer").click()
    phone.get_by_role("button", name="Continuer").click()
    phone.get_by_role("button", name="Transmettre ma demande de remboursement").click()
    gap = phone.locator("#ecart")
    expect(gap).to_contain_text("soit 50,00")
    expect(gap.locator("tbody tr")).to_have_count(3)
    assert no_wider(phone)
    shot(phone, "quote-gap")
    faultless(phone)
    claim = number_on(phone)
    worker()

    opened_at_desk(desk, claim)
    expect(desk.locator("#ecart")).to_contain_text("Le prix facturé n’est pas celui du devis.")
    label = desk.get_by_role("group", name="Ligne 1").get_by_label("Ce qui est demandé")
    expect(label).to_have_value("Couronne céramique à tarif libre")
    shot(desk, "quote-gap-desk")
    faultless(desk)
