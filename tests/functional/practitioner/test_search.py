"""« Trouver un professionnel de santé »: the search and its list (S-HCR-40 to 44, C87 to C92)."""

from urllib.parse import parse_qs, urlsplit

import pytest

from member_space.domain.geo import Point
from member_space.services.whereabouts import find_place
from tests.functional.clock import counted_statements
from tests.functional.practitioners import (
    LYON,
    LYON_3,
    URL,
    add_practice,
    around,
    ask,
    names,
    problems,
    simulation,
    told,
)
from tests.log_guard import note


def test_a_member_finds_a_doctor_near_a_place(browser, db):
    add_practice(db, third_party=True, network="Réseau Démo", price_class="A", structure="Cabinet des Lilas")
    add_practice(db, at=LYON, last_name="MOREAU", precision="town", sector="2", optam=True)
    add_practice(db, speciality="dentist", last_name="AUTRE")
    page = browser.get("/").click("Localiser un professionnel de santé")
    assert page.html.select(".error-summary") == []
    form = page.forms["recherche"]
    form["specialite"], form["lieu"] = "médecin traitant", "Lyon 3e"
    page = form.submit()
    assert "Médecins généralistes à moins de 10 km, depuis Lyon 3e" in told(page)
    assert names(page) == ["Dr Élise VALMONT", "Dr Élise MOREAU"]
    first, second = (" ".join(one.get_text(" ").split()).replace("\xa0", " ") for one in page.html.select(".practice"))
    assert "Cabinet des Lilas" in first
    assert "12 rue des Lilas 69003 Lyon" in first
    assert "jusqu’à l’adresse" in first
    assert "Secteur 1 : les tarifs de la Sécu, sans dépassement" in first
    assert "Oui au 30 novembre 2026" in first
    assert "Réseau Démo , classe de prix A" in first
    assert "Source : RPPS, 28/11/2026 ; secteur : Annuaire santé, 25/11/2026" in first
    assert "environ 1 km jusqu’au centre de la commune" in second
    assert "Secteur 2, avec OPTAM" in second
    assert "Tiers payant Non renseigné" in second
    assert "Licence Ouverte 2.0" in told(page)
    assert page.html.select_one(".practice a[href^='tel:']")["href"] == "tel:+33465710001"
    assert page.html.select_one("input[name=lieu]")["value"] == "Lyon 3e"
    assert page.html.select_one("input[name=specialite]")["value"] == "Médecin généraliste"
    assert "présentez votre carte de tiers payant" in told(page)


def test_what_will_i_pay_opens_the_simulator_on_the_care_and_the_sector(browser, db):
    add_practice(db, sector="2", optam=True)
    link = simulation(ask(browser))["href"]
    assert parse_qs(urlsplit(link).query) == {"soin": ["Consultation d’un généraliste"], "secteur": ["optam"]}
    page = browser.get(link)
    assert page.html.select_one("input[name=soin]")["value"] == "Consultation d’un généraliste"
    assert page.html.select_one("input[name=secteur][checked]")["value"] == "optam"


@pytest.mark.parametrize("sector", ["dp", "none"])
def test_a_sector_that_no_table_has_is_not_simulated(browser, db, sector):
    add_practice(db, sector=sector)
    page = ask(browser)
    assert names(page)
    assert simulation(page) is None


def test_the_list_goes_on_by_cursor(browser, db):
    for n in range(45):
        add_practice(db, at=Point(LYON_3.latitude + 0.01 + n / 5000, LYON_3.longitude), last_name=f"N{n:02d}")
    seen, page = [], ask(browser)
    for _turn in range(3):
        seen += names(page)
        more = page.html.select_one(".pages a")
        page = browser.get(more["href"]) if more else page
    assert seen == [f"Dr Élise N{n:02d}" for n in range(45)]
    assert "Revenir au début de la liste" in told(page)


def test_nothing_found_offers_a_wider_radius_and_fewer_conditions(browser, db):
    add_practice(db, at=Point(45.9, 4.855), third_party=False)
    page = ask(browser, **{"tiers-payant": "1", "rayon": "5"})
    assert "Personne qui réponde à vos critères à moins de 5 km" in told(page)
    assert "élargissez la distance, ou retirez-les" in told(page)
    page = page.click("Chercher à 10 km").click("Retirer les critères")
    assert "Personne de cette spécialité à moins de 10 km" in told(page)
    assert names(page.click("Chercher à 25 km")) == ["Dr Élise VALMONT"]


def test_where_no_distance_is_wider_it_is_not_asked_for(browser, db):
    add_practice(db, third_party=False)
    page = ask(browser, **{"tiers-payant": "1", "rayon": "50"})
    assert "Retirez-les pour voir tous ceux de cette spécialité" in told(page)
    assert "élargissez" not in told(page)


