"""A household reads who is covered, and the télétransmission of each (S-HCR-28, C37, C40)."""

import itertools
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from member_space.domain.nir import key_of
from member_space.models import Coverage, Event, Movement, NoemieFile, NoemieLine, NoemieMatch, Regime
from tests.factories.household import make_account, make_contract, make_person, make_teletransmission, period
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in

NIR = "2840588321025"
OTHER_NIR = "1780520004123"
LONG_NAME = "de La Rochefoucauld-Montmorency-Laval d’Artagnan-Villeneuve"
SENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANSWERED = date(2026, 3, 15)
numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


def with_nir(db, cipher, person, nir13=NIR):
    text = nir13 + key_of(nir13)
    person.nir_encrypted, person.nir_index = cipher.encrypt(text), cipher.blind_index(text)
    db.flush()
    return person


def coverage_of(db, person):
    return db.scalars(select(Coverage).where(Coverage.person_id == person.id)).one()


def called(first_name, last_name):
    """The insured as the funds write him."""
    return {"insured_first_name": first_name.upper(), "insured_last_name": last_name.upper()}


def make_file(db, direction):
    n = next(numbers)
    file = NoemieFile(
        direction=direction,
        reference="408" if direction == "out" else "929",
        sender="CP",
        recipient="OC",
        identification=f"B{n}",
        created_on=ANSWERED,
        sha256=n.to_bytes(32, "big"),
        file_name="f",
        lines=1,
    )
    db.add(file)
    db.flush()
    return file


def ask(db, link, sent_at=None, created_at=datetime(2026, 3, 1, 9, tzinfo=UTC)):
    """A creation that waits, or was sent."""
    db.add(
        Movement(
            contract_id=link.contract_id,
            teletransmission_id=link.id,
            kind="C",
            contract_type="01",
            starts_on=date(2026, 1, 1),
            created_at=created_at,
            sent_at=sent_at,
            noemie_file_id=make_file(db, "out").id if sent_at else None,
        )
    )
    db.flush()


def answer(db, cipher, link, code, nature, on=ANSWERED, movement="C"):
    """An answer of the fund about this link."""
    line = NoemieLine(
        noemie_file_id=make_file(db, "in").id,
        position=1,
        record=1,
        nir_index=link.nir_index,
        birth_date_raw=link.birth_date_raw,
        birth_rank=1,
        member_number="1",
        movement=movement,
        contract_type="01",
        code=code,
        nature=nature,
        label="REPONSE",
        answered_on=on,
        raw_encrypted=cipher.encrypt("raw"),
    )
    db.add(line)
    db.flush()
    db.add(NoemieMatch(noemie_line_id=line.id, teletransmission_id=link.id, contract_id=link.contract_id, rule="exact"))
    db.flush()


def form_of_number(page):
    return next(form for form in page.forms.values() if form.action.endswith("/nir#numeros"))


@pytest.fixture
def holder(db, cipher):
    person = with_nir(db, cipher, make_person(db, "Hélène", last_name="Morel", mobile="06 12 34 56 78"))
    person.address_line1, person.postcode, person.city = "3 rue du Four", "75006", "Paris"
    return person


@pytest.fixture
def browser(app, db, holder):
    return sign_in(app, db, make_account(db, holder))


@pytest.fixture
def link(db, cipher, holder):
    make_contract(db, holder)
    return make_teletransmission(db, cipher, coverage_of(db, holder), holder, NIR)


def test_the_page_of_all_shows_every_field_of_the_guide(db, cipher, browser, holder, link):
    ask(db, link, SENT)
    answer(db, cipher, link, "33", "C")
    page = browser.get("/beneficiaires")
    phone = "06 12 34 56 78".replace(" ", "\u00a0")
    for words in ("Hélène Morel", "12 avril 1985", holder.email, phone, "3 rue du Four", "75006 Paris"):
        assert words in page
    for words in ("2 84 05 •• ••• ••• ••", "Active", "depuis le 15 mars 2026", "CPAM de Paris", "01 751 000"):
        assert words in page
    assert NIR not in page.text.replace(" ", "")


