"""« Les lignes du devis »: typed, answered at once, changed, kept when they are wrong; nobody has to (C83)."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from member_space.models import QuoteLineRow, Reading
from member_space.services.reference import load_reference
from tests.factories.guarantee import give_product
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import at_paris, counted_statements
from tests.functional.helpers import sign_in
from tests.functional.journeys import carry_on, fill, form_with, only_request, quote_for, send, words

CROWN = {"soin": "Couronne céramique à tarif libre", "prix": "650,00", "base": "107,50"}
IMPLANT = {"soin": "Implant dentaire", "prix": "1 200"}


@pytest.fixture(autouse=True)
def confort(db, people, clock):
    load_reference(db)
    give_product(db, people["contract"], "confort", clock.today())
    db.commit()


@pytest.fixture
def page(browser, people):
    """The page of the lines, of a dental quote for the holder."""
    return quote_for(browser, people["holder"]).follow()


def add(page, status=303, **typed):
    """« Ajouter cette ligne », and the page that follows."""
    form = form_with(page, "soin")
    for name, value in typed.items():
        form[name] = value
    answer = form.submit("ajouter", status=status)
    return answer.follow() if status == 303 else answer


def go_on(page, **typed):
    form = form_with(page, "continuer")
    for name, value in typed.items():
        form[name] = value
    return form.submit("continuer", expect_errors=True)


def rows(page) -> list[list[str]]:
    """What each line says of its amounts."""
    found = page.html.select(".quote-lines tbody tr")
    return [[" ".join(one.span.get_text().split()) for one in row.select("td")] for row in found]


def problems(page) -> list[str]:
    return [one.get_text().replace("\xa0", " ") for one in page.html.select(".error-summary li")]


def test_lines_are_answered_at_once_and_add_up(page, db):
    assert "Ce n’est pas obligatoire" in words(page)
    page = add(page, **CROWN)
    assert "Il vous resterait à payer" in words(page)
    assert "base 107,50 €" in words(page)
    assert "Garantie «" in words(page)
    assert "Option 100 % Santé : Couronne céramo-métallique" in words(page)
    page = add(page, **IMPLANT)
    assert [row[0].replace("\u202f", " ").replace("\xa0", " ") for row in rows(page)] == ["650,00 €", "1 200,00 €"]
    assert "Sur 1 850,00 €" in words(page)
    assert "avant ce soin," in words(page)
    assert "Au total" in words(page)
    kept = db.scalars(select(QuoteLineRow).order_by(QuoteLineRow.rank)).all()
    assert [(one.care, one.price, one.base) for one in kept] == [("crown", 65_000, 10_750), ("implant", 120_000, None)]
    assert sum(one.estimate["rest"] + one.estimate["ours"] + one.estimate["amo"] for one in kept) == 185_000


def test_nobody_has_to_type_a_line(page, db):
    answer = go_on(page)
    assert answer.location.endswith("/pieces")
    assert not db.scalars(select(QuoteLineRow)).all()


def test_a_day_without_cover_is_told_before_any_line(page, db):
    answer = go_on(page, le="12/03/2001")
    assert answer.status_int == 422
    assert "commence le 1er janvier 2024" in problems(answer)[0]
    assert form_with(answer, "le")["le"].value == "12/03/2001"
    assert only_request(db).care_date is None


def test_a_line_begun_is_added_by_continuing(page, db):
    answer = go_on(page, **CROWN)
    assert answer.location.endswith("/pieces")
    assert db.scalars(select(QuoteLineRow.care)).all() == ["crown"]


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1 234,50", 123_450),
        ("1\u202f234,50 €", 123_450),
        ("1.234,50", 123_450),
        ("1,234.50", 123_450),
        ("650", 65_000),
    ],
)
def test_prices_as_people_write_them(page, db, typed, cents):
    add(page, soin="Implant dentaire", prix=typed)
    assert db.scalar(select(QuoteLineRow.price)) == cents


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"soin": "", "prix": "650"}, "Écrivez le soin"),
        ({"soin": "Implant dentaire", "prix": ""}, "Écrivez le prix du soin ou du devis"),
        ({"soin": "Implant dentaire", "prix": "six cents"}, "Écrivez le prix en euros"),
        ({"soin": "Implant dentaire", "prix": "12.345"}, "deux chiffres au plus"),
        ({"soin": "Implant dentaire", "prix": "-5"}, "plus grand que zéro"),
        ({"soin": "Implant dentaire", "prix": "99999999999"}, "trop grand"),
        ({"soin": "zzzz", "prix": "650"}, "Aucun soin ne répond à « zzzz »"),
        ({"soin": "couronne", "prix": "650"}, "Plusieurs soins répondent"),
        ({"soin": "x" * 101, "prix": "650"}, "100 caractères au plus"),
        ({"soin": "Implant dentaire", "prix": "650", "base": "un peu"}, "Écrivez la base de remboursement en euros"),
        ({"soin": "Implant dentaire", "prix": "650", "nombre": "0"}, "nombre entier de séances"),
        ({"soin": "Implant dentaire", "prix": "650", "nombre": "deux"}, "nombre entier de séances"),
        ({"soin": "Implant dentaire", "prix": "650", "le": "31/02/2026"}, "n’existe pas dans le calendrier"),
        ({"soin": "Implant dentaire", "prix": "650", "le": "12/03/2001"}, "commence le 1er janvier 2024"),
    ],
)
def test_what_is_wrong_is_told_where_and_what_was_typed_stays(page, db, typed, said):
    answer = add(page, status=422, **typed)
    assert any(said in one for one in problems(answer)), problems(answer)
    assert answer.html.title.get_text().startswith("Erreur")
    form = form_with(answer, "soin")
    assert {name: form[name].value for name in typed} == typed
    for link in answer.html.select(".error-summary a"):
        assert answer.html.find(id=link["href"].removeprefix("#")).get("aria-invalid") == "true"
    assert not db.scalars(select(QuoteLineRow)).all()


def test_glasses_need_the_price_of_their_frame(browser, people, db):
    page = quote_for(browser, people["holder"], "quote.optics").follow()
    glasses = {"soin": "Lunettes à verres simples, classe B", "prix": "400"}
    answer = add(page, status=422, **glasses)
    assert problems(answer) == [
        "Écrivez le prix de la monture seule, tel que sur le devis : la garantie la compte à part."
    ]
    answer = add(answer, status=422, monture="500")
    assert "La monture coûte plus que la paire" in problems(answer)[0]
    add(answer, monture="100")
    assert db.scalar(select(QuoteLineRow.frame_price)) == 10_000


def test_among_several_cares_one_is_picked_and_the_rest_stays(page, db):
    answer = add(page, status=422, soin="couronne", prix="650", base="107,50")
    form = form_with(answer, "soin")
    assert len(answer.html.select(".quote-proposed button")) > 1
    page = form.submit("choix", value="crown").follow()
    assert db.execute(select(QuoteLineRow.care, QuoteLineRow.base)).all() == [("crown", 10_750)]


def test_what_our_tables_lack_is_told_and_the_line_kept(page, db):
    page = add(add(page, **IMPLANT), soin="Analyses de sang", prix="28")
    assert "écrivez celle que le devis indique" in words(page)
    assert "sans les lignes non estimées" in words(page)
    assert rows(page)[1][1:] == ["–", "–", "–"]
    # Repaired where it is told.
    page = page.click(href="ligne=2")
    assert form_with(page, "soin")["prix"].value == "28,00"
    page = add(page, base="28")
    assert "écrivez celle que le devis indique" not in words(page)
    assert [one.care for one in db.scalars(select(QuoteLineRow).order_by(QuoteLineRow.rank))] == ["implant", "blood"]


def test_a_line_is_taken_off(page, db):
    page = add(add(page, **CROWN), **IMPLANT)
    form = page.forms["retirer"]
    page = form.submit("ligne", value="1").follow()
    assert db.execute(select(QuoteLineRow.rank, QuoteLineRow.care)).all() == [(1, "implant")]
    # What is there no more takes nothing off.
    form.submit("ligne", value="7")
    assert len(db.scalars(select(QuoteLineRow)).all()) == 1


def test_a_page_made_before_another_tab_changed_the_lines_changes_nothing(page, db):
    stale = page
    add(page, **CROWN)
    answer = add(stale, status=422, **IMPLANT)
    assert "ont changé depuis que cette page est ouverte" in problems(answer)[0]
    assert form_with(answer, "soin")["soin"].value == IMPLANT["soin"]
    assert db.scalars(select(QuoteLineRow.care)).all() == ["crown"]
    # The same line sent twice is one.
    add(stale, **CROWN)
    assert db.scalars(select(QuoteLineRow.care)).all() == ["crown"]


def test_the_day_of_the_care_is_that_of_the_whole_quote(page, db):
    page = add(page, **CROWN, le="1/9/2026")
    assert "pour des soins le 1er septembre 2026" in words(page)
    row = only_request(db)
    assert row.care_date.isoformat() == "2026-09-01"
    answer = go_on(page, le="12/03/2001")
    assert answer.status_int == 422
    assert "commence le 1er janvier 2024" in problems(answer)[0]
    assert only_request(db).care_date.isoformat() == "2026-09-01"
    page = go_on(answer, le="").follow()
    assert only_request(db).care_date is None


def test_twenty_lines_and_no_more(page, db, engine):
    few = add(page, **CROWN)
    url = few.request.url
    with counted_statements(engine) as one:
        page.test_app.get(url)
    page = few
    for _ in range(19):
        page = add(page, **IMPLANT)
    with counted_statements(engine) as twenty:
        page = page.test_app.get(url)
    assert len(twenty) == len(one)
    assert "a 20 lignes" in words(page)
    stale = form_with(few, "soin")
    stale["soin"], stale["prix"], stale["vu"] = IMPLANT["soin"], "5", form_with(page, "continuer")["vu"].value
    assert "20 lignes au plus" in problems(stale.submit("ajouter", status=422))[0]
    assert len(db.scalars(select(QuoteLineRow)).all()) == 20


def test_what_an_adult_used_stays_his_own_and_his_reading_is_noted(app, browser, people, db):
    page = add(quote_for(browser, people["spouse"]).follow(), **IMPLANT)
    assert "Sami Morel garde le détail de ses soins" in words(page)
    assert "avant ce soin" not in words(page)
    assert db.scalars(select(Reading.subject_person_id)).all() == [people["spouse"].id]


def test_a_stay_in_hospital_has_no_lines(browser, db, people):
    page = quote_for(browser, people["holder"])
    row = only_request(db)
    row.topic = "quote.hospital"
    db.commit()
    browser.get(f"/demandes/{row.public_id}/devis", status=404)
    assert page.status_int == 303


def test_without_a_person_the_page_asks_for_him_and_a_stranger_finds_nothing(app, page, db):
    row = only_request(db)
    row.person_id = None
    db.commit()
    assert page.test_app.get(f"/demandes/{row.public_id}/devis").location.endswith("/soin")
    other = make_person(db, "Paul")
    make_contract(db, other)
    stranger = sign_in(app, db, make_account(db, other))
    token = {"csrf_token": form_with(stranger.get("/demarches/devis"), "objet")["csrf_token"].value}
    stranger.get(f"/demandes/{row.public_id}/devis", status=404)
    for path in ("devis", "devis/retirer"):
        stranger.post(f"/demandes/{row.public_id}/{path}", token, status=404)


def test_another_object_begins_without_the_lines(page, db, browser):
    add(page, **CROWN)
    form = form_with(browser.get("/demarches/devis"), "objet")
    form["cle"] = str(only_request(db).idempotency_key)
    form.submit("objet", value="quote.optics")
    assert not db.scalars(select(QuoteLineRow)).all()


def test_what_was_being_typed_is_found_again(page, db):
    add(page, **CROWN)
    row = only_request(db)
    fresh = page.test_app.get(f"/demandes/{row.public_id}/devis")
    form = form_with(fresh, "soin")
    form["soin"] = "Implant dentaire"
    kept = {name: form[name].value for name in ("draft", "csrf_token", "soin")}
    page.test_app.post("/brouillons", kept)
    again = page.test_app.get(f"/demandes/{row.public_id}/devis")
    assert form_with(again, "soin")["soin"].value == "Implant dentaire"


# Shown from the review to the receipt


def reviewed(page):
    """The review of a quote whose lines are typed."""
    page = carry_on(go_on(page).follow())
    return fill(page, "message", message="Que me restera-t-il ?").follow()


def test_the_lines_are_on_the_review_the_page_of_the_quote_and_its_receipt(page, db):
    page = reviewed(add(add(page, **CROWN, le="01/09/2026"), **IMPLANT))
    assert "Date prévue des soins 1er septembre 2026" in words(page)
    assert "Sur 1 850,00 €" in words(page)
    page = page.click(href="/devis", index=0)
    assert page.request.path.endswith("/devis")
    page = go_on(page).follow()
    assert page.request.path.endswith("/verifier"), "one who came from the review goes back to it"
    told = rows(page)
    page = send(page, **{"sans-quote": "later"}).follow()
    assert rows(page) == told
    assert "Votre estimation" in words(page)
    assert "avant ce soin," in words(page)
    row = only_request(db)
    pdf = page.test_app.get(f"/demandes/{row.public_id}/accuse.pdf")
    assert pdf.body == page.test_app.get(f"/demandes/{row.public_id}/accuse.pdf").body
    said = " ".join(" ".join(one.extract_text() for one in PdfReader(BytesIO(pdf.body)).pages).split())
    assert "Votre estimation" in said
    assert "Implant dentaire" in said
    assert "1 850,00" in said.replace("\u202f", " ").replace("\xa0", " ")


def test_a_quote_without_lines_says_so_on_its_review_alone(page):
    page = reviewed(page)
    assert "Lignes du devis non recopiées" in words(page)
    page = send(page, **{"sans-quote": "later"}).follow()
    assert "Votre estimation" not in words(page)


def test_what_is_kept_is_what_the_lines_give_on_the_day_of_the_sending(app, page, db, clock, account):
    path = reviewed(add(page, **CROWN)).request.path
    clock.at = at_paris(2026, 6, 20)
    page = sign_in(app, db, account).get(path)
    send(page, **{"sans-quote": "later"})
    [line] = db.scalars(select(QuoteLineRow))
    assert line.estimate["computed_on"] == line.estimate["day"] == "2026-06-20"


def test_once_an_adult_closes_his_care_his_ceilings_leave_what_was_told(browser, db, people):
    people["spouse"].care_open_to_holder = True
    db.commit()
    page = add(quote_for(browser, people["spouse"]).follow(), **IMPLANT)
    assert "avant ce soin," in words(page)
    page = send(reviewed(page), **{"sans-quote": "later"}).follow()
    assert "avant ce soin," in words(page)
    people["spouse"].care_open_to_holder = False
    db.commit()
    page = browser.get(page.request.path)
    assert "Implant dentaire" in words(page)
    assert "avant ce soin," not in words(page)
