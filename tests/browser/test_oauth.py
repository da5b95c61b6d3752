"""A member allows an application on a telephone, in a browser that follows our rules for forms, and takes it back."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.axe import faultless
from tests.browser.conftest import EXPECTED
from tests.factories.oauth import BACK, Peer, make_peer
from tests.log_guard import note

pytestmark = pytest.mark.chromium


@pytest.fixture
def peer(served) -> Peer:
    with served.app.registry.session_factory() as db:
        made = make_peer(db, None, name="Hugo")
        db.refresh(made.client)
        db.expunge(made.client)
        return made


@pytest.fixture
def page(browser, served, member, script):
    """Of a member who has just proved who he is; the application is another site, which answers."""
    options = {"viewport": {"width": 375, "height": 812}, "locale": "fr-FR", "reduced_motion": "reduce"}
    context = browser.new_context(java_script_enabled=script, **options)
    cookie = served.session_of(member.account, proved=True)
    note(cookie["value"])
    context.add_cookies([cookie])
    context.route(
        "https://assistant.example/**", lambda route: route.fulfill(body="Bienvenue", content_type="text/html")
    )
    complaints = []
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert [text for text in complaints if not EXPECTED.match(text)] == []


def test_an_application_is_let_in_and_shown_out(page, served, peer, script):
    page.goto(f"{served.url}{peer.url(scope='reimbursements:read cards:read messages:write')}")
    if script:
        faultless(page)
    expect(page.get_by_role("checkbox", name="Écrire à nos conseillers en votre nom")).not_to_be_checked()
    page.get_by_role("checkbox", name="Lire vos remboursements").uncheck()
    page.get_by_role("radio", name="30 jours").check()
    page.get_by_role("button", name="Autoriser").click()
    page.wait_for_url(f"{BACK}?*")
    back = parse_qs(urlsplit(page.url).query)
    note(back["code"][0])
    assert back["state"] == [peer.state]
    expect(page.locator("body")).to_have_text("Bienvenue")
    page.goto(f"{served.url}/mes-acces")
    if script:
        faultless(page)
    card = page.locator("section.card-box").filter(has_text="Hugo")
    expect(card).to_contain_text("Voir votre carte de tiers payant")
    expect(card).not_to_contain_text("Lire vos remboursements")
    card.get_by_role("button", name="Retirer cet accès (Hugo)").click()
    expect(page.get_by_role("status")).to_contain_text("cet accès est retiré")


def test_who_says_no_goes_back_with_it(page, served, peer):
    page.goto(f"{served.url}{peer.url()}")
    page.get_by_role("button", name="Refuser").click()
    page.wait_for_url(f"{BACK}?error=access_denied*")


def test_a_token_of_ones_own_is_shown_once(page, served, script):
    page.goto(f"{served.url}/mes-acces")
    page.get_by_role("link", name="Créer un jeton personnel").click()
    page.get_by_role("button", name="Créer ce jeton").click()
    if script:
        faultless(page)
    page.get_by_role("textbox", name="Nom du jeton").fill("Tableur")
    page.get_by_role("checkbox", name="Lire vos remboursements").check()
    page.get_by_role("checkbox", name="(vous)").check()
    page.get_by_role("button", name="Créer ce jeton").click()
    shown = page.locator("p.token code")
    expect(shown).to_be_visible()
    note(shown.inner_text())
    if script:
        faultless(page)