@pytest.mark.parametrize(("ends", "shown"), [(None, True), (date(2026, 11, 20), False)], ids=["in force", "ended"])
def test_the_regime_is_named_while_it_is_in_force(db, browser, holder, link, ends, shown):
    db.add(Regime(code="01", label="Régime général", period=period(date(2000, 1, 1), ends)))
    db.flush()
    assert ("Régime général" in browser.get(f"/beneficiaires/{holder.public_id}")) is shown


STATES = [
    ("to_send", None, None, "En préparation", "avec notre prochain envoi"),
    ("sent", None, None, "En cours d’activation", "nous attendons sa réponse"),
    ("answer", "33", "C", "Active", "nous envoie vos décomptes"),
    ("answer", "53", "S", "Deux mutuelles déclarées", "une autre mutuelle est déjà déclarée"),
    ("answer", "67", "R", "Deux mutuelles déclarées", "Choisissez celle à garder dans votre compte ameli"),
    ("answer", "18", "R", "Refusée", "ne trouve pas de droits ouverts"),
    ("answer", "21", "R", "Refusée", "dans une autre caisse"),
    ("answer", "35", "R", "Inactive", "vous avez refusé ces échanges"),
    ("answer", "05", "R", "Refusée", "Nous corrigeons la demande"),
    ("answer", "38", "S", "Suspendue", "nous a signalé un changement"),
    ("answer", "43", "S", "Inactive", "Votre caisse a arrêté le lien"),
    ("answer", "34", "C", "Inactive", "Le lien est arrêté"),
    ("answer", "97", "R", "Refusée", "ne convient pas à votre caisse"),
    ("answer", "41", "S", "Suspendue", "Vérifiez la date de naissance affichée dans votre espace"),
    ("answer", "30", "R", "Refusée", "Téléchargez votre attestation de droits sur votre compte ameli (ou le site"),
    ("answer", "56", "R", "Refusée", "adressez-vous à elle pour tout changement"),
    ("stop", "14", "R", "Inactive", "Le lien est arrêté, à votre demande"),
]


@pytest.mark.parametrize(("fact", "code", "nature", "chip", "words"), STATES, ids=lambda value: str(value))
def test_each_state_has_its_words_on_both_pages(db, cipher, browser, holder, link, fact, code, nature, chip, words):
    ask(db, link, None if fact == "to_send" else SENT)
    if code:
        answer(db, cipher, link, code, nature, movement="A" if fact == "stop" else "C")
    for path in ("/beneficiaires", f"/beneficiaires/{holder.public_id}"):
        page = browser.get(path)
        assert chip in [one.get_text() for one in page.html.select(".chip")], path
        assert words in page.html.main.get_text(" "), path


def test_a_child_unknown_to_the_fund_is_said_to_be_on_the_other_parent(db, cipher, browser, holder):
    child = make_person(db, "Zoé", date(2015, 5, 5))
    make_contract(db, holder, (child, "child"))
    link = make_teletransmission(db, cipher, coverage_of(db, child), child, NIR)
    ask(db, link, SENT)
    answer(db, cipher, link, "20", "R")
    assert "l’enfant est rattaché à l’autre parent" in browser.get(f"/beneficiaires/{child.public_id}")


@pytest.mark.parametrize(
    ("born", "relation", "theirs"),
    [
        (date(1988, 3, 3), "spouse", "Cette personne choisit celle à garder sur son compte ameli"),
        (date(2018, 6, 3), "child", "sur le compte ameli auquel cet enfant est rattaché"),
    ],
)
def test_a_page_speaks_of_somebody_else_as_of_somebody_else(db, cipher, browser, holder, born, relation, theirs):
    other = make_person(db, "Léo", born)
    contract = make_contract(db, holder, (other, relation))
    link = make_teletransmission(db, cipher, coverage_of(db, other), other, OTHER_NIR)
    path = f"/beneficiaires/{other.public_id}"
    waiting = browser.get(path).html.main.get_text(" ")
    ask(db, link, SENT)
    answer(db, cipher, link, "41", "S", date(2026, 3, 14))
    waiting += browser.get(path).html.main.get_text(" ")
    answer(db, cipher, link, "53", "S")
    page = browser.get(path).html.main.get_text(" ")
    assert theirs in page
    assert "Sa caisse a suspendu le lien" in page
    assert f"numéro d’adhérent {contract.member_number}" in page
    for words in ("otre caisse", "os décomptes", "otre compte"):
        assert words not in waiting + page


