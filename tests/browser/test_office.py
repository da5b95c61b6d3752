"""The office on a telephone: a colleague's first steps, and a member who lost everything, helped by two of them."""

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

from member_space.domain.permissions import Role
from tests.browser.site import NOW, WIDE_NAME
from tests.factories.office import make_colleague

pytestmark = pytest.mark.chromium
NEW = "quatre loups verts"
CHECKS = (
    "document",
    "birth",
    "card",
    "address",
    "last_payment",
)


@pytest.fixture
def colleague(served):
    """Of this test alone."""

    def make(role: Role, name: str):
        with served.app.registry.session_factory.begin() as db:
            return make_colleague(db, role, name)

    return make


def choose(page: Page, look) -> None:
    expect(page.get_by_label("Nouveau mot de passe", exact=True)).to_be_visible()
    look(page)
    page.get_by_label("Nouveau mot de passe", exact=True).fill(NEW)
    page.get_by_label("Confirmation du nouveau mot de passe", exact=True).fill(NEW)
    page.get_by_role("button", name="Enregistrer ce mot de passe").click()


def test_a_colleague_activates_his_account_and_enrols_an_application(phone, served, colleague, look, script):
    administrator = phone(colleague(Role.ADMINISTRATOR, "Ada Roux"), proved=True)
    email = f"nouveau-{'avec' if script else 'sans'}@example.org"
    administrator.goto("/bureau/comptes")
    administrator.get_by_label("Prénom et nom").fill(WIDE_NAME)  # what is shown once has room for any name
    administrator.get_by_label("Adresse e-mail").fill(email)
    administrator.get_by_label("Rôle").select_option("handler")
    administrator.get_by_role("button", name="Ouvrir le compte").click()
    expect(administrator.locator(".dictated")).to_have_count(2)
    link, code = administrator.locator(".dictated").all_inner_texts()
    look(administrator)

    page = phone()
    page.goto(link)
    look(page)
    page.get_by_label("Code reçu").fill(code)
    page.get_by_role("button", name="Continuer").click()
    choose(page, look)
    expect(page.get_by_role("status")).to_contain_text("Votre mot de passe est enregistré")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(NEW)
    page.get_by_role("button", name="Me connecter", exact=True).click()
    expect(page.get_by_role("heading", name="Ajoutez votre application d’authentification")).to_be_visible()
    look(page)
    totp = pyotp.TOTP(page.locator(".code-groups").inner_text().replace(" ", ""))
    page.get_by_label("Premier code").fill(totp.at(NOW))
    page.get_by_role("button", name="Continuer").click()
    expect(page).to_have_url(re.compile("/bureau"))
    look(page)


def test_a_member_who_lost_everything_is_helped_by_two_colleagues(phone, served, member, colleague, look):
    hugo = phone(colleague(Role.HANDLER, "Hugo"), proved=True)
    sonia = phone(colleague(Role.SUPERVISOR, "Sonia"), proved=True)
    hugo.goto("/bureau/adherents")
    hugo.get_by_label("Adresse e-mail ou numéro d’adhérent").fill(member.email)
    hugo.get_by_role("button", name="Chercher").click()
    expect(hugo.get_by_role("link", name=member.name)).to_be_visible()
    look(hugo)
    hugo.get_by_role("link", name=member.name).click()
    hugo.locator("[name=wish][value=contacts]").check()
    hugo.get_by_role("button", name="Envoyer à un collègue").click()
    expect(hugo.get_by_role("alert").first).to_be_visible()  # nothing was verified
    look(hugo)
    for check in CHECKS:
        hugo.locator(f"[name=checks][value={check}]").check()
    hugo.get_by_role("button", name="Envoyer à un collègue").click()
    expect(hugo.get_by_role("status")).to_contain_text("Demande envoyée")
    look(hugo)

    sonia.goto("/bureau/acces")
    sonia.get_by_role("link", name=member.name).click()
    expect(sonia.get_by_role("button", name="Accepter")).to_be_visible()
    look(sonia)
    sonia.get_by_role("button", name="Accepter").click()
    expect(sonia.get_by_role("status")).to_contain_text("Demande acceptée")

    hugo.get_by_role("link", name=member.name).click()
    hugo.get_by_role("button", name="Afficher le code").click()
    code = hugo.locator(".dictated b").inner_text()
    look(hugo)

    page = phone()
    page.goto("/connexion")
    page.get_by_role("link", name="J’ai un code donné par un conseiller").click()
    page.get_by_label("Adresse e-mail de votre compte").fill(member.email)
    page.get_by_label("Code reçu").fill("000 000" if code != "000 000" else "000 001")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("alert").first).to_contain_text("ne vont pas ensemble")
    look(page)
    page.get_by_label("Code reçu").fill(code)
    page.get_by_role("button", name="Continuer").click()
    choose(page, look)
    expect(page.get_by_role("status")).to_contain_text("Vous êtes de retour")
    look(page)
