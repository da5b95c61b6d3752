"""The card on a telephone: kept encrypted, opened without network, erased, and large on a bright screen (C48)."""

import json
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from member_space.models import Contract, Coverage, Device
from member_space.models.base import days
from tests.browser.axe import EVERY_RULE, axe, faultless
from tests.browser.site import NOW, TODAY
from tests.factories.card import print_by
from tests.log_guard import note

pytestmark = pytest.mark.chromium
SHELL = "/carte-hors-ligne/fr"
CACHED = """async () => {
    const found = {};
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            found[new URL(request.url).pathname] = await (await cache.match(request)).text();
        }
    }
    return found;
}"""
KEPT = """() => new Promise((done, failed) => {
    const opening = indexedDB.open("card");
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
        const database = opening.result;
        const asked = database.transaction("kept").objectStore("kept").get("kept");
        asked.onsuccess = async () => {
            const one = asked.result;
            database.close();
            const exported = await crypto.subtle.exportKey("raw", one.key).then(() => true, () => false);
            done({ names: Object.keys(one).sort(), owner: one.owner, exported, extractable: one.key.extractable,
                   algorithm: one.key.algorithm, text: new TextDecoder("latin1").decode(one.box) });
        };
    };
})"""

HOLDS_ONE = "(await indexedDB.databases()).some((one) => one.name === 'card')"


def becomes_true(page, said):
    """Whether it is, within a patience: Playwright waits for no function that is asynchronous."""
    wait = "await new Promise((done) => setTimeout(done, 50))"
    return page.evaluate(f"async () => {{ for (let n = 0; n < 400; n++) {{ if ({said}) return true; {wait}; }} }}")


@pytest.fixture
def carded(served, member):
    """A member whose contract prints a card."""
    with served.app.registry.session_factory.begin() as db:
        contract = db.scalar(select(Contract).where(Contract.holder_id == member.account.person_id))
        print_by(db, contract)
    return member


@pytest.fixture
def owned(visitor, served, carded):
    """Her telephone, at the day of the server; `trusted`: it is hers for the site too."""

    def take(*, trusted=False, **options):
        context = visitor(None, **options)
        served.accounts["carded"] = carded.account
        cookies = [served.session_of(carded.account, proved=False)]
        cookies += [served.device("carded")] if trusted else []
        for cookie in cookies:
            note(cookie["value"])
            context.add_cookies([cookie])
        page = context.new_page()
        page.clock.set_fixed_time(NOW)
        return page

    return take


def panel(page):
    return page.get_by_role("region", name="Sur ce téléphone")


def keep(page):
    page.goto("/tiers-payant")
    page.get_by_role("button", name="Garder ma carte sur ce téléphone").click()
    expect(panel(page).get_by_role("status")).to_have_text("C’est fait : votre carte est sur ce téléphone.")
    return page


def is_kept(page):
    return page.evaluate(f"async () => {HOLDS_ONE}")


def see_nothing_kept(page):
    expect(page.locator(".tp-card")).to_have_count(0)
    assert becomes_true(page, f"!localStorage.getItem('card-kept') && !({HOLDS_ONE})")


def without_network(page, path="/tiers-payant"):
    page.context.set_offline(True)
    page.goto(path)
    return page


@pytest.mark.parametrize("path", ["/tiers-payant", SHELL])
def test_a_kept_card_opens_without_network(owned, carded, path):
    page = without_network(keep(owned()), path)
    expect(page.locator(".tp-card").get_by_text(carded.name)).to_be_visible()
    expect(page.get_by_text("À jour au 16 juin 2026, 11 h 30")).to_be_visible()
    faultless(page)


def test_nothing_is_kept_unless_asked(owned):
    page = owned()
    page.goto("/tiers-payant")
    expect(panel(page)).to_be_visible()
    assert not is_kept(page)
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert page.evaluate(CACHED) == {}


def test_the_browser_caches_nothing_of_anybody(owned, carded):
    """Whatever was visited, only the page that is the same for everybody and the files that it names are cached."""
    page = keep(owned())
    for path in ("/", "/contrats", "/mes-informations", "/tiers-payant", SHELL, "/tiers-payant/telephone"):
        page.goto(path)
    cached = page.evaluate(CACHED)
    assert {re.sub("^/assets/.*", "/assets/", path) for path in cached} == {SHELL, "/assets/"}
    words = " ".join(cached.values())
    assert [one for one in (carded.name.split()[-1], carded.email, carded.number) if one in words] == []
    assert cached[SHELL].count("csrf") == 0


