"""The second factor in Chromium, at 375 px: a code with and without script, an application, a passkey."""

import re
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faultless
from tests.browser.site import NOW
from tests.factories.household import PASSWORD

pytestmark = pytest.mark.chromium


def give_password(page: Page, email: str) -> None:
    page.goto("/connexion")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Me connecter", exact=True).click()


def test_a_code_by_sms(phone, served, member, look):
    page = phone()
    give_password(page, member.email)
    expect(page.locator("h1")).to_have_text("Encore une étape")
    look(page)
    page.get_by_role("button", name="Envoyer le code").click()
    expect(page.get_by_label("Code reçu")).to_be_visible()
    look(page)
    page.get_by_label("Code reçu").fill(served.last_message()[1])
    expect(page.get_by_label(re.compile("Faire confiance"))).to_be_checked()
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("h1")).to_contain_text("Inès")
    # Out, and in again with the password alone: this browser is trusted.
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Me déconnecter").click()
    expect(page.locator("h1")).not_to_contain_text("Inès")
    give_password(page, member.email)
    expect(page.locator("h1")).to_contain_text("Inès")


def test_the_other_ways_are_behind_the_link_of_a_missing_code(visitor, served, member):
    page = visitor(None, java_script_enabled=False).new_page()
    give_password(page, member.email)
    page.get_by_role("button", name="Envoyer le code").click()
    page.get_by_role("link", name="Je ne reçois pas mon code").click()
    expect(page.locator("h1")).to_have_text("Un autre moyen")
    expect(page.get_by_role("heading", name="Un e-mail")).to_be_visible()
    page.get_by_role("link", name=re.compile("Choisir ce moyen.*conseiller")).click()
    expect(page.get_by_label("Code donné par votre conseiller")).to_be_visible()


def test_an_application_is_enrolled_and_asked(phone, served, member, look):
    page = phone()
    give_password(page, member.email)
    page.get_by_role("button", name="Envoyer le code").click()
    page.get_by_label("Code reçu").fill(served.last_message()[1])
    page.get_by_label(re.compile("Faire confiance")).uncheck()
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("h1")).to_contain_text("Inès")
    page.goto("/securite")
    look(page)
    page.get_by_role("link", name="Ajouter une application").click()
    expect(page.locator(".qr svg")).to_be_visible()
    look(page)
    totp = pyotp.TOTP(page.locator(".code-groups").inner_text().replace(" ", ""))
    before = totp.at(NOW - timedelta(seconds=30))
    page.get_by_label("Premier code").fill(before)
    page.get_by_role("button", name="Vérifier et ajouter").click()
    expect(page.get_by_role("status")).to_contain_text("est ajoutée")
    # Out, and in again: the application is asked, and a code of it opens once.
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Me déconnecter").click()
    expect(page.locator("h1")).not_to_contain_text("Inès")
    give_password(page, member.email)
    for code in (before, totp.at(NOW)):
        look(page)
        page.get_by_label("Code de votre application").fill(code)
        page.get_by_role("button", name="Continuer").click()
    expect(page.locator("h1")).to_contain_text("Inès")
    page.goto("/securite/codes-de-secours")
    page.get_by_role("button", name="Tirer mes dix codes").click()
    expect(page.locator(".code-sheet code")).to_have_count(10)
    look(page)


@pytest.fixture
def authenticator(visitor):
    """A page whose browser has a virtual authenticator that verifies its owner, and the way to speak to it."""
    page = visitor(None).new_page()
    speak = page.context.new_cdp_session(page)
    speak.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    found = speak.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page, speak, found["authenticatorId"]


def test_a_passkey_is_made_and_opens_without_password(served, member, authenticator):
    page, speak, name = authenticator
    give_password(page, member.email)
    page.get_by_role("button", name="Envoyer le code").click()
    page.get_by_label("Code reçu").fill(served.last_message()[1])
    page.get_by_label(re.compile("Faire confiance")).uncheck()
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("h1")).to_contain_text("Inès")
    page.goto("/securite/cles")
    faultless(page)
    page.get_by_label("Nom de la clé").fill("Mon téléphone")
    page.get_by_role("button", name="Créer la clé").click()
    expect(page.get_by_role("status")).to_contain_text("est ajoutée")
    expect(page.locator("#cles")).to_contain_text("Mon téléphone")
    faultless(page)
    assert len(speak.send("WebAuthn.getCredentials", {"authenticatorId": name})["credentials"]) == 1
    # From a browser that forgot everything, with no password nor code.
    page.context.clear_cookies()
    page.goto("/connexion?next=/contrats")
    faultless(page)
    page.get_by_role("button", name="Me connecter avec une clé d’accès").click()
    expect(page).to_have_url(f"{served.url}/contrats")
    # Nor is a code asked for what is sensitive: the key was the proof.
    page.goto("/securite/codes-de-secours")
    expect(page.locator("h1")).to_have_text("Codes de secours")
    # Removed here, it opens nothing although the authenticator still has it.
    page.goto("/securite/cles")
    page.get_by_role("link", name=re.compile("Retirer.*Mon téléphone")).click()
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.context.clear_cookies()
    page.goto("/connexion")
    page.get_by_role("button", name="Me connecter avec une clé d’accès").click()
    expect(page.get_by_role("status")).to_contain_text("n’a pas pu vous reconnaître")


def test_an_authenticator_that_refuses_says_so_and_the_password_stays(authenticator):
    page, _speak, _name = authenticator
    page.goto("/connexion")
    page.get_by_role("button", name="Me connecter avec une clé d’accès").click()
    expect(page.get_by_role("alert")).to_contain_text("choisissez un autre moyen", timeout=70_000)
    expect(page.get_by_label("Mot de passe", exact=True)).to_be_visible()


def test_without_script_no_button_promises_a_key(visitor):
    page = visitor(None, java_script_enabled=False).new_page()
    page.goto("/connexion")
    expect(page.get_by_label("Mot de passe", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Me connecter avec une clé d’accès")).to_be_hidden()
