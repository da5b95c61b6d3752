"""One's own data on a telephone: what is changed after a second factor and a code, and what takes a change back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.factories.household import PASSWORD

pytestmark = pytest.mark.chromium
HOME = "/mes-informations"
IBAN = "FR76 3000 6000 0112 3456 7890 189"


def prove(page: Page, served, look) -> None:
    """The second factor asked before a sensitive act."""
    expect(page.locator("h1")).to_have_text("Confirmer votre identité")
    look(page)
    page.get_by_role("button", name="Envoyer le code").click()
    page.get_by_label("Code reçu").fill(served.last_message()[1])
    look(page)
    page.get_by_role("button", name="Continuer").click()


def confirm(page: Page, served, look) -> None:
    """The code sent to what is new: a wrong one first."""
    code = served.last_message()[1]
    for typed in ("000000" if code != "000000" else "000001", code):
        look(page)
        page.get_by_label("Code reçu").fill(typed)
        page.get_by_role("button", name="Confirmer").click()
        if typed != code:
            expect(page.get_by_role("alert").first).to_contain_text("Essais restants")


def change_email(page: Page, served, look, email: str) -> None:
    page.goto(f"{HOME}/email")
    page.get_by_label("Nouvelle adresse e-mail").fill(email)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("Confirmer mon adresse e-mail")
    confirm(page, served, look)
    expect(page.get_by_role("status")).to_contain_text("Votre adresse e-mail est changée")


def test_an_e_mail_after_a_second_factor_and_a_code(phone, served, member, look):
    page = phone(member.account)
    page.goto(f"{HOME}/email")
    prove(page, served, look)
    change_email(page, served, look, f"nouvelle-{member.account.id}@example.org")
    expect(page.locator("main")).to_contain_text(f"nouvelle-{member.account.id}")


def test_a_mobile_and_a_number_that_gets_no_code(phone, served, member, look):
    page = phone(member.account)
    page.goto(f"{HOME}/telephone")
    prove(page, served, look)
    page.get_by_label("Nouveau numéro de mobile").fill("08 99 12 34 56")
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    look(page)
    page.get_by_label("Nouveau numéro de mobile").fill(f"06 14 00 {member.number[-4:]}")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("Confirmer mon mobile")
    confirm(page, served, look)
    expect(page.get_by_role("status")).to_contain_text("Votre mobile est changé")


def test_a_bank_account_asked_for_and_cancelled(phone, served, member, look):
    page = phone(member.account)
    page.goto(f"{HOME}/iban")
    page.get_by_role("link", name="Donner un compte").click()
    prove(page, served, look)
    page.get_by_label("IBAN").fill(IBAN.replace("189", "188"))
    page.get_by_label("Nom du titulaire du compte").fill(f"Mme {member.name}")
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_role("alert").first).to_contain_text("la clé de contrôle ne correspond pas")
    look(page)
    page.get_by_label("IBAN").fill(IBAN)
    page.get_by_label("Nom du titulaire du compte").fill(f"Mme {member.name}")
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_role("status")).to_contain_text("il servira dans 48 heures")
    look(page)
    page.get_by_role("button", name=re.compile("Annuler le changement")).click()
    expect(page.get_by_role("status")).to_contain_text("Le changement de compte est annulé")
    look(page)


def test_a_change_is_taken_back_by_the_link_of_its_warning(phone, served, member, look, script):
    change_email(phone(member.account, proved=True), served, look, f"ailleurs-{member.account.id}@example.org")
    values, code = served.last_message("data_changed")
    page = phone()
    page.goto(f"{values['link']}#{code}")
    look(page)
    if not script:
        page.get_by_label("Code reçu").fill(code)
    page.get_by_role("button", name="Annuler ce changement").click()
    expect(page.get_by_role("status")).to_contain_text("C’est annulé")
    look(page)
    # His old address opens again, and a new password is asked first.
    page.get_by_role("link", name="Me connecter").click()
    page.get_by_label("Adresse e-mail").fill(member.email)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Me connecter", exact=True).click()
    expect(page.locator("h1")).to_have_text("Encore une étape")


def test_it_is_not_me_closes_everything_from_anywhere(phone, served, member, look, script):
    """A new browser signs in; the mail that tells of it ends every session and asks for a new password."""
    thief = phone()
    thief.goto("/connexion")
    thief.get_by_label("Adresse e-mail").fill(member.email)
    thief.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    thief.get_by_role("button", name="Me connecter", exact=True).click()
    thief.get_by_role("button", name="Envoyer le code").click()
    thief.get_by_label("Code reçu").fill(served.last_message()[1])
    thief.get_by_role("button", name="Continuer").click()
    expect(thief.locator("h1")).to_contain_text("Inès")
    values, code = served.last_message("new_device")
    page = phone()
    page.goto(f"{values['link']}#{code}")
    look(page)
    if not script:
        page.get_by_label("Code reçu").fill(code)
    page.get_by_role("button", name="Ce n’est pas moi, tout fermer").click()
    expect(page.get_by_role("status")).to_contain_text("tous les appareils sont déconnectés")
    look(page)
    thief.goto("/contrats")
    expect(thief.get_by_label("Adresse e-mail")).to_be_visible()


def test_a_step_up_is_asked_once_in_five_minutes_and_can_be_left(phone, served, member, look):
    page = phone(member.account)
    page.goto("/securite")
    page.get_by_role("link", name="Tirer mes dix codes").click()
    expect(page.locator("h1")).to_have_text("Confirmer votre identité")
    page.get_by_role("link", name="Utiliser un autre moyen").click()
    expect(page.locator("h1")).to_have_text("Un autre moyen")
    look(page)
    page.get_by_role("link", name="Revenir au code").click()
    prove(page, served, look)
    expect(page.locator("h1")).to_have_text("Codes de secours")
    page.goto("/mes-donnees/copie")
    expect(page.locator("h1")).to_have_text("Une copie de toutes vos données")


def test_an_address_offers_the_towns_of_its_postcode_and_keeps_what_is_typed(phone, member, look, script):
    page = phone(member.account)
    page.goto(f"{HOME}/adresse")
    offered = page.locator("datalist option")
    town = page.get_by_label("Ville")
    page.get_by_label("Adresse 1").fill("3 rue du Four")
    page.get_by_label("Code postal").fill("10190")
    if script:
        expect(offered).to_have_count(13)
        expect(town).to_have_value("")
        page.get_by_label("Cette adresse est à l’étranger").check()
        expect(offered).to_have_count(0)
        page.get_by_label("Cette adresse est à l’étranger").uncheck()
        expect(offered).to_have_count(13)
        assert offered.first.get_attribute("value") == "Aix-Villemaur-Pâlis"
        page.get_by_label("Code postal").fill("69 001")
        expect(town).to_have_value("Lyon")
    page.get_by_label("Code postal").fill("69001")
    town.fill("Villeurbanne")
    page.get_by_role("button", name="Enregistrer").click()
    doubt = page.get_by_role("alert").first
    expect(doubt).to_contain_text("Au code postal 69001, nous connaissons Lyon.")
    expect(town).to_have_value("Villeurbanne")
    if script:
        expect(doubt).to_be_focused()
    look(page)
    doubt.get_by_role("button", name="69100 Villeurbanne").click()
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("#coordonnees")).to_contain_text("69100 Villeurbanne")
    page.goto(f"{HOME}/adresse")
    town.fill("Lieu-dit Les Ormes")
    page.get_by_role("button", name="Enregistrer").click()
    doubt.get_by_role("button", name="Garder").click()
    expect(page.locator("#coordonnees")).to_contain_text("69100 Lieu-dit Les Ormes")
    look(page)
