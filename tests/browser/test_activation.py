"""« Activer mon espace » on a telephone, with and without JavaScript, by SMS, by the link of a mail, by letter."""

import re
from datetime import date
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from member_space.services.tools import Tools
from member_space.services.welcome_letter import write_letters
from tests.browser.axe import faultless
from tests.factories.household import make_contract, make_person

pytestmark = pytest.mark.chromium
PASSWORD = "trois girafes au marché"
persons = count(1)


@pytest.fixture
def newcomer(served):
    """Somebody new each time: a code is sent three times an hour at most."""
    n = next(persons)
    with served.app.registry.session_factory.begin() as db:
        holder = make_person(db, "Titulaire", last_name=f"Neuf{n}", email=f"titulaire{n}@example.org")
        person = make_person(
            db, "Inès", date(1986, 5, 6), last_name=f"Neuf{n}", email=f"ines{n}@example.org", mobile=f"+3361234{n:04d}"
        )
        contract = make_contract(db, holder, (person, "spouse"), member_number=f"9900{n:04d}")
        return {"email": person.email, "number": contract.member_number, "contract": contract.number}


def finish(page: Page, served, look) -> None:
    expect(page).to_have_url(re.compile("/activation/mot-de-passe$"))
    expect(page.get_by_text("Bonjour Inès")).to_be_visible()
    look(page)
    page.get_by_label("Nouveau mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Confirmation du nouveau mot de passe", exact=True).fill(PASSWORD)
    expect(page.get_by_role("radio", name="Les montants seulement")).to_be_checked()
    page.get_by_role("button", name="Activer mon espace").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Cochez la case")  # one thing was forgotten: only the passwords are typed again
    look(page)
    page.get_by_label("Nouveau mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Confirmation du nouveau mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("checkbox", name="J’accepte les conditions d’utilisation").check()
    page.get_by_role("button", name="Activer mon espace").click()
    expect(page.locator("h1")).to_have_text("Votre espace est activé")
    look(page)
    page.goto("/activation/mot-de-passe")
    expect(page).to_have_url(f"{served.url}/activation/terminee")
    page.get_by_role("link", name="Retour à la connexion").click()
    expect(page).to_have_url(f"{served.url}/connexion")
    expect(page.get_by_label("Mot de passe", exact=True)).to_be_visible()


def test_by_e_mail_door_and_sms(phone, served, newcomer, look, script):
    page = phone()
    page.goto("/connexion")
    page.get_by_role("link", name="Activer mon espace").click()
    expect(page).to_have_url(f"{served.url}/activation")
    look(page)
    page.get_by_label("Adresse e-mail").fill(newcomer["email"])
    page.get_by_role("button", name="Continuer", exact=True).click()
    expect(page).to_have_url(f"{served.url}/activation/canal")
    look(page)
    if script:
        expect(page.locator("[name=preuve]")).not_to_have_value("")
    page.get_by_role("radio", name="Par SMS").check()
    page.get_by_role("button", name="Envoyer le code").click()
    expect(page.get_by_label("Code reçu")).to_be_visible()
    look(page)
    button = page.get_by_role("button", name="Recevoir un autre code")
    missing = page.get_by_role("link", name="Je ne reçois pas mon code")
    if script:
        expect(button).to_be_disabled()
        expect(button).to_contain_text(re.compile(r"dans \d+ s"))
        expect(missing).to_be_hidden()
        page.reload()
        expect(button).to_be_disabled()
    else:
        expect(button).to_be_enabled()
        expect(page.get_by_text(re.compile(r"Possible à 11\sh\s31\smin\s00\ss"))).to_be_visible()
        expect(missing).to_be_visible()
    _values, code = served.last_message()
    page.get_by_label("Code reçu").fill(f"{code[:3]} {code[3:]}")
    page.get_by_role("button", name="Valider le code").click()
    finish(page, served, look)


def test_by_number_and_the_link_of_a_mail_in_another_browser(phone, served, newcomer, look, script):
    page = phone()
    page.goto("/activation")
    page.get_by_text("J’ai mon numéro d’adhérent").click()
    page.get_by_label("Numéro d’adhérent").fill(newcomer["number"])
    page.locator("#birth_date").fill("06/05/1986")
    page.get_by_role("button", name="Continuer avec mon numéro").click()
    page.get_by_role("radio", name="Par e-mail").check()
    page.get_by_role("button", name="Envoyer le code").click()
    expect(page.get_by_label("Code reçu")).to_be_visible()
    values, code = served.last_message()
    other = phone()
    asked = []
    other.on("request", lambda request: asked.append(request.url))
    other.goto(f"{values['link']}#{code}")
    if script:
        expect(other.get_by_label("Code reçu")).to_have_value(code)
        assert "#" not in other.url
    else:
        other.get_by_label("Code reçu").fill(code)
    assert not [url for url in asked if code in url]
    look(other)
    other.get_by_role("button", name="Valider le code").click()
    finish(other, served, look)


def test_the_square_of_a_letter_opens_its_door_filled_in(phone, served, newcomer, look, script, monkeypatch):
    seen = []
    monkeypatch.setattr("member_space.services.welcome_letter.qr_of", lambda text: seen.append(text) or [[1]])
    registry = served.app.registry
    with registry.session_factory.begin() as db:
        list(write_letters(db, Tools(registry.member_space, registry.getUtility), newcomer["contract"]))
    code = seen[-1].partition("#")[2]
    page = phone()
    page.goto(f"/activation#{code}")
    field = page.get_by_label("Code de la lettre")
    if script:
        expect(field).to_be_visible()
        expect(field).to_have_value(code)
        assert "#" not in page.url
    else:
        page.get_by_text("J’ai reçu une lettre").click()
        field.fill(code)
    look(page)
    page.locator("#letter_birth_date").fill("06/05/1986")
    page.get_by_role("button", name="Continuer avec ma lettre").click()
    finish(page, served, look)


def test_an_address_of_one_s_own(visitor, served, newcomer):
    page = visitor(None).new_page()
    page.goto("/activation")
    page.get_by_label("Adresse e-mail").fill(newcomer["email"])
    page.get_by_role("button", name="Continuer", exact=True).click()
    page.get_by_role("radio", name="Par SMS").check()
    page.get_by_role("button", name="Envoyer le code").click()
    page.get_by_label("Code reçu").fill(served.last_message()[1])
    page.get_by_role("button", name="Valider le code").click()
    page.get_by_role("link", name="Utiliser une autre adresse").click()
    expect(page).to_have_url(f"{served.url}/activation/adresse")
    faultless(page)
    page.get_by_label("Votre adresse e-mail").fill("autre-adresse@example.org")
    page.get_by_role("button", name="Envoyer le code").click()
    expect(page.get_by_text("a•••@e•••.org")).to_be_visible()
    faultless(page)
    page.goto("/activation/sans-code")
    faultless(page)


def test_a_link_that_is_over(visitor):
    page = visitor(None).new_page()
    page.goto("/activation/code/00000000-0000-4000-8000-000000000001")
    expect(page.get_by_role("link", name="Recommencer")).to_be_visible()
    faultless(page)
