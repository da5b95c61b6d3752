"""The end of a session, announced and survived: the dialog, two tabs, a text found again, the back button (C17)."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from member_space.models import Draft
from tests.browser.site import NOW

pytestmark = pytest.mark.chromium
PAGE = "/mes-informations/adresse"


@pytest.fixture
def tab(visitor):
    """Opens a page in a browser whose clock stands still, at the server's hour."""

    def open_tab(path=PAGE, beside=None):
        """`beside`: another tab of the same browser, whose clock is the same."""
        opened = (beside.context if beside else visitor("family")).new_page()
        if beside is None:
            opened.clock.install(time=NOW)
            opened.clock.pause_at(NOW + timedelta(seconds=1))
        opened.goto(path)
        return opened

    return open_tab


@pytest.fixture(autouse=True)
def no_draft_is_left(served):
    yield
    with served.app.registry.session_factory.begin() as db:
        db.query(Draft).delete()


def dialog_of(opened):
    return opened.get_by_role("alertdialog", name="Êtes-vous toujours là ?")


def test_it_is_asked_two_minutes_before_and_counted_down(tab):
    opened = tab()
    opened.clock.run_for(timedelta(minutes=12, seconds=50).total_seconds() * 1000)
    expect(dialog_of(opened)).to_have_count(0)
    opened.clock.run_for(15_000)
    dialog = dialog_of(opened)
    expect(dialog).to_be_visible()
    expect(dialog).to_have_accessible_description(re.compile("se termine dans deux minutes"))
    expect(opened.get_by_role("button", name="Rester connecté")).to_be_focused()
    expect(dialog.get_by_role("timer")).to_have_text(re.compile(r"1:5\d"))
    opened.clock.run_for(60_000)
    expect(dialog.get_by_role("timer")).to_have_text(re.compile(r"0:5\d"))


@pytest.mark.parametrize("answer", ["button", "Escape"])
def test_an_answer_goes_on_for_a_quarter_of_an_hour(tab, answer):
    opened = tab()
    opened.clock.run_for(13.5 * 60_000)
    with opened.expect_response("**/session/prolonger") as prolonged:
        if answer == "button":
            opened.get_by_role("button", name="Rester connecté").click()
        else:
            opened.keyboard.press("Escape")
    assert prolonged.value.json() == {"left": 900}
    expect(dialog_of(opened)).to_have_count(0)
    opened.clock.run_for(12 * 60_000)
    expect(dialog_of(opened)).to_have_count(0)
    opened.clock.run_for(2 * 60_000)
    expect(dialog_of(opened)).to_be_visible()


def test_without_an_answer_the_page_is_left_and_can_be_come_back_to(tab):
    opened = tab("/remboursements?mots=pharmacie")
    opened.clock.run_for(14.5 * 60_000)
    expect(dialog_of(opened)).to_be_visible()
    with opened.expect_request(re.compile("/connexion")) as asked:
        opened.clock.run_for(60_000)
    assert "next=%2Fremboursements%3Fmots%3Dpharmacie" in asked.value.url
    assert "fait=session-terminee" in asked.value.url


def test_what_one_tab_asks_the_other_knows(tab):
    first = tab()
    second = tab("/contrats", beside=first)
    first.clock.run_for(13.5 * 60_000)
    for opened in (first, second):
        expect(dialog_of(opened)).to_be_visible()
    first.get_by_role("button", name="Rester connecté").click()
    for opened in (first, second):
        expect(dialog_of(opened)).to_have_count(0)


def test_a_text_is_saved_as_one_types_and_found_again_after_signing_in(tab, served):
    opened = tab()
    field = opened.get_by_label("Adresse 2")
    field.click()
    with opened.expect_response("**/brouillons") as saved:
        field.press_sequentially("Bâtiment C")
        opened.clock.run_for(2500)
    assert saved.value.json()["kept"]
    served.end_sessions()
    with opened.expect_response("**/brouillons") as refused:
        field.press_sequentially(", 3e étage")
        opened.clock.run_for(2500)
    assert refused.value.status == 401
    alert = opened.get_by_role("alert").filter(has_text="Votre session est terminée")
    expect(alert).to_contain_text("votre texte est gardé")
    expect(alert.get_by_role("link", name="Me reconnecter")).to_have_attribute("href", re.compile("next=/mes-info"))

    opened.context.add_cookies([served.cookie("family")])
    again = opened.context.new_page()
    again.goto(PAGE)
    expect(again.get_by_label("Adresse 2")).to_have_value("Bâtiment C, 3e étage")
    expect(again.get_by_label("Adresse 2")).to_be_focused()
    expect(again.get_by_text("Nous avons retrouvé votre saisie.")).to_be_visible()


def test_without_javascript_what_is_sent_too_late_is_found_again(visitor, served):
    context = visitor("family", java_script_enabled=False)
    opened = context.new_page()
    opened.goto(PAGE)
    opened.get_by_label("Adresse 1").fill("3 place de l’Église")
    opened.get_by_label("Ville").fill("Nîmes")
    served.end_sessions()
    opened.get_by_role("button", name="Enregistrer").click()
    expect(opened.get_by_text("Votre texte est gardé")).to_be_visible()
    assert opened.locator("input[name=next]").first.get_attribute("value") == PAGE
    context.add_cookies([served.cookie("family")])
    opened.goto(PAGE)
    expect(opened.get_by_label("Adresse 1")).to_have_value("3 place de l’Église")
    expect(opened.get_by_label("Ville")).to_have_value("Nîmes")
    opened.get_by_role("button", name="Effacer").click()
    expect(opened.get_by_label("Ville")).not_to_have_value("Nîmes")


def test_the_back_button_shows_no_device_after_signing_out(visitor):
    opened = visitor("family").new_page()
    opened.goto("/securite/appareils")
    expect(opened.get_by_role("heading", name="Ordinateur-de-la-bibliothèque")).to_be_visible()
    opened.get_by_text("Mon espace").click()
    opened.get_by_role("button", name="Me déconnecter").click()
    expect(opened.get_by_label("Adresse e-mail")).to_be_visible()
    opened.go_back()
    expect(opened.get_by_label("Adresse e-mail")).to_be_visible()
    assert "bibliothèque" not in opened.content()