def test_what_is_kept_is_encrypted_by_a_key_that_cannot_leave(owned, carded):
    kept = keep(owned()).evaluate(KEPT)
    assert kept["names"] == ["box", "iv", "key", "owner"]
    assert (kept["extractable"], kept["exported"]) == (False, False)
    assert kept["algorithm"] == {"name": "AES-GCM", "length": 256}
    assert carded.number not in kept["text"]
    assert re.fullmatch("[0-9a-f]{32}", kept["owner"])


def test_each_visit_brings_it_up_to_date(owned, served, carded):
    page = keep(owned())
    with served.app.registry.session_factory.begin() as db:
        print_by(db, db.scalar(select(Contract).where(Contract.holder_id == carded.account.person_id)), csr="CSR99")
    with page.expect_response("**/tiers-payant/telephone"):
        page.goto("/tiers-payant")
    expect(panel(page).get_by_role("button", name="Retirer de ce téléphone")).to_be_visible()
    with page.expect_response("**/tiers-payant/telephone"):
        page.goto(SHELL)
    expect(page.locator(".tp-card").get_by_text("CSR99")).to_be_visible()
    without_network(page)
    expect(page.locator(".tp-card").get_by_text("CSR99")).to_be_visible()


def test_it_is_taken_off_the_telephone(owned):
    page = keep(owned())
    page.get_by_role("button", name="Retirer de ce téléphone").click()
    expect(panel(page).get_by_role("status")).to_have_text("C’est fait : votre carte n’est plus sur ce téléphone.")
    expect(page.get_by_role("button", name="Garder ma carte sur ce téléphone")).to_be_focused()
    assert page.evaluate("async () => [(await caches.keys()).length, (await indexedDB.databases()).length]") == [0, 0]


def test_it_is_taken_off_without_network(owned):
    page = without_network(keep(owned()))
    page.get_by_role("button", name="Retirer de ce téléphone").click()
    expect(page.get_by_text("Aucune carte n’est gardée sur ce téléphone.")).to_be_visible()
    see_nothing_kept(page)


def test_signing_out_erases_it(owned):
    page = keep(owned(trusted=True))
    page.get_by_text("Mon espace").click()
    page.get_by_role("button", name="Me déconnecter").click()
    expect(page.get_by_text("Vous êtes déconnecté.")).to_be_visible()
    see_nothing_kept(page)


def test_a_session_that_ended_erases_it_at_the_next_visit(owned, served):
    page = keep(owned())
    served.end_sessions()
    page.goto("/")
    expect(page.get_by_label("Adresse e-mail")).to_be_visible()
    see_nothing_kept(page)


def test_a_session_that_ended_is_seen_by_the_kept_card_itself(owned, served):
    page = keep(owned())
    served.end_sessions()
    page.goto(SHELL)
    expect(page.get_by_text("Votre carte n’est plus sur ce téléphone")).to_be_visible()
    see_nothing_kept(page)


def test_on_a_telephone_that_the_account_trusts_it_outlives_the_session(owned, served, carded):
    page = keep(owned(trusted=True))
    served.end_sessions()
    with page.expect_response("**/carte-hors-ligne/etat"):
        page.goto("/")
    with page.expect_response("**/carte-hors-ligne/etat"):
        page.goto(SHELL)
    without_network(page)
    expect(page.locator(".tp-card").get_by_text(carded.name)).to_be_visible()


def test_a_telephone_that_is_not_trusted_any_more_loses_it(owned, served, carded):
    page = keep(owned(trusted=True))
    served.end_sessions()
    with served.app.registry.session_factory.begin() as db:
        for device in db.scalars(select(Device).where(Device.account_id == carded.account.id)):
            device.trusted_until = NOW
    page.goto(SHELL)
    expect(page.get_by_text("Votre carte n’est plus sur ce téléphone")).to_be_visible()
    see_nothing_kept(page)


def leaves(served, carded):
    """Her cover ended yesterday."""
    with served.app.registry.session_factory.begin() as db:
        for row in db.scalars(select(Coverage).where(Coverage.person_id == carded.account.person_id)):
            row.period = days(row.period.lower, TODAY)


@pytest.mark.parametrize("path", ["/tiers-payant", SHELL])
@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "by the trusted device"])
def test_the_end_of_the_rights_erases_it(owned, served, carded, path, signed_in):
    page = keep(owned(trusted=True))
    leaves(served, carded)
    if not signed_in:
        served.end_sessions()
    page.goto(path)
    see_nothing_kept(page)


