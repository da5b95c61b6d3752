"""The first page: what each person of a household finds on it, and at what cost."""

from datetime import date

import pytest
from sqlalchemy import select

from member_space.domain.money import parse_money
from member_space.models import Consent, Coverage, UsualTime
from tests.factories.household import make_account, make_contract, make_person, make_teletransmission
from tests.factories.journeys import ask
from tests.factories.office import make_colleague
from tests.factories.request import make_draft, make_request, take
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import at_paris, clock_at, counted_statements
from tests.functional.helpers import sign_in
from tests.functional.test_beneficiaries import answer


@pytest.fixture
def couple(db):
    """Jennifer, who holds the contract, and Sami, an adult who has opened nothing to her."""
    holder, spouse = make_person(db, "Jennifer"), make_person(db, "Sami")
    return make_contract(db, holder, (spouse, "spouse")), holder, spouse


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 21) as clock:
        yield clock


def text_of(page, selector):
    return " ".join(page.html.select_one(selector).get_text(" ").split())


def test_nobody_signed_in_is_asked_to_sign_in(app):
    assert "/connexion" in app.get("/", status=303).location


def test_greeting_and_six_tiles(app, db, couple):
    page = sign_in(app, db, make_account(db, couple[1])).get("/")
    assert text_of(page, "h1") == "Bienvenue Jennifer"
    assert [tile.get_text(" ", strip=True) for tile in page.html.select(".tile")] == [
        "Mes contrats",
        "Ma carte de tiers payant",
        "Mes bénéficiaires",
        "Demande de remboursement",
        "Localiser un professionnel de santé",
        "Nous contacter",
    ]
    for tile in page.html.select(".tile"):
        target = app.get(tile["href"])
        anchor = tile["href"].partition("#")[2]
        assert not anchor or target.html.find(id=anchor)


def test_nothing_yet_says_so_and_what_to_do(app, db, couple):
    page = sign_in(app, db, make_account(db, couple[1])).get("/")
    assert "Aucun remboursement pour l’instant" in page
    assert "Aucun versement sur cette période." in page
    assert "À faire" not in page


def test_latest_reimbursements_with_the_reason_of_a_zero(app, db, couple):
    contract, holder, _ = couple
    zero = {"our_share": 0, "member_share": 1100, "zero_reason": "thermal_cure"}
    make_statement(db, contract, [line_values(holder, contract, care_date=date(2026, 3, n)) for n in range(1, 7)])
    make_statement(db, contract, [line_values(holder, contract, care_date=date(2026, 3, 30), label="Cure", **zero)])
    page = sign_in(app, db, make_account(db, holder)).get("/")
    rows = page.html.select("#derniers tbody tr")
    assert len(rows) == 5
    first = rows[0].get_text(" ", strip=True)
    assert "Cure" in first
    assert "30/03/2026" in first
    assert "Votre contrat ne prévoit pas les cures thermales." in first


def test_another_adult_s_care_shows_its_amounts_alone(app, db, couple):
    contract, holder, spouse = couple
    secret = line_values(spouse, contract, label="Psychiatre", practitioner="Dr Secret", family="specialist")
    make_statement(db, contract, [secret], payee="professional", payee_name="Dr Secret")
    page = sign_in(app, db, make_account(db, holder)).get("/")
    assert "Soin d’un autre adulte" in page
    assert "Non détaillé : soins d’un autre adulte" in page
    assert "9,00\u00a0€" in page
    for word in ("Psychiatre", "Dr Secret", "specialist"):
        assert word not in page
    own = sign_in(app, db, make_account(db, spouse)).get("/")
    assert "Psychiatre" in own
    assert "Payé au titulaire du contrat" in own
    assert "Payé à vous" not in own


def test_the_synthesis_adds_up(app, db, couple):
    contract, holder, spouse = couple
    make_statement(db, contract, [line_values(holder, contract, our_share=8096, member_share=-6996)])
    third = line_values(spouse, contract, our_share=6700, member_share=-5600)
    make_statement(db, contract, [third], payee="professional", payee_name="Dr Anne Lemaire")
    page = sign_in(app, db, make_account(db, holder)).get("/")
    assert text_of(page, "#synthese .big-money-amount") == "147,96 €"
    assert [row.get_text(strip=True) for row in page.html.select("#synthese .money-row dd")] == [
        "80,96\u00a0€",
        "67,00\u00a0€",
    ]
    figures = page.html.select("#synthese figure tbody tr")
    assert len(figures) == 13
    assert "Depuis le 22 novembre 2025" in page
    for table in page.html.select("#synthese table"):
        sums = [0, 0, 0]
        for row in table.select("tbody tr"):
            sums = [
                total + parse_money(cell.get_text(strip=True))
                for total, cell in zip(sums, row.select("td"), strict=True)
            ]
        foot = [parse_money(cell.get_text(strip=True)) for cell in table.select("tfoot td")]
        assert sums == foot == [8096, 6700, 14796]
    assert page.html.select_one("#synthese figure svg[role=img] title")


