"""A professional near oneself on a telephone: by words, by one's position, on the map, and by the keyboard alone."""

import base64
import uuid
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from member_space.domain.geo import Point
from member_space.models import Practice
from member_space.settings import MapTiles
from tests.browser.axe import faultless
from tests.factories.practices import add_practices

pytestmark = pytest.mark.chromium

LYON_3 = Point(45.7597, 4.8553)
URL = "/professionnels-de-sante"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def places(served):
    """Twenty-five ophthalmologists north of Lyon 3e, and one place where several are."""
    with served.app.registry.session_factory.begin() as db:
        ids = add_practices(
            db,
            *(
                {
                    "speciality": "ophthalmologist",
                    "point": Point(LYON_3.latitude + 0.002 + (n // 2) / 500, LYON_3.longitude),
                    "last_name": f"VALMONT{n:02d}",
                    "title": "Dr",
                    "phone": "+33465710001",
                    "sector": "2",
                    "optam": n % 2 == 0,
                    "third_party": n % 3 == 0,
                    "network": "Réseau Démo" if n % 5 == 0 else None,
                }
                for n in range(25)
            ),
        )
        public_ids: list[uuid.UUID] = [db.get(Practice, id_).public_id for id_ in ids]
    return public_ids


def test_by_words_then_farther_then_one_place(phone, served, places, look):
    page = phone(served.accounts["family"])
    page.goto("/")
    page.get_by_role("link", name="Localiser un professionnel de santé").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trouver un professionnel de santé")
    look(page)
    page.get_by_label("Spécialité").fill("ophtalmo")
    page.get_by_label("Où").fill("Lyon 3e")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("à moins de 10 km, depuis Lyon 3e")
    expect(page.locator(".practice")).to_have_count(20)
    # The answer is a screen below the form: that is where one is led.
    expect(page.locator("#resultats")).to_be_in_viewport()
    look(page)
    page.get_by_role("link", name="Plus loin").click()
    expect(page.locator(".practice")).to_have_count(5)
    page.locator(".practice h3 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("VALMONT")
    look(page)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Ajouter à mes contacts").click()
    assert taken.value.suggested_filename == "professionnel-de-sante.vcf"
    page.get_by_role("link", name="Signaler une erreur").click()
    page.get_by_label("ne me montrez plus").check()
    look(page)
    page.get_by_label("Ce qui est faux").fill("Je prends ma retraite.")
    page.get_by_label("Votre adresse e-mail").fill("cabinet@exemple.fr")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("status").first).to_contain_text("Votre signalement est enregistré")
    desk = phone(served.accounts["handler"])
    desk.goto("/bureau/annuaire")
    expect(desk.locator("main")).to_contain_text("Je prends ma retraite.")
    look(desk)
    desk.get_by_role("button", name="Ne plus le montrer").first.click()
    expect(desk.locator("main")).to_contain_text("Cochez la case une fois la demande vérifiée")
    look(desk)
    desk.get_by_role("button", name="C’est traité").first.click()
    expect(desk.get_by_role("status").first).to_contain_text("C’est classé.")


def test_what_is_not_one_place_is_asked(phone, served, places, look):
    page = phone(served.accounts["family"])
    page.goto(URL)
    page.get_by_label("Spécialité").fill("psy")
    page.get_by_label("Où").fill("Saint-Denis")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("alert").first).to_contain_text("Plusieurs spécialités répondent à « psy »")
    expect(page.get_by_label("Où")).to_have_value("Saint-Denis")
    look(page)
    page.locator("main").get_by_role("link", name="Psychiatre").click()
    page.locator("main").get_by_role("link", name="Saint-Denis (93)").click()
    expect(page.locator("main")).to_contain_text("Personne de cette spécialité à moins de 10 km")
    look(page)
    page.get_by_role("link", name="Chercher à 25 km").click()
    expect(page.locator("main")).to_contain_text("Personne de cette spécialité à moins de 25 km")


@pytest.fixture
def here(visitor, served):
    """A telephone that says where it is, or refuses to."""

    def open_page(latitude=None, longitude=None):
        place = {"latitude": latitude, "longitude": longitude} if latitude is not None else None
        context = visitor("family", geolocation=place, permissions=["geolocation"] if place else [])
        page = context.new_page()
        page.goto(URL)
        page.get_by_label("Spécialité").fill("ophtalmo")
        page.get_by_role("button", name="Autour de moi").click()
        return page

    return open_page


def test_around_me(here, places):
    page = here(LYON_3.latitude, LYON_3.longitude)
    expect(page.get_by_role("heading", level=2).first).to_contain_text("à moins de 10 km de vous")
    assert urlsplit(page.url).query == ""
    page.get_by_role("button", name="Plus loin").click()
    expect(page.locator(".practice")).to_have_count(5)
    assert urlsplit(page.url).query == ""
    # Another place, typed.
    page.get_by_label("Où").fill("69003")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("depuis Lyon 3e (69003)")
    assert "latitude" not in page.url


def test_around_me_at_sea(here, places):
    page = here(46.0, -8.0)
    expect(page.get_by_role("alert").first).to_contain_text("Votre position est en mer, à l’étranger")
    expect(page.get_by_label("Spécialité")).to_have_value("Ophtalmologue")


def test_around_me_refused(here, places):
    page = here()
    said = page.locator("[data-around-said]")
    expect(said).to_contain_text("Votre navigateur ne nous donne pas votre position")
    expect(said).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Spécialité")).to_have_value("ophtalmo")


def test_the_map_by_the_keyboard_alone(visitor, places, served):
    page = visitor("family").new_page()
    page.goto(f"{URL}?specialite=ophthalmologist&lieu=69003")
    summary = page.locator("[data-map] summary")
    summary.focus()
    page.keyboard.press("Enter")
    markers = page.locator(".practice-marker")
    expect(markers.first).to_be_visible()
    few = markers.count()
    assert 1 < few < 10
    faultless(page)
    # Closer, those that covered each other stand apart.
    page.get_by_role("button", name="Rapprocher").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.querySelectorAll('.practice-marker').length > {few}")
    page.get_by_role("button", name="Éloigner").press("Enter")
    expect(markers).to_have_count(few)
    markers.first.focus()
    assert "1. Dr Élise VALMONT" in (markers.first.get_attribute("aria-label") or "")
    page.keyboard.press("Enter")
    expect(page.locator(".practice:focus")).to_have_count(1)
    # What has the focus in the list is shown on the map.
    page.locator(".practice h3 a").nth(19).focus()
    expect(page.locator(".practice-marked")).to_have_count(1)
    assert page.evaluate(
        "performance.getEntriesByType('resource').every((one) => one.name.startsWith(location.origin))"
    )


def open_map(page):
    page.goto(f"{URL}?specialite=ophthalmologist&lieu=69003")
    page.locator("[data-map] summary").press("Enter")
    expect(page.locator(".practice-marker").first).to_be_visible()
    expect(page.locator("path.practice-radius")).to_have_count(1)


def test_the_land_is_outlined_beneath_the_map_without_tiles(visitor, places):
    page = visitor("family").new_page()
    open_map(page)
    land = page.locator("path.practice-land")
    expect(land).to_have_count(1)
    # Lyon is on land: the Rhône fills the whole map, or its border crosses it; it lies beneath the circle.
    assert land.evaluate("path => path.getAttribute('d').length > 20 && !path.previousElementSibling")
    box = page.locator(".practice-canvas").bounding_box()
    assert box
    assert page.evaluate(
        "([x, y]) => document.elementsFromPoint(x, y).length > 0"
        " && document.querySelector('path.practice-land').isPointInFill(new DOMPoint(x, y))",
        [box["width"] / 2, box["height"] / 2],
    )
    assert page.evaluate("performance.getEntriesByType('resource').some((one) => one.name.endsWith('outline.json'))")


def test_tiles_take_the_place_of_the_outline(visitor, places, served):
    # Tiles of this very host, as no other may be asked here.
    settings = served.app.registry.member_space
    tiles = MapTiles(f"{served.url}/tuiles/{{z}}/{{x}}/{{y}}.png", "© Carte")
    page = visitor("family").new_page()
    page.route("**/tuiles/**", lambda route: route.fulfill(content_type="image/png", body=PIXEL))
    object.__setattr__(settings, "map_tiles", tiles)
    try:
        open_map(page)
        expect(page.locator(".leaflet-tile-loaded").first).to_be_attached()
    finally:
        object.__setattr__(settings, "map_tiles", None)
    expect(page.locator("path.practice-land")).to_have_count(0)
    assert not page.evaluate("performance.getEntriesByType('resource').some((one) => one.name.includes('outline'))")


def test_without_a_script_there_is_neither_map_nor_position(visitor, places):
    page = visitor("family", java_script_enabled=False).new_page()
    page.goto(f"{URL}?specialite=ophthalmologist&lieu=69003")
    expect(page.locator(".practice")).to_have_count(20)
    expect(page.get_by_role("button", name="Autour de moi")).to_be_hidden()
    expect(page.locator("[data-map]")).to_be_hidden()
