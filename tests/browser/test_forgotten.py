"""What was forgotten, on a telephone: the password by a code and by the link of a mail, the address."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.factories.household import PASSWORD

pytestmark = pytest.mark.chromium
NEW = "quatre loups verts"


def ask(page: Page, email: str, look) -> None:
    page.goto("/connexion")
    page.get_by_role("link", name="Mot de passe oublié").click()
    page.get_by_label("Adresse e-mail de votre compte").fill(email)
    page.get_by_role("radio", name="Par e-mail").check()
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.locator("h1")).to_have_text("Donner le code reçu")
    look(page)


def choose(page: Page, look) -> None:
    """A new password; the first try is refused, and says why."""
    expect(page.get_by_label("Nouveau mot de passe", exact=True)).to_be_visible()
    for password, confirmation in (("court", "court"), (NEW, NEW)):
        look(page)
        page.get_by_label("Nouveau mot de passe", exact=True).fill(password)
        page.get_by_label("Confirmation du nouveau mot de passe", exact=True).fill(confirmation)
        page.get_by_role("button", name="Enregistrer ce mot de passe").click()
        if password != NEW:
            expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Votre mot de passe est changé")


def sign_in(page: Page, served, email: str, password: str) -> None:
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_role("button", name="Me connecter", exact=True).click()


def test_a_password_by_a_code(phone, served, member, look):
    page = phone()
    ask(page, member.email, look)
    page.get_by_label("Code reçu").fill("000000" if served.last_message()[1] != "000000" else "000001")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("alert").first).to_contain_text("Essais restants")
    look(page)
    page.get_by_label("Code reçu").fill(served.last_message()[1])
    page.get_by_role("button", name="Continuer").click()
    choose(page, look)
    sign_in(page, served, member.email, PASSWORD)
    expect(page.get_by_role("alert").first).to_contain_text("ne vont pas ensemble")
    sign_in(page, served, member.email, NEW)
    # The second factor stays on.
    expect(page.locator("h1")).to_have_text("Encore une étape")
    page.get_by_role("link", name="Utiliser un autre moyen").click()
    expect(page.locator("h1")).to_have_text("Un autre moyen")
    look(page)
    page.get_by_role("link", name="Revenir au code").click()
    page.get_by_role("button", name="Envoyer le code").click()
    page.get_by_label("Code reçu").fill(served.last_message()[1])
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("h1")).to_contain_text("Inès")


def test_a_password_by_the_link_of_a_mail_in_another_browser(phone, served, member, look, script):
    ask(phone(), member.email, look)
    values, code = served.last_message()
    page = phone()
    page.goto(f"{values['link']}#{code}")
    look(page)
    if script:
        expect(page.get_by_label("Code reçu")).to_have_value(code)
        assert "#" not in page.url
    else:
        page.get_by_label("Code reçu").fill(code)
    page.get_by_role("button", name="Continuer").click()
    choose(page, look)
    expect(page).to_have_url(re.compile("/connexion"))


def test_an_address(phone, served, member, look):
    page = phone()
    page.goto("/connexion")
    page.get_by_role("link", name="Adresse e-mail oubliée").click()
    page.get_by_label("Numéro d’adhérent").fill(member.number)
    page.get_by_label("Date de naissance").fill("12/04/1985")
    page.get_by_role("button", name="Me rappeler mon adresse").click()
    expect(page.get_by_role("status")).to_contain_text("nous rappelons son adresse")
    assert member.email not in page.content()
    look(page)