def test_what_is_on_its_way_asks_nothing_of_the_member(db, cipher, browser, holder, link):
    path = f"/beneficiaires/{holder.public_id}"
    ask(db, link, SENT)
    answer(db, cipher, link, "53", "S")
    assert "Que faire" in browser.get(path)
    ask(db, link, created_at=datetime(2026, 3, 20, 9, tzinfo=UTC))
    assert "En préparation" in browser.get(path)
    assert "Que faire" not in browser.get(path)


def test_nobody_linked_says_how_to_start(db, browser, holder):
    make_contract(db, holder)
    page = browser.get(f"/beneficiaires/{holder.public_id}")
    assert "Pas en place" in page
    assert "attestation de droits" in page


def test_two_numbers_of_attachment_each_have_their_state(db, cipher, browser, holder):
    child = make_person(db, "Zoé", date(2015, 5, 5))
    make_contract(db, holder, (child, "child"))
    coverage = coverage_of(db, child)
    hers = make_teletransmission(db, cipher, coverage, child, NIR, **called("Hélène", "Morel"))
    his = make_teletransmission(db, cipher, coverage, child, OTHER_NIR, attachment_rank=2, **called("Paul", "Morel"))
    ask(db, hers, SENT)
    ask(db, his, SENT)
    answer(db, cipher, hers, "33", "C")
    answer(db, cipher, his, "53", "S")
    page = browser.get(f"/beneficiaires/{child.public_id}")
    cards = {card.h2.get_text(): card.get_text(" ") for card in page.html.select(".card-box")}
    assert "Active" in cards["Télétransmission par Hélène Morel"]
    assert "Deux mutuelles déclarées" in cards["Télétransmission par Paul Morel"]
    # The other parent is nobody of this household: his number is never shown, even on demand.
    assert "Paul Morel, hors de votre contrat" in page
    shown = form_of_number(page).submit()
    assert "Afficher les numéros de rattachement" in page
    assert "2 84 05 88 321 025 32" in shown
    assert "1 78 05 20 004 123" not in shown
    # Whose number was read is written, not only whose page it was.
    subjects = {subject for (subject,) in db.query(Event.subject_person_id).filter_by(kind="nir:revealed")}
    assert subjects == {child.id, holder.id}


def test_a_number_is_shown_once_on_demand_and_written_in_the_journal(db, browser, holder, link):
    page = browser.get(f"/beneficiaires/{holder.public_id}")
    shown = form_of_number(page).submit()
    assert shown.status_int == 200
    assert shown.request.path_qs == f"/beneficiaires/{holder.public_id}/nir"
    assert "2 84 05 88 321 025 32" in shown
    # The address of the form leads the eye to the number.
    assert "cette fois seulement" in shown.html.find(id="numeros").get_text()
    assert "2 84 05 88 321 025 32" in shown.html.find(id="numeros").find_parent("section").get_text()
    assert "no-store" in shown.headers["Cache-Control"]
    assert "2 84 05 88" not in browser.get(f"/beneficiaires/{holder.public_id}")
    event = db.query(Event).filter_by(kind="nir:revealed").one()
    assert event.subject_person_id == holder.id
    assert event.actor_account_id is not None
    assert NIR not in str(event.details)


def test_the_number_has_no_url(browser, holder, link):
    page = f"/beneficiaires/{holder.public_id}"
    assert browser.get(f"{page}/nir", status=303).location == f"http://localhost{page}"


