"""The help of a postal address: a doubt is told once, and what was typed can always be kept (C153)."""

import pytest

from tests.factories.household import make_account, make_contract, make_person
from tests.functional.helpers import sign_in
from tests.functional.test_contact_change import ADDRESS, form_of, fresh, send

TOWNS = "/adresse/communes"


@pytest.fixture
def person(db):
    person = make_person(db, "Camille", email="camille@example.org")
    make_contract(db, person)
    return person


@pytest.fixture
def browser(app, db, person):
    return sign_in(app, db, make_account(db, person))


def typed(browser, postcode, town, **values):
    return send(browser, ADDRESS, ligne1="3 rue du Four", code_postal=postcode, ville=town, **values)


def words(element):
    """Its text, with ordinary spaces."""
    return " ".join(element.get_text().split())


def doubt(page):
    """The words of the warning."""
    assert page.status_int == 422
    return words(page.html.select_one("[role=alert]"))


def choices(page):
    return [words(button) for button in page.html.select("[role=alert] button")]


def press(page, name):
    """Submit the form by a button of the warning, which stands beside it."""
    form = form_of(page)
    button = next(one for one in page.html.select("[role=alert] button") if words(one) == name)
    assert button["form"] == form.id
    fields = [*form.submit_fields(), *([(button["name"], button["value"])] if button.get("name") else [])]
    return page.test_app.post(form.action or ADDRESS, fields, expect_errors=True)


def address_of(db, person):
    person = fresh(db, person)
    return person.address_line1, person.postcode, person.city


def test_a_town_elsewhere_is_told_and_nothing_typed_is_lost(db, browser, person):
    page = typed(browser, "69001", "Villeurbanne", ligne2="Bât. B")
    assert "Au code postal 69001, nous connaissons Lyon." in doubt(page)
    assert choices(page) == ["69001 Lyon", "69100 Villeurbanne", "Garder « 69001 Villeurbanne »"]
    assert page.html.title.get_text().startswith("À vérifier")
    form = form_of(page)
    assert [form[name].value for name in ("ligne1", "ligne2", "code_postal", "ville")] == [
        "3 rue du Four",
        "Bât. B",
        "69001",
        "Villeurbanne",
    ]
    assert not form["etranger"].checked
    assert address_of(db, person) == (None, None, None)


@pytest.mark.parametrize(
    ("button", "saved"),
    [
        ("69100 Villeurbanne", ("69100", "Villeurbanne")),
        ("69001 Lyon", ("69001", "Lyon")),
        ("Garder « 69001 Villeurbanne »", ("69001", "Villeurbanne")),
    ],
)
def test_one_button_corrects_or_keeps(db, browser, person, button, saved):
    answer = press(typed(browser, "69001", "Villeurbanne"), button)
    assert answer.status_int == 303
    assert address_of(db, person) == ("3 rue du Four", *saved)


def test_the_same_sent_again_is_kept_and_something_else_is_looked_at_again(db, browser, person):
    page = typed(browser, "69001", "Villeurbanne")
    form = form_of(page)
    form["ville"] = "Marseille"
    again = form.submit("send", expect_errors=True)
    assert "Garder « 69001 Marseille »" in choices(again)
    assert form_of(again).submit("send").status_int == 303
    assert address_of(db, person)[1:] == ("69001", "Marseille")


@pytest.mark.parametrize(
    ("postcode", "town"),
    [("42000", "st etienne"), ("75 011", "PARIS 11e"), ("75901", "Paris CEDEX 15"), ("98000", "Monaco")],
)
def test_what_goes_together_is_saved_at_once_as_typed(db, browser, person, postcode, town):
    assert typed(browser, postcode, town).status_int == 303
    assert address_of(db, person)[1:] == (postcode.replace(" ", ""), town)


def test_abroad_nothing_is_doubted(db, browser, person):
    assert typed(browser, "69001", "Villeurbanne, Belgique", etranger=True).status_int == 303
    assert address_of(db, person)[1:] == ("69001", "Villeurbanne, Belgique")


def test_a_postcode_of_many_towns_names_a_few_and_one_of_none_says_so(browser):
    page = typed(browser, "10190", "Nulle-Part")
    assert "Au code postal 10190, nous connaissons Aix-Villemaur-Pâlis, Estissac, Fontvannes et 10 autres" in doubt(
        page
    )
    assert choices(page) == ["Garder « 10190 Nulle-Part »"]
    page = typed(browser, "75099", "Paris")
    assert "Nous ne connaissons pas le code postal 75099." in doubt(page)
    assert choices(page) == ["Garder « 75099 Paris »"]


@pytest.mark.parametrize("chosen", ["", "69001", " ", "x" * 500 + " y", "69001 <b>", "69001\r\nLyon"])
def test_a_correction_made_up_by_hand_is_text_like_any_other(browser, chosen):
    form = form_of(browser.get(ADDRESS))
    form["ligne1"], form["code_postal"], form["ville"] = "3 rue du Four", "69001", "Lyon"
    answer = browser.post(ADDRESS, [*form.submit_fields(), ("corriger", chosen)], expect_errors=True)
    assert answer.status_int in (303, 422)


def test_the_towns_of_a_postcode_for_who_is_signed_in(app, browser):
    assert browser.get(TOWNS, {"code_postal": "75 011"}).json == {"communes": ["Paris"]}
    for nothing in ("", "7501", "99999", "é", "75011' or 1=1"):
        assert browser.get(TOWNS, {"code_postal": nothing}).json == {"communes": []}
    assert browser.get(TOWNS).json == {"communes": []}
    app.reset()
    assert app.get(f"{TOWNS}?code_postal=75011").location.startswith("http://localhost/connexion")
