"""A member asks the virtual adviser on a telephone: in the panel by keyboard, or on its page without any script."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import faultless

pytestmark = pytest.mark.chromium
URGENT = "Mon mari fait un infarctus, que faire ?"


@pytest.fixture
def page(phone, member):
    return phone(member.account, proved=True)


def test_a_question_is_asked_and_handed_over(page, script):
    page.goto("/remboursements")
    opener = page.locator("[data-adviser-open]")
    opener.click()
    if script:
        expect(page.get_by_role("dialog")).to_be_visible()
        expect(page.get_by_label("Votre question")).to_be_focused()
        faultless(page)
    else:
        page.wait_for_url("**/conseiller")
    page.get_by_label("Votre question").fill(URGENT)
    page.get_by_role("button", name="Demander").click()
    expect(page.locator("a[href='tel:15']")).to_be_visible()
    expect(page.locator("a[href='sms:114']")).to_be_visible()
    if script:
        faultless(page)
    page.get_by_role("link", name="Parler à un conseiller").first.click()
    page.wait_for_url("**/conseiller/parler-a-quelqu-un")
    page.get_by_label("Votre question porte sur").select_option("message.delay")
    page.get_by_role("button", name="Envoyer au conseiller").click()
    page.wait_for_url("**/demandes/**")
    expect(page.locator("main blockquote").first).to_contain_text(URGENT)


@pytest.mark.parametrize("script", [True], indirect=True)
def test_the_panel_is_closed_by_the_keyboard_and_gives_the_focus_back(page):
    page.goto("/remboursements")
    opener = page.locator("[data-adviser-open]")
    opener.press(" ")
    expect(page.get_by_label("Votre question")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()
    opener.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("script", [True], indirect=True)
def test_an_opinion_stays_under_its_answer(page):
    page.goto("/remboursements")
    page.locator("[data-adviser-open]").click()
    answers = page.locator(".adviser-answer")
    for asked, question in enumerate(("Jusqu’à quand ma carte est-elle valable ?", "Quels sont vos horaires ?")):
        expect(answers).to_have_count(asked)
        page.get_by_label("Votre question").fill(question)
        page.get_by_role("button", name="Demander").click()
    expect(answers).to_have_count(2)
    expect(page.locator("[data-adviser-status]")).to_contain_text("a répondu.")
    answers.first.get_by_role("button", name="Utile", exact=True).click()
    expect(answers.first.get_by_text("Ajouter un mot")).to_be_focused()
    expect(page.locator("[data-adviser-status]")).to_have_text("Vous l’avez trouvée utile. Merci.")
    # What is asked from within an answer is shown as any question.
    page.get_by_label("Votre question").fill("zorglub quantique")
    page.get_by_role("button", name="Demander").click()
    expect(answers).to_have_count(3)
    answers.last.locator(".adviser-actions button").first.click()
    expect(answers).to_have_count(4)
    expect(page.get_by_label("Votre question")).to_be_focused()
