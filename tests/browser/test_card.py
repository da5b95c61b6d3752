"""A card sent from a telephone and opened by a professional, who has the link alone."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from member_space.models import Contract
from tests.factories.card import print_by
from tests.log_guard import note

pytestmark = pytest.mark.chromium


@pytest.fixture
def printed(served, member):
    """The member has a card of today."""
    with served.app.registry.session_factory.begin() as db:
        print_by(db, db.scalars(select(Contract).where(Contract.member_number == member.number)).one())
    return member


def test_a_card_is_sent_opened_and_seen_opened(phone, printed, look, script):
    page = phone(printed.account)
    page.goto("/tiers-payant")
    expect(page.get_by_role("article", name="Carte de tiers payant")).to_contain_text(printed.number)
    look(page)
    page.get_by_role("link", name="L’envoyer à un professionnel").click()
    expect(page.get_by_role("heading", name="Envoyer ma carte à un professionnel")).to_be_visible()
    page.get_by_label("Son adresse e-mail").fill("pas une adresse")
    page.get_by_role("button", name="Faire le lien").click()
    expect(page.get_by_role("alert").first).to_contain_text("adresse e-mail complète")
    look(page)
    page.get_by_label("Son adresse e-mail").fill("")
    page.get_by_label("À qui").fill("Pharmacie du Four")
    page.get_by_role("button", name="Faire le lien").click()
    expect(page.get_by_role("heading", name="Votre lien est prêt")).to_be_visible()
    look(page)
    address = page.get_by_label("Le lien, entier").input_value()
    code = address.partition("#")[2]
    note(code)

    counter = phone()
    counter.goto(address.removeprefix("http://localhost:6543"))
    field = counter.get_by_label("Code du lien")
    if script:
        expect(field).to_have_value(code)
        assert "#" not in counter.url
    else:
        field.fill(code.lower())
    look(counter)
    with counter.expect_download() as download:
        counter.get_by_role("button", name="Ouvrir la carte").click()
    assert download.value.suggested_filename.startswith("carte-tiers-payant-")

    page.goto("/tiers-payant")
    expect(page.get_by_role("heading", name="Ma carte de tiers payant")).to_be_visible()
    page.get_by_role("link", name="L’envoyer à un professionnel").click()
    expect(page.locator("#liens")).to_contain_text("Pharmacie du Four")
    expect(page.locator("#liens")).not_to_contain_text("Pas encore")
    look(page)