def test_the_commune_alone_gives_no_distance_in_it(browser, db):
    add_practice(db, at=find_place("69003").point, precision="town")
    assert "Même commune nous ne savons pas à quelle distance" in told(ask(browser))


def test_one_place_leads_back_to_the_list_one_comes_from(browser, db):
    add_practice(db)
    page = ask(browser, secteur="1")
    one = page.html.select_one(".practice h3 a")["href"]
    came = browser.get(one, headers={"Referer": page.request.url}).html.select_one(".back")
    assert came.get_text() == "Retour à la liste"
    assert names(browser.get(came["href"])) == names(page)
    there = "https://elsewhere.example/professionnels-de-sante?lieu=1"
    for elsewhere in ("", there, page.request.host_url + URL, "https://[elsewhere"):
        assert browser.get(one, headers={"Referer": elsewhere}).html.select_one(".back")["href"] == URL


def test_too_long_a_speciality_says_which_field(browser):
    page = ask(browser, "x" * 200, status=422)
    assert problems(page) == ["Écrivez la spécialité en un ou deux mots : 80 caractères au plus."]


def test_filters_keep_what_they_say(browser, db):
    add_practice(db, last_name="UN", third_party=True)
    add_practice(db, last_name="DEUX", network="Réseau Démo", sector="2", optam=False)
    add_practice(db, last_name="TROIS", sector="2", optam=True)
    assert names(ask(browser, **{"tiers-payant": "1"})) == ["Dr Élise UN"]
    assert names(ask(browser, reseau="1")) == ["Dr Élise DEUX"]
    assert names(ask(browser, secteur="optam")) == ["Dr Élise TROIS"]
    form = ask(browser).forms["recherche"]
    form.get("secteur", index=0).checked = True
    form.get("secteur", index=1).checked = True
    assert names(form.submit()) == ["Dr Élise UN", "Dr Élise TROIS"]


def test_the_page_is_in_english_for_who_reads_it(browser, db):
    add_practice(db)
    browser.get("/langue/en")
    words = told(ask(browser))
    assert "General practitioners within 10 km of Lyon 3e" in words
    assert "Sector 1: the public tariffs, without extra fees" in words.replace(" :", ":")


def test_a_word_of_several_specialities_asks_which(browser, db):
    add_practice(db, speciality="psychiatrist")
    page = ask(browser, "psy", status=422)
    assert problems(page) == ["Plusieurs spécialités répondent à « psy » : choisissez la vôtre ci-dessous."]
    assert "Vouliez-vous dire" in told(page)
    assert page.html.select_one("input[name=specialite]")["value"] == "psy"
    assert names(page.click("Psychiatre", index=0)) == ["Dr Élise VALMONT"]


def test_a_slip_of_the_finger_is_understood(browser, db):
    add_practice(db, speciality="dentist")
    page = ask(browser, "dentsite")
    assert names(page) == ["Dr Élise VALMONT"]
    assert "Chirurgiens-dentistes à moins de 10 km" in told(page)


def test_a_name_of_several_towns_asks_which(browser, db):
    add_practice(db, at=Point(48.8, 2.5))
    page = ask(browser, place="Saint-Denis", status=422)
    links = page.html.select(".practice-choices a")
    assert len(links) > 1
    assert page.html.select_one("input[name=lieu]")["value"] == "Saint-Denis"
    chosen = browser.get(links[0]["href"])
    assert links[0].get_text() in told(chosen)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("", "Indiquez où chercher"),
        ("x" * 200, "« Où » est trop long"),
        ("😀", "Indiquez où chercher"),
        ("'; drop table practice; --", "Nous ne connaissons aucune ville de ce nom"),
        ("%", "Indiquez où chercher"),
        ("<script>", "Nous ne connaissons aucune ville de ce nom"),
        ("99999", "Nous ne connaissons aucune commune à ce code postal"),
        ("750", "Un code postal a cinq chiffres"),
        ("Trifouillis", "Nous ne connaissons aucune ville de ce nom"),
        ("Sainte-Colombe", "Plusieurs villes peuvent convenir"),
    ],
)
def test_a_place_that_is_none_is_told_and_kept(browser, db, place, words):
    page = ask(browser, place=place, status=422)
    assert [words in one for one in problems(page)] == [True]
    assert page.html.select_one("input[name=lieu]")["value"] == place


@pytest.mark.parametrize(
    ("place", "label"), [("75000", "Paris (75)"), ("2A004", "Ajaccio (2A)"), ("Paris 3e", "Paris 3e (75003)")]
)
def test_a_place_that_everybody_understands_is_told_as_it_was_understood(browser, db, place, label):
    page = ask(browser, place=place)
    assert f"à moins de 10 km, depuis {label}" in told(page)
    assert page.html.select_one("input[name=lieu]")["value"] == place


