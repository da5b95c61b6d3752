"""The claims handlers' desk by keyboard alone, and what is new on a page left open."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import faultless
from tests.browser.pages import page_named

pytestmark = pytest.mark.chromium
FOCUS = "document.activeElement.name"


@pytest.fixture
def tab(visit):
    return visit(page_named("office_request"), viewport={"width": 1280, "height": 900})


def test_a_letter_opens_an_act_and_goes_to_its_field(tab):
    tab.keyboard.press("p")
    assert tab.evaluate(FOCUS) == "pieces"
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("n")
    assert tab.evaluate(FOCUS) == "note"
    # Inside a field a letter is a letter.
    tab.keyboard.type("part")
    assert tab.locator("#note").input_value() == "part"


def test_the_letters_can_be_turned_off(tab):
    tab.locator("[data-keys-toggle]").uncheck()
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("n")
    assert tab.evaluate(FOCUS) != "note"
    assert tab.locator("main kbd").count() == 0


def test_enter_on_a_box_of_the_answer_sends_nothing(tab):
    tab.locator("#repondre").evaluate("details => { details.open = true; }")
    said = tab.locator(".message").count()
    tab.locator("#body").fill("Bonjour")
    tab.locator("#repondre input[type=checkbox]").first.focus()
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert tab.locator("#body").input_value() == "Bonjour"
    assert tab.locator(".message").count() == said


def test_the_enter_key_does_not_send_a_text_in_doubt(tab):
    tab.locator("#repondre").evaluate("details => { details.open = true; }")
    answer = tab.get_by_label("Votre réponse à l’adhérent")
    answer.fill("Bonjour [NOM]")
    tab.get_by_role("button", name="Répondre et garder à l’étude").click()
    expect(tab.get_by_role("button", name="Ne pas envoyer")).to_be_focused()
    faultless(tab)
    tab.keyboard.press("Enter")
    expect(answer).to_have_value("Bonjour [NOM]")
    expect(tab.locator("#verifier")).to_have_count(0)
    answer.fill("")