def test_showing_the_number_needs_the_token_of_the_form(db, browser, holder, link):
    browser.post(f"/beneficiaires/{holder.public_id}/nir", status=400)
    assert db.query(Event).filter_by(kind="nir:revealed").count() == 0


def test_twins_are_told_apart_by_their_rank(db, browser, holder):
    first = make_person(db, "Ana", date(2016, 6, 6), birth_rank=1)
    second = make_person(db, "Eva", date(2016, 6, 6), birth_rank=2)
    make_contract(db, holder, (first, "child"), (second, "child"))
    page = browser.get("/beneficiaires")
    assert "Rang de naissance : 1 (jumeaux)" in page
    assert "Rang de naissance : 2 (jumeaux)" in page


def test_a_beneficiary_sees_himself_and_nobody_else(app, db, cipher, holder):
    student = with_nir(db, cipher, make_person(db, "Lou", date(2005, 5, 5)), OTHER_NIR)
    make_contract(db, holder, (student, "child"))
    browser = sign_in(app, db, make_account(db, student))
    page = browser.get("/beneficiaires")
    assert "Lou" in page
    assert "Hélène" not in page
    assert holder.email not in page
    browser.get(f"/beneficiaires/{holder.public_id}", status=404)


def test_somebody_else_is_as_unknown_as_nobody(db, browser, holder, link):
    stranger = make_person(db, "Inconnue")
    make_contract(db, stranger)
    token = browser.get(f"/beneficiaires/{holder.public_id}").html.find("input", {"name": "csrf_token"})["value"]
    for person_id in (stranger.public_id, "00000000-0000-0000-0000-000000000000", "1", "%C3%A9"):
        browser.get(f"/beneficiaires/{person_id}", status=404)
        browser.post(f"/beneficiaires/{person_id}/nir", {"csrf_token": token}, status=404)
    assert db.query(Event).filter_by(kind="nir:revealed").count() == 0


def test_somebody_who_left_is_kept_and_said_to_be_gone(db, browser, holder):
    contract = make_contract(db, holder)
    gone = make_person(db, "Noé", date(2001, 1, 1))
    db.add(
        Coverage(
            contract_id=contract.id,
            person_id=gone.id,
            relation="child",
            period=period(date(2024, 1, 1), date(2025, 7, 1)),
            position=2,
        )
    )
    db.flush()
    cards = browser.get("/beneficiaires").html.select(".card-box")
    assert "Couverture terminée" in cards[-1].get_text()
    assert "du 1er janvier 2024 au 30 juin 2025" in cards[-1].get_text()


def test_a_very_long_name_and_a_name_with_markup_are_words(db, browser, holder):
    child = make_person(db, "Zoé <b>", date(2015, 5, 5), last_name=LONG_NAME)
    make_contract(db, holder, (child, "child"))
    page = browser.get("/beneficiaires")
    assert LONG_NAME in page
    assert "Zoé <b>" not in page.text


def test_the_pages_cost_the_same_for_one_person_and_for_five(db, cipher, engine, browser, holder):
    children = [make_person(db, f"Enfant {n}", date(2010 + n, 1, 1)) for n in range(4)]
    make_contract(db, holder, *((child, "child") for child in children))
    for child in children:
        made = make_teletransmission(db, cipher, coverage_of(db, child), child, NIR)
        ask(db, made, SENT)
    db.commit()
    for path in ("/beneficiaires", f"/beneficiaires/{holder.public_id}"):
        with counted_statements(engine) as run:
            browser.get(path)
        assert len(run) <= 8, run


def test_nobody_signed_in_is_shown_the_door(app, holder, db):
    make_contract(db, holder)
    db.commit()
    for path in ("/beneficiaires", f"/beneficiaires/{holder.public_id}", "/beneficiaires/whoever"):
        assert app.get(path, status=303).location.startswith("http://localhost/connexion")


def test_dates_keep_their_capitals_in_english(app, db, browser, holder):
    make_contract(db, holder)
    app.set_cookie("language", "en")
    page = browser.get("/beneficiaires")
    assert "1 January 2024" in page
    assert "1 january" not in page
