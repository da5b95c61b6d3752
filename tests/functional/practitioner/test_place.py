"""One place of the directory, who may read it, and its map."""

import uuid

import pytest

from member_space.settings import MapTiles
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.helpers import sign_in
from tests.functional.practitioners import ANDROID, URL, add_practice, around, ask, names, simulation, told

# One place


def test_the_page_of_a_place_tells_each_fact_with_its_source(browser, db):
    row = add_practice(db, third_party=False, structure="Cabinet des Lilas", carte_vitale=True)
    page = ask(browser).click("^Dr Élise VALMONT$")
    assert page.request.path == f"{URL}/{row.public_id}"
    words = told(page)
    assert "Dr Élise VALMONT" in words
    assert "12 rue des Lilas 69003 Lyon RPPS, Agence du numérique en santé, 28 novembre 2026" in words
    assert "04 65 71 00 01 RPPS, Agence du numérique en santé, 28 novembre 2026" in words
    assert "sans dépassement Annuaire santé, Assurance Maladie, 25 novembre 2026" in words
    assert "Carte Vitale Acceptée Annuaire santé, Assurance Maladie, 25 novembre 2026" in words
    assert "Tiers payant Non au 30 novembre 2026" in words
    assert "Hors de notre réseau" in words
    assert "Signaler une erreur ou demander à ne plus figurer" in words


def test_a_place_that_is_not_shown_is_not_there(browser, db):
    hidden = add_practice(db, shown=False)
    for one in (hidden.public_id, uuid.UUID(int=7), "x", "%F0%9F%98%80"):
        browser.get(f"{URL}/{one}", status=404)
        browser.get(f"{URL}/{one}.vcf", status=404)


def test_a_place_is_kept_in_an_address_book(browser, db):
    row = add_practice(db, structure="Cabinet ; Lilas, Valmont", last_name="D’ARCY")
    answer = browser.get(f"{URL}/{row.public_id}").click("Ajouter à mes contacts")
    assert answer.content_type == "text/vcard"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="professionnel-de-sante.vcf"'
    lines = answer.body.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCARD"
    assert "FN:Dr Élise D’ARCY" in lines
    assert "N:D’ARCY;Élise;;Dr;" in lines
    assert r"ORG:Cabinet \; Lilas\, Valmont" in lines
    assert "TEL;TYPE=WORK,VOICE:+33465710001" in lines
    assert "ADR;TYPE=WORK:;;12 rue des Lilas;Lyon;;69003;France" in lines


@pytest.mark.parametrize(
    ("agent", "precision", "expected"),
    [
        (
            ANDROID,
            "address",
            "geo:45.75970,4.85530?q=45.75970,4.85530(Dr%20%C3%89lise%20VALMONT)",
        ),
        (ANDROID, "town", "geo:0,0?q=12%20rue%20des%20Lilas%2C%2069003%20Lyon"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5)", "address", "maps:?daddr=45.75970,4.85530"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "address", None),
    ],
)
def test_directions_open_the_telephone_s_own_maps(browser, db, agent, precision, expected):
    row = add_practice(db, precision=precision)
    page = browser.get(f"{URL}/{row.public_id}", headers={"User-Agent": agent})
    link = page.html.select_one("a[href^='geo:'], a[href^='maps:']")
    assert (link and link["href"]) == expected


# Anybody


def test_the_directory_is_for_members_unless_the_office_opens_it(app, db):
    row = add_practice(db)
    for path in (URL, f"{URL}?specialite=gp&lieu=69003", f"{URL}/{row.public_id}", f"{URL}/{row.public_id}.vcf"):
        assert "/connexion" in app.get(path, status=303).location


def test_an_open_directory_is_for_anybody(app, db, directories, open_to_all):
    row = add_practice(db)
    page = ask(app)
    assert names(page) == ["Dr Élise VALMONT"]
    assert simulation(page) is None
    app.get(f"{URL}/{row.public_id}")
    app.get(f"{URL}/{row.public_id}.vcf")
    app.get(f"{URL}/{uuid.UUID(int=7)}", status=404)
    app.get(f"{URL}/x", status=404)
    assert "de vous" in told(around(app))


def test_visitors_are_slowed_by_network_and_members_are_not(app, db, directories, open_to_all):
    add_practice(db)
    for _turn in range(120):
        app.get(URL, {"specialite": "", "lieu": ""}, status=422)
    slowed = ask(app, status=429)
    assert int(slowed.headers["Retry-After"]) > 0
    assert "Trop de recherches à la suite" in told(slowed)
    app.get(URL)
    elsewhere = app.get(URL, {"specialite": "gp", "lieu": "69003"}, extra_environ={"REMOTE_ADDR": "203.0.113.9"})
    assert names(elsewhere) == ["Dr Élise VALMONT"]
    holder = make_person(db, "Nadia", last_name="Benali")
    make_contract(db, holder)
    sign_in(app, db, make_account(db, holder))
    assert names(ask(app)) == ["Dr Élise VALMONT"]


def test_a_visitor_does_not_read_the_directory_page_by_page(app, db, directories, open_to_all):
    """The addresses of pages can be told from the RPPS, which is open; who is of the network is ours."""
    row = add_practice(db)
    for turn in range(120):
        app.get(f"{URL}/{row.public_id}" + ".vcf" * (turn % 2))
    for path in (f"{URL}/{row.public_id}", f"{URL}/{row.public_id}.vcf", f"{URL}/{uuid.UUID(int=7)}"):
        assert "Trop de recherches à la suite" in told(app.get(path, status=429))
    assert names(ask(app)) == ["Dr Élise VALMONT"]


# The map


def test_the_map_asks_nobody_for_tiles_unless_the_office_sets_some(browser, db):
    add_practice(db)
    page = ask(browser)
    assert page.html.select_one("[data-map]")["data-tiles"] == ""
    assert "img-src 'self' data:;" in page.headers["Content-Security-Policy"]
    assert "geolocation=(self)" in page.headers["Permissions-Policy"]


def test_the_policy_follows_the_tiles_of_the_office(browser, db, app):
    add_practice(db)
    settings = app.app.registry.member_space
    object.__setattr__(settings, "map_tiles", MapTiles("https://tiles.example/{z}/{x}/{y}.png", "© Carte"))
    try:
        page = ask(browser)
        assert page.html.select_one("[data-map]")["data-tiles"] == "https://tiles.example/{z}/{x}/{y}.png"
        assert "img-src 'self' data: https://tiles.example;" in page.headers["Content-Security-Policy"]
        assert "tiles.example" not in browser.get("/").headers["Content-Security-Policy"]
    finally:
        object.__setattr__(settings, "map_tiles", None)