@pytest.mark.parametrize("speciality", ["", "x" * 200, "😀", "'; drop table practice; --", "astronaute", "a"])
def test_a_speciality_that_is_none_is_told_and_kept(browser, db, speciality):
    page = ask(browser, speciality, status=422)
    assert problems(page)
    assert page.html.select_one("input[name=specialite]")["value"] == speciality


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("rayon", "-1", "Choisissez une distance dans la liste"),
        ("rayon", "9999999999", "Choisissez une distance dans la liste"),
        ("secteur", "3", "Ce secteur n’existe pas"),
        ("apres", "cassé", "Ce lien vers une page de la liste n’est pas complet"),
        ("apres", "nan_1", "Ce lien vers une page de la liste n’est pas complet"),
        ("apres", "1e999_1", "Ce lien vers une page de la liste n’est pas complet"),
        ("apres", "10.5_1", "Ce lien vers une page de la liste n’est pas complet"),
    ],
)
def test_what_cannot_be_read_of_the_address_is_told_and_the_rest_is_answered(browser, db, field, value, words):
    add_practice(db)
    page = ask(browser, status=422, **{field: value})
    assert words in problems(page)[0]
    assert names(page) == ["Dr Élise VALMONT"]


def test_twelve_searches_at_once_in_one_address_are_one(browser, db):
    """A crowd of parameters of the same name: one of each counts."""
    add_practice(db, speciality="dentist")
    query = "&".join(["specialite=dentiste", "lieu=69003"] * 6 + ["secteur=1"] * 12)
    assert names(browser.get(f"{URL}?{query}")) == ["Dr Élise VALMONT"]


# Around me


def test_around_me_posts_the_position_and_pages_too(browser, db):
    for n in range(25):
        add_practice(db, at=Point(LYON_3.latitude + n / 5000, LYON_3.longitude), last_name=f"N{n:02d}")
    page = around(browser)
    assert "Médecins généralistes à moins de 10 km de vous" in told(page)
    assert not [link["href"] for link in page.html.select("a[href]") if "45.75" in link["href"]]
    following = next(form for form in page.forms.values() if "apres" in form.fields).submit()
    assert names(page) + names(following) == [f"Dr Élise N{n:02d}" for n in range(25)]
    assert "45.75" not in following.request.url
    # Other conditions, at the same place.
    form = following.forms["recherche"]
    form["rayon"] = "25"
    assert "à moins de 25 km de vous" in told(form.submit())
    # A place typed in its stead is an address again.
    form["lieu"] = "69003"
    answer = form.submit(status=303)
    assert "lieu=69003" in answer.location
    assert "latitude" not in answer.location


@pytest.mark.parametrize(
    ("latitude", "longitude", "words"),
    [
        ("46.0", "-8.0", "Votre position est en mer, à l’étranger"),
        ("40.7", "-74.0", "Votre position est en mer, à l’étranger"),
        ("", "", "Votre appareil n’a pas donné de position lisible"),
        ("nan", "inf", "Votre appareil n’a pas donné de position lisible"),
        ("'; drop table", "😀", "Votre appareil n’a pas donné de position lisible"),
        ("91", "200", "Votre appareil n’a pas donné de position lisible"),
    ],
)
def test_a_position_that_is_nowhere_is_told(browser, db, latitude, longitude, words):
    page = around(browser, latitude, longitude, status=422)
    assert words in problems(page)[0]
    assert page.html.select_one("input[name=specialite]")["value"] == "Médecin généraliste"


def test_a_position_needs_the_token_of_the_form(browser):
    browser.get(URL)
    browser.post(URL, {"specialite": "gp", "latitude": "45.7", "longitude": "4.8"}, status=400)


def test_neither_the_search_nor_the_position_is_logged(browser, db):
    """The guard of the suite looks for these words in all the lines of log (tests/log_guard.py)."""
    for secret in ("Quetzalville-sur-Rhône", "45.75971234", "Endocrinologue-de-personne"):
        note(secret)
    ask(browser, "Endocrinologue-de-personne", "Quetzalville-sur-Rhône", status=422)
    around(browser, "45.75971234", specialite="gp")


def test_a_search_takes_few_statements_however_many_are_found(browser, db, engine):
    def count() -> int:
        with counted_statements(engine) as run:
            ask(browser)
        return len(run)

    add_practice(db)
    few = count()
    for n in range(30):
        add_practice(db, at=Point(LYON_3.latitude + n / 5000, LYON_3.longitude))
    assert count() == few
    assert few <= 6
