"""A member's choices and rights on a telephone: consents, notifications, a copy, closing and staying, new terms."""

import re

import pytest
from playwright.sync_api import expect

from member_space.services.terms import Terms, accept_terms, current_terms
from member_space.services.tools import Origin
from tests.browser.site import NOW

pytestmark = pytest.mark.chromium


def test_consents_one_by_purpose(phone, member, look):
    page = phone(member.account)
    page.goto("/mes-informations/consentements")
    form = page.locator("form").filter(has=page.locator("[value=prevention_news]"))
    for answer, state in (("Oui, j’accepte", "Accepté"), ("Non, je refuse", "Refusé")):
        form.get_by_role("radio", name=answer).check()
        form.get_by_role("button", name=re.compile("Enregistrer")).click()
        expect(page.get_by_role("status")).to_contain_text("Réponse enregistrée")
        expect(page.locator("main")).to_contain_text(state)
        look(page)


def test_notifications_subject_by_subject(phone, member, look):
    page = phone(member.account)
    page.goto("/mes-informations/notifications")
    box = page.get_by_role("checkbox", name="Remboursements, par e-mail")
    before = box.is_checked()
    box.set_checked(not before)
    page.get_by_role("radio", name="English").check()
    page.get_by_role("button", name="Enregistrer mes choix").click()
    expect(page.get_by_role("status")).to_contain_text("Vos choix sont enregistrés")
    look(page)
    page.reload()
    expect(page.get_by_role("checkbox", name="Remboursements, par e-mail")).to_be_checked(checked=not before)
    expect(page.get_by_role("radio", name="English")).to_be_checked()


def test_a_copy_is_asked_for(phone, member, look):
    page = phone(member.account, proved=True)
    page.goto("/mes-donnees")
    page.get_by_role("link", name="Demander ou télécharger une copie").click()
    page.get_by_role("button", name="Demander une copie").click()
    expect(page.get_by_role("status")).to_contain_text("Votre demande est enregistrée")
    expect(page.get_by_role("heading", name="Votre copie se prépare")).to_be_visible()
    look(page)


def test_an_account_closed_and_kept_after_all(phone, member, look):
    page = phone(member.account, proved=True)
    page.goto("/mes-donnees")
    page.get_by_role("link", name="Voir ce qui s’efface et ce qui reste").click()
    page.get_by_role("button", name="Fermer mon compte").click()
    expect(page.get_by_role("alert").first).to_be_visible()  # the box was not ticked
    look(page)
    page.get_by_role("checkbox", name="J’ai lu ce qui reste et ce qui s’efface").check()
    page.get_by_role("button", name="Fermer mon compte").click()
    expect(page.get_by_role("status")).to_contain_text("Votre compte reste ouvert encore 30 jours")
    look(page)
    page.goto("/")
    page.get_by_role("region", name="Votre compte va se fermer").get_by_role(
        "button", name="Annuler la fermeture"
    ).click()
    expect(page.get_by_role("status")).to_contain_text("La fermeture est annulée")
    look(page)


def test_terms_that_changed_are_shown_by_their_differences(phone, served, member, look):
    registry = served.app.registry
    now = current_terms(registry.content).text.split("\n\n")
    before = Terms("\n\n".join([now[0], "Une phrase qui n’y est plus.", f"{now[1]} Autrefois.", *now[3:]]))
    with registry.session_factory.begin() as db:
        accept_terms(db, member.account.id, member.account.person_id, before, Origin(), NOW)
    page = phone(member.account)
    page.goto("/conditions/accord")
    expect(page.locator("main")).to_contain_text("Voici seulement ce qui change")
    expect(page.locator("main del").or_(page.get_by_text("Avant", exact=True)).first).to_be_visible()
    look(page)
    page.get_by_role("button", name="Enregistrer mon accord").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    look(page)
    page.get_by_role("checkbox", name="J’accepte les conditions d’utilisation").check()
    page.get_by_role("button", name="Enregistrer mon accord").click()
    expect(page.get_by_role("status")).to_contain_text("Votre accord aux nouvelles conditions est enregistré")