def test_past_its_validity_it_is_not_shown_and_erased(owned):
    page = keep(owned())
    page.clock.set_fixed_time("2027-01-01T09:00:00+01:00")
    without_network(page)
    expect(page.get_by_text("La carte gardée ici n’est plus valable : elle vient d’être effacée.")).to_be_visible()
    see_nothing_kept(page)


def test_another_member_on_the_same_telephone_never_sees_it(owned, served, carded):
    page = keep(owned(trusted=True))
    page.context.clear_cookies(name="session")
    page.context.add_cookies([served.cookie("family")])
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nadia")
    see_nothing_kept(page)
    without_network(page, SHELL)
    expect(page.get_by_text("Aucune carte n’est gardée sur ce téléphone.")).to_be_visible()


def test_what_another_owner_is_said_to_keep_cannot_be_read(owned):
    """The owner is sealed with it: a record under another name opens nothing."""
    page = keep(owned())
    page.evaluate("localStorage.setItem('card-kept', '0'.repeat(32))")
    without_network(page, SHELL)
    expect(page.get_by_text("Aucune carte n’est gardée sur ce téléphone.")).to_be_visible()
    see_nothing_kept(page)


def test_where_nothing_is_kept_the_application_opens_the_card(owned):
    page = owned()
    page.goto(SHELL)
    page.wait_for_url("**/tiers-payant")
    expect(panel(page)).to_be_visible()


def test_another_version_replaces_what_was_cached(owned, served):
    page = keep(owned())
    before = page.evaluate("caches.keys()")
    # Another language is another page.
    page.context.add_cookies([{"name": "language", "value": "en", "url": served.url}])
    page.goto("/tiers-payant")
    assert becomes_true(page, f"!(await caches.keys()).includes('{before[0]}')")
    assert "/carte-hors-ligne/en" in page.evaluate(CACHED)


def codes_in(page, tmp_path):
    page.screenshot(path=tmp_path / "codes.png")
    with Image.open(tmp_path / "codes.png") as image:
        return {str(one.format): one.text for one in zxingcpp.read_barcodes(image)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("offline", [False, True], ids=["with network", "without network"])
def test_the_codes_are_read_on_the_bright_screen(owned, carded, tmp_path, scheme, offline):
    page = keep(owned(color_scheme=scheme, device_scale_factor=2))
    if offline:
        without_network(page)
    page.get_by_role("button", name="Plein écran lumineux").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Quitter")).to_be_focused()
    read = codes_in(page, tmp_path)
    assert any(carded.number in text for text in read.values())
    assert any("/droits/" in text for text in read.values())
    assert dialog.evaluate("e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]") == [
        "rgb(255, 255, 255)",
        "rgb(0, 0, 0)",
    ]
    assert "\n".join(axe(page, EVERY_RULE, "bright")) == ""
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Plein écran lumineux")).to_be_focused()


def test_the_screen_stays_on_while_the_codes_are_shown(owned):
    page = owned()
    page.add_init_script(
        "window.locks = []; navigator.wakeLock.request = async (kind) => {"
        " locks.push(kind); return { release() { locks.push('released'); } }; };"
    )
    page.goto("/tiers-payant")
    page.get_by_role("button", name="Plein écran lumineux").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Quitter").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.wait_for_function("locks.length === 2")
    assert page.evaluate("locks") == ["screen", "released"]


def test_without_javascript_the_page_is_as_it_was(owned):
    page = owned(java_script_enabled=False)
    page.goto("/tiers-payant")
    expect(page.locator(".tp-card")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Télécharger ma carte"))).to_be_visible()
    expect(panel(page)).to_be_hidden()
    expect(page.get_by_role("button", name="Plein écran lumineux")).to_be_hidden()


def test_the_application_can_be_installed(owned, served):
    page = owned()
    page.goto("/tiers-payant")
    session = page.context.new_cdp_session(page)
    told = session.send("Page.getAppManifest")
    assert told["errors"] == []
    manifest = json.loads(told["data"])
    assert manifest["start_url"] == SHELL
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        answer = page.request.get(icon["src"])
        assert answer.headers["content-type"] == "image/png"
        width, height = (int.from_bytes(answer.body()[at : at + 4], "big") for at in (16, 20))
        assert f"{width}x{height}" == icon["sizes"]
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    # The browser of a test keeps nothing when it closes, which Chromium calls incognito; it has no other objection.
    told = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {one["errorId"] for one in told} <= {"in-incognito"}
