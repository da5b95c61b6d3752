"""To the provider of identity and back, in a browser that follows the rules of our own pages for forms."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from member_space.adapters.clock import SystemClock
from member_space.adapters.oidc import OidcProvider
from member_space.interfaces import ICipher, IOidc
from member_space.models import OidcLink
from member_space.services.oidc import BACK
from member_space.settings import Oidc
from tests.browser.axe import faultless
from tests.browser.site import TODAY
from tests.oidc.process import CLIENT_ID, CLIENT_SECRET, running_provider

pytestmark = pytest.mark.chromium
NOBODY = {"sub": "nobody-we-know", "family_name": "INCONNUE", "given_name": "Zoé", "birthdate": TODAY.isoformat()}


@pytest.fixture
def provider(served):
    """For a moment the site is the client of a provider that runs."""
    registry = served.app.registry
    settings, none = registry.member_space, registry.getUtility(IOidc)
    with running_provider(f"{served.url}{BACK}") as running:
        registry.member_space = replace(settings, site_url=served.url)
        ours = Oidc(running.issuer, CLIENT_ID, CLIENT_SECRET, "FranceConnect")
        registry.registerUtility(OidcProvider(ours, SystemClock()), IOidc)
        yield running
    registry.member_space = settings
    registry.registerUtility(none, IOidc)


def test_the_page_that_leads_there(browser, served, provider):
    """Seen where the provider does not answer: else the browser has left already."""
    context = browser.new_context(viewport={"width": 375, "height": 800}, locale="fr-FR", reduced_motion="reduce")
    context.route(f"{provider.issuer}/**", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{served.url}/connexion")
    button = page.get_by_role("button", name="M’identifier avec FranceConnect")
    # Without what sends the browser on at once, which would leave the page while it is looked at.
    page.route("**/connexion/oidc", without_refresh)
    button.click()
    expect(page.get_by_role("link", name="Continuer vers FranceConnect")).to_be_visible()
    faultless(page)
    context.close()


def without_refresh(route):
    answer = route.fetch()
    route.fulfill(response=answer, headers={k: v for k, v in answer.headers.items() if k != "refresh"})


def test_a_linked_identity_is_taken_away(phone, served, member, look):
    with served.app.registry.session_factory.begin() as db:
        subject = served.app.registry.getUtility(ICipher).blind_index(member.email)
        db.add(OidcLink(account_id=member.account.id, issuer="https://identite.example", subject_index=subject))
    page = phone(member.account, proved=True)
    page.goto("/securite")
    look(page)
    page.locator("#identites").get_by_role("link", name="Retirer").or_(
        page.get_by_role("link", name="Retirer", exact=True)
    ).first.click()
    expect(page.locator("h1")).to_have_text(re.compile("Retirer ce moyen de connexion"))
    look(page)
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_role("status")).to_contain_text("Cette identité n’ouvre plus votre espace")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_there_and_back(browser, served, provider, scripts):
    context = browser.new_context(viewport={"width": 375, "height": 800}, java_script_enabled=scripts, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{served.url}/connexion")
    page.get_by_role("button", name="M’identifier avec FranceConnect").click()
    page.wait_for_url(f"{provider.issuer}/authorize?*")
    for name, value in NOBODY.items():
        page.locator(f"input[name={name}]").fill(value)
    page.get_by_role("button").click()
    page.wait_for_url(f"{served.url}/connexion/oidc/inconnue")
    assert page.get_by_role("heading", level=1).inner_text() == "Nous ne vous avons pas trouvé dans nos dossiers"
    context.close()