def test_a_refused_teletransmission_awaits_the_member(app, db, cipher, couple):
    """A link that the fund refused is a thing to do; one that waits for its answer is not."""
    contract, holder, spouse = couple
    covered = {c.person_id: c for c in db.scalars(select(Coverage).where(Coverage.contract_id == contract.id))}
    refused = make_teletransmission(db, cipher, covered[holder.id], holder, "2850475123456")
    make_teletransmission(db, cipher, covered[spouse.id], spouse, "1850475123456")
    answer(db, cipher, refused, "53", "R")
    page = sign_in(app, db, make_account(db, holder)).get("/")
    to_do = page.html.select_one("section[aria-labelledby=a-faire]")
    assert len(to_do.select(".summary")) == 1
    assert "Votre télétransmission" in to_do.get_text()
    assert app.get(to_do.select_one("a.btn")["href"]).status_int == 200


@pytest.fixture
def usual(db):
    """Of all claims, and of those for glasses."""
    for topic, most in (("", 57_000), ("claim.optics", 3 * 570 - 60)):
        db.add(UsualTime(kind="claim", topic=topic, measure="decision", half_minutes=200, most_minutes=most))


def parcels(page):
    cards = page.html.select("section[aria-labelledby=en-cours] .card-box")
    return [" ".join(card.get_text(" ").split()) for card in cards]


def test_an_open_request_is_told_like_a_parcel(app, db, couple, tools, clock, usual):
    contract, holder, _ = couple
    account, colleague = make_account(db, holder), make_colleague(db, "handler")
    clock.at = at_paris(2026, 11, 16, 9)
    claim = make_request(db, tools, account, contract, "claim", "claim.optics")
    clock.at = at_paris(2026, 11, 17, 11)
    take(db, tools, claim, colleague)
    asked = make_request(db, tools, account, contract, "claim", "claim.dental")
    take(db, tools, asked, colleague)
    ask(db, tools, asked, colleague, ("paid_invoice", None))
    db.commit()
    [waiting, studied] = parcels(sign_in(app, db, account).get("/"))
    assert f"Optique {claim.number} Envoyée 16 novembre 2026" in studied
    assert "À l’étude 17 novembre 2026 Votre mutuelle" in studied
    assert "la moitié de ces demandes est réglée en moins de 4 h ouvrées, neuf sur dix en moins de 3 jours" in studied
    assert "Décision (à venir) Habituellement d’ici au 18 novembre 2026" in studied
    assert "Pièce demandée 17 novembre 2026" in waiting
    assert "À vous À donner avant le" in waiting
    assert "Habituellement" not in waiting


def test_many_drafts_hide_no_request_that_was_sent(app, db, couple, tools):
    contract, holder, _ = couple
    account = make_account(db, holder)
    sent = make_request(db, tools, account, contract)
    for _n in range(21):
        make_draft(db, tools, account, contract)
    db.commit()
    [parcel] = parcels(sign_in(app, db, account).get("/"))
    assert sent.number in parcel


def test_the_question_of_sms_is_asked_once(app, db, couple):
    _, holder, _ = couple
    sign_in(app, db, make_account(db, holder))
    form = next(form for form in app.get("/").forms.values() if form.action == "/mes-informations/consentements")
    assert form.submit("reponse", value="non").status_int == 303
    assert db.scalars(select(Consent.granted)).all() == [False]
    assert "question-sms" not in app.get("/")


@pytest.mark.parametrize("lines", [1, 10, 1000])
def test_seven_statements_whatever_the_history_and_two_where_somebody_else_is_read(
    app, db, couple, engine, tools, usual, lines
):
    contract, holder, spouse = couple
    for n in range(lines // 100 + 1):
        some = [line_values((holder, spouse)[i % 2], contract) for i in range(min(lines, 100))]
        make_statement(db, contract, some, paid_on=date(2026, 1 + n, 3))
    account = make_account(db, holder)
    for _n in range(min(lines, 10)):
        make_request(db, tools, account, contract, "claim", "claim.optics")
    sign_in(app, db, account)
    # The first sight of another person is written and told to the journal; once it is known, asking is all.
    for others in (2, 1) if lines > 1 else (0, 0):
        with counted_statements(engine) as run:
            app.get("/")
        assert len(run) == 7 + others, run
