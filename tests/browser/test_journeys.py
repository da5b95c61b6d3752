"""What somebody does, in a real browser: signing in, without any script, failing, leaving, a broken database."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import page_named
from tests.factories.household import PASSWORD

pytestmark = pytest.mark.chromium


def fill(opened, email="nadia@example.org", password=PASSWORD):
    opened.goto("/connexion")
    opened.get_by_label("Adresse e-mail").fill(email)
    opened.get_by_label("Mot de passe", exact=True).fill(password)
    opened.get_by_role("button", name="Me connecter", exact=True).click()


def test_everything_works_without_javascript(visitor, served):
    context = visitor(None, java_script_enabled=False)
    context.add_cookies([served.device("family")])
    opened = context.new_page()
    fill(opened)
    expect(opened).to_have_url(f"{served.url}/")
    expect(opened.locator("h1")).to_contain_text("Nadia")

    opened.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Remboursements").click()
    opened.locator("details.filter summary").click()
    opened.get_by_label("Personne").select_option(served.samples["person_id"])
    opened.get_by_role("button", name="Appliquer").click()
    expect(opened).to_have_url(re.compile("personne="))
    expect(opened.get_by_role("link", name="Retirer le filtre Zoé")).to_be_visible()

    opened.goto(f"/remboursements/decomptes/{served.samples['statement_id']}")
    link = opened.get_by_role("link", name="PDF")
    answer = opened.context.request.get(link.get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")

    opened.locator("details.menu summary").click()
    opened.get_by_role("button", name="Me déconnecter").click()
    expect(opened.get_by_label("Adresse e-mail")).to_be_visible()
    opened.goto("/contrats")
    expect(opened.get_by_label("Adresse e-mail")).to_be_visible()


def test_a_refused_sign_in_is_announced_and_takes_the_focus(visitor):
    opened = visitor(None).new_page()
    fill(opened, password="un autre mot de passe")
    alert = opened.get_by_role("alert")
    expect(alert).to_contain_text("ne vont pas ensemble")
    assert alert.evaluate("e => e.contains(document.activeElement) || document.activeElement.contains(e)")
    assert re.match(r"Erreur\s: ", opened.title())
    expect(opened.get_by_label("Adresse e-mail")).to_have_value("nadia@example.org")
    expect(opened.get_by_label("Mot de passe", exact=True)).to_have_value("")


def test_a_link_of_the_summary_goes_to_the_field(visitor):
    opened = visitor(None).new_page()
    fill(opened, email="", password="")
    opened.get_by_role("alert").get_by_role("link", name="Écrivez votre adresse e-mail.").click()
    field = opened.get_by_label("Adresse e-mail")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        "Celle que vous avez donnée à votre mutuelle. Écrivez votre adresse e-mail."
    )


def test_the_password_can_be_seen_and_is_hidden_again_when_sent(visitor):
    opened = visitor(None).new_page()
    opened.goto("/connexion")
    field = opened.get_by_label("Mot de passe", exact=True)
    opened.get_by_role("button", name="Afficher").click()
    expect(field).to_have_attribute("type", "text")
    expect(field).to_be_focused()
    opened.get_by_role("button", name="Masquer").click()
    expect(field).to_have_attribute("type", "password")


def test_after_signing_out_the_back_button_shows_nothing(visit):
    opened = visit(page_named("contracts"))
    opened.get_by_text("Mon espace").click()
    opened.get_by_role("button", name="Me déconnecter").click()
    expect(opened.get_by_label("Adresse e-mail")).to_be_visible()
    opened.go_back()
    expect(opened.get_by_label("Adresse e-mail")).to_be_visible()
    assert "Confort" not in opened.content()


def test_too_many_tries_are_told_when_to_come_back(visitor):
    opened = visitor(None, java_script_enabled=False).new_page()
    for _ in range(11):
        fill(opened, email="nobody@example.org", password="un mot de passe deviné")
    expect(opened.locator("h1")).to_contain_text("Trop d’essais")
    expect(opened.locator("main")).to_contain_text("15")


def test_a_form_that_waited_too_long_says_so(visitor):
    opened = visitor(None).new_page()
    opened.goto("/connexion")
    opened.context.clear_cookies()
    opened.get_by_label("Adresse e-mail").fill("nadia@example.org")
    opened.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    opened.get_by_role("button", name="Me connecter", exact=True).click()
    expect(opened.locator("h1")).to_contain_text("a attendu trop longtemps")


@pytest.mark.parametrize("name", ["home", "reimbursements", "beneficiaries", "contract", "sign_in"])
def test_in_english(visit, name):
    """What the browser asks for; the page still fits a phone."""
    opened = visit(page_named(name), locale="en-GB")
    assert opened.locator("html").get_attribute("lang") == "en"
    expect(opened.locator(".skip")).to_have_text("Skip to content")
    assert opened.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_page_of_a_breakdown_is_a_page_of_ours(visitor, served):
    opened = visitor("family").new_page()
    with served.without_database():
        answer = opened.goto("/")
    assert answer.status == 503
    expect(opened.locator("h1")).to_be_visible()
    assert opened.title().endswith("Mutuelle Horizon Santé")
    assert "Traceback" not in opened.content()
